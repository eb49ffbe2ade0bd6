// The popup of Embedded Signup. It shows the step at which the emulator says the
// signup stands, and tells the page that opened it what came of it.
import { language, setLanguage, turn, word } from "./words/words.js";

const params = new URLSearchParams(location.search);
const $ = (id) => document.getElementById(id);
const run = { signup: null, state: null, shown: "", ended: false };

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

// applyWords writes the language into everything that names a word.
function applyWords() {
  turn();
  document.title = word("signup");
  for (const el of document.querySelectorAll("[data-word]")) el.textContent = word(el.dataset.word);
  $("language").textContent = language === "ar" ? "English" : "العربية";
  $("language").lang = language === "ar" ? "en" : "ar";
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = text === "";
}

function make(tag, className, text) {
  const el = document.createElement(tag);
  if (className) el.className = className;
  if (text !== undefined) el.textContent = text;
  return el;
}

// tell sends the page that opened us what it gets, in the emulator's order.
function tell(end) {
  const code = () => { if (end.code) window.opener?.postMessage({ metaemu: "login", code: end.code }, params.get("origin")); };
  if (end.code_first) code();
  for (const text of end.messages ?? []) window.opener?.postMessage(text, params.get("origin"));
  if (!end.code_first) code();
}

async function step(action, body) {
  try {
    const out = await call("POST", `signups/${run.signup.id}/${action}`, body ?? {});
    notice("");
    return out;
  } catch (err) {
    notice(err.message);
    return null;
  }
}

function form(title, explain, fields, submit, label) {
  const f = make("form", "card");
  f.append(make("h2", "", word(title)), make("p", "", word(explain)), ...fields);
  const b = make("button", "main", word(label));
  f.append(b);
  f.addEventListener("submit", async (ev) => {
    ev.preventDefault();
    b.disabled = true;
    await submit(f.elements);
    b.disabled = false;
  });
  return f;
}

function accountStep() {
  const label = make("label", "", word("portfolio") + " "), select = make("select");
  select.name = "portfolio";
  for (const p of run.state.portfolios) {
    const o = make("option", "", `${p.name} · ${p.id}`);
    o.value = p.id;
    select.append(o);
  }
  label.append(select);
  return form("chooseAccount", "chooseAccountWhy", [label], async (el) => show(await step("account", { portfolio_id: el.portfolio.value })), "next");
}

// refusal is what the popup says of a refused step, and the way to report it.
function refusal(s) {
  if (!s.error) return [];
  const p = make("p", "refusal", s.error.error_message), report = make("button", "", word("report"));
  p.dir = "auto";
  p.setAttribute("role", "alert");
  report.type = "button";
  report.addEventListener("click", () => leave(true));
  return [p, report];
}

function numberStep(s) {
  const label = make("label", "", word("appNumber") + " "), input = make("input");
  Object.assign(input, { name: "digits", type: "tel", required: true, dir: "ltr", autocomplete: "off", value: s.digits ?? "" });
  label.append(input);
  const fields = [label, ...refusal(s)];
  const title = s.feature_type === "whatsapp_business_app_onboarding" ? "connectApp" : "addNumber";
  return form(title, title + "Why", fields, async (el) => show(await step("number", { digits: el.digits.value })), "next");
}

// messageStep is for a number without an app: the code that came to it is typed here.
function messageStep(s) {
  const label = make("label", "", word("smsCode") + " "), input = make("input");
  Object.assign(input, { name: "code", inputMode: "numeric", required: true, dir: "ltr", autocomplete: "one-time-code" });
  label.append(input);
  const came = make("p", "soft", word("smsCame") + " "), code = make("output", "challenge", s.challenge);
  code.id = "challenge";
  came.append(code);
  return form("confirmByCode", "confirmByCodeWhy", [label, ...refusal(s), came], async (el) => show(await step("verify", { code: el.code.value })), "next");
}

function challengeStep(s) {
  if (s.challenge_kind === "sms") return messageStep(s);
  const card = make("div", "card");
  const code = make("output", s.challenge_kind === "qr" ? "challenge qr" : "challenge", s.challenge);
  code.id = "challenge";
  card.append(make("h2", "", word("confirmOnPhone")), make("p", "", word(s.challenge_kind === "qr" ? "scanIt" : "copyIt")), code, make("p", "soft", word("waiting")));
  return card;
}

function permissionStep(s) {
  const list = make("ul");
  for (const key of ["mayManage", "mayMessage"]) list.append(make("li", "", word(key)));
  const p = make("p", "", `${s.app_name}`);
  p.dir = "auto";
  return form("permissions", "permissionsWhy", [p, list], async () => {
    const end = await step("finish");
    if (!end) return;
    run.ended = true;
    tell(end);
    show({ ...run.signup, step: "DONE" });
  }, "allow");
}

function doneStep() {
  const card = make("div", "card"), b = make("button", "main", word("close"));
  b.type = "button";
  b.addEventListener("click", () => window.close());
  card.append(make("h2", "", word("connected")), make("p", "", word(run.signup.challenge_kind === "sms" ? "aloneWhy" : "connectedWhy")), b);
  return card;
}

const steps = {
  BUSINESS_ACCOUNT_SELECTION: accountStep, PHONE_NUMBER_SETUP: numberStep, PHONE_NUMBER_VERIFICATION: challengeStep, PERMISSIONS: permissionStep, DONE: doneStep,
};

function show(s, anew) {
  if (!s) return;
  run.signup = s;
  const key = s.step + (s.error?.error_id ?? "");
  if (run.shown === key && !anew) return;
  run.shown = key;
  $("cancel").hidden = s.step === "DONE";
  $("step").replaceChildren(steps[s.step]?.(s) ?? make("p", "", s.step));
  $("step").querySelector("input, select, button")?.focus();
}

async function leave(report) {
  if (run.signup && !run.ended) {
    run.ended = true;
    const end = await step("cancel", { report });
    if (end) tell(end);
  }
  window.close();
}

async function start() {
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  applyWords();
  $("language").addEventListener("click", () => { setLanguage(language === "ar" ? "en" : "ar"); applyWords(); show(run.signup, true); });
  $("cancel").addEventListener("click", () => leave(false));
  if (params.get("response_type") !== "code" || params.get("override") !== "true") {
    notice(word("noCode"));
    return;
  }
  try {
    run.state = await call("GET", "state");
    const s = await call("POST", "signups", {
      app_id: params.get("app_id"), config_id: params.get("config_id"), feature_type: params.get("feature_type"),
      session_info_version: params.get("session_info_version"), version: params.get("signup_version"),
    });
    $("app").textContent = s.app_name;
    show(s);
  } catch (err) {
    notice(err.message);
    return;
  }
  setInterval(async () => {
    if (run.signup?.step !== "PHONE_NUMBER_VERIFICATION") return;
    try {
      show(await call("GET", "signups/" + run.signup.id));
    } catch (err) {
      notice(err.message);
    }
  }, 500);
}

start();
