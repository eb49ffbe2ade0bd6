// Staying up to date: the emulator says what has changed, and only that is
// fetched again, one round at a time.
import { ask, call, say } from "./api.js";
import { brief, draw, go, ui, world } from "./state.js";
import { word } from "../words/words.js";

const shortest = 250; // milliseconds between two rounds, however much happens
const everything = ["state", "phone", "people", "books", "knobs"];

let wanted = null, busy = false;

export async function refresh(kinds = everything) {
  wanted = new Set([...(wanted ?? []), ...kinds]);
  if (busy) return;
  busy = true;
  try {
    while (wanted) {
      const these = wanted;
      wanted = null;
      await round(these);
      draw();
      await new Promise((done) => { setTimeout(done, shortest); });
    }
    if (brief.lost) {
      brief.lost = false;
      say("");
    }
  } catch (err) {
    wanted = null;
    brief.lost = err instanceof TypeError;
    say(brief.lost ? word("lost") : err.message);
  } finally {
    busy = false;
    if (wanted) refresh([]);
  }
}

async function round(these) {
  await loadState();
  const jobs = [];
  if (these.has("phone")) jobs.push(loadPhone());
  if (these.has("people")) jobs.push(loadPeople());
  if (these.has("books")) jobs.push(loadBooks());
  if (these.has("knobs")) jobs.push(loadKnobs());
  await Promise.all(jobs);
}

async function loadState() {
  const s = await call("GET", "state");
  world.state = s;
  world.offset = Date.parse(s.now) - Date.now();
  world.faults = s.faults;
  if (!s.numbers.some((n) => n.id === ui.number)) {
    world.phone = world.chat = null;
    go({ number: s.numbers[0]?.id ?? "", chat: "" });
  }
}

async function loadPhone() {
  const n = world.state.numbers.find((x) => x.id === ui.number);
  if (!n?.coexistence) return;
  const [phone, one] = await Promise.all([
    call("GET", `numbers/${n.id}/phone?messages=1`),
    ui.chat ? call("GET", `numbers/${n.id}/phone?messages=200&customer=${encodeURIComponent(ui.chat)}`).catch(() => null) : null,
  ]);
  world.phone = phone;
  if (ui.chat && one === null) go({ chat: "" }); // that customer is gone
  world.chat = one?.chats[0] ?? null;
  if (ui.chat && one && !world.chat) world.chat = await blank();
}

/** blank is a chat in which nothing has been said. */
async function blank() {
  const c = await call("GET", `customers/${encodeURIComponent(ui.chat)}?messages=0`);
  return { customer: c.id, name: c.name, digits: c.digits, messages: [] };
}

async function loadPeople() {
  const people = await Promise.all(ui.people.map((id) => call("GET", `customers/${encodeURIComponent(id)}?messages=200`).catch(() => null)));
  world.people = new Map(people.filter(Boolean).map((c) => [c.id, c]));
  const there = ui.people.filter((id) => world.people.has(id));
  if (there.length !== ui.people.length) go({ people: there });
}

async function loadBooks() {
  const shown = ui.tab === "now" ? ["deliveries"] : ui.tab === "books" ? ["breaches", "deliveries", "arrivals", "invoice"].filter((k) => ui.open[k] ?? k === "breaches") : [];
  const limit = { deliveries: "?limit=50", breaches: "?limit=200", arrivals: "?limit=200", invoice: "" };
  await Promise.all(shown.map(async (k) => {
    const out = await call("GET", k + limit[k]);
    world.books[k] = k === "invoice" ? out.lines : out;
  }));
}

/** loadKnobs fetches what hardly changes; what this emulator does not have stays empty. */
async function loadKnobs() {
  const parts = await call("GET", "parts");
  const has = (p, path = p) => (parts.includes(p) ? ask(path) : null);
  const [habits, faults, sentinels, knobs, presets, samples] = await Promise.all([call("GET", "habits"), call("GET", "faults"), call("GET", "sentinels"), has("knobs"), has("presets"), has("samples", "media/samples")]);
  Object.assign(world, { parts, habits, faults, sentinels, knobs, presets, samples: samples ?? [] });
}

function onChanges(changes) {
  const kinds = new Set(["state"]);
  for (const c of changes) {
    if (c.kind === "reset") go({ chat: "", people: [] });
    if (["clock", "reset", "numbers"].includes(c.kind)) for (const k of ["phone", "people", "books"]) kinds.add(k);
    if (c.kind === "chat") {
      kinds.add("books");
      if (c.number === ui.number) kinds.add("phone");
      if (ui.people.includes(c.customer)) kinds.add("people");
    }
    if (c.kind === "customers") kinds.add("people");
    if (c.kind === "books") kinds.add("books");
    if (["faults", "habits", "reset"].includes(c.kind)) kinds.add("knobs");
  }
  refresh(kinds);
}

export function listen() {
  const stream = new EventSource("/_emulator/stream");
  stream.addEventListener("hello", () => refresh());
  stream.addEventListener("changes", (ev) => onChanges(JSON.parse(ev.data)));
  stream.addEventListener("error", () => {
    brief.lost = true;
    say(word("lost"));
  });
  document.addEventListener("refresh", () => refresh());
}
