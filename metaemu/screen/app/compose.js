// Writing: the line below a chat, and what can be attached to it.
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { act, post } from "./api.js";
import { above } from "./bubble.js";
import { brief, draw, keep, ui, world } from "./state.js";
import { dialog, field, item, menu, off } from "./ui.js";
import { word } from "../words/words.js";

/**
 * composer draws the line. side is that of thread; base is what every message
 * of it carries; more are further rows of its attachment menu.
 */
export function composer(side, messages, base, more = []) {
  const edited = brief.edit[side.key];
  const submit = async (ev) => {
    ev.preventDefault();
    const text = (ui.drafts[side.key] ?? "").trim();
    if (!text) return;
    const done = edited ? await post(side.path + "edit", { wamid: edited, text }) : await post(side.path + "send", { ...base, text, reply_to: brief.answer[side.key] ?? "" });
    if (!done) return;
    ui.drafts[side.key] = "";
    delete brief.edit[side.key];
    delete brief.answer[side.key];
    keep();
    draw();
  };
  return h(
    "div",
    { class: "compose", key: "compose " + side.key },
    above(side, messages),
    h(
      "form",
      { onSubmit: submit },
      menu("attach " + side.key, word("attach"), [...attachments(side, base), ...more], { icon: "clip", up: true }),
      h("input", {
        "aria-label": side.label, placeholder: side.label, dir: "auto", autocomplete: "off", "data-composer": side.key, value: ui.drafts[side.key] ?? "", name: "text",
        onInput: (ev) => { ui.drafts[side.key] = ev.target.value; },
        onBlur: keep,
        onKeydown: (ev) => { if (ev.key === "Enter" && !ev.isComposing) ev.target.form.requestSubmit(), ev.preventDefault(); },
      }),
      h("button", { type: "submit", class: "tool main", "aria-label": edited ? word("save") : word("send"), title: edited ? word("save") : word("send") }, icon(edited ? "sent" : "send")),
    ),
  );
}

const kinds = ["image", "video", "audio", "document", "sticker"];

function attachments(side, base) {
  const send = (type, object, text) => post(side.path + "send", { ...base, type, ...(object ? { object } : {}), text: text ?? "", reply_to: brief.answer[side.key] ?? "" });
  return [
    ...kinds.map((type) => item(type, word("t_" + type), () => attach(side, type, send))),
    item("location", word("t_location"), () => send("location", { latitude: 24.7136, longitude: 46.6753, name: word("samplePlace"), address: word("sampleStreet") })),
    item("contact", word("t_contacts"), () => contactCard(send)),
  ];
}

/** attach sends a sample file of that kind; where this emulator has none, it makes one up. */
async function attach(side, type, send) {
  const samples = (world.samples ?? []).filter((s) => (s.type ?? s.kind) === type);
  if (samples.length === 0) return send(type);
  dialog(word("t_" + type), () => [
    h("label", { class: "field" }, h("span", {}, word("sampleFile")), h("select", { name: "sample" }, ...samples.map((s) => h("option", { value: s.name }, s.title ?? s.name)))),
    type !== "audio" && type !== "sticker" && field(word("caption"), { name: "caption" }),
  ], { label: word("send"), act: (form) => sendSample(side, samples.find((s) => s.name === form.get("sample")), type, form.get("caption") ?? "", send) });
}

async function sendSample(side, sample, type, caption, send) {
  const object = await act("POST", "media", { sample: sample.name });
  return object && send(type, { ...object, ...(caption ? { caption } : {}) });
}

function contactCard(send) {
  dialog(word("t_contacts"), () => [field(word("name"), { name: "name", required: true }), field(word("phoneNumber"), { name: "phone", inputmode: "tel", dir: "ltr", required: true })], {
    label: word("send"),
    act: (form) => send("contacts", [{ name: { formatted_name: form.get("name"), first_name: form.get("name") }, phones: [{ phone: form.get("phone"), type: "CELL" }] }]),
  });
}

/** switchedOff are the things that the app attached before it was connected. */
export const switchedOff = (connected, side, base) => (connected
  ? [off("timer", word("viewOnce"), word("viewOnceOff")), off("location", word("liveLocation"), word("liveOff"))]
  : [
    item("timer", word("viewOnce"), () => post(side.path + "send", { ...base, type: "image", view_once: true })),
    item("location", word("liveLocation"), () => post(side.path + "send", { ...base, type: "location", live_location: true, text: word("samplePlace") })),
  ]);
