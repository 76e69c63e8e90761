// Today stays as it is in the rooms: its parts are read again when something was committed; the ring steps each second.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 500;
const SILENT_AFTER_MS = 25000;
const PARTS = ["today-head", "today-waits", "today-needs", "today-rooms", "today-day", "today-tiles", "today-count"];
const line = document.getElementById("live");
let known = null;
let due = null;
let heardAt = 0;
let readAt = performance.now();

follow((what) => {
  if (what.ended) return location.reload();
  if (what.lost) return show("off", "Not connected", "trying again");
  heardAt = Date.now();
  show("live", "Live", "");
  if (!what.seen) return;
  const mark = `${what.seen.status} ${what.seen.event}`;
  if (mark !== known && due === null) due = setTimeout(read, known === null ? 0 : AT_MOST_EVERY_MS);
  known = mark;
});
setInterval(read, 20000);
setInterval(() => {
  if (heardAt && Date.now() - heardAt > SILENT_AFTER_MS) show("slow", "Live", `heard ${Math.round((Date.now() - heardAt) / 1000)} s ago`);
}, 5000);
setInterval(step, 1000);

async function read() {
  due = null;
  let answer;
  try {
    answer = await fetch(location.href);
  } catch {
    return show("off", "Not connected", "trying again");
  }
  if (answer.status === 401 || answer.redirected) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  readAt = performance.now();
  for (const id of PARTS) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    if (!now || !then) continue;
    if (now.querySelector("details")?.open) then.querySelector("details")?.setAttribute("open", "");
    if (now.innerHTML === then.innerHTML) continue;
    const held = now.contains(document.activeElement) ? name(document.activeElement) : null;
    const fresh = document.importNode(then, true);
    now.replaceWith(fresh);
    if (held) [...fresh.querySelectorAll("a, button, summary")].find((one) => name(one) === held)?.focus({ preventScroll: true });
  }
}

function name(element) {
  return element.getAttribute("href") ?? element.textContent;
}

function step() {
  const gone = Math.floor((performance.now() - readAt) / 1000);
  for (const ring of document.querySelectorAll(".ring")) {
    const left = Math.max(0, Number(ring.dataset.left) - gone);
    ring.querySelector("b").textContent = left;
    ring.querySelector(".left").setAttribute("stroke-dasharray", `${(100 * left) / Number(ring.dataset.of)} 100`);
    if (left === 0 && due === null) due = setTimeout(read, AT_MOST_EVERY_MS);
  }
}

function show(state, word, more) {
  if (line.dataset.state === state && line.querySelector("b").textContent === word && line.querySelector("span").textContent === more) return;
  line.dataset.state = state;
  line.querySelector("b").textContent = word;
  line.querySelector("span").textContent = more;
}
