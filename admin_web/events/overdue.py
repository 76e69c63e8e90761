"""Tells which overdue phones are back: PUT IN solves the exception, which still waits to be reviewed (clause 11)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.events.following import events_after
from admin_web.events.projection import DECLARED, Drawn
from policy.gesture import Intent
from policy.ids import holder_of
from policy.state import Declared

TAKEN_BACK_WITHIN = timedelta(minutes=5)
"""A door that stays shut takes its PUT IN back some seconds later; then the phone is not back."""

_EXCEPTION = ExceptionRow.__table__.c
_OVERDUE = select(_EXCEPTION.id, _EXCEPTION.holder, _EXCEPTION.cites, _EXCEPTION.solved_by).where(
    _EXCEPTION.holder.in_(bindparam("holders", expanding=True))
)
_OPEN = _OVERDUE.where(_EXCEPTION.ended_at.is_(None))
_OPEN_OR_LATE = _OVERDUE.where(or_(_EXCEPTION.ended_at.is_(None), _EXCEPTION.ended_at >= bindparam("since")))


@dataclass(frozen=True, slots=True)
class _Declared:
    """One declaration of a holder, as it is stored."""

    name: str
    time: datetime
    intent: str
    state: str


def solve_overdue(session: Session, declared: Sequence[Drawn], holders: set[str]) -> None:
    """Look again at the overdue phones of `holders`, and of whoever declared something a moment ago."""
    touched = holders | {holder_of(said.get("person"), said["badge"]) for one in declared if (said := one.private)}
    if not touched:
        return
    taken_back = [one.time for one in declared if str(one.data.get("intent")) == Intent.NOT_OPENED]
    asked: dict[str, Any] = {"holders": sorted(touched)}
    if taken_back:
        asked["since"] = min(taken_back) - TAKEN_BACK_WITHIN
    for row in session.connection().execute(_OPEN_OR_LATE if taken_back else _OPEN, asked).all():
        back = _back(session, row)
        if (None if back is None else back.name) != row.solved_by:
            session.execute(
                update(ExceptionRow)
                .where(ExceptionRow.id == row.id)
                .values(
                    ended_at=None if back is None else back.time,
                    solved_by=None if back is None else back.name,
                )
            )


def _back(session: Session, row: Any) -> _Declared | None:
    """Find the first PUT IN after the overdue that was not taken back."""
    found: _Declared | None = None
    for one in _declared_after(session, json.loads(row.cites)[0], row.holder):
        if one.intent != Intent.NOT_OPENED:
            if found is not None:
                return found
            found = one if one.state == Declared.IN else None
        elif one.state != Declared.IN:
            found = None
    return found


def _declared_after(session: Session, cited: str, holder: str) -> Iterator[_Declared]:
    """Walk along what a holder declared after an event, through its epoch and the later ones of its device."""
    for one in events_after(session, cited, (DECLARED,)):
        said = one.private
        if "badge" in said and holder_of(said.get("person"), said["badge"]) == holder:
            yield _Declared(one.name, one.time, one.data["intent"], one.data["state"])
