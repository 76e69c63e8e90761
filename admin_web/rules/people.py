"""The people a bundle carries: who keeps a phone there, did lately, or still has one in (flow 2, step 2)."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.rules.days import A_DAY, going_home_since
from policy.ids import PersonId
from policy.rules import PersonRules, PointLink, Span, Week
from policy.state import Declared

REMEMBERED = timedelta(days=366)
"""Somebody who left is carried this long, so that the badge is refused as ended and not as unknown."""


def person_rules(session: Session, point: str, now: datetime) -> dict[PersonId, PersonRules]:
    """Gather everybody with a link to the point, and whose last declaration there was `in`, however long ago."""
    inside = holders_inside(session, point)
    links: dict[str, list[PointLink]] = defaultdict(list)
    ended = dict(session.execute(select(Person.id, Person.ended_at)).all())
    rows = session.scalars(
        select(PersonPoint).where(PersonPoint.point_id == point).order_by(PersonPoint.starts, PersonPoint.id)
    )
    for row in rows:
        end = earlier(row.ends, ended.get(row.person_id))
        links[row.person_id].append(PointLink(slot=row.slot, starts=begun(row.starts, end, now), ends=end))
    kept = {person for person, of in links.items() if person in inside or any(_remembered(link, now) for link in of)}
    hours = _hours(session, kept)
    groups = dict(session.execute(select(Person.id, Person.group).where(Person.id.in_(kept))).all())
    going_home = going_home_since(session, now - A_DAY)
    return {
        PersonId(person): PersonRules(
            id=PersonId(person),
            hours=hours[person],
            links=tuple(links[person]),
            group=groups[person],
            going_home=going_home.get(person),
        )
        for person in sorted(kept)
    }


def holders_inside(session: Session, point: str) -> set[str]:
    """Name the holders whose last declaration at the point was `in`: persons' ids and `badge:<reference>`."""
    return set(
        session.scalars(
            select(DeclaredState.holder).where(DeclaredState.point_id == point, DeclaredState.state == Declared.IN)
        )
    )


def earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    """Give the earlier of two ends, where None is open."""
    if one is None or other is None:
        return one or other
    return min(one, other)


def begun(starts: datetime, ends: datetime | None, now: datetime) -> datetime:
    """Give the start as a bundle says it: what is open holds now, also when the school's clock went back since.

    Everything is entered "from now on", so a start that lies ahead only shows that the clock was set back; a live badge
    must not be refused for it (promise 1).
    """
    return min(starts, now) if ends is None or ends > now else starts


def _remembered(link: PointLink, now: datetime) -> bool:
    return link.ends is None or link.ends > now - REMEMBERED


def _hours(session: Session, people: set[str]) -> dict[str, Week]:
    spans: dict[str, list[list[Span]]] = {person: [[] for _ in range(7)] for person in people}
    rows = session.scalars(
        select(WorkingHours)
        .where(WorkingHours.person_id.in_(people))
        .order_by(WorkingHours.weekday, WorkingHours.start)
    )
    for row in rows:
        spans[row.person_id][row.weekday].append(Span(row.start, row.end))
    return {person: tuple(tuple(day) for day in week) for person, week in spans.items()}
