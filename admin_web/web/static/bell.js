// Reception rings on every page of whoever is to come: a card, a mark in the tab's title and two soft notes, no more.
import { follow } from "./live.js";

const AT_MOST_EVERY_MS = 400;
const LOOK_EVERY_MS = 20000; // a ring becomes the senior leaders' by time alone, and sounds again meanwhile
const NOTES = [[660, 0], [528, 0.28]];
const title = document.title;
let known = null;
let due = null;
let ended = false;
let shown = "";

follow((what) => {
  if (what.ended) ended = true; // the page itself says so; what is typed here stays
  if (!what.seen || ended) return;
  const mark = `${what.seen.status} ${what.seen.event}`;
  if (mark !== known && due === null) due = setTimeout(read, known === null ? 0 : AT_MOST_EVERY_MS);
  known = mark;
});
setInterval(read, LOOK_EVERY_MS);

async function read() {
  due = null;
  if (ended) return;
  let answer;
  try {
    answer = await fetch("/bell");
  } catch {
    return;
  }
  if (answer.status === 401) ended = true;
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("bell");
  const now = document.getElementById("bell");
  if (!fresh || !now) return;
  const { rings, waiting } = fresh.dataset;
  if ("shownBelow" in now.dataset) {
    fresh.dataset.shownBelow = "";
    for (const one of fresh.querySelectorAll("section:has(form)")) one.remove();
  }
  if (location.pathname === "/my-visitors") fresh.querySelector("[aria-labelledby=bell-mine]")?.remove();
  if (now.innerHTML !== fresh.innerHTML && !now.contains(document.activeElement)) now.replaceWith(document.importNode(fresh, true));
  document.title = rings ? `Reception rings · ${title}` : title;
  if (rings || (waiting !== "0" && waiting !== shown)) sound();
  shown = waiting;
}

/** One tab of a browser sounds, and only where the browser lets a page be heard. */
function sound() {
  navigator.locks.request("phonekeep-bell", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    const audio = new AudioContext();
    if (audio.state !== "running") await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 200))]);
    if (audio.state === "running") for (const [hertz, at] of NOTES) note(audio, hertz, audio.currentTime + at);
    await new Promise((done) => setTimeout(done, 2000));
    await audio.close();
  });
}

function note(audio, hertz, at) {
  const tone = new OscillatorNode(audio, { frequency: hertz });
  const loud = new GainNode(audio, { gain: 0 });
  loud.gain.setValueAtTime(0, at);
  loud.gain.linearRampToValueAtTime(0.12, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
  tone.connect(loud).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 1);
}
