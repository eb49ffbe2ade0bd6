// The emulator's screen. It shows what /_emulator says and decides nothing.
// Everything that somebody wrote goes through textContent.
"use strict";

const $ = (id) => document.getElementById(id);
const view = { state: null, offset: 0, number: "", chat: "", customer: "", query: "", person: null, phone: null, reply: { phone: null, customer: null } };

async function call(method, path, body) {
  const res = await fetch("/_emulator/" + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const out = await res.json();
  if (!res.ok) throw new Error(out.error ?? "HTTP " + res.status);
  return out;
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = text === "";
}

// act does something and shows why it did not work, if so.
async function act(method, path, body) {
  try {
    const out = await call(method, path, body ?? {});
    notice("");
    return out;
  } catch (err) {
    notice(err.message);
    return null;
  }
}

function make(tag, className, text) {
  const el = document.createElement(tag);
  if (className) el.className = className;
  if (text !== undefined) el.textContent = text;
  return el;
}

function button(text, onClick, label) {
  const b = make("button", "", text);
  b.type = "button";
  if (label) b.setAttribute("aria-label", label);
  b.addEventListener("click", onClick);
  return b;
}

const clockFormat = (t) => new Intl.DateTimeFormat(language === "ar" ? "ar-EG-u-nu-latn" : "en-GB", {
  weekday: "short", day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
}).format(t);
const timeFormat = (t) => new Intl.DateTimeFormat(language === "ar" ? "ar-EG-u-nu-latn" : "en-GB", {
  day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit",
}).format(new Date(t));

function showClock() {
  if (view.state) $("now").textContent = clockFormat(new Date(Date.now() + view.offset));
}

async function loadState() {
  const s = await call("GET", "state");
  view.state = s;
  view.offset = Date.parse(s.now) - Date.now();
  if (!s.numbers.some((n) => n.id === view.number)) {
    view.number = s.numbers[0]?.id ?? "";
    view.chat = "";
  }
  const select = $("number");
  select.replaceChildren(...s.numbers.map((n) => {
    const o = make("option", "", n.verified_name + "  " + n.display_phone_number);
    o.value = n.id;
    o.selected = n.id === view.number;
    return o;
  }));
  const c = s.counters;
  const rows = [
    ["arrivals", c.arrivals + " · " + c.accepted + " " + word("accepted"), false],
    ["breaches", c.hard_breaches + " + " + c.soft_breaches, c.hard_breaches > 0],
    ["deliveries", c.delivered + " · " + c.pending + " " + word("pending"), c.gave_up > 0],
  ];
  $("counters").replaceChildren(...rows.map(([key, value, bad]) => {
    const div = make("div", bad ? "bad" : "");
    div.append(make("dt", "", word(key)), make("dd", "", value));
    return div;
  }));
  for (const b of document.querySelectorAll("[data-advance], #slide, #slider")) {
    b.disabled = !s.advanceable;
    b.title = s.advanceable ? "" : word("fixed");
  }
  showClock();
}

// entry is one line of a list: who, what was last said, when, how much is new.
function entry(who, last, when, unread, current, choose) {
  const li = make("li"), b = button("", choose);
  const name = make("span", "who", who), said = make("span", "last", last);
  name.dir = said.dir = "auto";
  b.append(name, make("span", "when", when), said);
  if (unread > 0) b.append(make("span", "unread", String(unread)));
  if (current) b.setAttribute("aria-current", "true");
  li.append(b);
  return li;
}

const number = () => view.state?.numbers.find((n) => n.id === view.number);
const lastText = (m) => (m ? (m.revoked ? word("revoked") : m.text) : "");

async function loadPhone() {
  const n = number();
  $("tools").replaceChildren();
  $("signup").hidden = true;
  if (!n || !n.coexistence) {
    $("device").textContent = word(n ? "noPhone" : "noNumber");
    $("chats").replaceChildren();
    view.phone = null;
    showThread($("phone-thread"), [], "phone", "");
    return;
  }
  const p = await call("GET", `numbers/${n.id}/phone?messages=1`);
  $("device").textContent = `${n.display_phone_number} · ${word(p.number.stage)} · ${word("lastLife")} ${timeFormat(p.last_activity)}`;
  if (p.devices.length > 0) $("device").textContent += ` · ${word("devices")} ${p.devices.length}`;
  if (p.behind !== "0s") $("device").textContent += ` · ${word("behind")} ${p.behind}`;
  $("device").dir = "auto";
  $("signup").hidden = !p.signup;
  $("signup-app").replaceChildren(...(p.signup ? [make("bdi", "", p.signup.app_name), " " + word("asks")] : []));
  const phone = (action, body) => act("POST", `numbers/${n.id}/phone/${action}`, body);
  $("tools").append(button(word("open"), () => phone("open", { customer: view.chat })));
  if (p.number.stage === "live") {
    $("tools").append(button(word("change"), () => phone("change-device")), button(word("disconnect"), () => phone("disconnect")));
  } else if (p.number.stage === "suspended") {
    $("tools").append(button(word("reconnect"), () => phone("reconnect")), button(word("disconnect"), () => phone("disconnect")));
  } else {
    $("tools").append(button(word("link"), () => phone("link")));
  }
  $("chats").replaceChildren(...p.chats.map((c) => entry(c.name, lastText(c.messages[0]), timeFormat(c.last_at), c.unread, c.customer === view.chat, () => {
    view.chat = c.customer;
    view.reply.phone = null;
    phone("open", { customer: c.customer }).then(refreshAll);
  })));
  await loadPhoneChat(n.id);
}

async function loadPhoneChat(numberID) {
  const chat = view.chat === "" ? null : (await call("GET", `numbers/${numberID}/phone?customer=${encodeURIComponent(view.chat)}&messages=200`)).chats[0];
  view.phone = chat;
  const until = !chat ? "" : chat.window_until ? `${word("windowUntil")} ${timeFormat(chat.window_until)}` : word("windowClosed");
  $("phone-with").textContent = chat ? `${chat.name} · ${chat.digits} · ${until}` : "";
  for (const el of $("phone-form").elements) el.disabled = !chat;
  showThread($("phone-thread"), chat?.messages ?? [], "phone", chat ? "nothing" : "noChat");
}

async function loadPeople() {
  const list = await call("GET", "customers?limit=200&messages=1&q=" + encodeURIComponent(view.query));
  $("people").replaceChildren(...list.map((c) => {
    const chat = c.chats.find((x) => x.number === view.number);
    return entry(c.name, lastText(chat?.messages[0]) || c.digits, c.offline ? word("offline") : "", 0, c.id === view.customer, () => {
      view.customer = c.id;
      view.reply.customer = null;
      refreshAll();
    });
  }));
  await loadPerson();
}

async function loadPerson() {
  $("customer-tools").replaceChildren();
  for (const el of $("customer-form").elements) el.disabled = view.customer === "" || view.number === "";
  if (view.customer === "") {
    $("customer-with").textContent = "";
    showThread($("customer-thread"), [], "customer", "noCustomer");
    return;
  }
  const c = await call("GET", `customers/${view.customer}?messages=200`);
  const chat = c.chats.find((x) => x.number === view.number);
  view.person = c;
  $("customer-with").textContent = `${c.name} · ${c.digits}${c.username ? " · @" + c.username : ""}${chat?.typing ? " · " + chat.name + " " + word("typing") : ""}`;
  const person = (action, body) => act("POST", `customers/${c.id}/${action}`, { number: view.number, ...body });
  $("customer-tools").append(
    button(word("read"), () => person("read")),
    button(word("unsupported"), () => person("unsupported", { kind: "poll_creation" })),
    button(word(c.offline ? "online" : "offline"), () => person(c.offline ? "online" : "offline")),
    button(word(c.hides_phone ? "show" : "hide"), () => person("change", { hides_phone: !c.hides_phone })),
  );
  showThread($("customer-thread"), chat?.messages ?? [], "customer", "nothing");
}

// showThread draws a chat. Whoever reads at the end stays at the end.
function showThread(list, messages, side, emptyWord) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const byID = new Map(messages.map((m) => [m.wamid, m]));
  const rows = messages.map((m) => bubble(m, side, byID));
  if (rows.length === 0 && emptyWord) rows.push(make("li", "empty", word(emptyWord)));
  const focus = document.activeElement?.dataset?.key;
  list.replaceChildren(...rows);
  if (focus) list.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function bubble(m, side, byID) {
  const own = (m.from === "business") === (side === "phone");
  const li = make("li", "say" + (own ? " own" : "") + (m.origin === "api" ? " api" : "") + (m.revoked ? " revoked" : ""));
  if (m.reply_to) {
    const q = make("span", "quote", lastText(byID.get(m.reply_to)) || word("replyTo") + " …");
    q.dir = "auto";
    li.append(q);
  }
  const body = make("div", "body", lastText(m) || m.type);
  body.dir = "auto";
  const meta = make("div", "meta");
  meta.append(make("span", "", timeFormat(m.at)));
  if (m.from === "business") meta.append(make("span", "", word("via_" + m.origin)), make("span", m.status, word("s_" + m.status) + (m.error ? " " + m.error : "")));
  if (m.edits > 0) meta.append(make("span", "", word("edited")));
  for (const emoji of [m.business_reaction, m.customer_reaction]) if (emoji) meta.append(make("span", "", emoji));
  li.append(body, meta);
  if (!m.revoked) li.append(actions(m, side, own));
  return li;
}

function actions(m, side, own) {
  const row = make("div", "acts");
  const path = side === "phone" ? `numbers/${view.number}/phone/` : `customers/${view.customer}/`;
  const add = (key, onClick) => {
    const b = button(word(key), onClick);
    b.dataset.key = key + m.wamid;
    row.append(b);
  };
  add("react", () => {
    const emoji = prompt(word("emoji"), "👍");
    if (emoji !== null) act("POST", path + "react", { wamid: m.wamid, emoji });
  });
  add("reply", () => {
    view.reply[side] = m.wamid;
    const input = $(side + "-form").elements.text;
    input.placeholder = word("replyTo") + ": " + lastText(m);
    input.focus();
  });
  if (own && (side === "customer" || m.origin === "phone")) {
    add("edit", () => {
      const text = prompt(word("newText"), m.text);
      if (text) act("POST", path + "edit", { wamid: m.wamid, text });
    });
    add("revoke", () => act("POST", path + "revoke", { wamid: m.wamid }));
  }
  return row;
}

// say sends what is in a form and empties it if that worked.
async function say(ev, side, path, extra) {
  ev.preventDefault();
  const form = ev.target, text = form.elements.text.value;
  const body = { text, ...extra, reply_to: view.reply[side] ?? "" };
  if (await act("POST", path, body)) {
    form.elements.text.value = "";
    view.reply[side] = null;
    form.elements.text.placeholder = word(form.elements.text.dataset.hint);
  }
}

// refresh fetches what a set of changes touches; changes that come meanwhile are
// fetched in one more round.
let wanted = null, busy = false;
async function refresh(kinds) {
  wanted = new Set([...(wanted ?? []), ...kinds]);
  if (busy) return;
  busy = true;
  try {
    while (wanted) {
      const now = wanted;
      wanted = null;
      await loadState();
      if (now.has("phone")) await loadPhone();
      if (now.has("people")) await loadPeople();
    }
    if ($("notice").textContent === word("lost")) notice("");
  } catch (err) {
    notice(err instanceof TypeError ? word("lost") : err.message);
    wanted = null;
  } finally {
    busy = false;
  }
}
const refreshAll = () => refresh(["phone", "people"]);

function onChanges(changes) {
  const kinds = new Set(["state"]);
  for (const c of changes) {
    if (c.kind === "reset") view.chat = view.customer = "";
    if (c.kind === "chat" && c.number !== view.number) continue;
    if (["chat", "numbers", "clock", "reset"].includes(c.kind)) kinds.add("phone");
    if (["chat", "customers", "clock", "reset", "numbers"].includes(c.kind)) kinds.add("people");
  }
  refresh(kinds);
}

function listen() {
  const stream = new EventSource("/_emulator/stream");
  stream.addEventListener("hello", refreshAll);
  stream.addEventListener("changes", (ev) => onChanges(JSON.parse(ev.data)));
  stream.addEventListener("error", () => notice(word("lost")));
}

function start() {
  applyWords();
  const types = () => $("customer-form").elements.type.replaceChildren(...["text", "image", "audio", "video", "document", "sticker", "location", "contacts", "interactive"].map((t) => {
    const o = make("option", "", word("t_" + t));
    o.value = t;
    return o;
  }));
  types();
  const slid = () => { $("slid").textContent = $("slider").value + " " + word("days"); };
  slid();
  $("slider").addEventListener("input", slid);
  $("language").addEventListener("click", () => { switchLanguage(); types(); slid(); refreshAll(); });
  $("number").addEventListener("change", (ev) => { view.number = ev.target.value; view.chat = ""; refreshAll(); });
  $("search").addEventListener("input", (ev) => { view.query = ev.target.value; refresh(["people"]); });
  $("slide").addEventListener("click", () => act("POST", "clock", { advance: $("slider").value + "d" }));
  for (const b of document.querySelectorAll("[data-advance]")) b.addEventListener("click", () => act("POST", "clock", { advance: b.dataset.advance }));
  for (const b of document.querySelectorAll(".tabs [data-side]")) {
    b.addEventListener("click", () => {
      document.querySelector("main").dataset.side = b.dataset.side;
      for (const other of document.querySelectorAll(".tabs [data-side]")) other.setAttribute("aria-pressed", String(other === b));
    });
  }
  $("phone-form").addEventListener("submit", (ev) => say(ev, "phone", `numbers/${view.number}/phone/send`, { customer: view.chat }));
  $("customer-form").addEventListener("submit", (ev) => say(ev, "customer", `customers/${view.customer}/send`, { number: view.number, type: ev.target.elements.type.value }));
  $("signup").addEventListener("submit", async (ev) => {
    ev.preventDefault();
    const el = ev.target.elements;
    if (await act("POST", `numbers/${view.number}/phone/confirm-signup`, { challenge: el.challenge.value, share_history: el.share.checked })) ev.target.reset();
  });
  setInterval(showClock, 500);
  listen();
}

start();
