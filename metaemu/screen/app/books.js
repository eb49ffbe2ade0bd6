// Meta's books: limits broken, what arrived, what was delivered, what it costs.
import { h, ltr, own } from "./dom.js";
import { go, number, ui, world } from "./state.js";
import { empty } from "./ui.js";
import * as w from "../words/words.js";

const { word } = w;

export function booksTab() {
  const c = world.state?.counters;
  if (!c) return empty(word("loading"));
  return [
    h("dl", { class: "sums" }, ...[["arrivals", c.arrivals], ["accepted", c.accepted], ["breaches", c.hard_breaches + c.soft_breaches], ["deliveries", c.deliveries], ["pending", c.pending], ["gaveUp", c.gave_up]].map(([key, v]) => h("div", {}, h("dt", {}, word(key)), h("dd", {}, w.count(v))))),
    part("breaches", c.hard_breaches + c.soft_breaches, breaches),
    part("deliveries", c.deliveries, deliveries),
    part("arrivals", c.arrivals, arrivals),
    part("invoice", null, invoice),
    h("h3", {}, word("downloads")),
    h("ul", { class: "links" }, ...[["invoice.csv", "invoiceCSV"], ["arrivals", "arrivals"], ["deliveries", "deliveries"], ["breaches", "breaches"], ["state", "wholeState"]].map(([path, key]) => h("li", {}, h("a", { href: "/_emulator/" + path, download: path.includes(".") ? path : path + ".json" }, word(key), " ", h("span", { class: "soft" }, path.includes(".") ? "CSV" : "JSON"))))),
  ];
}

function part(key, n, body) {
  return h("details", { class: "card", key, open: ui.open[key] ?? key === "breaches", onToggle: (ev) => { if (ev.target.open !== ui.open[key]) { go({ open: { ...ui.open, [key]: ev.target.open } }); document.dispatchEvent(new Event("refresh")); } } },
    h("summary", {}, h("b", {}, word(key)), n !== null && [" ", h("span", { class: "soft" }, w.count(n))]), (ui.open[key] ?? key === "breaches") && body(world.books[key] ?? []));
}

const mine = (list) => list.filter((x) => !number() || !x.number || x.number === ui.number).slice(-50).reverse();

function breaches(list) {
  const rows = mine(list);
  if (rows.length === 0) return empty(word("noBreaches"));
  return h("ul", { class: "plain" }, ...rows.map((b, i) => h("li", { key: b.at + i }, h("p", {}, h("span", { class: "chip " + (b.hard ? "disconnected" : "suspended") }, word(b.hard ? "hard" : "soft")), " ", h("b", {}, word("rule_" + b.rule)), " ", h("span", { class: "soft" }, w.full(b.at))), h("p", { lang: "en", dir: "auto" }, b.sentence))));
}

function deliveries(list) {
  const rows = list.slice(-50).reverse();
  if (rows.length === 0) return empty(word("noDeliveries"));
  return rows.map((d) => h(
    "details",
    { class: "delivery", key: "d" + d.id },
    h("summary", {}, ltr("#" + d.id), " ", h("span", { class: "chip " + (d.state === "delivered" ? "live" : d.state === "pending" ? "suspended" : "disconnected") }, word("d_" + d.state)), " ", ltr(d.fields.join(", ")), " ", h("span", { class: "soft" }, w.full(d.at))),
    h("ul", { class: "plain" }, ...d.tries.map((t) => h("li", {}, word("tryAt", { time: w.seconds(t.at) }), " ", ltr(t.http ? "HTTP " + t.http : t.error ?? ""), " · ", ltr(t.millis + " ms")))),
    d.next && h("p", { class: "soft" }, word("nextTry"), " ", w.full(d.next)),
    d.body ? h("pre", { dir: "ltr", tabindex: "0", "aria-label": word("body") }, pretty(d.body)) : h("p", { class: "soft" }, word("bodyGone")),
  ));
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const table = (label, heads, rows) => h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((x) => h("th", { scope: "col" }, x)))), h("tbody", {}, ...rows.map((cells) => h("tr", {}, ...cells.map((x) => h("td", {}, x)))))));

function arrivals(list) {
  const rows = mine(list);
  if (rows.length === 0) return empty(word("noArrivals"));
  return table(word("arrivals"), [word("time"), word("to"), word("kind"), word("answer")], rows.map((a) => [w.seconds(a.at), ltr(a.to), own(a.type), [ltr(a.code ? `HTTP ${a.http} · ${a.code}` : "HTTP " + a.http), a.lost && [" ", word("answerLost")]]]));
}

function invoice(list) {
  const rows = list.filter((l) => !number() || l.number === ui.number);
  if (rows.length === 0) return empty(word("noInvoice"));
  const money = (micros, currency) => (micros === null ? word("noRate") : ltr(`${(micros / 1e6).toFixed(4)} ${currency}`));
  return table(word("invoice"), [word("month"), word("category"), word("market"), word("volume"), word("amount")], rows.map((l) => [ltr(l.month), [word("c_" + l.category), l.type !== "regular" && [" · ", word("p_" + l.type)]], own(l.market), w.count(l.volume), money(l.amount_micros, l.currency)]));
}
