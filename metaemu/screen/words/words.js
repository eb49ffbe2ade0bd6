// The two languages of the screens and how they write numbers and times. Digits
// are the Latin ones in both, as everywhere in Wasl.
import { ar } from "./ar.js";
import { en } from "./en.js";

const dictionaries = { en, ar };
const locales = { en: "en-GB-u-ca-gregory-nu-latn", ar: "ar-u-ca-gregory-nu-latn" };

export let language = (localStorage.getItem("metaemu.language") ?? navigator.language ?? "en").startsWith("ar") ? "ar" : "en";

export function setLanguage(lang) {
  language = lang;
  localStorage.setItem("metaemu.language", lang);
  turn();
}

/** turn gives the page the direction of its language. */
export function turn() {
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
}

const isolate = (v) => `\u2068${v}\u2069`;

/** word is what a key says in the language; {name} stands for a value, which keeps its own direction. */
export function word(key, values = {}) {
  const entry = dictionaries[language][key] ?? key;
  const text = typeof entry === "string" ? entry : (values.n === 0 ? entry.zero : undefined) ?? entry[new Intl.PluralRules(locales[language]).select(values.n)] ?? entry.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => isolate(values[name] ?? ""));
}

export const has = (key) => dictionaries[language][key] !== undefined;

const formats = new Map();
function format(options, t) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locales[language], options));
  return formats.get(key).format(new Date(t));
}

export const clock = (t) => format({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, t);
export const full = (t) => format({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, t);
export const time = (t) => format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, t);
export const seconds = (t) => format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }, t);
export const day = (t) => format({ weekday: "long", day: "numeric", month: "long" }, t);
export const date = (t) => format({ day: "numeric", month: "short" }, t);
export const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();
export const count = (n) => new Intl.NumberFormat(locales[language]).format(n);

/** brief is the time of today and the day of what is older. */
export const brief = (t, now) => (sameDay(t, now) ? time(t) : date(t));

/** span is a length of time in words: days and hours, or hours and minutes. */
export function span(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000)), hours = minutes < 180 ? Math.floor(minutes / 60) : Math.round(minutes / 60), days = hours < 48 ? 0 : Math.floor(hours / 24);
  if (days > 0) return word("nDays", { n: days }) + (hours % 24 && days < 4 ? " " + word("andHours", { n: hours % 24 }) : "");
  if (hours > 0) return word("nHours", { n: hours });
  return word("nMinutes", { n: minutes });
}

/** goSpan says a span in words that came as "1m30s". */
export function goSpan(text) {
  const part = (unit) => Number(text.match(new RegExp(`(\\d+(?:\\.\\d+)?)${unit}(?![a-z])`))?.[1] ?? 0);
  const s = part("h") * 3600 + part("m") * 60 + part("s");
  return s < 60 ? word("nSeconds", { n: Math.round(s) }) : span(s * 1000);
}
