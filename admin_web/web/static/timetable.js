// The week with the keyboard and the mouse: arrows move, Enter opens, a free stretch is clicked, a block is dragged.
const FIVE = 5;
const EDGE = 9;

dress(document.querySelector("svg.plan"));
const typed = document.querySelector("form[data-plan]");
typed?.addEventListener("change", () => check(typed));

function dress(plan) {
  if (!plan) return;
  plan.addEventListener("keydown", move);
  plan.addEventListener("click", add);
  plan.addEventListener("pointerdown", (event) => drag(event, plan));
  for (const link of plan.querySelectorAll("a.block")) link.setAttribute("draggable", "false");
  for (const day of plan.querySelectorAll("g.day")) if (day.dataset.add) day.classList.add("open");
}

/** Arrows go through the blocks: up and down in a day, left and right to the nearest block of another day. */
function move(event) {
  const here = event.target.closest("a.block");
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  if (!here || !step) return;
  event.preventDefault();
  const blocks = [...event.currentTarget.querySelectorAll("a.block")];
  const day = Number(here.dataset.day);
  if (step[1]) {
    const mine = blocks.filter((one) => Number(one.dataset.day) === day);
    mine[mine.indexOf(here) + step[1]]?.focus();
    return;
  }
  for (let next = day + step[0]; next >= 0 && next < 7; next += step[0]) {
    const there = blocks.filter((one) => Number(one.dataset.day) === next);
    if (!there.length) continue;
    there.reduce((best, one) => (distance(one, here) < distance(best, here) ? one : best)).focus();
    return;
  }
}

function distance(one, other) {
  return Math.abs(one.querySelector("rect").y.baseVal.value - other.querySelector("rect").y.baseVal.value);
}

/** A click on a free stretch opens the form for a new block that begins there. */
function add(event) {
  const day = event.target.closest("g.day");
  if (!day?.dataset.add || event.target.closest("a.block")) return;
  const plan = event.currentTarget;
  const minute = Math.floor(minuteAt(plan, event) / 15) * 15;
  location.href = withTimes(day.dataset.add, plan.closest("#plan") ? { from: clock(minute) } : {});
}

/** A block is dragged by its middle, or by an edge to make it longer; letting go opens it with its new times. */
function drag(event, plan) {
  const block = event.target.closest("a.block");
  if (!block || event.button !== 0 || !plan.closest("#plan") || !document.querySelector("g.day.open")) return;
  const rect = block.querySelector("rect");
  const [y, height] = [rect.y.baseVal.value, rect.height.baseVal.value];
  const scale = Number(plan.dataset.hour) / 60;
  const began = minuteAt(plan, event);
  const at = (began - Number(plan.dataset.first)) * scale + Number(plan.dataset.top) - y;
  const part = at < EDGE && height > 3 * EDGE ? "start" : at > height - EDGE ? "end" : "all";
  let by = 0;
  const follow = (now) => {
    by = Math.round((minuteAt(plan, now) - began) / FIVE) * FIVE;
    const px = by * scale;
    if (part !== "end") rect.setAttribute("y", y + px);
    if (part !== "all") rect.setAttribute("height", Math.max(5, part === "end" ? height + px : height - px));
  };
  const done = () => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", done);
    if (!by) return;
    const first = Math.round(Number(plan.dataset.first) + (y - Number(plan.dataset.top)) / scale);
    const last = Math.round(first + height / scale);
    const from = part === "end" ? first : first + by;
    const until = part === "start" ? last : last + by;
    addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    location.href = withTimes(block.getAttribute("href"), { from: clock(from), until: clock(until) });
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", done);
}

/** What is typed is shown in the week, with what it changes, before anything is saved. */
async function check(form) {
  const data = new FormData(form);
  data.set("do", "check");
  data.delete("although");
  const answer = await fetch("/timetable/block", { method: "POST", body: new URLSearchParams(data) });
  if (answer.status === 401 || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const then = page.querySelector("svg.plan");
  const effect = page.getElementById("effect");
  if (!then || !effect) return;
  document.querySelector("svg.plan").replaceWith(document.importNode(then, true));
  dress(document.querySelector("svg.plan"));
  const errors = page.querySelector("#block .summary");
  const now = document.getElementById("effect");
  now.replaceChildren(...document.importNode(effect, true).childNodes);
  if (errors) now.replaceChildren(sentence(errors));
}

/** The problems as a note: the keyboard stays where it is. */
function sentence(summary) {
  const note = document.createElement("div");
  note.className = "note note-no";
  const list = document.createElement("ul");
  for (const item of summary.querySelectorAll("li")) {
    const line = document.createElement("li");
    line.textContent = item.textContent.trim();
    list.append(line);
  }
  note.append(list);
  return note;
}

function minuteAt(plan, event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(plan.getScreenCTM().inverse());
  return Number(plan.dataset.first) + ((place.y - Number(plan.dataset.top)) / Number(plan.dataset.hour)) * 60;
}

function clock(minute) {
  const whole = Math.max(0, Math.min(24 * 60, Math.round(minute)));
  return `${String(Math.floor(whole / 60)).padStart(2, "0")}:${String(whole % 60).padStart(2, "0")}`;
}

function withTimes(href, times) {
  const address = new URL(href, location.href);
  for (const [name, value] of Object.entries(times)) address.searchParams.set(name, value);
  return address.href;
}
