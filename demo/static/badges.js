// The badges on the table: dragged onto a reader, or picked by click or key and then tapped on one.

import { on } from "./api.js";
import { el } from "./dom.js";
import { initials } from "./words.js";

const HOLD_MS = 400;
const DRAG_FROM_PX = 5;
const HUES = { headteacher: "lead", SLT: "lead", cover: "who", lanyard: "who", visitor: "who", unknown: "off" };

export class Badges {
  constructor(list, hint, badges, onPick) {
    this.onPick = onPick;
    this.hint = hint;
    this.words = hint.textContent;
    this.picked = [];
    this.nodes = new Map(badges.map((badge) => [badge.uid, this.build(badge)]));
    list.replaceChildren(...[...this.nodes.values()].map((node) => el("li", {}, node)));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") this.pick([]); });
  }

  build(badge) {
    const node = el("button", { type: "button", class: `badge ${HUES[badge.group] ?? ""}`, "aria-pressed": "false" },
      el("span", { class: "initials", "aria-hidden": "true" }, badge.group === "unknown" ? "?" : initials(badge.label)),
      el("span", { class: "name" }, badge.label), el("span", { class: "at" }, badge.note));
    let dragging = null;
    node.addEventListener("click", (event) => {
      if (dragging === "done") { dragging = null; return; }
      const others = event.shiftKey ? this.picked.filter((uid) => uid !== badge.uid) : [];
      this.pick(this.picked.includes(badge.uid) ? others : [...others, badge.uid]);
    });
    node.addEventListener("pointerdown", (down) => {
      if (down.button !== 0) return;
      dragging = null;
      const move = (event) => {
        if (!dragging && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) > DRAG_FROM_PX) {
          dragging = startDrag(node);
        }
        if (dragging) moveDrag(dragging, event);
      };
      const drop = (event) => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", drop);
        window.removeEventListener("pointercancel", drop);
        if (!dragging) return;
        const reader = endDrag(dragging, node, event);
        dragging = "done";
        setTimeout(() => { dragging = null; }, 0);
        if (reader && event.type === "pointerup") on(reader, "badge", { uid: badge.uid, hold_ms: HOLD_MS });
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", drop);
      window.addEventListener("pointercancel", drop);
    });
    return node;
  }

  pick(uids) {
    this.picked = uids;
    for (const [uid, node] of this.nodes) node.setAttribute("aria-pressed", uids.includes(uid));
    this.hint.textContent = uids.length === 0 ? this.words
      : uids.length === 1 ? "Now click a reader. Esc puts the badge back; Shift adds another badge."
      : `Now click a reader: ${uids.length} badges at once, as on one lanyard.`;
    this.onPick();
  }

  /** Hold what is picked to a reader. */
  tap(device) {
    if (this.picked.length === 0) {
      this.hint.textContent = "Pick a badge first, then click the reader.";
      this.nodes.values().next().value.focus();
      return;
    }
    on(device, "badge", { uids: this.picked, hold_ms: HOLD_MS });
    this.pick([]);
  }
}

function startDrag(node) {
  const ghost = node.cloneNode(true);
  ghost.classList.add("dragged");
  ghost.setAttribute("aria-hidden", "true");
  document.body.append(ghost);
  node.parentNode.classList.add("gone");
  return ghost;
}

function readerUnder(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest(".device")?.querySelector("[data-reader]");
}

function moveDrag(ghost, event) {
  ghost.style.left = `${event.clientX}px`;
  ghost.style.top = `${event.clientY}px`;
  const over = readerUnder(event);
  for (const reader of document.querySelectorAll("[data-reader]")) {
    reader.classList.toggle("over", reader === over);
    if (reader === over) reader.lastChild.textContent = "let go to tap";
  }
}

function endDrag(ghost, node, event) {
  ghost.remove();
  node.parentNode.classList.remove("gone");
  for (const reader of document.querySelectorAll("[data-reader].over")) reader.classList.remove("over");
  return readerUnder(event)?.dataset.reader;
}
