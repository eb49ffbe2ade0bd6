// The bar on top: Meta's clock, the number, the language, light or dark.
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { brief, draw, go, now, ui, world } from "./state.js";
import { clock, language, setLanguage, word } from "../words/words.js";

const jumps = ["1h", "1d", "13d", "14d"];

export function bar() {
  const s = world.state;
  return h(
    "header",
    { class: "bar" },
    h("h1", {}, word("title")),
    h("div", { class: "clock", role: "group", "aria-label": word("clock") },
      icon("clock"), h("output", { id: "now", "aria-label": word("clock") }, s ? clock(now()) : "–"),
      ...jumps.map((by) => h("button", { type: "button", disabled: s && !s.advanceable, title: s && !s.advanceable ? word("clockFixed") : word("jumpWhy"), onClick: () => jump(by) }, word("jump_" + by))),
      span(s)),
    h("div", { class: "choices" },
      s && s.numbers.length > 0 && h("label", { class: "pick" }, h("span", {}, word("number")), h("select", { "aria-label": word("number"), value: ui.number, onChange: (ev) => { world.phone = world.chat = null; go({ number: ev.target.value, chat: "" }); document.dispatchEvent(new Event("refresh")); } }, ...s.numbers.map((n) => h("option", { value: n.id }, `${n.verified_name} \u2066${n.display_phone_number}\u2069`)))),
      h("button", { type: "button", lang: language === "ar" ? "en" : "ar", onClick: () => { setLanguage(language === "ar" ? "en" : "ar"); draw(); } }, language === "ar" ? "English" : "العربية"),
      h("button", { type: "button", onClick: () => { go({ theme: dark() ? "light" : "dark" }); theme(); } }, word(dark() ? "toLight" : "toDark"))),
  );
}

const jump = (advance) => post("clock", { advance });

function span(s) {
  const days = brief.days ?? 3;
  return h("details", { class: "own-span" }, h("summary", {}, word("ownSpan")),
    h("form", { onSubmit: (ev) => { ev.preventDefault(); jump(ev.target.elements.span.value); } },
      h("label", { class: "field" }, h("span", {}, word("spanHow")), h("input", { name: "span", dir: "ltr", class: "small", placeholder: "36h", required: true })), h("button", { type: "submit", disabled: s && !s.advanceable }, word("jump"))),
    h("form", { onSubmit: (ev) => { ev.preventDefault(); jump(days + "d"); } },
      h("label", { class: "field" }, h("span", {}, word("nDays", { n: days })), h("input", { type: "range", min: "1", max: "35", value: String(days), "aria-label": word("daysSlider"), onInput: (ev) => { brief.days = Number(ev.target.value); draw(); } })), h("button", { type: "submit", disabled: s && !s.advanceable, "aria-label": word("jumpDays", { n: days }) }, word("jump"))));
}

const dark = () => (ui.theme ? ui.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

/** theme writes the choice of light and dark onto the page; without one it is the machine's. */
export function theme() {
  document.documentElement.dataset.theme = dark() ? "dark" : "light";
}
