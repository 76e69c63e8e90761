"""Who looks after a visitor: the person they named, whoever has the job, or whoever works in the room (clause 21)."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, PersonPoint
from admin_web.database.places import Point
from admin_web.database.visits import Visit
from policy.staff_groups import GROUPS

ROLES = {group.lower().replace(" ", "_"): group for group in GROUPS}
"""The id of a job -> the staff group that has it."""
JOBS = {"SLT": "Senior leader", "headteacher": "Headteacher", "office": "Office", "site team": "Site team"}
"""Staff groups whose people a visitor may ask for without a name, as the screen calls them."""


def role_of(group: str) -> str:
    """Write a staff group as the id of a job: `site_team`."""
    return group.lower().replace(" ", "_")


def has_host(visit: Visit) -> bool:
    """Tell whether anybody was named who should brief the visitor; for an event or a delivery nobody is."""
    return visit.host_id is not None or visit.role is not None or visit.room is not None


def hosts_of(session: Session, visit: Visit) -> frozenset[str]:
    """Name everybody who may say that this visitor has been briefed: the host, the job's people, the room's people."""
    if visit.host_id is not None:
        return frozenset({visit.host_id})
    if visit.role is not None:
        group = ROLES.get(visit.role)
        people = select(Person.id).where(Person.group == group, Person.ended_at.is_(None))
    elif visit.room is not None:
        people = (
            select(PersonPoint.person_id)
            .join(Point, Point.id == PersonPoint.point_id)
            .where(Point.area_id == visit.room, PersonPoint.ends.is_(None))
        )
    else:
        return frozenset()
    return frozenset(session.scalars(people))


def visits_waiting(session: Session) -> list[Visit]:
    """Read the open visits that wait for a host, first come first."""
    rows = session.scalars(
        select(Visit)
        .where(
            Visit.ended_at.is_(None),
            Visit.briefed_at.is_(None),
            Visit.since.is_not(None),
            or_(Visit.host_id.is_not(None), Visit.role.is_not(None), Visit.room.is_not(None)),
        )
        .order_by(Visit.since, Visit.id)
    )
    return list(rows)
