// Pieces that every place uses: buttons, dialogs, menus, switches.
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { brief, draw } from "./state.js";
import { word } from "../words/words.js";

export const button = (label, onClick, props = {}) => h("button", { type: "button", onClick, ...props }, label);

/** tool is a button that shows a picture and says its name. */
export const tool = (name, label, onClick, props = {}) => h("button", { type: "button", class: "tool", "aria-label": label, title: label, onClick, ...props }, icon(name));

/** off shows something that the platform switched off, and why. */
export const off = (name, label, why) => h("div", { class: "off-row" }, icon(name), h("div", {}, h("b", {}, label, " ", h("span", { class: "chip" }, word("switchedOff"))), h("p", {}, why)));

/** toggle is a switch with a sentence. */
export const toggle = (label, on, onChange, props = {}) =>
  h("label", { class: "toggle" }, h("input", { type: "checkbox", role: "switch", checked: on, onChange: (ev) => onChange(ev.target.checked), ...props }), h("span", {}, label));

export const field = (label, props = {}) => h("label", { class: "field" }, h("span", {}, label), h("input", { dir: "auto", ...props }));

export const empty = (text, ...more) => h("div", { class: "empty" }, h("p", {}, text), ...more);

export const hint = (text) => h("p", { class: "tour" }, text);

/** avatar is the first letter of a name on a colour of its own. */
export function avatar(name) {
  let sum = 0;
  for (const c of name) sum = (sum * 31 + c.codePointAt(0)) % 6;
  return h("span", { class: `avatar tint${sum}`, "aria-hidden": "true" }, (name.match(/\p{L}|\p{N}/u)?.[0] ?? "#").toUpperCase());
}

/** menu is a button that opens a list of things to do. */
export function menu(id, label, items, props = {}) {
  const open = brief.menu === id;
  const close = () => {
    brief.menu = "";
    draw();
  };
  return h(
    "div",
    { class: "menu" + (props.up ? " up" : ""), key: "menu " + id, onKeydown: (ev) => ev.key === "Escape" && open && (close(), ev.currentTarget.querySelector("button")?.focus()) },
    tool(props.icon ?? "more", label, () => {
      brief.menu = open ? "" : id;
      draw();
    }, { "aria-expanded": String(open), "aria-haspopup": "true" }),
    open && h("div", { class: "sheet", role: "group", "aria-label": label, onClick: (ev) => ev.target.closest("button") && close() }, ...items),
  );
}

export const item = (name, label, onClick, props = {}) => h("button", { type: "button", class: "item", onClick, ...props }, name && icon(name), h("span", {}, label));

/** dialog asks for something in a window of its own; body is drawn anew each time. */
export function dialog(title, body, confirm) {
  brief.dialog = { title, body, confirm, back: document.activeElement };
  draw();
}

export function closeDialog() {
  const back = brief.dialog?.back;
  brief.dialog = null;
  draw();
  requestAnimationFrame(() => back?.isConnected && back.focus());
}

/** dialogs draws the window that is open, if one is. */
export function dialogs() {
  const d = brief.dialog;
  if (!d) return null;
  return h(
    "dialog",
    { key: "dialog", class: "window", "aria-labelledby": "dialog-title", onBorn: (el) => el.showModal(), onCancel: (ev) => (ev.preventDefault(), closeDialog()) },
    h(
      "form",
      {
        onSubmit: async (ev) => {
          ev.preventDefault();
          if ((await d.confirm.act(new FormData(ev.target), ev.target)) !== null && brief.dialog === d) closeDialog();
        },
      },
      h("h2", { id: "dialog-title" }, d.title),
      d.body(),
      brief.notice && !brief.notice.good && h("p", { class: "wrong", role: "alert", dir: "auto" }, brief.notice.text),
      h("div", { class: "row end" }, button(word("cancel"), closeDialog), h("button", { type: "submit", class: d.confirm.grave ? "grave" : "main" }, d.confirm.label)),
    ),
  );
}
