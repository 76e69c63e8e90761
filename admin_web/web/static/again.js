// A part of a page that is read again when anything was committed: who has obeyed, who waits, what was answered.
// Seconds that are left (`data-left`) are counted down here; where none is left, the part is read again too.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 400;
const ids = (document.querySelector("[data-again]")?.dataset.again ?? "").split(" ").filter(Boolean);
let known = null;
let due = null;
let readAt = performance.now();
setInterval(step, 1000);

follow((what) => {
  if (what.ended) return location.reload();
  if (!what.seen) return;
  const mark = `${what.seen.status} ${what.seen.event}`;
  if (mark !== known && due === null) due = setTimeout(read, known === null ? 0 : AT_MOST_EVERY_MS);
  known = mark;
});

async function read() {
  due = null;
  const answer = await fetch(location.href);
  if (answer.status === 401 || answer.redirected) return location.reload();
  if (!answer.ok) return;
  readAt = performance.now();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    if (!now || !then || now.innerHTML === then.innerHTML) continue;
    const held = now.contains(document.activeElement) ? document.activeElement : null;
    // Whoever types in it goes on; the next reading brings it up to date.
    if (held?.matches("input, select, textarea")) continue;
    const fresh = document.importNode(then, true);
    now.replaceWith(fresh);
    // A button keeps the focus while it is there; when it is gone, what it was about has it.
    if (held) ([...fresh.querySelectorAll("a, button, summary")].find((one) => one.textContent === held.textContent) ?? focusable(fresh)).focus({ preventScroll: true });
  }
}

function focusable(part) {
  part.tabIndex = -1;
  return part;
}

function step() {
  const gone = Math.floor((performance.now() - readAt) / 1000);
  for (const one of document.querySelectorAll("[data-left]")) {
    const left = Math.max(0, Number(one.dataset.left) - gone);
    one.textContent = left;
    if (left === 0 && due === null) due = setTimeout(read, 1000);
  }
}
