// A chat: its messages with ticks, quotes and reactions, and what can be done
// with each of them.
import { h, own } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { content, words } from "./content.js";
import { brief, draw, now, ui } from "./state.js";
import { empty, item, menu } from "./ui.js";
import * as w from "../words/words.js";

const { word } = w;
const emoji = ["👍", "❤️", "😂", "😮", "🙏"];

/**
 * thread draws a chat as one side sees it. side has: key, is ("phone" or
 * "customer"), path (where its actions go), reply (what a pressed button does).
 */
export function thread(messages, side, nothing) {
  const byID = new Map(messages.map((m) => [m.wamid, m]));
  const rows = [];
  let last = 0;
  for (const m of messages) {
    if (!w.sameDay(last, m.at)) rows.push(h("div", { class: "day", key: "day " + m.at.slice(0, 10) }, w.sameDay(m.at, now()) ? word("today") : w.day(m.at)));
    last = m.at;
    rows.push(bubble(m, side, byID));
  }
  return h(
    "div",
    {
      class: "thread", key: "thread " + side.key, tabindex: "0", role: "log", "aria-label": word("messages"),
      onBorn: (el) => { el.end = true; },
      onDrawn: (el) => requestAnimationFrame(() => { if (el.end) el.scrollTop = el.scrollHeight; }),
      onScroll: (ev) => { ev.currentTarget.end = ev.currentTarget.scrollHeight - ev.currentTarget.scrollTop - ev.currentTarget.clientHeight < 60; },
    },
    ...rows,
    rows.length === 0 && h("div", { class: "nothing", key: "nothing" }, empty(nothing)),
  );
}

function bubble(m, side, byID) {
  const mine = (m.from === "business") === (side.is === "phone");
  const reactions = [...new Set([m.business_reaction, m.customer_reaction].filter(Boolean))];
  return h(
    "div",
    { class: `say ${mine ? "mine" : "theirs"} ${side.is === "phone" && m.origin === "api" ? "api" : ""} ${m.revoked ? "revoked" : ""} ${m.type}`, key: m.wamid },
    h(
      "div",
      { class: "bubble" },
      side.is === "phone" && m.origin === "api" && h("span", { class: "by" }, word("byAPI")),
      m.reply_to && h("blockquote", { dir: "auto" }, words(byID.get(m.reply_to)) || word("earlier")),
      ...(m.revoked ? [h("p", { class: "words note" }, icon("off"), " ", word(mine ? "youDeleted" : "deleted"))] : content(m, mine ? null : side.reply)),
      h("div", { class: "meta" }, m.edits > 0 && !m.revoked && h("span", {}, word("edited")), h("time", { datetime: m.at }, w.time(m.at)), mine && ticks(m)),
      reactions.length > 0 && !m.revoked && h("span", { class: "reactions", role: "img", "aria-label": word("reactions") + " " + reactions.join(" ") }, ...reactions),
    ),
    m.status === "failed" && m.from === "business" && side.is === "phone" && h("p", { class: "failed" }, icon("alarm"), word("failed", { code: m.error || "" })),
    !m.revoked && doings(m, side, mine),
  );
}

function ticks(m) {
  const status = m.revoked ? "" : m.status;
  const name = { accepted: "clock", sent: "sent", delivered: "both", read: "both", failed: "alarm" }[status];
  return name && h("span", { class: "ticks " + status, role: "img", "aria-label": word("s_" + status), title: word("s_" + status) }, icon(name));
}

function doings(m, side, mine) {
  const id = side.key + " " + m.wamid;
  const react = (e) => post(side.path + "react", { wamid: m.wamid, emoji: e });
  const answer = () => {
    brief.answer[side.key] = m.wamid;
    delete brief.edit[side.key];
    focus(side);
  };
  const had = side.is === "phone" ? m.business_reaction : m.customer_reaction;
  const changeable = mine && (side.is === "customer" || m.origin === "phone");
  return menu(id, word("doWith"), [
    h("div", { class: "emoji" }, ...emoji.map((e) => h("button", { type: "button", "aria-label": word("reactWith", { emoji: e }), onClick: () => react(e) }, e)), had && h("button", { type: "button", "aria-label": word("unreact"), onClick: () => react("") }, icon("close"))),
    item("reply", word("reply"), answer),
    changeable && ["text", "image", "video", "document"].includes(m.type) && item("edit", word("edit"), () => {
      brief.edit[side.key] = m.wamid;
      delete brief.answer[side.key];
      ui.drafts[side.key] = m.type === "text" ? m.text : m.content?.caption ?? "";
      focus(side);
    }),
    changeable && item("bin", word("deleteAll"), () => post(side.path + "revoke", { wamid: m.wamid })),
  ]);
}

function focus(side) {
  draw();
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector(`[data-composer="${CSS.escape(side.key)}"]`)?.focus()));
}

/** above says over a composer what is being answered or edited. */
export function above(side, messages) {
  const answered = brief.answer[side.key], edited = brief.edit[side.key];
  const m = messages.find((x) => x.wamid === (edited ?? answered));
  if (!m) return null;
  const stop = () => {
    delete brief.answer[side.key];
    if (edited) ui.drafts[side.key] = "";
    delete brief.edit[side.key];
    draw();
  };
  return h("div", { class: "above" }, icon(edited ? "edit" : "reply"), own(words(m), "cut"), h("button", { type: "button", class: "tool", "aria-label": word("stop"), onClick: stop }, icon("close")));
}
