// The Cabinets page stays as it is at the cabinets: when a device has said something new, the cards are read again.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 500;
const line = document.getElementById("live");
let known = null;
let due = null;

follow((what) => {
  if (what.ended) return location.reload();
  line.hidden = false;
  line.dataset.state = what.lost ? "off" : "live";
  line.querySelector("b").textContent = what.lost ? "Not connected" : "Live";
  if (!what.seen) return;
  const mark = `${what.seen.status} ${what.seen.event}`;
  if (mark !== known && due === null) due = setTimeout(read, known === null ? 0 : AT_MOST_EVERY_MS);
  known = mark;
});
setInterval(read, 30000);

async function read() {
  due = null;
  const answer = await fetch(location.href);
  if (answer.status === 401 || answer.redirected) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["cabinets", "cabinets-lead", "cabinets-tabs"]) {
    const now = document.getElementById(id);
    const then = page.getElementById(id);
    if (now && then && now.innerHTML !== then.innerHTML) now.replaceWith(document.importNode(then, true));
  }
}
