// Small pictures, drawn for this screen. They say nothing alone: whoever uses
// one gives the button a name.
import { h } from "./dom.js";

const paths = {
  back: "M15 5l-7 7 7 7", more: "M12 5.5v.01M12 12v.01M12 18.5v.01", send: "M4 12l16-7-5 15-3.5-6z", clip: "M8 12.5l6-6a3 3 0 0 1 4.2 4.2l-8 8a5 5 0 0 1-7-7l8-8",
  chat: "M4 5h16v11H9l-5 4z", group: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3.5 2.5-6 6-6s6 2.5 6 6M16 11a2.5 2.5 0 1 0 0-5M17 13c2.5.3 4 2.5 4 6",
  call: "M6 3l3 1 1 4-2 2c1 2.500 3.500 5 6 6l2-2 4 1 1 3c-1 2-3 3-5 2.500C9.500 19 5 14.500 3.500 8 3 6 4 4 6 3z", book: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4.500 3.500-7 8-7s8 2.500 8 7",
  gear: "M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3M5.300 5.300l2.100 2.100M16.600 16.600l2.100 2.100M5.300 18.700l2.100-2.100M16.600 7.400l2.100-2.100",
  close: "M6 6l12 12M18 6L6 18", plus: "M12 5v14M5 12h14", image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500v.01", video: "M4 6h11v12H4zM15 10l5-3v10l-5-3z",
  audio: "M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11.500a7 7 0 0 0 14 0M12 18.500V22", document: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6", sticker: "M5 4h14v10l-6 6H5zM13 20v-6h6M9 9v.01M14.500 9v.01M9 12.500c1.500 1.500 3.500 1.500 5 0",
  location: "M12 21c-4-5-6.500-8-6.500-11.500a6.500 6.500 0 0 1 13 0C18.500 13 16 16 12 21zM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z", contact: "M4 4h16v16H4zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM7.500 18c.5-2.500 2-4 4.500-4s4 1.500 4.500 4",
  reply: "M9 6L4 11l5 5M4 11h9c4 0 7 2 7 7", edit: "M4 20l1-4L16 5l3 3L8 19z", bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13", off: "M5.500 5.500l13 13M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1", device: "M3 5h18v11H3zM8 20h8M12 16v4", phone: "M7 3h10v18H7zM11 18h2", list: "M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 2", sent: "M5 12.500l4.500 4.500L19 7", both: "M2 12.500l4 4.500 8.500-10M10 16l1 1 9.500-10", alarm: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v6M12 16.500v.01", timer: "M12 21a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 9v4M9 2h6",
  play: "M7 4l12 8-12 8z", pause: "M8 5v14M16 5v14", down: "M6 9l6 6 6-6", megaphone: "M4 10v4l3 .5V19h3v-4l9 3V6L7 9.500z",
};
// Only what points somewhere turns around in Arabic.
const turns = new Set(["back", "send", "reply"]);

export const icon = (name, cls = "") => h("svg", { class: `icon ${turns.has(name) ? "turns" : ""} ${cls}`, viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: paths[name] }));
