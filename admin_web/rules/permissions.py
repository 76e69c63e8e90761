"""The permissions a bundle carries, of this point's people (flow 2, step 2), and whom they reach at all.

A permission's areas say where the phone may be used; it comes out where its holder keeps it, there or not (clause 20).
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, PersonPoint
from admin_web.database.permissions import PermissionGiven, PermissionPerson
from admin_web.database.restrictions import RestrictionMade
from policy.ids import PersonId
from policy.permission import GrantKind
from policy.rules import REMEMBERED, Permission


def permissions_at(
    session: Session, people: Collection[PersonId], now: datetime, until: datetime
) -> tuple[Permission, ...]:
    """Gather what has not been withdrawn, begins before `until` (UTC) and is not long over, in the order of ends."""
    if not people:
        return ()
    carried = {kind.value: kind.carried for kind in GrantKind}
    rows = session.execute(
        select(PermissionGiven, PermissionPerson.person_id)
        .join(PermissionPerson, PermissionPerson.permission_id == PermissionGiven.id)
        .where(
            PermissionGiven.ends > now - REMEMBERED,
            PermissionGiven.starts < until,
            PermissionGiven.withdrawn_at.is_(None),
        )
        .order_by(PermissionGiven.ends, PermissionGiven.id, PermissionPerson.person_id)
    )
    found = []
    for row, person in rows:
        kind = carried.get(row.kind)
        if kind is not None and person in people:
            found.append(Permission(id=row.id, person=PersonId(person), kind=kind, starts=row.starts, ends=row.ends))
    return tuple(found)


def keeping_then(session: Session, people: Collection[str], starts: datetime) -> frozenset[str]:
    """Tell which of these people keep a phone at a cabinet when a permission starts, or from some time after."""
    kept = session.scalars(
        select(PersonPoint.person_id).where(
            PersonPoint.person_id.in_(people), or_(PersonPoint.ends.is_(None), PersonPoint.ends > starts)
        )
    )
    return frozenset(kept)


def withdrawn_throughout(session: Session, people: Collection[str], starts: datetime, ends: datetime) -> frozenset[str]:
    """Tell from which of these people permissions are taken away from `starts` until `ends` (clause 4)."""
    rows = session.scalars(
        select(RestrictionMade).where(
            RestrictionMade.permissions,
            RestrictionMade.ended_at.is_(None),
            RestrictionMade.starts <= starts,
            or_(RestrictionMade.ends.is_(None), RestrictionMade.ends >= ends),
        )
    ).all()
    groups = dict(session.execute(select(Person.id, Person.group).where(Person.id.in_(people))).all())
    return frozenset(
        person
        for person in people
        for row in rows
        if row.scope == "everyone" or row.person_id == person or (row.scope == "group" and row.group == groups[person])
    )
