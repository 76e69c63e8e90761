// Words for what the hardware is and did; one place, so that the page says it the same way everywhere.

const RHYTHMS = { steady: "", slow: ", slowly flashing", double: ", flashing twice" };

/** "red light, slowly flashing" for the lamps that are on; "no light" when none is. */
export function lampsInWords(lamps) {
  const lit = Object.entries(lamps).filter(([, rhythm]) => rhythm !== "off");
  return lit.map(([colour, rhythm]) => `${colour} light${RHYTHMS[rhythm] ?? ""}`).join(", ") || "no light";
}

/** The pill under a cabinet: word, hue and icon, the most urgent first. */
export function standing(device, faults) {
  if (!device.powered) return ["no power", "off", "power"];
  const broken = (device.health ?? []).find((part) => part.state === "fault");
  if (device.lamps.red === "slow" || broken) return [broken ? `${broken.part} fault` : "fault", "no", "fault"];
  if (!device.network) return ["cable out", "off", "offline"];
  if (faults) return ["part broken", "out", "warning"];
  if (device.lamps.amber === "steady") return ["out", "out", "phone-out"];
  return ["ready", "in", "tick"];
}

/** The line under a cabinet: lock, door, how many are declared in. */
export function situation(device, cabinet, declaredIn) {
  const counted = declaredIn === null || declaredIn === undefined ? null : `${declaredIn} in`;
  let doors;
  if (cabinet.slots === 1) {
    const slot = device.slots[0];
    doors = `${capital(slot.lock)} · door ${slot.door === "unknown" ? "not known" : slot.door}`;
  } else {
    const open = device.slots.filter((slot) => slot.door === "open").map((slot) => slot.slot);
    doors = open.length ? `Locker ${open.join(", ")} open` : "All lockers closed";
  }
  return [doors, counted].filter(Boolean).join(" · ");
}

/** One change of hardware as a phrase, or null for what a person would not see or hear. */
export function changeInWords(change, cabinet) {
  const slot = cabinet.slots > 1 && change.slot ? `locker ${change.slot}` : null;
  const button = change.name === "put_in" ? "PUT IN" : "TAKE OUT";
  switch (change.what) {
    case "card_in": return "badge in the field";
    case "card_out": return "badge taken away";
    case "coil_on": return slot ? `${slot} released` : "lock released";
    case "coil_off": return slot ? `${slot} locked` : "lock locked";
    case "door_opened": return slot ? `${slot} open` : "door open";
    case "door_closed": return slot ? `${slot} closed` : "door closed";
    case "button_down": return `${button} pressed`;
    case "button_up": return null;
    case "beep": return "beep";
    case "lamp": return change.rhythm === "off" ? `${change.lamp} light off` : `${change.lamp} light${RHYTHMS[change.rhythm] ?? ""}`;
    case "reader_fault": return change.fault === null ? "reader mended" : `reader: ${change.fault}`;
    case "relay_fault": return `${slot ?? "lock"} ${change.fault === null ? "freed" : change.fault}`;
    case "board_came": return "program takes hold of the pins";
    case "board_left": return "program gone, pins stay as they are";
    case "power": return change.on ? "power on" : "power cut";
    default: return String(change.what).replaceAll("_", " ");
  }
}

/** Two letters of a name, as on a badge. */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  if (/^\d+$/.test(words.at(-1))) return words.at(-1);
  return words.slice(0, 2).map((word) => word[0]).join("").toUpperCase();
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
