// The emulator's screen. It shows what /_emulator says and decides nothing.
import { h, paint } from "./dom.js";
import { bar, theme } from "./bar.js";
import { say } from "./api.js";
import { controlPlace } from "./control.js";
import { customersPlace } from "./customers.js";
import { listen } from "./live.js";
import { phonePlace } from "./phone.js";
import { brief, draw, go, now, setView, ui, world } from "./state.js";
import { dialogs, tool } from "./ui.js";
import { clock, turn, word } from "../words/words.js";

const places = [["phone", "thePhone", phonePlace], ["customers", "customers", customersPlace], ["control", "control", controlPlace]];

function view() {
  document.title = word("title");
  paint(
    document.getElementById("screen"),
    bar(),
    h("nav", { class: "places", "aria-label": word("places") }, ...places.map(([name, key]) => h("button", { type: "button", "aria-current": ui.place === name ? "page" : undefined, onClick: () => go({ place: name }) }, word(key)))),
    brief.notice && !brief.dialog && h("div", { class: "notice" + (brief.notice.good ? " good" : ""), key: "notice", role: brief.notice.good ? "status" : "alert" }, h("p", {}, !brief.notice.good && [word("refused"), " "], h("bdi", { dir: "auto" }, brief.notice.text)), tool("close", word("close"), () => say(""))),
    h("main", { "data-place": ui.place, key: "main" }, ...places.map(([, , place]) => place())),
    dialogs(),
  );
}

turn();
theme();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
setView(view);
draw();
listen();
// The clock ticks by itself; everything else waits for the emulator to tell.
setInterval(() => {
  const el = document.getElementById("now");
  if (el && world.state) el.textContent = clock(now());
}, 1000);
document.addEventListener("click", (ev) => {
  if (brief.menu && !ev.target.closest?.(".menu")) {
    brief.menu = "";
    draw();
  }
});
