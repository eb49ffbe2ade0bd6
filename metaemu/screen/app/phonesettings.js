// The settings of the phone: companions, messages that send themselves, and
// what the owner can do with the account.
import { h, ltr } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { brief, draw, go, now, world } from "./state.js";
import { dialog, field, off, toggle } from "./ui.js";
import * as w from "../words/words.js";

const { word } = w;

export function settingsPage(n) {
  const path = `numbers/${n.id}/phone/`;
  return [
    h("div", { class: "head" }, h("h3", {}, word("page_settings"))),
    h("ul", { class: "list", "aria-label": word("page_settings") },
      entry("link", word("platform"), word("platformIs_" + n.stage), () => go({ page: "platform" })),
      entry("phone", word("changePhone"), word("changePhoneWhy"), () => changePhone(n, path)),
      entry("contact", word("changeNumber"), word("changeNumberWhy"), () => leave(path, "changeNumber", "CHANGE_NUMBER")),
      entry("back", word("toConsumer"), word("toConsumerWhy"), () => leave(path, "toConsumer", "BUSINESS_DOWNGRADE")),
      entry("bin", word("deleteAccount"), word("deleteAccountWhy"), () => leave(path, "deleteAccount", "ACCOUNT_DISCONNECTED"))),
    devices(n, path),
    autoReplies(n, path),
    h("section", { class: "card" }, h("h4", {}, word("offHere")), n.stage === "live"
      ? [off("megaphone", word("broadcasts"), word("broadcastsOff")), off("timer", word("viewOnce"), word("viewOnceOff")), off("timer", word("disappearing"), word("disappearingOff")), off("location", word("liveLocation"), word("liveOff"))]
      : h("p", {}, word("nothingOff"))),
  ];
}

const entry = (picture, name, why, onClick) => h("li", {}, h("button", { type: "button", class: "quiet", onClick }, icon(picture), h("span", { class: "grow names" }, h("span", { class: "who" }, name), h("span", { class: "soft" }, why))));

function changePhone(n, path) {
  let keep = true;
  dialog(word("changePhone"), () => [h("p", {}, word("changePhoneTell")), toggle(word("keepOptIn"), keep, (on) => { keep = on; })], {
    label: word("changePhone"), act: () => post(path + "change-device", { keep_opt_in: keep }),
  });
}

function leave(path, what, reason) {
  dialog(word(what), () => h("p", {}, word(what + "Tell")), { label: word(what), grave: true, act: () => post(path + "disconnect", { reason }) });
}

function devices(n, path) {
  const kinds = ["web", "mac", "phone", "tablet", "windows", "wear_os"];
  const barred = (kind) => n.stage === "live" && ["windows", "wear_os"].includes(kind);
  return h(
    "section",
    { class: "card", "aria-label": word("devices") },
    h("h4", {}, word("devices")),
    h("p", { class: "soft" }, word("devicesWhy")),
    ...world.phone.devices.map((d) => h("div", { class: "contact", key: d.id }, icon(d.kind === "phone" || d.kind === "tablet" ? "phone" : "device"), h("div", { class: "grow names" }, h("span", { class: "who" }, word("device_" + d.kind)), h("span", { class: "soft" }, word("lastUsed"), " ", w.full(d.last_active_at))), h("button", { type: "button", "aria-label": word("unlinkThis", { name: word("device_" + d.kind) }), onClick: () => post(path + "unlink-device", { device: d.id }) }, word("unlink")))),
    h("div", { class: "row" }, ...kinds.filter((k) => !barred(k)).map((kind) => h("button", { type: "button", onClick: () => post(path + "link-device", { kind }) }, word("linkThis", { name: word("device_" + kind) })))),
    ...kinds.filter(barred).map((kind) => off("device", word("device_" + kind), word("deviceOff"))),
  );
}

function autoReplies(n, path) {
  const s = brief.replies ?? world.phone.settings;
  const set = (change) => {
    brief.replies = { ...s, ...change };
    draw();
  };
  return h(
    "form",
    { class: "card", "aria-label": word("autoReplies"), onSubmit: async (ev) => { ev.preventDefault(); if (await post(path + "settings", s)) { brief.replies = null; draw(); } } },
    h("h4", {}, word("autoReplies")),
    h("p", { class: "soft" }, word("autoRepliesWhy")),
    field(word("greeting"), { value: s.greeting, onInput: (ev) => set({ greeting: ev.target.value }) }),
    field(word("away"), { value: s.away, onInput: (ev) => set({ away: ev.target.value }) }),
    toggle(word("amAway"), s.is_away, (on) => set({ is_away: on })),
    brief.replies && h("button", { type: "submit", class: "main" }, word("save")),
  );
}

/** openApp is what keeps a number connected: somebody opens the app. */
export const openApp = (n) => h("button", { type: "button", onClick: () => post(`numbers/${n.id}/phone/open`, {}) }, word("openApp"));

export const since = (t) => (Date.parse(t) > 0 ? [w.full(t), " · ", w.word("ago", { span: w.span(now() - Date.parse(t)) })] : ltr("–"));
