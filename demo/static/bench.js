// The bench page: looks four times a second, brings everything up to date, and hands what a person does to the bench.

import { act, complain, look, on } from "./api.js";
import { Badges } from "./badges.js";
import { buildCabinet } from "./cabinets.js";
import { drawCables } from "./cables.js";
import { el, set } from "./dom.js";
import { buildKiosk } from "./kiosk.js";
import { changeInWords } from "./words.js";

const LOOK_EVERY_MS = 250;
const SOON_MS = 60;
const KEPT_ROWS = 150;
const byId = (id) => document.getElementById(id);

const school = await look("/api/bench/page");
const badges = new Badges(byId("badges"), byId("badge-hint"), school.badges, () => { if (live) showDevices(); });
const places = new Map(school.devices.map((device) => [device.id, { device, ...build(device), lastTap: null }]));
byId("devices").append(...[...places.values()].map((one) => one.node));
byId("where").append(...school.devices.map((device) => el("option", { value: device.id }, device.name)));

function build(device) {
  const tapHere = (id) => badges.tap(id);
  return device.kind === "reception" ? buildKiosk(device, tapHere, lookSoon) : buildCabinet(device, tapHere);
}

let live = null;
let afterNs = 0;
let lost = false;
let next = 0;
let looking = false;

// -- time -----------------------------------------------------------------------------------------------------------

const TIMES = [["08:00", "08:50", "08:40"], ["10:30", "10:45", "10:30"], ["08:50", "15:15", "11:00"], ["16:00", "19:00", "16:30"]];

function setTime(local) { return act("clock", { now: local }); }

for (const button of document.querySelectorAll("#presets [data-time]")) {
  button.addEventListener("click", () => setTime(`${live.now.slice(0, 10)}T${button.dataset.time}:00`));
}
const dialog = byId("time-dialog");
byId("set-time").addEventListener("click", () => { byId("moment").value = live.now.slice(0, 19); dialog.showModal(); });
dialog.addEventListener("close", () => { if (dialog.returnValue === "set") setTime(byId("moment").value); dialog.returnValue = ""; });
for (const jump of document.querySelectorAll("#jumps button")) {
  jump.addEventListener("click", () => { byId("moment").value = shifted(byId("moment").value, Number(jump.dataset.hours)); });
}

function shifted(local, hours) {
  const moment = new Date(`${local}Z`);
  if (Number.isNaN(moment.valueOf())) return local;
  moment.setUTCHours(moment.getUTCHours() + hours);
  return moment.toISOString().slice(0, 19);
}

function showTime(now) {
  set(byId("clock"), "text", now.slice(11, 19));
  set(byId("clock"), "datetime", now);
  const day = new Date(`${now.slice(0, 10)}T12:00:00Z`);
  const words = (options) => day.toLocaleDateString("en-GB", { timeZone: "UTC", ...options });
  const year = day.getUTCFullYear() === new Date().getUTCFullYear() ? {} : { year: "numeric" };
  set(byId("weekday"), "text", words({ weekday: "long" }));
  set(byId("date"), "text", words({ day: "numeric", month: "long", ...year }));
  const time = now.slice(11, 16);
  const current = TIMES.find(([from, until]) => from <= time && time < until)?.[2];
  for (const button of document.querySelectorAll("#presets [data-time]")) {
    set(button, "aria-pressed", button.dataset.time === current);
  }
}

// -- faults ---------------------------------------------------------------------------------------------------------

