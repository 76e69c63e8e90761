// Ticks are facts that only grow: each stays on this tablet until central has it, and shows what others have ticked.
const page = document.getElementById("roll");
const line = document.getElementById("roll-line");
const KEY = "phonekeep-roll-ticks";
const EVERY_MS = 5000;
const drill = () => page.dataset.drill === "yes";

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
for (const form of document.querySelectorAll("form.roll-begin")) form.addEventListener("submit", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  page.dataset.drill = form.elements.drill.value;
  say("No network", "tick here; it is sent later");
});
setInterval(send, EVERY_MS);
addEventListener("online", send);
for (const id of Object.keys(waiting())) tick(buttonOf(id), "kept here");
count();
send();

async function send() {
  const kept = waiting();
  const body = new URLSearchParams({ drill: page.dataset.drill });
  for (const [visit, at] of Object.entries(kept)) body.append("seen", `${visit} ${at}`);
  let answer;
  try {
    answer = await fetch("/on-site/roll/ticks", { method: "POST", body });
  } catch {
    const number = Object.keys(kept).length;
    return say("No network", number ? `${number} ${number === 1 ? "tick is" : "ticks are"} kept here and sent later` : `this is the copy of ${page.dataset.at}`);
  }
  if (answer.status === 401) return say("Signed out", "ticks are kept here; sign in to send them");
  if (!answer.ok) return say("Not sent", "ticks are kept here");
  const { seen } = await answer.json();
  const left = waiting();
  for (const visit of Object.keys(kept)) if (left[visit] === kept[visit]) delete left[visit];
  save(left);
  for (const [visit, at] of Object.entries(seen)) tick(buttonOf(visit), at);
  say("Live", Object.keys(left).length ? "sending" : "every tick is sent");
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
