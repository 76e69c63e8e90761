"""Exceptions about the day: which events show one, by themselves or together. Pure; none is about "not declared"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from admin_web.events.projection import DECLARED, REFUSED, Drawn
from policy.decision import Reason


class DayKind(StrEnum):
    """What is looked at by a person; the pages say each in a sentence."""

    OVERDUE = "overdue"
    """Not back after a break or a trip; PUT IN solves it."""
    OPENED_UNRELEASED = "opened_unreleased"
    """Opened without a badge: by key, or by force."""
    HELD_OPEN = "held_open"
    NOT_OPENED = "not_opened"
    PUT_IN_REPEATED = "put_in_repeated"
    EMERGENCY = "emergency"
    IMPOSSIBLE_BADGE = "impossible_badge"
    """One badge at two points within the walking time, by two clocks that were synced."""
    CLOCK_UNTRUSTED = "clock_untrusted"
    RULES_STALE = "rules_stale"
    NOT_BRIEFED = "not_briefed"
    """A visit ended and nobody had said that the visitor was briefed; a later word solves it (clause 21)."""


GROUPED = frozenset({DayKind.IMPOSSIBLE_BADGE, DayKind.CLOCK_UNTRUSTED, DayKind.RULES_STALE})
"""One exception for a day and a badge or device, with many events; every other is one event's own."""

GRANTED = "tap.granted.v1"
OVERDUE = "phone.overdue.v1"
TAPS = frozenset({GRANTED, REFUSED})

_BY_TYPE: Mapping[str, DayKind] = {
    OVERDUE: DayKind.OVERDUE,
    "door.opened_unreleased.v1": DayKind.OPENED_UNRELEASED,
    "door.held_open.v1": DayKind.HELD_OPEN,
    "door.not_opened.v1": DayKind.NOT_OPENED,
    "put_in.repeated.v1": DayKind.PUT_IN_REPEATED,
}
_BY_REASON: Mapping[str, DayKind] = {
    Reason.EMERGENCY: DayKind.EMERGENCY,
    Reason.CLOCK_UNTRUSTED: DayKind.CLOCK_UNTRUSTED,
    Reason.RULES_STALE: DayKind.RULES_STALE,
}

HELD_OPEN_ENDS = ("door.closed.v1", "door.opened.v1", "door.opened_unreleased.v1")
"""That a door was closed, or opened once more, says that it stands open no longer."""
ENDERS = frozenset({"door.closed.v1", "clock.anchored.v1", "device.started.v1", "rules.applied.v1"})
"""Types of which an event is the usual end of what a cabinet's exception is about."""

WATCHED = frozenset({*_BY_TYPE, *TAPS, *ENDERS, DECLARED})
"""Types of which an event may show an exception, or solve one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one event, or two, show."""

    kind: DayKind
    subject: str
    """Of one event its id; else what the events have in common."""
    device: str
    point: str | None
    at: datetime
    cites: tuple[str, ...]
    holder: str | None = None


def name_of(one: Drawn) -> str:
    """Write an event's id: device/epoch/sequence."""
    return f"{one.device}/{one.epoch}/{one.sequence}"


def shown_by(one: Drawn) -> DayKind | None:
    """Tell what an event shows by itself; what is sealed or erased shows only what its type does."""
    if one.type == GRANTED:
        return _BY_REASON.get(str((one.private or {}).get("reason")))
    return _BY_TYPE.get(one.type)


def subject_of(one: Drawn, kind: DayKind) -> str:
    """Name what an exception is about, the same however late or often its events come.

    A clock that was not trusted is looked at once for each run of its device, stale rules once for each day.
    """
    match kind:
        case DayKind.CLOCK_UNTRUSTED:
            return f"{kind}:{one.device}/{one.epoch}"
        case DayKind.RULES_STALE:
            return f"{kind}:{one.device}/{one.time.date().isoformat()}"
        case _:
            return name_of(one)
