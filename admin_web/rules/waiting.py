"""For whom visitors wait, as each cabinet is told it: its own hosts by person, all others by badge (clause 21)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person, PersonPoint
from admin_web.database.places import Device
from admin_web.rules.hosts import hosts_of, visits_waiting
from policy.ids import BadgeReference, PersonId
from policy.visitors import NOBODY, VisitorsWaiting


def waiting_by_device(session: Session) -> dict[str, VisitorsWaiting]:
    """Gather for every cabinet whose visitors wait: everybody who was named, has the job or works in the room.

    A host is named only where they keep a phone. Everywhere else only their live badges are, so that one held there
    is understood too.
    """
    cabinets = dict(
        session.execute(
            select(Device.id, Device.point_id).where(Device.point_id.is_not(None)).order_by(Device.id)
        ).all()
    )
    hosts = _hosts(session)
    if not hosts:
        return dict.fromkeys(cabinets, NOBODY)
    points = _points_of(session, hosts)
    badges = _badges_of(session, hosts)
    found: dict[str, VisitorsWaiting] = {}
    for device, point in cabinets.items():
        here = {PersonId(person): since for person, since in hosts.items() if (person, point) in points}
        elsewhere = {badge: hosts[person] for badge, person in badges.items() if person not in here}
        found[device] = VisitorsWaiting(here, elsewhere)
    return found


def _hosts(session: Session) -> dict[str, datetime]:
    """Everybody who may say that a visitor has been told, with when the newest of their visitors signed in."""
    found: dict[str, datetime] = {}
    for visit in visits_waiting(session):  # the oldest first
        if visit.since is not None:
            found |= dict.fromkeys(hosts_of(session, visit), visit.since)
    return found


def _points_of(session: Session, people: Iterable[str]) -> set[tuple[str, str]]:
    rows = select(PersonPoint.person_id, PersonPoint.point_id)
    found = session.execute(rows.where(PersonPoint.person_id.in_(people), PersonPoint.ends.is_(None)))
    return {(person, point) for person, point in found}


def _badges_of(session: Session, people: Iterable[str]) -> dict[BadgeReference, str]:
    """The live badges of these people."""
    rows = session.execute(
        select(BadgePerson.badge, BadgePerson.person_id)
        .join(Badge, Badge.reference == BadgePerson.badge)
        .join(Person, Person.id == BadgePerson.person_id)
        .where(
            BadgePerson.person_id.in_(people),
            BadgePerson.ends.is_(None),
            Badge.lost_at.is_(None),
            Person.ended_at.is_(None),
        )
    )
    return {BadgeReference(badge): person for badge, person in rows}
