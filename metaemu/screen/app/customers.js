// The customers, side by side: each with a small phone of their own.
import { h, ltr, own } from "./dom.js";
import { icon } from "./icon.js";
import { call, post } from "./api.js";
import { thread } from "./bubble.js";
import { composer } from "./compose.js";
import { brief, draw, go, keep, number, ui, world } from "./state.js";
import { avatar, dialog, empty, field, hint, item, menu, toggle, tool } from "./ui.js";
import { word } from "../words/words.js";

/** beside puts a customer beside the phone, if they are not there yet. */
export function beside(id) {
  if (!ui.people.includes(id)) ui.people = [id, ...ui.people].slice(0, 8);
  keep();
  draw();
  document.dispatchEvent(new Event("refresh"));
}

const away = (id) => go({ people: ui.people.filter((p) => p !== id) });

export function customersPlace() {
  return h(
    "section",
    { class: "place people", id: "customers", "aria-labelledby": "customers-title" },
    h("div", { class: "head" }, h("h2", { id: "customers-title" }, word("customers")),
      h("button", { type: "button", onClick: choose }, icon("plus"), word("chooseCustomer")), h("button", { type: "button", onClick: newCustomer }, word("newCustomer"))),
    hint(word("tourCustomers")),
    h("div", { class: "columns" },
      ...ui.people.map((id) => world.people.get(id)).filter(Boolean).map(column),
      ui.people.length === 0 && empty(word("noCustomer"), h("button", { type: "button", class: "main", onClick: choose }, word("chooseCustomer")), h("button", { type: "button", onClick: newCustomer }, word("newCustomer")))),
  );
}

async function search() {
  world.found = await call("GET", "customers?limit=40&messages=0&q=" + encodeURIComponent(ui.query));
  draw();
}

function choose() {
  ui.query = "";
  search();
  dialog(word("chooseCustomer"), () => [
    h("input", { type: "search", class: "search", dir: "auto", "aria-label": word("findCustomer"), placeholder: word("findCustomer"), onInput: (ev) => { ui.query = ev.target.value; search(); } }),
    h("ul", { class: "list picks", "aria-label": word("customers") }, ...world.found.map((c) => h("li", { key: c.id }, h("button", { type: "button", class: "row-button", onClick: () => { beside(c.id); brief.dialog = null; draw(); } }, avatar(c.name), own(c.name, "who"), ltr(address(c), "last"))))),
    world.found.length === 0 && empty(word("noneFound")),
  ], { label: word("newCustomer"), act: () => { newCustomer(); return null; } });
}

const address = (c) => (c.username ? "@" + c.username : "+" + c.digits);

function newCustomer() {
  let hides = false, reads = false;
  dialog(word("newCustomer"), () => [
    field(word("name"), { name: "name", required: true }),
    field(word("phoneNumber"), { name: "phone", inputmode: "tel", dir: "ltr", placeholder: word("inventNumber") }),
    field(word("username"), { name: "username", dir: "ltr", placeholder: "@mona" }),
    toggle(word("hidesPhone"), hides, (on) => { hides = on; }), toggle(word("readsAtOnce"), reads, (on) => { reads = on; }),
  ], {
    label: word("addCustomer"),
    act: async (form) => {
      const c = await post("customers", { name: form.get("name"), digits: form.get("phone") || "", username: form.get("username").replace(/^@/, ""), hides_phone: hides, reads_at_once: reads });
      if (c) beside(c.id);
      return c;
    },
  });
}

function column(c) {
  const n = number();
  const chat = c.chats.find((x) => x.number === ui.number);
  const path = `customers/${c.id}/`, base = { number: ui.number };
  const messages = chat?.messages ?? [];
  const side = { key: "customer " + c.id, is: "customer", path, label: word("writeAs", { name: c.name }), reply: (content) => post(path + "send", { ...base, ...content }) };
  return h(
    "article",
    { class: "column", key: c.id, "aria-label": word("customerNamed", { name: c.name }) },
    h("div", { class: "head" }, avatar(c.name), h("div", { class: "grow names" }, h("h3", { class: "who" }, own(c.name)), h("span", { class: "soft" }, ltr(address(c)), c.offline && [" ", h("span", { class: "chip" }, word("offline"))], c.hides_phone && [" ", h("span", { class: "chip" }, word("numberHidden"))])), more(c, path, base), tool("close", word("putAway", { name: c.name }), () => away(c.id))),
    h("p", { class: "with" }, n && own(n.verified_name || n.display_phone_number), chat?.typing && h("span", { class: "soft", role: "status" }, " ", word("typing"))),
    thread(messages, side, word("customerNothing")),
    chat?.unread > 0 && h("button", { type: "button", class: "read-them", onClick: () => post(path + "read", base) }, icon("both"), word("readAll", { n: chat.unread })),
    composer(side, messages, base, [
      item("chat", word("sendPoll"), () => post(path + "unsupported", { ...base, kind: "poll_creation" })),
    ]),
  );
}

function more(c, path, base) {
  const change = (body) => post(path + "change", body);
  return menu("person " + c.id, word("doWithName", { name: c.name }), [
    item("both", word("readNow"), () => post(path + "read", base)),
    item("off", word(c.offline ? "goOnline" : "goOffline"), () => post(path + (c.offline ? "online" : "offline"), {})),
    item("book", word(c.hides_phone ? "showPhone" : "hidePhone"), () => change({ hides_phone: !c.hides_phone })),
    item("both", word(c.reads_at_once ? "readLater" : "readsAtOnce"), () => change({ reads_at_once: !c.reads_at_once })),
    item("megaphone", word("fromAd"), () => fromAd(path, base)),
    item("bin", word("stopMarketing"), () => post(path + "stop-marketing", base)),
    item("chat", word("resumeMarketing"), () => post(path + "resume-marketing", base)),
    item("contact", word("changeNumber"), () => dialog(word("changeNumber"), () => [h("p", {}, word("customerChangesTell")), field(word("phoneNumber"), { name: "digits", inputmode: "tel", dir: "ltr", placeholder: word("inventNumber") })], { label: word("save"), act: (form) => post(path + "change-number", { digits: form.get("digits") }) })),
    item("edit", word("username"), () => dialog(word("username"), () => [field(word("username"), { name: "username", dir: "ltr" })], { label: word("save"), act: (form) => change({ username: form.get("username") }) })),
  ]);
}

function fromAd(path, base) {
  dialog(word("fromAd"), () => [h("p", {}, word("fromAdTell")), field(word("message"), { name: "text", required: true })], {
    label: word("send"),
    act: (form) => post(path + "send", {
      ...base, text: form.get("text"),
      referral: { source_url: "https://fb.me/example", source_id: "120210000000000000", source_type: "ad", headline: word("adHeadline"), body: word("adBody"), media_type: "image", ctwa_clid: "example-click" },
    }),
  });
}
