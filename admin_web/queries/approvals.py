"""Taps that wait for a senior leader, in words: for the page Waiting for you, and for Today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.places import Point
from admin_web.queries.names import actor_names
from admin_web.queries.orders import answer_words
from admin_web.rules.approvals import Asked, read_asked


@dataclass(frozen=True, slots=True)
class ApprovalShown:
    """One asking, as a page shows it."""

    event: str
    place: str
    who: str
    person: str | None
    block: str | None
    at: datetime
    until: datetime
    seconds: int
    """That are left; 0 where it is over."""
    waits: bool
    outcome: str | None
    """What became of it; None while it waits."""


def read_approvals(session: Session, now: datetime) -> list[ApprovalShown]:
    """Read what was asked in the last minutes: what waits first, then the newest."""
    asked = read_asked(session, now=now)
    people = dict(
        session.execute(
            select(Person.id, Person.name).where(Person.id.in_({one.person for one in asked if one.person is not None}))
        ).all()
    )
    places = dict(session.execute(select(Point.id, Point.name)).all())
    names = actor_names(session, {one.order.ordered_by for one in asked if one.order is not None})
    shown = [
        ApprovalShown(
            event=one.event,
            place=places.get(one.point or "", one.device),
            who=people.get(one.person or "", "Somebody with a cover badge" if one.person is None else "Somebody"),
            person=one.person,
            block=one.block,
            at=one.at,
            until=one.until,
            seconds=max(int((one.until - now).total_seconds()), 0),
            waits=one.waits,
            outcome=None if one.waits else _outcome(one, names),
        )
        for one in asked
    ]
    return sorted(shown, key=lambda one: not one.waits)


def _outcome(asked: Asked, names: Mapping[str, str]) -> str:
    if asked.order is not None:
        approver = names.get(asked.order.ordered_by, "somebody")
        return f"Approved by {approver}. {answer_words(asked.order.state, asked.order.why)}"
    if asked.given:
        return "Approved by a senior leader’s badge at the cabinet."
    if asked.expired:
        return asked.ended_words
    return "The 120 seconds are over. The door stayed shut."
