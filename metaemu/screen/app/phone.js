// The owner's phone: the frame, its pages, and what stands above all of them.
import { h, own } from "./dom.js";
import { icon } from "./icon.js";
import { post } from "./api.js";
import { chatPage, chatsPage } from "./phonechats.js";
import { callsPage, contactsPage, groupsPage } from "./phonebook.js";
import { settingsPage } from "./phonesettings.js";
import { platformPage } from "./phoneplatform.js";
import { brief, go, now, number, ui, world } from "./state.js";
import { empty, field, hint, toggle } from "./ui.js";
import { goSpan, span, time, word } from "../words/words.js";

const pages = { chats: chatsPage, groups: groupsPage, calls: callsPage, contacts: contactsPage, settings: settingsPage, platform: platformPage };
const tabs = [["chats", "chat"], ["groups", "group"], ["calls", "call"], ["contacts", "book"], ["settings", "gear"]];

export function phonePlace() {
  return h("section", { class: "place phone", id: "phone", "aria-labelledby": "phone-title" }, h("h2", { id: "phone-title" }, word("thePhone")), hint(word("tourPhone")), h("div", { class: "frame" }, screen()));
}

function screen() {
  const n = number();
  if (!world.state) return empty(word("loading"));
  if (!n) return empty(word("noNumber"), h("button", { type: "button", class: "main", onClick: () => go({ place: "control", tab: "world" }) }, word("toWorld")));
  if (!n.coexistence) return empty(word("noPhone"));
  if (!world.phone) return empty(word("loading"));
  if (ui.chat) return [status(n), chatPage(n)];
  const unread = world.phone.chats.reduce((sum, c) => sum + (c.unread > 0 ? 1 : 0), 0);
  return [
    status(n),
    world.phone.signup && signup(n),
    h("div", { class: "page", key: "page " + ui.page }, (pages[ui.page] ?? chatsPage)(n)),
    h("nav", { class: "bottom", "aria-label": word("phoneParts") }, ...tabs.map(([page, picture]) => h(
      "button",
      { type: "button", "aria-current": ui.page === page || page === "settings" && ui.page === "platform" ? "page" : undefined, onClick: () => go({ page }) },
      icon(picture), h("span", {}, word("page_" + page)), page === "chats" && unread > 0 && h("span", { class: "badge" }, h("span", { class: "hidden" }, word("unread")), String(unread)),
    ))),
  ];
}

/** status is the line on top: time, name, and how the number stands. */
function status(n) {
  const behind = world.phone.behind === "0s" ? "" : world.phone.behind;
  return h(
    "div",
    { class: "status", key: "status" },
    h("span", { class: "time" }, time(now())),
    own(n.verified_name || n.display_phone_number),
    h("span", { class: "chip " + n.stage }, word("short_" + n.stage)),
    behind && h("span", { class: "chip" }, word("behind"), " ", goSpan(behind)),
  );
}

/** signup is what the phone asks when a platform wants to be connected. */
function signup(n) {
  const s = world.phone.signup;
  return h(
    "form",
    {
      class: "ask", key: "signup",
      onSubmit: async (ev) => {
        ev.preventDefault();
        const el = ev.target.elements;
        if (await post(`numbers/${n.id}/phone/confirm-signup`, { challenge: el.challenge.value, share_history: brief.share ?? true })) ev.target.reset();
      },
    },
    h("p", {}, h("b", {}, own(s.app_name)), " ", word("asks")),
    field(word("theCode"), { name: "challenge", dir: "ltr", autocomplete: "off", required: true }),
    toggle(word("shareHistory"), brief.share ?? true, (on) => { brief.share = on; }),
    h("p", { class: "soft" }, word("shareHistoryWhy")),
    h("button", { type: "submit", class: "main" }, word("confirm")),
  );
}

/** life says how long the number stays connected if nobody touches the phone. */
export function life(n, lastActivity, endsAt) {
  if (n.stage !== "live" || !endsAt) return null;
  const left = Date.parse(endsAt) - now();
  return { left, share: Math.max(0, Math.min(1, left / (Date.parse(endsAt) - Date.parse(lastActivity) || 1))), words: word("lifeLeft", { span: span(left) }) };
}
