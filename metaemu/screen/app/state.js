// What the screen knows: what the emulator said last (world) and where whoever
// looks at it is (ui), which is kept over a reload.

export const world = {
  state: null, // GET state
  offset: 0, // the emulator's clock minus this machine's, in milliseconds
  phone: null, // GET numbers/{id}/phone, each chat with its last message
  chat: null, // the chat that is open on the phone
  people: new Map(), // customers beside the phone, by id
  found: [], // customers that the search found
  books: {}, // breaches, arrivals, deliveries, invoice
  knobs: null,
  presets: null,
  faults: null,
  habits: null,
  parts: [], // which of its later paths this emulator has
  samples: null, // files that can be attached
  sentinels: [],
};

const fresh = () => ({
  place: "phone", number: "", page: "chats", chat: "", people: [], tab: "now", theme: "", drafts: {}, query: "", open: {}, device: "",
});

export const ui = Object.assign(fresh(), read("metaemu.ui"));
// What is open for a moment only: a menu, a dialog, a message that is answered.
export const brief = { menu: "", dialog: null, notice: null, answer: {}, edit: {}, found: null };

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

let drawing = null, view = () => {};
export const setView = (f) => { view = f; };

/** draw shows the state as it is now, once for many changes. */
export function draw() {
  drawing ??= requestAnimationFrame(() => {
    drawing = null;
    view();
  });
}

/** go changes where one is, remembers it, and draws. */
export function go(change) {
  Object.assign(ui, change);
  keep();
  draw();
}

export function keep() {
  localStorage.setItem("metaemu.ui", JSON.stringify(ui));
}

export const number = () => world.state?.numbers.find((n) => n.id === ui.number) ?? null;
export const now = () => Date.now() + world.offset;
