// Trouble that can be switched on: faults of the net, habits of Meta, and
// numbers that fail on purpose.
import { h, ltr } from "./dom.js";
import { act, post } from "./api.js";
import { brief, draw, world } from "./state.js";
import { empty } from "./ui.js";
import { language, word } from "../words/words.js";

export function troubleTab() {
  const on = ["faults", "habits"].flatMap((kind) => Object.values(world[kind] ?? {})).filter(isOn).length;
  return [
    h("p", { role: "status" }, on === 0 ? word("noTrouble") : word("nTrouble", { n: on })),
    h("input", { type: "search", class: "search", dir: "auto", "aria-label": word("findTrouble"), placeholder: word("findTrouble"), onInput: (ev) => { brief.troubleQuery = ev.target.value.toLowerCase(); draw(); } }),
    presets(), group("faults"), group("habits"), sentinels(),
  ];
}

const isOn = (v) => v !== false && v !== 0 && v !== "0s" && v !== "" && v !== null && !String(v).startsWith("0001-") && !(Array.isArray(v) && v.length === 0);

const knob = (kind, key) => world.knobs?.find((k) => k.of === kind && k.name === key);

/** described is what a switch does, in the emulator's own words where it has any, and where that is written. */
function described(kind, key) {
  const k = knob(kind, key);
  return { name: k?.[language] || key.replaceAll("_", " "), source: k?.source ?? "", of: k?.kind ?? "" };
}

function group(kind) {
  const values = world[kind];
  if (!values) return null;
  const q = brief.troubleQuery ?? "";
  const keys = Object.keys(values).filter((key) => typeof values[key] !== "object").filter((key) => {
    const d = described(kind, key);
    return q === "" || (key + d.name).toLowerCase().includes(q);
  });
  return h("section", { "aria-label": word(kind), key: kind }, h("h3", {}, word(kind)), h("p", { class: "soft" }, word(kind + "Why")), ...keys.map((key) => knobRow(kind, key, values[key])), keys.length === 0 && empty(word("noneFound")));
}

const shares = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1];
// Whole numbers, where the emulator does not say what kind a switch is of.
const whole = /size|max|code|_error$/;

function knobRow(kind, key, value) {
  const d = described(kind, key), id = `knob-${kind}-${key}`;
  const set = (v) => act("PUT", kind, { [key]: v });
  const share = d.of ? d.of === "share" : typeof value === "number" && !whole.test(key);
  const control = typeof value === "boolean"
    ? h("input", { type: "checkbox", role: "switch", id, checked: value, onChange: (ev) => set(ev.target.checked) })
    : share
      ? h("select", { id, value: String(value), onChange: (ev) => set(Number(ev.target.value)) }, ...[...new Set([...shares, value])].sort((a, b) => a - b).map((v) => h("option", { value: String(v) }, v === 0 ? word("never") : v === 1 ? word("always") : Math.round(v * 100) + " %")))
      : h("input", { id, class: "small", dir: "ltr", value: value.startsWith?.("0001-") ? "" : String(value), onChange: (ev) => set(typeof value === "number" ? Number(ev.target.value) : ev.target.value) });
  return h("div", { class: "knob" + (isOn(value) ? " on" : ""), key }, h("div", { class: "grow" }, h("label", { for: id, dir: "auto" }, d.name), h("p", { class: "soft tiny" }, ltr(key), d.source && [" · ", ltr(d.source)])), control);
}

/** presets are several switches at once. */
function presets() {
  if (!world.presets?.length) return null;
  return h("section", { "aria-label": word("presets"), key: "presets" }, h("h3", {}, word("presets")), ...world.presets.map((p) => h("div", { class: "knob", key: p.name }, h("p", { class: "grow", dir: "auto", id: "preset-" + p.name }, p[language] ?? p.en), h("button", { type: "button", "aria-describedby": "preset-" + p.name, onClick: () => post("presets/" + p.name, {}) }, word("use")))));
}

const fates = { 408: () => word("sentinel408"), 500: () => word("sentinel500"), 503: () => word("sentinel503") };

function sentinels() {
  return h("section", { "aria-label": word("sentinels"), key: "sentinels" }, h("h3", {}, word("sentinels")), h("p", { class: "soft" }, word("sentinelsWhy")),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": word("sentinels") }, h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, word("endsWith")), h("th", { scope: "col" }, word("whatHappens")))), h("tbody", {}, ...world.sentinels.map((s) => h("tr", { key: s.digits }, h("td", {}, ltr("…" + s.digits)), h("td", { dir: "auto" }, [s.sentence && h("bdi", { lang: "en", dir: "ltr" }, s.sentence), " ", h("span", { class: "soft" }, s[language] ?? fates[s.code]?.() ?? "")])))))));
}
