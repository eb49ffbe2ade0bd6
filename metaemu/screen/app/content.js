// What a message holds, as either side sees it: words, files, places, cards,
// buttons.
import { h, ltr, own } from "./dom.js";
import { icon } from "./icon.js";
import { draw, world } from "./state.js";
import { has, word } from "../words/words.js";

const file = (id) => "/_emulator/media/" + encodeURIComponent(id);
// Files that could not be shown once are not asked for again.
const missing = new Set();

/** words is a message in one line, for a list, a quote and whoever listens. */
export function words(m) {
  if (!m) return "";
  if (m.revoked) return word("deleted");
  if (m.type === "text") return m.text;
  const kind = has("t_" + m.type) ? word("t_" + m.type) : m.type;
  const rest = caption(m) || (m.text ?? "").replace(/^\[[^\]]*\]\s*/, "");
  return rest ? `${kind}: ${rest}` : kind;
}

function caption(m) {
  const c = m.content ?? {};
  if (m.type === "interactive") return c.body?.text ?? c.button_reply?.title ?? c.list_reply?.title ?? "";
  if (m.type === "template") return c.name ?? "";
  if (m.type === "contacts") return c[0]?.name?.formatted_name ?? "";
  return c.caption ?? c.name ?? "";
}

/** content draws a message. reply is what a button in it does, if it can be pressed. */
export function content(m, reply) {
  const c = m.content ?? {};
  switch (m.type) {
    case "text":
      return [h("p", { class: "words", dir: "auto" }, m.text)];
    case "image":
    case "sticker":
    case "video":
    case "audio":
      return [media(m, c), c.caption && h("p", { class: "words", dir: "auto" }, c.caption)];
    case "document":
      return [documentRow(c), c.caption && h("p", { class: "words", dir: "auto" }, c.caption)];
    case "location":
      return [place(c)];
    case "contacts":
      return (Array.isArray(c) ? c : [c]).map(card);
    case "interactive":
      return interactive(m, c, reply);
    case "template":
      return template(m, c, reply);
    case "button":
      return [h("p", { class: "words", dir: "auto" }, icon("reply"), " ", c.text ?? m.text)];
    case "unsupported":
      return [h("p", { class: "words note" }, word("unsupported"), " ", c.type && ltr(c.type))];
    default:
      return [h("p", { class: "words", dir: "auto" }, words(m))];
  }
}

function media(m, c) {
  const address = c.id && world.parts.includes("media") && !missing.has(c.id) ? file(c.id) : "";
  const name = word("t_" + m.type);
  const props = { class: "shown", src: address, onError: () => (missing.add(c.id), draw()) };
  if (!address) return h("span", { class: "placeholder" }, icon(m.type), name);
  if (m.type === "audio") return h("audio", { ...props, class: "voice", controls: true, preload: "none", "aria-label": c.voice ? word("t_audio") : word("sound") });
  if (m.type === "video") return h("video", { ...props, controls: true, preload: "metadata", "aria-label": name });
  return h("img", { ...props, class: m.type === "sticker" ? "sticker" : "shown", alt: c.caption || name, loading: "lazy" });
}

function documentRow(c) {
  const inside = [icon("document"), own(c.filename ?? word("t_document")), h("span", { class: "soft" }, ltr((c.mime_type ?? "").split("/").pop().slice(0, 8).toUpperCase()))];
  return c.id && world.parts.includes("media") ? h("a", { class: "file", href: file(c.id), target: "_blank", rel: "noopener" }, ...inside) : h("span", { class: "file" }, ...inside);
}

const place = (c) => h("div", { class: "spot" }, icon("location"), h("div", {}, own(c.name || word("t_location"), "strong"), c.address && own(c.address), ltr(`${Number(c.latitude ?? 0).toFixed(4)}, ${Number(c.longitude ?? 0).toFixed(4)}`, "soft")));

const card = (c) => h("div", { class: "spot" }, icon("contact"), h("div", {}, own(c.name?.formatted_name ?? word("t_contacts"), "strong"), ...(c.phones ?? []).map((p) => ltr(p.phone ?? "", "soft"))));

/** press is a button as the customer sees it. Where nobody can press, it is only shown. */
const press = (label, onPress) => (onPress ? h("button", { type: "button", class: "press", onClick: onPress }, own(label)) : h("span", { class: "press" }, own(label)));

function interactive(m, c, reply) {
  if (c.button_reply || c.list_reply) return [h("p", { class: "words", dir: "auto" }, icon("reply"), " ", (c.button_reply ?? c.list_reply).title)];
  const rows = [];
  if (c.header?.text) rows.push(h("p", { class: "strong", dir: "auto" }, c.header.text));
  if (c.header && c.header.type && c.header.type !== "text") rows.push(media({ type: c.header.type }, c.header[c.header.type] ?? {}));
  if (c.body?.text) rows.push(h("p", { class: "words", dir: "auto" }, c.body.text));
  if (c.footer?.text) rows.push(h("p", { class: "soft", dir: "auto" }, c.footer.text));
  const a = c.action ?? {};
  for (const b of a.buttons ?? []) {
    rows.push(press(b.reply?.title ?? "", reply && (() => reply({ type: "interactive", object: { type: "button_reply", button_reply: { id: b.reply?.id, title: b.reply?.title } }, reply_to: m.wamid }))));
  }
  if (a.sections) {
    const choices = a.sections.flatMap((s) => s.rows ?? []);
    rows.push(h("details", { class: "options" }, h("summary", {}, own(a.button ?? word("choose"))), ...choices.map((r) =>
      press(r.description ? `${r.title}: ${r.description}` : r.title, reply && (() => reply({ type: "interactive", object: { type: "list_reply", list_reply: { id: r.id, title: r.title, description: r.description } }, reply_to: m.wamid }))))));
  }
  if (a.parameters?.display_text || a.name === "cta_url") rows.push(press(a.parameters?.display_text ?? word("link")));
  if (rows.length === 0) rows.push(h("p", { class: "words", dir: "auto" }, words(m)));
  return rows;
}

function template(m, c, reply) {
  const parts = c.components ?? [];
  const values = parts.filter((p) => (p.type ?? "").toLowerCase() === "body").flatMap((p) => p.parameters ?? []).map((p) => p.text ?? p.currency?.fallback_value ?? p.date_time?.fallback_value ?? "");
  const shown = m.text && !m.text.startsWith("[template") ? m.text : "";
  const rows = [h("p", { class: "soft" }, word("template"), " ", ltr(c.name ?? ""))];
  const head = parts.find((p) => (p.type ?? "").toLowerCase() === "header")?.parameters?.[0];
  if (head && head.type !== "text") rows.push(media({ type: head.type }, head[head.type] ?? {}));
  if (shown) rows.push(h("p", { class: "words", dir: "auto" }, shown));
  else if (values.length) rows.push(h("p", { class: "words", dir: "auto" }, values.join(" · ")));
  for (const p of m.buttons ?? parts.filter((p) => (p.type ?? "").toLowerCase() === "button" && p.sub_type === "quick_reply").map((p) => ({ text: p.parameters?.[0]?.payload, payload: p.parameters?.[0]?.payload }))) {
    rows.push(press(p.text ?? "", reply && (() => reply({ type: "button", object: { payload: p.payload ?? p.text, text: p.text }, reply_to: m.wamid }))));
  }
  return rows;
}

