// Ticks are facts that only grow: each stays on this tablet until central has it, and shows what others have ticked.
const page = document.getElementById("roll");
const line = document.getElementById("roll-line");
const KEY = "phonekeep-roll-ticks";
const BEGUN = "phonekeep-roll-begun"; // begun on this tablet without a network: `yes` or `no` (a drill?), and when
const EVERY_MS = 2000;
const RENEW_MS = 300000; // so old the kept copy gets at most while there is a network
let renewedAt = Date.now();

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/on-site/roll-worker.js", { scope: "/on-site/roll" }).then(async () => {
    const ready = await navigator.serviceWorker.ready;
    const fonts = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname).filter((path) => path.startsWith("/static/fonts/"));
    ready.active.postMessage({ keep: [...page.dataset.keep.split(" "), ...fonts] });
  }).catch(() => {});
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-visit]");
  if (!button || button.getAttribute("aria-pressed") === "true") return;
  const kept = waiting();
  kept[button.dataset.visit] = new Date().toISOString();
  save(kept);
  tick(button, "just now");
  send();
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.closest("#roll-now")) return;
  event.preventDefault(); // a server that cannot be reached must not take the page away
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    return location.assign(answer.redirected ? answer.url : location.href);
  } catch {
    if (!form.matches(".roll-begin")) return say("No network", "that has to wait; ticks are kept here");
  }
  page.dataset.drill = body.get("drill");
  localStorage.setItem(BEGUN, `${page.dataset.drill} ${new Date().toISOString()}`);
  say("No network", "begun here; tick, and it is sent later");
});
setInterval(send, EVERY_MS);
addEventListener("online", send);
for (const id of Object.keys(waiting())) tick(buttonOf(id), "kept here");
page.dataset.drill = localStorage.getItem(BEGUN)?.split(" ")[0] ?? page.dataset.drill;
count();
send();

async function send() {
  const kept = waiting();
  const body = new URLSearchParams({ drill: page.dataset.drill, roll: page.dataset.roll });
  for (const [visit, at] of Object.entries(kept)) body.append("seen", `${visit} ${ago(at)}`);
  let answer;
  try {
    const begun = localStorage.getItem(BEGUN);
    if (begun !== null) {
      const [drill, at = ""] = begun.split(" ");
      const said = await fetch("/on-site/roll/begin", { method: "POST", body: new URLSearchParams({ drill, ago: at && ago(at) }) });
      const taken = said.redirected && new URL(said.url).pathname === location.pathname; // else the way to the sign-in
      if (taken || said.status === 409) localStorage.removeItem(BEGUN); // 409: another screen has begun it
    }
    answer = await fetch("/on-site/roll/ticks", { method: "POST", body });
  } catch {
    const number = Object.keys(kept).length;
    const begun = localStorage.getItem(BEGUN) === null ? "" : "begun on this tablet; ";
    return say("No network", begun + (number ? `${number} ${number === 1 ? "tick is" : "ticks are"} kept here and sent later` : `this is the copy of ${page.dataset.at}`));
  }
  if (answer.status === 401) return say("Signed out", "ticks are kept here; sign in to send them");
  if (!answer.ok) return say("Not sent", "ticks are kept here");
  const { seen, mark } = await answer.json();
  const left = waiting();
  for (const visit of Object.keys(kept)) if (left[visit] === kept[visit]) delete left[visit];
  save(left);
  for (const [visit, at] of Object.entries(seen)) tick(buttonOf(visit), at);
  say("Live", Object.keys(left).length ? "sending" : "every tick is sent");
  if (mark !== page.dataset.mark || Date.now() - renewedAt > RENEW_MS) await renew();
}

/** Read the page again, by which the worker's copy is new too: who came since, and a roll-call begun at reception. */
async function renew() {
  let answer;
  try {
    answer = await fetch(`/on-site/roll?seen=${page.dataset.mark}`);
  } catch {
    return;
  }
  if (!answer.ok || answer.redirected) return;
  renewedAt = Date.now();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const list = fresh.getElementById("roll");
  if (!list) return;
  for (const id of ["roll-title", "roll-now"]) document.getElementById(id).replaceWith(document.importNode(fresh.getElementById(id), true));
  const held = document.activeElement?.dataset?.visit;
  page.replaceChildren(...document.importNode(list, true).childNodes);
  Object.assign(page.dataset, list.dataset);
  for (const visit of Object.keys(waiting())) tick(buttonOf(visit), "kept here");
  if (held) buttonOf(held)?.focus({ preventScroll: true });
  count();
}

/** How long ago it was, in milliseconds: a tablet's clock may be wrong, but not by how fast it goes. */
function ago(at) {
  return Math.max(0, Date.now() - Date.parse(at));
}

function waiting() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

function save(kept) {
  localStorage.setItem(KEY, JSON.stringify(kept));
}

function buttonOf(visit) {
  return page.querySelector(`button[data-visit="${CSS.escape(visit)}"]`);
}

function tick(button, when) {
  if (!button) return;
  button.setAttribute("aria-pressed", "true");
  button.querySelector(".roll-when").textContent = `seen ${when}`;
  count();
}

function count() {
  const all = page.querySelectorAll("button[data-visit]").length;
  document.getElementById("roll-count").textContent = `${page.querySelectorAll('button[aria-pressed="true"]').length} of ${all}`;
}

function say(word, more) {
  line.dataset.state = word === "Live" ? "live" : "off";
  line.querySelector("b").textContent = word;
  line.querySelector("span").textContent = more;
}
