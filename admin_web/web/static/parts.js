// Every part marked data-part is read again when something was committed; what somebody has focus in stays theirs.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 400;
const SILENT_AFTER_MS = 25000;
const line = document.getElementById("live");
let known = null;
let due = null;
let heardAt = 0;

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

async function read() {
  due = null;
  const address = new URL(location.href);
  address.searchParams.delete("said");
  const mark = document.querySelector("[data-mark]");
  if (mark) address.searchParams.set("seen", mark.dataset.mark);
  let answer;
  try {
    answer = await fetch(address);
  } catch {
    return show("off", "Not connected", "trying again");
  }
  if (answer.status === 401 || answer.redirected) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const now of document.querySelectorAll("[data-part]")) {
    const then = page.getElementById(now.id);
    if (!then || now.outerHTML === then.outerHTML) continue;
    const held = now.contains(document.activeElement) ? document.activeElement : null;
    const fresh = document.importNode(then, true);
    now.replaceWith(fresh);
    if (held) [...fresh.querySelectorAll("a, button")].find((one) => one.textContent === held.textContent)?.focus({ preventScroll: true });
  }
}

function show(state, word, more) {
  if (line.dataset.state === state && line.querySelector("b").textContent === word && line.querySelector("span").textContent === more) return;
  line.dataset.state = state;
  line.querySelector("b").textContent = word;
  line.querySelector("span").textContent = more;
}
