// A part of a page that is read again when anything was committed: who has obeyed, who waits, what was answered.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 400;
const ids = (document.querySelector("[data-again]")?.dataset.again ?? "").split(" ").filter(Boolean);
let known = null;
let due = null;

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
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ids) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    // Whoever has the keyboard in it keeps it; the next reading brings it up to date.
    if (now && then && !now.contains(document.activeElement) && now.innerHTML !== then.innerHTML) now.replaceWith(document.importNode(then, true));
  }
}
