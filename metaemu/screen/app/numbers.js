// How each number stands, in words, and what Meta has told the platform lately.
import { h, ltr, own } from "./dom.js";
import { icon } from "./icon.js";
import { life } from "./phone.js";
import { openApp, since } from "./phonesettings.js";
import { told } from "./told.js";
import { world } from "./state.js";
import { empty } from "./ui.js";
import * as w from "../words/words.js";

const { word } = w;

export function nowTab() {
  return [
    h("h3", {}, word("numbers")),
    ...(world.state?.numbers ?? []).map(card),
    (world.state?.numbers ?? []).length === 0 && empty(word("noNumber")),
    h("h3", {}, word("toldTitle")),
    feed(),
  ];
}

function card(n) {
  const l = world.state.lives?.[n.id];
  const left = l && life(n, l.last_activity, l.ends_at);
  return h(
    "section",
    { class: "card", key: n.id, "aria-label": [n.verified_name, n.display_phone_number].filter(Boolean).join(" ") },
    h("h4", {}, own(n.verified_name), " ", ltr(n.display_phone_number, "soft")),
    h("p", { class: "chip big " + n.stage }, word("stage_" + n.stage)),
    n.stage !== "live" && l?.ended_by && h("p", { class: "why" }, word("ended_" + l.ended_by)),
    n.coexistence ? left && [h("progress", { max: "1", value: String(left.share), "aria-label": word("lifeBar"), class: left.left < 86_400_000 ? "short" : "" }), h("p", { class: "soft" }, left.words)] : h("p", { class: "soft" }, word("noPhone")),
    h("dl", {},
      n.coexistence && l && [h("dt", {}, word("lastUsed")), h("dd", {}, since(l.last_activity))],
      l && n.coexistence && [h("dt", {}, word("sync")), h("dd", {}, ...["contacts", "history"].map((k) => [word("sync_" + k), ": ", word(l.synced.includes(k) ? "syncAsked" : "syncNot"), k === "contacts" && " · "]), !l.synced.includes("history") && Date.parse(l.sync_until) > 0 && [" · ", word("syncUntil"), " ", w.full(l.sync_until)])],
      h("dt", {}, word("limits")), h("dd", {}, word("limitSecond", { n: n.mps }), l && [" · ", word("limitPair", { span: w.goSpan(l.pair_every), burst: l.pair_burst })])),
    n.coexistence && n.stage === "live" && openApp(n),
  );
}

function feed() {
  const rows = (world.books.deliveries ?? []).slice(-40).reverse().flatMap(told).slice(0, 60);
  if (rows.length === 0) return empty(word("toldNothing"));
  return h("ol", { class: "feed", "aria-label": word("toldTitle") }, ...rows.map((r) => h("li", { key: r.key, class: r.grave ? "grave-row" : "" }, icon(r.icon), h("div", { class: "grow" }, h("p", { dir: "auto" }, r.words), h("span", { class: "soft" }, w.full(r.at), " · ", ltr(r.field), r.state !== "delivered" && [" · ", word("d_" + r.state)])))));
}
