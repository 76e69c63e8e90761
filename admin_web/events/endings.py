"""Tells when what an exception is about was over by itself: a door closed, a clock set, rules arrived (flow 1, 8).

The exception still waits to be reviewed: that something is over explains nothing. What no event ends, as an emergency
or a badge at two places, is over when somebody has said what it was.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.events.day_exceptions import ENDERS, HELD_OPEN_ENDS, DayKind, Shown
from admin_web.events.following import Following, events_after
from admin_web.events.projection import Drawn
from admin_web.events.times import ANCHORED, TimeQuality

ENDED_BY: Mapping[str, Sequence[str]] = {
    DayKind.HELD_OPEN: HELD_OPEN_ENDS,
    DayKind.CLOCK_UNTRUSTED: (ANCHORED, "device.started.v1"),
    DayKind.RULES_STALE: ("rules.applied.v1",),
}
"""Types of which an event ends an exception of a kind."""

_EXCEPTION = ExceptionRow.__table__.c
_ROWS = select(_EXCEPTION.id, _EXCEPTION.kind, _EXCEPTION.cites, _EXCEPTION.solved_by).where(
    _EXCEPTION.kind.in_(list(ENDED_BY))
)
_RUNNING = _ROWS.where(_EXCEPTION.device.in_(bindparam("devices", expanding=True)), _EXCEPTION.ended_at.is_(None))
_OF_SUBJECTS = _ROWS.where(_EXCEPTION.subject.in_(bindparam("subjects", expanding=True)))


def end_by_events(session: Session, watched: Iterable[Drawn], shown: Iterable[Shown]) -> None:
    """Look again at what these events may have ended, and at what has been shown once more since it ended."""
    devices = sorted({one.device for one in watched if one.type in ENDERS})
    subjects = sorted({one.subject for one in shown if one.kind in ENDED_BY})
    rows: dict[int, Any] = {}
    if devices:
        rows |= {row.id: row for row in session.connection().execute(_RUNNING, {"devices": devices})}
    if subjects:
        rows |= {row.id: row for row in session.connection().execute(_OF_SUBJECTS, {"subjects": subjects})}
    for row in rows.values():
        end = _end_of(session, row.kind, json.loads(row.cites))
        if (None if end is None else end.name) != row.solved_by:
            session.execute(
                update(ExceptionRow)
                .where(ExceptionRow.id == row.id)
                .values(ended_at=None if end is None else end.time, solved_by=None if end is None else end.name)
            )


def _end_of(session: Session, kind: str, cites: Sequence[str]) -> Following | None:
    """Find the first event after the last one cited that ended it."""
    if kind == DayKind.HELD_OPEN:
        return _closed(session, cites[-1])
    for one in events_after(session, cites[-1], ENDED_BY[kind]):
        # A device that starts with its clock set has no moment at which it became so.
        if kind != DayKind.CLOCK_UNTRUSTED or one.quality == TimeQuality.EXACT:
            return one
    return None


def _closed(session: Session, held: str) -> Following | None:
    """Find when the door of that slot was closed; that it opened again says that it had been, in a power cut too."""
    device, epoch, sequence = held.split("/")
    here = events_after(session, f"{device}/{epoch}/{int(sequence) - 1}", ("door.held_open.v1",))
    slot = next((_slot(one) for one in here), None)
    later = events_after(session, held, ENDED_BY[DayKind.HELD_OPEN])
    return None if slot is None else next((one for one in later if _slot(one) == slot), None)


def _slot(door: Following) -> Any:
    """Which slot's door: of a bank it is in the private part, and not known where that is sealed."""
    return door.data.get("slot") or door.private.get("slot")
