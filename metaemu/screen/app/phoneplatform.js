// Settings, Account, Business Platform: whether the number is connected, since
// when, and the way out and back.
import { h } from "./dom.js";
import { post, say } from "./api.js";
import { life } from "./phone.js";
import { openApp, since } from "./phonesettings.js";
import { brief, go, world } from "./state.js";
import { dialog, toggle, tool } from "./ui.js";
import { word } from "../words/words.js";

export function platformPage(n) {
  const path = `numbers/${n.id}/phone/`;
  const state = world.state.lives?.[n.id];
  const left = life(n, world.phone.last_activity, state?.ends_at);
  return [
    h("div", { class: "head" }, tool("back", word("back"), () => go({ page: "settings" })), h("h3", {}, word("platform"))),
    h("p", { class: "tour" }, word("tourPlatform")),
    h(
      "section",
      { class: "card" },
      h("p", { class: "chip big " + n.stage }, word("stage_" + n.stage)),
      h("dl", {},
        h("dt", {}, word("connectedSince")), h("dd", {}, n.stage === "disconnected" ? word("notConnected") : since(n.onboarded_at)),
        h("dt", {}, word("historyChoice")), h("dd", {}, word(n.share_history ? "historyShared" : "historyKept")),
        h("dt", {}, word("lastUsed")), h("dd", {}, since(world.phone.last_activity))),
      left && h("p", { class: "soft" }, left.words),
      n.stage === "live" && openApp(n),
      n.stage === "suspended" && [h("p", {}, word("suspendedTell")), h("button", { type: "button", class: "main", onClick: () => post(path + "reconnect") }, word("finishReconnect"))],
      n.stage === "disconnected" && [
        h("p", {}, word("disconnectedTell")),
        toggle(word("shareHistory"), brief.share ?? true, (on) => { brief.share = on; }),
        h("button", { type: "button", class: "main", onClick: async () => { if (await post(path + "link", { share_history: brief.share ?? true })) say(word("connectedAgain"), true); } }, word("connectAgain")),
      ],
      n.stage !== "disconnected" && h("button", {
        type: "button", class: "grave",
        onClick: () => dialog(word("disconnect"), () => h("p", {}, word("disconnectTell")), { label: word("disconnect"), grave: true, act: () => post(path + "disconnect", {}) }),
      }, word("disconnect")),
    ),
  ];
}
