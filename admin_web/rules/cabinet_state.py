"""What a point's cabinet remembers, as central has heard of it: the state that what-if decides by."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate
from admin_web.database.people import DeclaredState
from admin_web.rules.days import A_DAY
from broker.instants import read_instant
from policy.ids import BadgeReference, HolderId, holder_of
from policy.ids import PersonId as Person
from policy.rules import RoomState
from policy.state import Declaration, Declared, State
from policy.walltime import wall_time


def cabinet_state(session: Session, point: str, zone: str, now: datetime) -> State:
    """Gather what was declared at a point, and what badges said there; `now` is school time, UTC."""
    return State(
        declarations=declarations_at(session, point, zone),
        going_home=_sent_home_at(session, point, now),
        room_state=_children_in_at(session, point),
    )


def declarations_at(session: Session, point: str, zone: str) -> dict[HolderId, Declaration]:
    """Read the newest declaration of every holder at a point, each with its local school day."""
    rows = session.scalars(select(DeclaredState).where(DeclaredState.point_id == point))
    return {
        HolderId(row.holder): Declaration(
            holder=HolderId(row.holder),
            badge=BadgeReference(row.badge),
            state=Declared(row.state),
            slot=row.slot,
            at=row.at,
            day=wall_time(zone, row.at).date,
        )
        for row in rows
    }


def _sent_home_at(session: Session, point: str, now: datetime) -> dict[HolderId, datetime]:
    found: dict[HolderId, datetime] = {}
    for at, said in _said(session, "person.going_home.v1", point, now - A_DAY):
        badge, person = said.get("badge"), said.get("person")
        if isinstance(badge, str):
            known = Person(person) if isinstance(person, str) else None
            found.setdefault(holder_of(known, BadgeReference(badge)), at)
    return found


def _children_in_at(session: Session, point: str) -> RoomState | None:
    """Read what a badge said last; the office's end of it stands in the rules, and policy compares the two."""
    for starts, said in _said(session, "room.children_in.v1", point):
        try:
            ends = read_instant(str(said.get("until")))
        except ValueError:
            return None  # erased, or sealed and not opened yet
        return RoomState(starts=starts, ends=ends)
    return None


def _said(
    session: Session, type: str, point: str, since: datetime | None = None
) -> Iterator[tuple[datetime, Mapping[str, object]]]:
    """Give what events of a type at a point say, the newest first."""
    question = (
        select(Event.time, EventPrivate.private)
        .outerjoin(EventPrivate, EventPrivate.event_id == Event.id)
        .where(Event.type == type, Event.point_id == point)
        .order_by(Event.time.desc(), Event.id.desc())
    )
    question = question.limit(1) if since is None else question.where(Event.time > since)
    for at, private in session.execute(question):
        told = {} if private is None else json.loads(private)
        yield at, told if isinstance(told, dict) else {}