const here = () => byId("where").value;
const FAULTS = [
  ["Unplug the reader", () => live.faults[here()].reader === "unplugged", (on_) => on(here(), "reader", { fault: on_ ? "unplugged" : null })],
  ["Noise on the air", () => live.faults[here()].reader === "noise", (on_) => on(here(), "reader", { fault: on_ ? "noise" : null })],
  ["Reader stuck", () => live.faults[here()].reader === "stuck", (on_) => on(here(), "reader", { fault: on_ ? "stuck" : null })],
  ["Jam the lock", () => Object.keys(live.faults[here()].jammed).length > 0, jam, () => places.get(here()).device.slots > 0],
  ["Fill the disk", () => live.faults[here()].disk === "full", (on_) => on(here(), "disk", { fault: on_ ? "full" : null })],
  ["Disk read-only", () => live.faults[here()].disk === "read_only", (on_) => on(here(), "disk", { fault: on_ ? "read_only" : null })],
];
const faultButtons = FAULTS.map(([word, isOn, turn, isThere = () => true]) => {
  const button = el("button", { type: "button", "aria-pressed": "false", onclick: () => turn(!isOn()) }, word);
  return { button, isOn, isThere };
});
const back = el("button", { type: "button", onclick: () => setTime(shifted(live.now.slice(0, 19), -72)) }, "Clock back 3 days");
byId("faults").append(...faultButtons.map((one) => one.button), back);

async function jam(broken) {
  const { slots } = places.get(here()).device;
  for (let slot = 1; slot <= slots; slot += 1) await on(here(), "relay", { slot, fault: broken ? "jammed" : null });
}

for (const button of document.querySelectorAll(".switch")) {
  button.addEventListener("click", () => act(button.dataset.program, { up: button.getAttribute("aria-checked") === "false" }));
}

// -- what the hardware did ------------------------------------------------------------------------------------------

const list = byId("changes");
list.append(el("li", { class: "empty" }, "Nothing yet. Hold a badge to a reader."));

function showChanges(changes) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const rows = [];
  for (const change of changes) {
    afterNs = Math.max(afterNs, change.at_ns);
    const place = places.get(change.device);
    const words = changeInWords(change, place.device);
    if (words === null) continue;
    const isTap = change.what === "card_in";
    if (isTap) place.lastTap = change.at_ns;
    const since = place.lastTap === null ? "" : `+${((change.at_ns - place.lastTap) / 1e9).toFixed(3)}`;
    rows.push(el("li", { class: isTap ? "tap" : "" }, el("span", {}, since), el("span", {}, `${place.device.name}: ${words}`)));
  }
  if (rows.length === 0) return;
  list.querySelector(".empty")?.remove();
  list.append(...rows);
  while (list.childElementCount > KEPT_ROWS) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

// -- every look -----------------------------------------------------------------------------------------------------

function show() {
  showTime(live.now);
  const runs = (name) => live.programs.some((program) => program.name === name && program.pid !== null);
  for (const button of document.querySelectorAll(".switch")) {
    set(button, "aria-checked", runs(button.dataset.program === "broker" ? "mosquitto" : button.dataset.program));
  }
  showDevices();
  for (const { button, isOn, isThere } of faultButtons) {
    set(button, "aria-pressed", isOn());
    button.hidden = !isThere();
  }
  showChanges(live.changes);
  drawCables(byId("cables"), byId("stage"), byId("central"),
    live.devices.map((device) => ({ node: places.get(device.id).node, network: device.network })), runs("mosquitto"));
}

function showDevices() {
  for (const device of live.devices) {
    const faults = live.faults[device.id];
    const broken = Boolean(faults.reader || faults.disk || Object.keys(faults.jammed).length);
    places.get(device.id).update(device,
      { declaredIn: live.declared_in[device.id], readerFault: faults.reader, jammed: faults.jammed, broken, picture: live.picture },
      badges.picked.length > 0);
  }
}

async function lookAgain() {
  if (looking) { lookSoon(); return; }
  looking = true;
  try {
    live = await look(`/api/bench/live?after_ns=${afterNs}`);
    show();
    lost = false;
  } catch {
    if (!lost) complain("The bench does not answer. Is phonekeep-demo still running?");
    lost = true;
  }
  looking = false;
  clearTimeout(next);
  next = setTimeout(lookAgain, document.hidden ? 2000 : LOOK_EVERY_MS);
}

/** What was just done shows at once, not at the next look. */
function lookSoon() {
  clearTimeout(next);
  next = setTimeout(lookAgain, SOON_MS);
}

await lookAgain();
