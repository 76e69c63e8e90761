"""A cabinet as a card: its picture, one status, the facts under it, and what somebody should look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from admin_web.events.quarantine import MOST_BYTES, MOST_MESSAGES
from admin_web.queries.cabinets import CabinetState, is_in_force
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.acts import NOTICED
from admin_web.queries.sentences.sentence import Tone
from policy.rules import PointKind, Revision

_CLOCKS = {
    "synced": "Clock in step",
    "floor": "Clock not set",
    "unset": "Clock not set",
}
_LAMPS = ("red", "amber", "green")
_RHYTHMS = {"steady": "lit", "slow": "blinking slowly", "double": "blinking twice"}


@dataclass(frozen=True, slots=True)
class Pill:
    """The one status of a card."""

    text: str
    icon: str
    tone: Tone
    solid: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card."""

    icon: str
    text: str
    stands_out: bool = False


@dataclass(frozen=True, slots=True)
class Lamp:
    """One lamp of the picture."""

    colour: str
    lit: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One cabinet, ready to be drawn."""

    device: str
    name: str
    is_bank: bool
    slots: int
    heard: bool
    needs: bool
    pill: Pill
    facts: tuple[Fact, ...]
    notes: tuple[tuple[Tone, str, str], ...]
    lamps: tuple[Lamp, ...]
    doors: tuple[str, ...]
    """`open`, `closed` or `unknown`, slot by slot."""
    picture: str
    """The picture in words."""


def card_of(cabinet: CabinetState, current: Revision, times: SchoolTime) -> Card:
    """Make the card of one cabinet."""
    lamps, doors = _lamps(cabinet), _doors(cabinet)
    notes = _notes(cabinet, times)
    pill = _pill(cabinet, times)
    behind = not cabinet.carries(current)
    return Card(
        device=cabinet.device,
        name=cabinet.name,
        is_bank=cabinet.point_kind == PointKind.BANK,
        slots=cabinet.slots,
        heard=cabinet.online,
        needs=bool(notes) or pill.solid or not cabinet.online or behind,
        pill=pill,
        facts=_facts(cabinet, current, doors, times),
        notes=notes,
        lamps=lamps,
        doors=doors,
        picture=_picture(cabinet, doors),
    )


def applied_words(cabinets: list[CabinetState], current: Revision, times: SchoolTime) -> str:
    """Say where the newest rules have arrived: `applied on 11 of 12; Room 4 not since 10:02`."""
    if not cabinets:
        return ""
    there = [cabinet for cabinet in cabinets if cabinet.carries(current)]
    lacking = [
        f"{cabinet.name} not"
        + (f" since {times.near(cabinet.since)}" if not cabinet.online and cabinet.since is not None else " yet")
        for cabinet in cabinets
        if not cabinet.carries(current)
    ]
    shown = lacking[:4] + ([f"{len(lacking) - 4} more not"] if len(lacking) > 4 else [])
    return "; ".join((f"Rules {current} applied on {len(there)} of {len(cabinets)}", *shown)) + "."


def _pill(cabinet: CabinetState, times: SchoolTime) -> Pill:
    counts = cabinet.counts
    if cabinet.since is None and cabinet.heard_at is None:
        return Pill("not heard yet", "offline", Tone.OFF, solid=True)
    if not cabinet.online:
        since = cabinet.since or cabinet.heard_at
        return Pill(f"not heard since {times.near(since)}" if since else "not heard", "offline", Tone.OFF, solid=True)
    faults = cabinet.faults
    if faults:
        part = str(faults[0].get("part", "a part"))
        return Pill(f"{_part(part)} at fault" if len(faults) == 1 else f"{len(faults)} faults", "fault", Tone.NO, True)
    if counts.not_back:
        return Pill(f"{counts.not_back} not back", "overdue", Tone.OUT, solid=True)
    holders = max(counts.holders, counts.declared_in)
    if not holders:
        return Pill("nobody keeps a phone here", "pocket-empty", Tone.OFF)
    full = counts.declared_in == holders
    return Pill(
        f"{counts.declared_in} of {holders} declared in",
        "phone-in" if full else "pocket-empty",
        Tone.IN if full else Tone.OFF,
    )


def _facts(cabinet: CabinetState, current: Revision, doors: tuple[str, ...], times: SchoolTime) -> tuple[Fact, ...]:
    status, counts = cabinet.status, cabinet.counts
    facts = [Fact("phone-out", f"{counts.declared_out} declared out")] if counts.declared_out else []
    if not cabinet.online and cabinet.heard_at is not None:
        holders = max(counts.holders, counts.declared_in)
        facts.insert(0, Fact("pocket", f"{counts.declared_in} of {holders} in when last heard"))
    facts.append(Fact("door-open" if "open" in doors else "door-closed", _door_words(doors), "open" in doors))
    if cabinet.online:
        facts.append(Fact("live", f"Online since {times.near(cabinet.since)}" if cabinet.since else "Online"))
    elif cabinet.heard_at is not None:
        facts.append(Fact("offline", "Works on its own"))
    facts.append(_rules(cabinet.applied, current))
    depth = status.get("outbox_depth")
    if isinstance(depth, int):
        waiting = "Every event is sent" if depth == 0 else f"{depth:,} events to send"
        facts.append(Fact("log", waiting, depth > 0))
    clock = str(status.get("clock", ""))
    if clock:
        facts.append(Fact("clock", _CLOCKS.get(clock, clock), clock != "synced"))
    return tuple(facts)


def _rules(applied: Revision | None, current: Revision) -> Fact:
    if applied is None:
        return Fact("warning", f"No rules yet, not {current}", stands_out=True)
    if not is_in_force(applied, current):
        return Fact("warning", f"Rules {applied}, not {current}", stands_out=True)
    return Fact("timetable", f"Rules {applied}")


def _notes(cabinet: CabinetState, times: SchoolTime) -> tuple[tuple[Tone, str, str], ...]:
    notes = [
        (
            Tone.NO,
            "fault",
            f"{_part(str(part.get('part', 'a part'))).capitalize()}: {part.get('what_to_do') or 'look at it.'}",
        )
        for part in cabinet.faults
    ]
    notes += [
        (Tone.OUT, "warning", noticed_words(cabinet.name, one.kind, one.raised_at, times)) for one in cabinet.noticed
    ]
    return tuple(notes)


def noticed_words(name: str, kind: str, raised_at: datetime, times: SchoolTime) -> str:
    """Say what central noticed about a device, when, and what to do."""
    says, what_to_do = NOTICED.get(kind, (f": {kind.replace('_', ' ')}.", "Tell the technician"))
    return f"{name}{says} {what_to_do}. Noticed {times.near(raised_at)}."


def full_words(name: str) -> str:
    """Say that no more of what a device sends and nobody can read is kept, and what to do."""
    return (
        f"{name} has sent more that could not be read than is kept ({MOST_MESSAGES} messages or "
        f"{MOST_BYTES // 1024 // 1024} MB). The oldest are kept, further ones are not. Its taps still arrive. "
        "Tell the technician."
    )


def _lamps(cabinet: CabinetState) -> tuple[Lamp, ...]:
    lamps = cabinet.status.get("lamps")
    lit: Mapping[str, object] = lamps if isinstance(lamps, dict) and cabinet.online else {}
    return tuple(Lamp(colour, lit.get(colour, "off") not in ("off", "unknown")) for colour in _LAMPS)


def _doors(cabinet: CabinetState) -> tuple[str, ...]:
    said = cabinet.status.get("doors")
    doors: Mapping[str, object] = said if isinstance(said, dict) and cabinet.online else {}
    return tuple(str(doors.get(str(slot), "unknown")) for slot in range(1, cabinet.slots + 1))


def _door_words(doors: tuple[str, ...]) -> str:
    if len(doors) == 1:
        return {"open": "Door open", "closed": "Door closed"}.get(doors[0], "Door not known")
    open_doors = [str(slot) for slot, state in enumerate(doors, start=1) if state == "open"]
    if open_doors:
        return f"Locker {', '.join(open_doors)} open"
    if all(state == "closed" for state in doors):
        return f"{len(doors)} lockers closed"
    return "Doors not known" if all(state == "unknown" for state in doors) else "Some doors not known"


def _picture(cabinet: CabinetState, doors: tuple[str, ...]) -> str:
    lamps = cabinet.status.get("lamps")
    lit = [
        f"{colour} lamp {_RHYTHMS[str(rhythm)]}"
        for colour, rhythm in (lamps.items() if isinstance(lamps, dict) and cabinet.online else ())
        if str(rhythm) in _RHYTHMS
    ]
    said = lit or (["no lamp lit"] if cabinet.online else ["lamps not known"])
    return f"{', '.join(said)}; {_door_words(doors).lower()}"


def _part(part: str) -> str:
    return part.replace("_", " ").replace("-", " ")
