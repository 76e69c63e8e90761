// The page that waits for a tap reads itself again when something was committed, and once its time is over.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 400;
let due = null;

follow((what) => {
  if (what.ended) return location.reload();
  if (what.seen && due === null) due = setTimeout(read, AT_MOST_EVERY_MS);
});
const again = setInterval(read, 5000);

async function read() {
  due = null;
  const answer = await fetch(location.href);
  if (answer.status === 401 || answer.redirected) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = document.getElementById("awaited");
  const then = page.getElementById("awaited");
  if (now && then && now.dataset.state !== then.dataset.state) now.replaceWith(document.importNode(then, true));
  if (then && then.dataset.state !== "waiting") clearInterval(again);
}
