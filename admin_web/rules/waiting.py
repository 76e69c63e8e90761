"""For whom of a point's people a visitor waits: what its cabinet signals, and what a hold there then means."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import PersonPoint
from admin_web.rules.hosts import hosts_of, visits_waiting
from policy.ids import PersonId


def visitors_waiting(session: Session, point: str) -> tuple[PersonId, ...]:
    """Name everybody who keeps a phone at a point and for whom, for whose job or whose room a visitor waits."""
    visits = visits_waiting(session)
    if not visits:
        return ()
    here = set(
        session.scalars(select(PersonPoint.person_id).where(PersonPoint.point_id == point, PersonPoint.ends.is_(None)))
    )
    waiting = {person for visit in visits for person in hosts_of(session, visit)}
    return tuple(PersonId(person) for person in sorted(here & waiting))
