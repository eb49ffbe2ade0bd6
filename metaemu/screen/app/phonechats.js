// The phone's chats, and one of them.
import { h, ltr, own } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { thread } from "./bubble.js";
import { composer, switchedOff } from "./compose.js";
import { words } from "./content.js";
import { beside } from "./customers.js";
import { brief, draw, go, now, ui, world } from "./state.js";
import { avatar, dialog, empty, field, item, menu, off, tool } from "./ui.js";
import { contactDialog } from "./phonebook.js";
import * as w from "../words/words.js";

const { word } = w;

export function chatsPage(n) {
  const q = (brief.chatQuery ?? "").trim().toLowerCase();
  const chats = world.phone.chats.filter((c) => q === "" || c.name.toLowerCase().includes(q) || c.digits.includes(q));
  return [
    h("div", { class: "head" }, h("h3", {}, word("page_chats")), tool("plus", word("newChat"), () => newChat(n))),
    h("input", { type: "search", class: "search", dir: "auto", "aria-label": word("searchChats"), placeholder: word("searchChats"), onInput: (ev) => { brief.chatQuery = ev.target.value; draw(); } }),
    h(
      "ul",
      { class: "list", "aria-label": word("page_chats") },
      h("li", { key: "lists" }, h("button", { type: "button", class: "quiet", onClick: () => lists(n) }, icon("megaphone"), h("span", { class: "grow" }, word("broadcasts")), n.stage === "live" && h("span", { class: "chip" }, word("switchedOff")))),
      ...chats.slice(0, 200).map((c) => row(n, c)),
    ),
    chats.length === 0 && empty(word(q ? "noneFound" : "noChats"), !q && h("button", { type: "button", class: "main", onClick: () => newChat(n) }, word("newChat"))),
  ];
}

function row(n, c) {
  const m = c.messages[0];
  return h("li", { key: c.customer }, h(
    "button",
    { type: "button", class: "row-button", onClick: () => open(n, c.customer) },
    avatar(c.name || c.digits),
    own(c.name || "+" + c.digits, "who"),
    h("time", { class: "when" }, w.brief(c.last_at, now())),
    h("span", { class: "last" }, m?.origin === "api" && h("span", { class: "by" }, "API "), m?.from === "business" && h("span", { class: "hidden" }, word("youSaid")), own(words(m))),
    c.unread > 0 && h("span", { class: "badge" }, h("span", { class: "hidden" }, word("unread")), String(c.unread)),
  ));
}

/** open opens a chat of the phone; what the customer wrote is read by that. */
export async function open(n, customer) {
  world.chat = null;
  go({ chat: customer, page: "chats", place: "phone" });
  if (ui.people.length === 0) beside(customer);
  await post(`numbers/${n.id}/phone/open`, { customer });
  document.dispatchEvent(new Event("refresh"));
}

function newChat(n) {
  dialog(word("newChat"), () => [field(word("phoneNumber"), { name: "to", inputmode: "tel", dir: "ltr", required: true, placeholder: "+966 5…" }), field(word("message"), { name: "text", required: true })], {
    label: word("send"),
    act: async (form) => {
      const sent = await post(`numbers/${n.id}/phone/send`, { to: form.get("to"), text: form.get("text") });
      return sent;
    },
  });
}

function lists(n) {
  const made = world.phone.broadcast_lists;
  const rows = () => [
    n.stage === "live" ? off("megaphone", word("broadcasts"), word("broadcastsOff")) : h("p", {}, word("broadcastsOn")),
    ...made.map((b) => h("p", {}, icon("megaphone"), " ", own(b.name), " · ", word("nMembers", { n: b.members.length }))),
    n.stage !== "live" && [field(word("listName"), { name: "list", required: true }), field(word("listMembers"), { name: "members", dir: "ltr" }), field(word("message"), { name: "text", required: true })],
  ];
  dialog(word("broadcasts"), rows, {
    label: n.stage === "live" ? word("close") : word("send"),
    act: (form) => (n.stage === "live" ? true : post(`numbers/${n.id}/phone/broadcast`, { list: form.get("list"), members: form.get("members").split(/[\s,،]+/).filter(Boolean), text: form.get("text") })),
  });
}

export function chatPage(n) {
  const c = world.chat, id = ui.chat;
  const known = world.phone.chats.find((x) => x.customer === id);
  const name = c?.name || known?.name || "";
  const device = world.phone.devices.some((d) => d.id === ui.device) ? ui.device : "";
  const path = `numbers/${n.id}/phone/`;
  const side = { key: "phone " + id, is: "phone", path, label: word("writeMessage") };
  const base = { customer: id, ...(device ? { device } : {}) };
  const messages = c?.messages ?? [];
  return h(
    "div",
    { class: "chat", key: "chat " + id },
    h(
      "div",
      { class: "head" },
      tool("back", word("back"), () => go({ chat: "" })),
      avatar(name || "?"),
      h("div", { class: "grow names" }, own(name || word("loading"), "who"), c && ltr("+" + c.digits, "soft")),
      menu("chat", word("moreOfChat"), [
        item("book", word("saveContact"), () => contactDialog(n, { digits: c?.digits, name })),
        item("group", word("besideThis"), () => { beside(id); go({ place: "customers" }); }),
        item("call", word("callThem"), () => post(path + "call", { customer: id, call: { seconds: 60 } })),
        n.stage === "live"
          ? off("timer", word("disappearing"), word("disappearingOff"))
          : item("timer", word(c?.disappearing ? "disappearingStop" : "disappearing"), () => post(path + "disappearing", { customer: id, on: !c?.disappearing })),
      ]),
    ),
    c && windowLine(n, c),
    c ? thread(messages, side, word("nothingYet")) : empty(word("loading")),
    world.phone.devices.length > 0 && h("label", { class: "from" }, word("sendFrom"), h("select", { value: device, onChange: (ev) => go({ device: ev.target.value }) },
      h("option", { value: "" }, word("thisPhone")), ...world.phone.devices.map((d) => h("option", { value: d.id }, word("device_" + d.kind))))),
    composer(side, messages, base, switchedOff(n.stage === "live", side, base)),
  );
}

/** windowLine says what the platform may write in this chat; the phone always may. */
function windowLine(n, c) {
  if (n.stage !== "live") return h("p", { class: "reach shut" }, word("windowNone"));
  const left = c.window_until ? Date.parse(c.window_until) - now() : 0;
  return h("p", { class: "reach" + (left > 0 ? "" : " shut") }, icon("clock"), left > 0 ? word("windowOpen", { span: w.span(left) }) : word("windowShut"));
}
