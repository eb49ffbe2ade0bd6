// A webhook in words: what the platform now knows that it did not know before.
import { world } from "./state.js";
import { word, has } from "../words/words.js";

const pictures = { messages: "chat", smb_message_echoes: "phone", smb_app_state_sync: "book", history: "clock", account_update: "link", statuses: "both" };

/** told reads a delivery's body and says it, one sentence for each change. */
export function told(d) {
  let body;
  try {
    body = JSON.parse(d.body);
  } catch {
    return d.fields.map((field, i) => row(d, i, field, word("toldOther", { field }))); // too old to be kept
  }
  return (body.entry ?? []).flatMap((e) => e.changes ?? []).map((c, i) => row(d, i, c.field, sentence(c), c)).reverse();
}

const row = (d, i, field, words, c) => ({
  key: `${d.id}.${i}`, at: d.at, state: d.state, field, words,
  icon: c?.value?.statuses ? "both" : pictures[field] ?? "alarm", grave: field === "account_update",
});

function sentence({ field, value: v }) {
  const first = (list) => list?.[0] ?? {};
  switch (field) {
    case "messages": {
      if (v.statuses) {
        const s = first(v.statuses);
        return word(has("told_s_" + s.status) ? "told_s_" + s.status : "toldStatus", { who: digits(s.recipient_id), status: s.status });
      }
      const m = first(v.messages), who = first(v.contacts).profile?.name ?? digits(m.from ?? m.from_user_id);
      return word(has("told_" + m.type) ? "told_" + m.type : "told_message", { who, text: cut(m.text?.body ?? m.reaction?.emoji ?? m.system?.body ?? kind(m)) });
    }
    case "smb_message_echoes": {
      const m = first(v.message_echoes);
      return word(has("echo_" + m.type) ? "echo_" + m.type : "echo_message", { who: digits(m.to ?? m.to_user_id), text: cut(m.text?.body ?? m.reaction?.emoji ?? kind(m)) });
    }
    case "smb_app_state_sync":
      return word("toldContacts", { n: v.state_sync?.length ?? 1 });
    case "history":
      return v.history ? word("toldHistory", { n: first(v.history).metadata?.progress ?? 0 }) : word("toldHistoryMedia");
    case "account_update": {
      const reason = v.disconnection_info?.reason;
      return has("account_" + v.event) ? word("account_" + v.event) + (reason ? " " + word(has("ended_" + reason) ? "ended_" + reason : "endedBy", { reason }) : "") : word("toldAccount", { event: v.event });
    }
    default:
      return word("toldOther", { field });
  }
}

/** digits is whom a number belongs to, as the owner's phone knows them. */
function digits(d) {
  if (!/^\d+$/.test(d ?? "")) return d ?? "";
  const known = world.phone?.contacts.find((c) => c.digits === d) ?? world.phone?.chats.find((c) => c.digits === d);
  return known?.name || "+" + d;
}

const cut = (s) => (s?.length > 80 ? s.slice(0, 79) + "…" : s ?? "");
const kind = (m) => {
  const caption = m[m.type]?.caption ?? m[m.type]?.button_reply?.title ?? m[m.type]?.list_reply?.title ?? m[m.type]?.text;
  return (has("t_" + m.type) ? word("t_" + m.type) : m.type) + (caption ? ": " + caption : "");
};
