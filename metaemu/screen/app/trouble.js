// Trouble that can be switched on: faults of the net, habits of Meta, and
// numbers that fail on purpose.
import { h, ltr } from "./dom.js";
import { act } from "./api.js";
import { brief, draw, world } from "./state.js";
import { empty } from "./ui.js";
import { language, word } from "../words/words.js";

export function troubleTab() {
  const on = ["faults", "habits"].flatMap((kind) => Object.values(world[kind] ?? {})).filter(isOn).length;
  return [
    h("p", { role: "status" }, on === 0 ? word("noTrouble") : word("nTrouble", { n: on })),
    h("input", { type: "search", class: "search", dir: "auto", "aria-label": word("findTrouble"), placeholder: word("findTrouble"), onInput: (ev) => { brief.troubleQuery = ev.target.value.toLowerCase(); draw(); } }),
    group("faults"), group("habits"), sentinels(),
  ];
}

const isOn = (v) => v !== false && v !== 0 && v !== "0s" && v !== "" && v !== null && !(Array.isArray(v) && v.length === 0);

/** described is a switch's name and sentence, in the emulator's own words where it has any. */
function described(kind, key) {
  const k = knob(kind, key);
  const in2 = (v) => (typeof v === "object" && v ? v[language] ?? v.en : v);
  const plain = key.replaceAll("_", " ");
  return { name: in2(k?.title ?? k?.label) ?? k?.["name_" + language] ?? plain, why: in2(k?.sentence ?? k?.description ?? k?.words) ?? k?.[language] ?? k?.["sentence_" + language] ?? "", source: k?.source };
}

function knob(kind, key) {
  const all = Array.isArray(world.knobs) ? world.knobs : world.knobs?.[kind] ?? world.knobs?.knobs ?? [];
  return all.find((k) => (k.key ?? k.name ?? k.field) === key && (!k.kind || k.kind === kind || k.kind + "s" === kind || k.group === undefined || k.group === kind));
}

function group(kind) {
  const values = world[kind];
  if (!values) return null;
  const q = brief.troubleQuery ?? "";
  const keys = Object.keys(values).filter((key) => typeof values[key] !== "object").filter((key) => {
    const d = described(kind, key);
    return q === "" || (key + d.name + d.why).toLowerCase().includes(q);
  });
  return h("section", { "aria-label": word(kind), key: kind }, h("h3", {}, word(kind)), h("p", { class: "soft" }, word(kind + "Why")), ...keys.map((key) => knobRow(kind, key, values[key])), keys.length === 0 && empty(word("noneFound")));
}

const shareLike = (v, key) => typeof v === "number" && !/size|max|code|error$|count|_window_error/.test(key);

function knobRow(kind, key, value) {
  const d = described(kind, key), id = `knob-${kind}-${key}`;
  const set = (v) => act("PUT", kind, { [key]: v });
  const control = typeof value === "boolean"
    ? h("input", { type: "checkbox", role: "switch", id, checked: value, onChange: (ev) => set(ev.target.checked) })
    : shareLike(value, key)
      ? h("select", { id, value: String(value), onChange: (ev) => set(Number(ev.target.value)) }, ...[...new Set([0, 0.01, 0.05, 0.1, 0.25, 0.5, 1, value])].sort((a, b) => a - b).map((v) => h("option", { value: String(v) }, v === 0 ? word("never") : v === 1 ? word("always") : Math.round(v * 100) + " %")))
      : h("input", { id, class: "small", dir: "ltr", value: String(value), onChange: (ev) => set(typeof value === "number" ? Number(ev.target.value) : ev.target.value) });
  return h("div", { class: "knob" + (isOn(value) ? " on" : ""), key }, h("div", { class: "grow" }, h("label", { for: id }, d.name), d.why && h("p", { class: "soft", dir: "auto" }, d.why), h("p", { class: "soft tiny" }, ltr(key), d.source && [" · ", ltr(d.source)])), control);
}

function sentinels() {
  return h("section", { "aria-label": word("sentinels"), key: "sentinels" }, h("h3", {}, word("sentinels")), h("p", { class: "soft" }, word("sentinelsWhy")),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": word("sentinels") }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, word("endsWith")), h("th", { scope: "col" }, word("whatHappens")))), h("tbody", {}, ...world.sentinels.map((s) => h("tr", { key: s.digits }, h("td", {}, ltr("…" + s.digits)), h("td", { dir: "auto" }, { 408: word("sentinel408"), 500: word("sentinel500"), 503: word("sentinel503") }[s.code] ?? s.sentence)))))));
}
