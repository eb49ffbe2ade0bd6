// The emulator's own API, and what to say when it does not work.
import { brief, draw } from "./state.js";
import { word } from "../words/words.js";

export async function call(method, path, body) {
  const raw = body instanceof Blob;
  const res = await fetch("/_emulator/" + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": raw ? body.type || "application/octet-stream" : "application/json" },
    body: body === undefined ? undefined : raw ? body : JSON.stringify(body),
  });
  const text = await res.text();
  let out;
  try {
    out = text === "" ? {} : JSON.parse(text);
  } catch {
    out = { error: text.slice(0, 200) };
  }
  if (!res.ok) throw Object.assign(new Error(out.error ?? "HTTP " + res.status), { status: res.status });
  return out;
}

/** ask answers what a path says, or null where this emulator has no such path. */
export async function ask(path) {
  try {
    return await call("GET", path);
  } catch (err) {
    if (err.status === 404) return null;
    throw err;
  }
}

/** say shows a sentence: of the emulator (its own words), or good news. */
export function say(text, good = false) {
  brief.notice = text ? { text, good } : null;
  draw();
}

/** act does something and says why it did not work, if so. */
export async function act(method, path, body) {
  try {
    const out = await call(method, path, body ?? {});
    if (brief.notice && !brief.notice.good) say("");
    return out;
  } catch (err) {
    say(err instanceof TypeError ? word("lost") : err.message);
    return null;
  }
}

export const post = (path, body) => act("POST", path, body);
