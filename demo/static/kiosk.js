// The reception on the stage: its screen as it is, to be clicked and typed at, with the reader beside it.

import { act, on } from "./api.js";
import { el, icon, set } from "./dom.js";
import { standing } from "./words.js";

const LONG_PRESS_MS = 400;
const LONG_HOLD_MS = 700;
const TYPED_TOGETHER_MS = 60;

export function buildKiosk(device, tapHere, soon) {
  const picture = el("img", { alt: "", draggable: "false" });
  const dark = el("p", { class: "dark" });
  const glass = el("div", { class: "glass", tabindex: "0", role: "application", "aria-roledescription": "touchscreen" }, picture, dark);
  const readerWord = el("span", {}, "reader");
  const reader = el("button", { class: "reader", type: "button", "data-reader": device.id,
    "aria-label": `Reader of ${device.name}`, onclick: () => tapHere(device.id) }, icon("tap"), readerWord);
  const pill = el("p", { class: "pill in" });
  const line = el("p", { class: "line" });
  const larger = el("button", { type: "button" });
  const cable = el("button", { type: "button" });
  const power = el("button", { type: "button" }, icon("power"));
  const node = el("section", { class: "device kiosk", "aria-label": device.name },
    el("div", { class: "desk" }, el("div", { class: "monitor case" }, glass), el("div", { class: "foot", "aria-hidden": "true" }), reader),
    el("div", { class: "said" }, el("h3", {}, device.name), pill),
    line,
    el("div", { class: "tools" }, larger, cable, power));
  let seen = null;
  let serial = null;
  cable.addEventListener("click", () => on(device.id, "network", { up: !seen.network }));
  power.addEventListener("click", () => on(device.id, "power", { on: !seen.powered }));
  larger.addEventListener("click", () => enlarge(!node.classList.contains("large")));
  node.addEventListener("keydown", (event) => { if (event.key === "Escape" && node.classList.contains("large")) enlarge(false); });
  press(glass, picture, soon);
  keys(glass, soon);
  enlarge(false);

  function enlarge(large) {
    node.classList.toggle("large", large);
    node.closest(".stage")?.classList.toggle("one", large);
    larger.replaceChildren(icon(large ? "smaller" : "larger"), large ? "Smaller" : "Larger");
    if (large) glass.focus();
  }

  function update(now, extra, armed) {
    seen = now;
    node.classList.toggle("dark", !now.powered);
    const [width, height] = now.screen.panel.split("x");
    node.style.setProperty("--wide", width);
    node.style.setProperty("--high", height);
    set(glass, "aria-label", `Screen of ${device.name}, showing ${pageInWords(now.screen.page)}. Click it, or type`);
    const lit = extra.picture !== null && extra.picture !== undefined;
    glass.classList.toggle("lit", lit);
    set(dark, "text", lit ? "" : now.powered ? "starting" : "");
    if (lit) show(extra.picture);
    reader.classList.toggle("ready", armed);
    reader.classList.toggle("broken", Boolean(extra.readerFault));
    set(readerWord, "text", extra.readerFault ?? (armed ? "click to tap" : "reader"));
    const [word, hue, sign] = standing(now, extra.broken);
    if (pill.dataset.word !== word) {
      pill.dataset.word = word;
      pill.className = `pill ${hue}`;
      pill.replaceChildren(icon(sign), word);
    }
    set(line, "text", now.powered ? "Click it: it is the real screen" : "Dark");
    relabel(cable, now.network ? "offline" : "online", now.network ? "Pull cable" : "Plug in");
    set(power, "aria-label", now.powered ? `Cut the power of ${device.name}` : `Give ${device.name} power`);
    set(power, "title", now.powered ? "Cut the power" : "Power on");
    set(power, "aria-pressed", !now.powered);
  }

  /** A picture is asked for only when another one stands on the glass, and put in place once it is whole. */
  async function show(number) {
    if (number === serial) return;
    serial = number;
    const next = new Image();
    next.src = `/api/bench/kiosk.png?of=${number}`;
    try { await next.decode(); } catch { serial = null; return; }
    if (serial === number) picture.src = next.src;
  }
  return { node, reader, update };
}

function press(glass, picture, soon) {
  let down = null;
  glass.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    down = { at: event.timeStamp, ...within(picture, event) };
  });
  glass.addEventListener("pointerup", async (event) => {
    if (down === null || !glass.classList.contains("lit")) { down = null; return; }
    const { at, x, y } = down;
    down = null;
    const long = event.timeStamp - at >= LONG_PRESS_MS;
    if (x < 0 || x > 1 || y < 0 || y > 1) return;
    spot(glass, x, y);
    await act("kiosk/tap", { x, y, ...(long ? { hold_ms: LONG_HOLD_MS } : {}) });
    soon();
  });
}

/** Where on the picture, as fractions of it. */
function within(picture, event) {
  const box = picture.getBoundingClientRect();
  return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
}

/** A ring where the finger came down. */
function spot(glass, x, y) {
  const ring = el("span", { class: "spot", "aria-hidden": "true" });
  ring.style.left = `${x * 100}%`;
  ring.style.top = `${y * 100}%`;
  ring.addEventListener("animationend", () => ring.remove());
  glass.append(ring);
}

/** Keys go on in the order they came, those of one moment together. */
function keys(glass, soon) {
  let waiting = "";
  let sending = false;
  glass.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey && event.key.length > 1 || event.metaKey) return;
    const key = event.key === "Backspace" ? "\b" : event.key;
    if (key.length !== 1) return;
    event.preventDefault();
    waiting += key;
    if (!sending) send();
  });
  async function send() {
    sending = true;
    while (waiting !== "") {
      await new Promise((done) => { setTimeout(done, TYPED_TOGETHER_MS); });
      const text = waiting.slice(0, 200);
      waiting = waiting.slice(200);
      if (!await act("kiosk/type", { text })) waiting = "";
      soon();
    }
    sending = false;
  }
}

function pageInWords(page) {
  return page === null ? "nothing" : `the page ${page.replaceAll("_", " ")}`;
}

function relabel(button, sign, word) {
  if (button.dataset.word === word) return;
  button.dataset.word = word;
  button.replaceChildren(icon(sign), word);
}
