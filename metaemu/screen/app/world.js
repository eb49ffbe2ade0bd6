// The world as a whole: keep it, bring it back, begin anew, add to it.
import { h } from "./dom.js";
import { act, call, post, say } from "./api.js";
import { brief, go, ui } from "./state.js";
import { dialog, field, toggle } from "./ui.js";
import { word } from "../words/words.js";

export function worldTab() {
  return [
    h("section", { class: "card" }, h("h3", {}, word("snapshot")), h("p", { class: "soft" }, word("snapshotWhy")),
      h("div", { class: "row" }, h("button", { type: "button", onClick: save }, word("saveSnapshot")), h("label", { class: "file-button" }, word("loadSnapshot"), h("input", { type: "file", class: "hidden", accept: ".json,.gz,application/json", onChange: load })))),
    h("section", { class: "card" }, h("h3", {}, word("newNumber")), h("p", { class: "soft" }, word("newNumberWhy")), h("button", { type: "button", onClick: newNumber }, word("newNumber"))),
    h("section", { class: "card" }, h("h3", {}, word("reset")), h("p", { class: "soft" }, word("resetWhy")),
      h("button", { type: "button", class: "grave", onClick: () => dialog(word("reset"), () => h("p", {}, word("resetTell")), { label: word("reset"), grave: true, act: () => post("reset", {}) }) }, word("reset"))),
    h("section", { class: "card" }, h("h3", {}, word("forDevelopers")), h("p", { class: "soft" }, word("forDevelopersWhy")), h("ul", { class: "links" }, ...["state", "knobs", "sentinels"].map((p) => h("li", {}, h("a", { href: "/_emulator/" + p, target: "_blank", rel: "noopener", dir: "ltr" }, "GET /_emulator/" + p))))),
  ];
}

async function save() {
  try {
    const out = await call("GET", "snapshot");
    const a = document.createElement("a");
    a.href = URL.createObjectURL(new Blob([JSON.stringify(out)], { type: "application/json" }));
    a.download = "emulator-" + new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-") + ".json";
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10_000);
  } catch (err) {
    say(err.status === 404 ? word("noSnapshot") : err.message);
  }
}

async function load(ev) {
  const file = ev.target.files[0];
  ev.target.value = "";
  if (!file) return;
  try {
    await call("POST", "snapshot", new Blob([await file.arrayBuffer()], { type: "application/json" }));
    say(word("snapshotLoaded"), true);
    document.dispatchEvent(new Event("refresh"));
  } catch (err) {
    say(err.status === 404 || err.status === 405 ? word("noSnapshot") : err.message);
  }
}

function newNumber() {
  let phone = true, linked = true;
  dialog(word("newNumber"), () => [
    field(word("businessName"), { name: "name", required: true }),
    field(word("phoneNumber"), { name: "digits", inputmode: "tel", dir: "ltr", placeholder: word("inventNumber") }),
    field(word("inventHistory"), { name: "history", type: "number", min: "0", max: "5000", placeholder: "0", dir: "ltr" }),
    toggle(word("livesOnPhone"), phone, (on) => { phone = on; }), toggle(word("connectAtOnce"), linked, (on) => { linked = on; }),
  ], {
    label: word("addNumber2"),
    act: async (form) => {
      const body = { verified_name: form.get("name"), digits: form.get("digits") || "", coexistence: phone, linked: linked || !phone };
      if (Number(form.get("history")) > 0) body.history = Number(form.get("history"));
      const n = await act("POST", "numbers", body);
      if (n) go({ number: n.id, chat: "", place: ui.place });
      brief.menu = "";
      return n;
    },
  });
}
