// The cabinets on the stage: drawn once, then brought up to date at every look; hands go to the bench.

import { on } from "./api.js";
import { el, icon, set } from "./dom.js";
import { lampsInWords, situation, standing } from "./words.js";

const LONG_PRESS_MS = 400;
const HELD_MS = 6000;

export function buildCabinet(cabinet, tapHere) {
  const lamps = ["red", "amber", "green"].map((colour) => el("span", { class: `lamp ${colour}` }));
  const readerWord = el("span", {}, "reader");
  const reader = el("button", { class: "reader", type: "button", "data-reader": cabinet.id,
    "aria-label": `Reader of ${cabinet.name}`, onclick: () => tapHere(cabinet.id) }, icon("tap"), readerWord);
  const doors = Array.from({ length: cabinet.slots }, (_, index) => buildDoor(cabinet, index + 1));
  const pill = el("p", { class: "pill in" });
  const line = el("p", { class: "line" });
  const cable = el("button", { type: "button" });
  const power = el("button", { type: "button" }, icon("power"));
  const node = el("section", { class: "device", "aria-label": cabinet.name },
    el("div", { class: "case" },
      el("div", { class: "front" }, el("div", { class: "lamps", role: "img" }, ...lamps), reader),
      cabinet.buttons ? buildButtons(cabinet) : null,
      el("div", { class: `doors ${cabinet.slots > 1 ? "bank" : "one"}` }, ...doors.map((door) => door.node))),
    el("div", { class: "said" }, el("h3", {}, cabinet.name), pill),
    line,
    el("div", { class: "tools" }, cabinet.slots === 1 ? doors[0].tool : null, cable, power));
  let seen = null;
  cable.addEventListener("click", () => on(cabinet.id, "network", { up: !seen.network }));
  power.addEventListener("click", () => on(cabinet.id, "power", { on: !seen.powered }));

  function update(device, extra, armed) {
    seen = device;
    node.classList.toggle("dark", !device.powered);
    ["red", "amber", "green"].forEach((colour, index) => set(lamps[index], "data-rhythm", device.lamps[colour]));
    set(lamps[0].parentNode, "aria-label", lampsInWords(device.lamps));
    reader.classList.toggle("ready", armed);
    reader.classList.toggle("broken", Boolean(extra.readerFault));
    set(readerWord, "text", extra.readerFault ?? (armed ? "click to tap" : "reader"));
    device.slots.forEach((slot, index) => doors[index].update(slot, extra));
    const [word, hue, sign] = standing(device, extra.broken);
    if (pill.dataset.word !== word) {
      pill.dataset.word = word;
      pill.className = `pill ${hue}`;
      pill.replaceChildren(icon(sign), word);
    }
    set(line, "text", situation(device, cabinet, extra.declaredIn));
    relabel(cable, device.network ? "offline" : "online", device.network ? "Pull cable" : "Plug in");
    set(power, "aria-label", device.powered ? `Cut the power of ${cabinet.name}` : `Give ${cabinet.name} power`);
    set(power, "title", device.powered ? "Cut the power" : "Power on");
    set(power, "aria-pressed", !device.powered);
  }
  return { node, reader, update };
}

function relabel(button, sign, word) {
  if (button.dataset.word === word) return;
  button.dataset.word = word;
  button.replaceChildren(icon(sign), word);
}

function buildDoor(cabinet, number) {
  const inside = el("span", { class: "inside" });
  const bolt = el("span", { class: "bolt" }, icon("lock"));
  const node = el("button", { type: "button", class: "door" }, inside,
    el("span", { class: "leaf" }, cabinet.slots > 1 ? String(number) : ""), bolt);
  const tool = el("button", { type: "button" }, icon("door-open"), "Door");
  let open = false;
  const move = () => on(cabinet.id, "door", { slot: number, open: !open });
  node.addEventListener("click", move);
  tool.addEventListener("click", move);

  function update(slot, extra) {
    open = slot.door === "open";
    const released = slot.lock === "released";
    node.classList.toggle("open", open);
    node.classList.toggle("released", released);
    node.classList.toggle("jammed", Boolean(extra.jammed?.[String(number)]));
    if (bolt.dataset.lock !== slot.lock) {
      bolt.dataset.lock = slot.lock;
      bolt.replaceChildren(icon(released ? "unlock" : "lock"));
    }
    const name = cabinet.slots > 1 ? `Locker ${number}` : "Door";
    set(node, "aria-label", `${name} of ${cabinet.name}: ${slot.lock}, ${slot.door}. ${open ? "Close" : "Open"} it`);
    set(node, "title", open ? "Close it" : released ? "Open it" : "Open it: locked, so as with the key or by force");
    if (cabinet.slots > 1) { set(inside, "text", open ? String(number) : ""); return; }
    const pockets = Math.min(extra.declaredIn ?? 0, 6);
    if (inside.childElementCount !== pockets) {
      inside.replaceChildren(...Array.from({ length: pockets }, () => icon("pocket")));
    }
  }
  return { node, tool, update };
}

/** PUT IN and TAKE OUT: a click is a press, a long press is held for six seconds; "both" is the second within 400 ms. */
function buildButtons(cabinet) {
  const press = (name, held) => on(cabinet.id, "button", { name, hold_ms: held });
  const button = (name, word) => {
    let timer = 0;
    const node = el("button", { type: "button", title: "Click to press; keep pressed to hold it for 6 s" }, word);
    node.addEventListener("pointerdown", () => {
      timer = setTimeout(() => {
        timer = 0;
        node.classList.add("down");
        setTimeout(() => node.classList.remove("down"), HELD_MS);
        press(name, HELD_MS);
      }, LONG_PRESS_MS);
    });
    node.addEventListener("pointerleave", () => { clearTimeout(timer); });
    node.addEventListener("click", (event) => {
      const held = event.detail > 0 && timer === 0;
      clearTimeout(timer);
      timer = 0;
      if (!held) press(name, event.shiftKey ? HELD_MS : 200);
    });
    return node;
  };
  const both = el("button", { type: "button", title: "Both together, after a tap: I have no phone today",
    onclick: async () => { await press("put_in", 300); await press("take_out", 300); } }, "both");
  return el("div", { class: "buttons", role: "group", "aria-label": `Buttons of ${cabinet.name}` },
    button("put_in", "PUT IN"), button("take_out", "TAKE OUT"), both);
}
