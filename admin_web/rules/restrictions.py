"""The restrictions a bundle carries: a group's person by person, everybody's as one (flow 2, step 2; clause 4)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.restrictions import RestrictionMade
from policy.ids import PersonId
from policy.rules import Entitlement, PersonRules, Restriction


def restrictions_at(session: Session, people: Mapping[PersonId, PersonRules], now: datetime) -> tuple[Restriction, ...]:
    """Gather what has been taken away and not given back, from the people of one point."""
    rows = session.scalars(
        select(RestrictionMade)
        .where(RestrictionMade.ended_at.is_(None), or_(RestrictionMade.ends.is_(None), RestrictionMade.ends > now))
        .order_by(RestrictionMade.id)
    )
    return tuple(
        Restriction(person=person, takes=takes_of(row), starts=min(row.starts, now), ends=row.ends)
        for row in rows
        for person in _persons(row, people)
    )


def takes_of(row: RestrictionMade) -> frozenset[Entitlement]:
    """Say what a restriction takes away."""
    taken = {
        Entitlement.BREAKS: row.breaks,
        Entitlement.PERMISSIONS: row.permissions,
        Entitlement.APPROVALS: row.approvals,
    }
    return frozenset(entitlement for entitlement, is_taken in taken.items() if is_taken)


def _persons(row: RestrictionMade, people: Mapping[PersonId, PersonRules]) -> list[PersonId | None]:
    if row.scope == "everyone":
        return [None]
    if row.scope == "group":
        return [id for id, person in people.items() if person.group == row.group]
    return [id for id in people if id == row.person_id]
