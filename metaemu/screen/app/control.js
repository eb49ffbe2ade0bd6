// The control room: what Meta sees and does, and how to make trouble.
import { h } from "./dom.js";
import { booksTab } from "./books.js";
import { nowTab } from "./numbers.js";
import { troubleTab } from "./trouble.js";
import { worldTab } from "./world.js";
import { go, ui } from "./state.js";
import { hint } from "./ui.js";
import { word } from "../words/words.js";

const tabs = { now: nowTab, trouble: troubleTab, books: booksTab, world: worldTab };

export function controlPlace() {
  const tab = tabs[ui.tab] ? ui.tab : "now";
  return h(
    "section",
    { class: "place control", id: "control", "aria-labelledby": "control-title" },
    h("h2", { id: "control-title" }, word("control")),
    h("div", { class: "tabs", role: "tablist", "aria-label": word("controlParts"), onKeydown: arrows },
      ...Object.keys(tabs).map((name) => h("button", { type: "button", role: "tab", id: "tab-" + name, "aria-selected": String(name === tab), "aria-controls": "panel", tabindex: name === tab ? "0" : "-1", onClick: () => { go({ tab: name }); document.dispatchEvent(new Event("refresh")); } }, word("tab_" + name)))),
    h("div", { class: "panel", id: "panel", role: "tabpanel", "aria-labelledby": "tab-" + tab, tabindex: "0", key: "panel " + tab }, hint(word("tour_" + tab)), tabs[tab]()),
  );
}

function arrows(ev) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[ev.key];
  if (!step) return;
  const all = [...ev.currentTarget.children], at = all.indexOf(document.activeElement);
  const next = all[(at + (document.documentElement.dir === "rtl" ? -step : step) + all.length) % all.length];
  next.focus();
  next.click();
}
