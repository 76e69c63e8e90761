// The live log: asks for the rows that are new, by this page's own filter, and puts each where its time belongs.
import { follow } from "./live.js";

const MOST_ROWS = 400;
const FRESH_MS = 8000;
const SILENT_AFTER_MS = 25000;

const log = document.getElementById("log");
const line = document.getElementById("live");
const above = document.getElementById("more-above");
const isNewest = log.dataset.newest === "yes";
let since = Number(log.dataset.since);
let wanted = since;
let asking = false;
let late = 0;
let missed = 0;
let heardAt = 0;

follow((what) => {
  if (what.ended) return location.reload();
  if (what.lost) return show("off", "Not connected", "trying again");
  heardAt = Date.now();
  say();
  if (what.seen && what.seen.event > wanted) {
    wanted = what.seen.event;
    ask();
  }
});
setInterval(() => {
  if (heardAt && Date.now() - heardAt > SILENT_AFTER_MS) show("slow", "Live", `heard ${Math.round((Date.now() - heardAt) / 1000)} s ago`);
}, 5000);

async function ask() {
  if (asking) return;
  asking = true;
  try {
    while (wanted > since) {
      const upto = wanted;
      const address = new URL(log.dataset.rows, location.href);
      address.searchParams.set("since", since);
      address.searchParams.set("upto", upto);
      const answer = await fetch(address);
      if (answer.status === 401 || answer.status === 205) return location.reload();
      if (!answer.ok) return show("slow", "Live", "the last rows could not be read; load again");
      put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      since = upto;
    }
  } catch {
    show("off", "Not connected", "trying again");
  } finally {
    asking = false;
  }
}

function put(found) {
  for (const day of found.querySelectorAll(".day")) {
    for (const row of [...day.querySelectorAll(".row")]) {
      if ("late" in row.dataset) late += 1;
      if (belongsHere(row)) insert(day, row);
    }
  }
  if (log.hidden && log.querySelector(".row")) {
    log.hidden = false;
    document.querySelector(".empty")?.remove();
  }
  trim();
  say();
}

function belongsHere(row) {
  const rows = log.querySelectorAll(".row");
  if (rows.length === 0) return isNewest;
  if (!isNewest && after(row, rows[0])) {
    missed += 1;
    above.hidden = false;
    above.replaceChildren(link(`${missed} new`, "Newest"));
    return false;
  }
  return log.dataset.oldest === "yes" || after(row, rows[rows.length - 1]);
}

function insert(day, row) {
  let here = log.querySelector(`.day[data-day="${day.dataset.day}"]`);
  if (!here) {
    here = document.importNode(day, true);
    here.querySelector("ol").replaceChildren();
    const later = [...log.querySelectorAll(".day")].find((other) => other.dataset.day < day.dataset.day);
    if (later) later.before(here);
    else (log.querySelector(".day:last-of-type") ?? above).after(here);
  }
  const list = here.querySelector("ol");
  if (document.getElementById(row.id)) return;
  const next = [...list.children].find((other) => after(row, other));
  list.insertBefore(document.importNode(row, true), next ?? null);
  setTimeout(() => document.getElementById(row.id)?.classList.remove("fresh"), FRESH_MS);
}

function after(row, other) {
  const [time, id] = row.dataset.place.split(".").map(Number);
  const [otherTime, otherId] = other.dataset.place.split(".").map(Number);
  return time > otherTime || (time === otherTime && id > otherId);
}

function trim() {
  const older = document.getElementById("older");
  const rows = log.querySelectorAll(".row");
  if (!older || rows.length <= MOST_ROWS) return;
  for (const row of [...rows].slice(MOST_ROWS)) row.remove();
  for (const day of log.querySelectorAll(".day")) if (!day.querySelector(".row")) day.remove();
  const address = new URL(older.href);
  address.searchParams.set("before", rows[MOST_ROWS - 1].dataset.place);
  older.href = address;
}

function say() {
  show("live", "Live", late ? `${late} arrived late` : "");
}

function show(state, word, more) {
  if (line.dataset.state === state && line.querySelector("b").textContent === word && line.querySelector("span").textContent === more) return;
  line.dataset.state = state;
  line.querySelector("b").textContent = word;
  line.querySelector("span").textContent = more;
}

function link(words, label) {
  const anchor = document.createElement("a");
  const address = new URL(location.href);
  for (const name of ["before", "after", "end", "event"]) address.searchParams.delete(name);
  anchor.href = address;
  anchor.textContent = `${words} above`;
  anchor.title = label;
  return anchor;
}
