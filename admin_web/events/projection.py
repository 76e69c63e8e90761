"""Draws from stored events what the pages read: rows of the access log, declared states, unknown badges.

All of it can be made again from the events at any time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.events import LogRow
from admin_web.database.people import Badge, BadgePerson, DeclaredState, UnknownBadge
from admin_web.events.inserting import as_stored, dialect_of, insert_into, insert_rows
from admin_web.events.kinds import LogKind, Part, log_kind
from broker.messages.catalogue import MESSAGES
from policy.decision import Reason
from policy.ids import holder_of

DECLARED = "phone.declared.v1"
REFUSED = "tap.refused.v1"


_DRAWN = frozenset(type for type in MESSAGES if type == DECLARED or log_kind(type, {}, None) is not None)
_DOORS = frozenset(type for type in MESSAGES if type.startswith("door."))


def is_drawn(type: str, tap: int | None) -> bool:
    """Tell whether events of a type, of a tap or of none, are drawn into anything; one in a backlog mostly is not."""
    return type in _DRAWN and (tap is None or type not in _DOORS)


class Drawn(NamedTuple):
    """A stored event with what was worked out about it. (A named tuple: one is made per event of a backlog.)"""

    id: int
    type: str
    sequence: int
    data: Part
    private: Part | None
    time: datetime
    point: str | None
    order: int
    """Where its epoch stands among the epochs of its device."""
    device: str = ""
    epoch: str = ""
    exact: bool = False
    """Whether its clock was synced."""


def draw(session: Session, drawn: Sequence[Drawn]) -> None:
    """Write everything that the events are drawn into."""
    _draw_log(session, drawn)
    _draw_declared(session, [one for one in drawn if one.type == DECLARED and one.private is not None])
    _draw_unknown(session, [one for one in drawn if _is_unknown(one)])


def draw_again(session: Session, one: Drawn) -> None:
    """Draw an event whose private part has only now become known: its row gets the person."""
    session.query(LogRow).filter(LogRow.event_id == one.id).delete()
    draw(session, [one])


def _draw_log(session: Session, drawn: Iterable[Drawn]) -> None:
    rows: list[tuple[Any, ...]] = []
    nameless: dict[str, list[tuple[int, datetime]]] = {}
    for one in drawn:
        kind = log_kind(one.type, one.data, one.private)
        if kind is None:
            continue
        person = badge = None
        if one.private is not None:
            person, badge = one.private.get("person") or one.private.get("host"), one.private.get("badge")
        if person is None and badge is not None:
            nameless.setdefault(badge, []).append((len(rows), one.time))
        rows.append((one.id, as_stored(one.time), kind.value, kind is LogKind.REFUSED, person, one.point))
    if nameless:
        for place, person in _names(session, nameless).items():
            rows[place] = (*rows[place][:4], person, rows[place][5])
    insert_rows(session, LogRow, rows)


def _names(session: Session, nameless: Mapping[str, list[tuple[int, datetime]]]) -> dict[int, str]:
    """Look up whose badge it was at the time: assigned elsewhere, ended, or lost; a cabinet knows only its own."""
    found: dict[int, str] = {}
    assigned = session.execute(
        select(BadgePerson.badge, BadgePerson.person_id, BadgePerson.starts)
        .where(BadgePerson.badge.in_(nameless))
        .order_by(BadgePerson.starts)
    )
    for badge, person, starts in assigned:
        for place, time in nameless[badge]:
            if starts <= time:
                found[place] = person
    return found


def holder_at(session: Session, badge: str, at: datetime) -> str | None:
    """Look up whose a badge was at a time."""
    return _names(session, {badge: [(0, at)]}).get(0)


def _draw_declared(session: Session, drawn: Iterable[Drawn]) -> None:
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for one in drawn:
        private = one.private or {}
        badge, person = private.get("badge"), private.get("person")
        if badge is None or one.point is None:
            continue
        holder = holder_of(person, badge)
        known = newest.get((one.point, holder))
        if known is not None and (known["epoch_order"], known["sequence"]) >= (one.order, one.sequence):
            continue
        newest[one.point, holder] = {
            "point_id": one.point,
            "holder": holder,
            "badge": badge,
            "state": str(one.data.get("state")),
            "slot": int(private.get("slot") or 1),
            "at": one.time,
            "epoch_order": one.order,
            "sequence": one.sequence,
        }
    if not newest:
        return
    session.connection().execute(_declaring(dialect_of(session)), list(newest.values()))


@cache
def _declaring(dialect: str) -> Any:
    """Write a declaration unless a later one is there: events of a refill come late."""
    insert = insert_into(dialect, DeclaredState)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["point_id", "holder"],
        set_={name: new[name] for name in ("badge", "state", "slot", "at", "epoch_order", "sequence")},
        where=or_(
            DeclaredState.epoch_order < new.epoch_order,
            (DeclaredState.epoch_order == new.epoch_order) & (DeclaredState.sequence < new.sequence),
        ),
    )


def _is_unknown(one: Drawn) -> bool:
    if one.type != REFUSED or one.private is None:
        return False
    return one.private.get("reason") == Reason.BADGE_NOT_KNOWN_HERE and _text(one.private.get("badge")) is not None


def _draw_unknown(session: Session, drawn: Iterable[Drawn]) -> None:
    """Put a badge that belongs to nobody where the office finds it and can assign it."""
    seen: dict[str, dict[str, Any]] = {}
    for one in drawn:
        reference = str((one.private or {})["badge"])
        before = seen.get(reference)
        seen[reference] = {
            "reference": reference,
            "point_id": one.point,
            "seen_at": one.time,
            "taps": 1 if before is None else before["taps"] + 1,
        }
    if not seen:
        return
    for known in session.scalars(select(Badge.reference).where(Badge.reference.in_(seen))):
        del seen[known]
    if not seen:
        return
    session.connection().execute(_noting(dialect_of(session)), list(seen.values()))


@cache
def _noting(dialect: str) -> Any:
    insert = insert_into(dialect, UnknownBadge)
    return insert.on_conflict_do_update(
        index_elements=["reference"],
        set_={
            "point_id": insert.excluded.point_id,
            "seen_at": insert.excluded.seen_at,
            "taps": UnknownBadge.taps + insert.excluded.taps,
        },
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
