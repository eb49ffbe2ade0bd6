// A stand-in for Meta's JavaScript SDK: FB.init and FB.login as Embedded Signup
// uses them. The popup is the emulator's; what it tells the page comes from the
// emulator's address instead of facebook.com.
"use strict";
(() => {
  const base = new URL(document.currentScript.src).origin;
  let app = null;

  // launch reads what login was called with into the popup's address.
  function launch(options) {
    const extras = options.extras ?? {};
    return new URLSearchParams({
      app_id: app.appId, version: app.version ?? "", origin: location.origin, config_id: options.config_id ?? "",
      response_type: options.response_type ?? "", override: String(options.override_default_response_type === true),
      feature_type: extras.featureType ?? "", session_info_version: extras.sessionInfoVersion ?? "", signup_version: extras.version ?? "",
    });
  }

  function login(callback, options = {}) {
    if (app === null) throw new Error("FB.login() called before FB.init().");
    const popup = window.open(`${base}/dialog/oauth?${launch(options)}`, "metaemu-signup", "popup,width=560,height=720");
    let done = false, watch = 0;
    const answer = (code) => {
      if (done) return;
      done = true;
      clearInterval(watch);
      window.removeEventListener("message", hear);
      callback?.(code ? { authResponse: { userID: null, expiresIn: null, code }, status: "connected" } : { authResponse: null, status: "unknown" });
    };
    const hear = (ev) => {
      if (ev.origin === base && ev.source === popup && ev.data?.metaemu === "login") answer(ev.data.code);
    };
    if (!popup) {
      answer(""); // the browser blocked it
      return;
    }
    window.addEventListener("message", hear);
    // Closing the popup after its end still counts as success: the code was told.
    watch = setInterval(() => { if (popup.closed) setTimeout(() => answer(""), 300); }, 300);
  }

  window.FB = {
    init(options) {
      if (!options?.appId) throw new Error("FB.init() needs an appId.");
      app = options;
    },
    login,
    getLoginStatus(callback) { callback({ authResponse: null, status: "unknown" }); },
    logout(callback) { callback?.({ authResponse: null, status: "unknown" }); },
    AppEvents: { logPageView() {} },
  };
  if (typeof window.fbAsyncInit === "function") window.fbAsyncInit();
})();
