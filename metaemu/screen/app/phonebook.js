// The phone's address book, its groups and its calls.
import { h, ltr, own } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { open } from "./phonechats.js";
import { brief, draw, now, world } from "./state.js";
import { avatar, dialog, empty, field, item, menu, toggle, tool } from "./ui.js";
import * as w from "../words/words.js";

const { word } = w;

export function contactsPage(n) {
  const q = (brief.contactQuery ?? "").trim().toLowerCase();
  const list = world.phone.contacts.filter((c) => q === "" || c.name.toLowerCase().includes(q) || c.digits.includes(q)).sort((a, b) => a.name.localeCompare(b.name));
  return [
    h("div", { class: "head" }, h("h3", {}, word("page_contacts")), tool("plus", word("addContact"), () => contactDialog(n, null))),
    h("p", { class: "tour" }, word("tourContacts")),
    h("input", { type: "search", class: "search", dir: "auto", "aria-label": word("searchContacts"), placeholder: word("searchContacts"), onInput: (ev) => { brief.contactQuery = ev.target.value; draw(); } }),
    h("ul", { class: "list", "aria-label": word("page_contacts") }, ...list.slice(0, 300).map((c) => h(
      "li",
      { key: c.digits, class: "contact" },
      avatar(c.name || c.digits),
      h("div", { class: "grow names" }, own(c.name, "who"), ltr("+" + c.digits, "soft")),
      menu("contact " + c.digits, word("doWithName", { name: c.name }), [
        item("chat", word("writeTo"), () => open(n, c.digits)),
        item("edit", word("edit"), () => contactDialog(n, c)),
        item("bin", word("remove"), () => post(`numbers/${n.id}/phone/contact`, { digits: c.digits, name: c.name, remove: true })),
      ]),
    ))),
    list.length === 0 && empty(word(q ? "noneFound" : "noContacts")),
  ];
}

export function contactDialog(n, c) {
  dialog(word(c ? "saveContact" : "addContact"), () => [field(word("name"), { name: "name", required: true, onBorn: (el) => { el.value = c?.name ?? ""; } }), c?.digits ? h("p", {}, ltr("+" + c.digits)) : field(word("phoneNumber"), { name: "digits", inputmode: "tel", dir: "ltr", required: true })], {
    label: word("save"),
    act: (form) => post(`numbers/${n.id}/phone/contact`, { digits: c?.digits ?? form.get("digits"), name: form.get("name") }),
  });
}

export function groupsPage(n) {
  const say = (group) => dialog(group ?? word("newGroup"), () => [!group && field(word("groupName"), { name: "group", required: true }), field(word("whoSays"), { name: "from", placeholder: word("ownerSays") }), field(word("message"), { name: "text", required: true })], {
    label: word("send"),
    act: (form) => post(`numbers/${n.id}/phone/group`, { group: group ?? form.get("group"), from: form.get("from"), text: form.get("text") }),
  });
  return [
    h("div", { class: "head" }, h("h3", {}, word("page_groups")), tool("plus", word("newGroup"), () => say(null))),
    h("p", { class: "tour" }, word("tourGroups")),
    ...world.phone.groups.map((g) => h(
      "section",
      { class: "card", key: g.id, "aria-label": g.name },
      h("h4", {}, icon("group"), " ", own(g.name)),
      ...g.messages.slice(-6).map((m) => h("p", { class: "remark" }, h("b", {}, m.from === "business" ? word("you") : own(m.from)), " ", own(m.text), " ", h("span", { class: "soft" }, w.brief(m.at, now())))),
      h("button", { type: "button", onClick: () => say(g.name) }, word("sayInGroup")),
    )),
    world.phone.groups.length === 0 && empty(word("noGroups"), h("button", { type: "button", class: "main", onClick: () => say(null) }, word("newGroup"))),
  ];
}

export function callsPage(n) {
  const names = new Map(world.phone.chats.map((c) => [c.customer, c.name || "+" + c.digits]));
  const call = () => {
    let incoming = false, video = false;
    dialog(word("newCall"), () => [
      h("label", { class: "field" }, h("span", {}, word("withWhom")), h("select", { name: "customer" }, ...[...names].slice(0, 100).map(([id, name]) => h("option", { value: id }, name)))),
      toggle(word("incomingCall"), incoming, (on) => { incoming = on; }), toggle(word("videoCall"), video, (on) => { video = on; }),
      field(word("callSeconds"), { name: "seconds", type: "number", min: "0", dir: "ltr", placeholder: "0" }),
    ], { label: word("save"), act: (form) => post(`numbers/${n.id}/phone/call`, { customer: form.get("customer"), call: { incoming, video, seconds: Number(form.get("seconds") || 0) } }) });
  };
  const calls = [...world.phone.calls].reverse();
  return [
    h("div", { class: "head" }, h("h3", {}, word("page_calls")), tool("plus", word("newCall"), call)),
    h("p", { class: "tour" }, word("tourCalls")),
    h("ul", { class: "list", "aria-label": word("page_calls") }, ...calls.map((c, i) => h("li", { class: "contact", key: "call " + c.at + i }, icon(c.video ? "video" : "call"), h("div", { class: "grow names" }, own(names.get(c.customer) ?? c.customer, "who"), h("span", { class: "soft" }, word(c.seconds === 0 ? (c.incoming ? "callMissed" : "callNoAnswer") : c.incoming ? "callIn" : "callOut"), c.seconds > 0 && " · " + word("nSeconds", { n: c.seconds }))), h("time", { class: "soft" }, w.brief(c.at, now()))))),
    calls.length === 0 && empty(word("noCalls"), names.size > 0 && h("button", { type: "button", class: "main", onClick: call }, word("newCall"))),
  ];
}
