"""Where phones lie, in words, and who has confirmed this term that theirs lies in the office (clause 8)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.places import Site
from admin_web.rules.days import confirmed_since
from admin_web.rules.timetables import live_timetable
from policy.school_calendar import term_begun
from policy.staff_groups import StorageDuty
from policy.walltime import instants_of, wall_time

DUTY_WORDS: Mapping[StorageDuty, str] = {
    StorageDuty.CABINET: "In a room’s cabinet",
    StorageDuty.LOCKER: "In a locker",
    StorageDuty.BOX: "In a phone box",
    StorageDuty.OFFICE: "In the office, no tap",
    StorageDuty.NONE: "Nowhere here",
}
A_TERM = timedelta(days=120)
"""So long a confirmation is good where the school's terms are not known; no term is longer."""


def confirmed_in_group(session: Session, now: datetime) -> dict[str, int]:
    """Count by group who has confirmed this term."""
    confirmed = confirmed_since(session, term_start(session, now))
    groups = session.scalars(select(Person.group).where(Person.id.in_(confirmed), Person.ended_at.is_(None)))
    return dict(Counter(groups))


def last_confirmed(session: Session, now: datetime, person: str) -> datetime | None:
    """Tell when somebody last confirmed this term."""
    return confirmed_since(session, term_start(session, now)).get(person)


def term_start(session: Session, now: datetime) -> datetime:
    """Tell when the term began that a confirmation has to be of, UTC: in the holidays, the term before them.

    By the terms of the live timetable; where it names none, or none that ended lately, a term is about 120 days.
    """
    zone = session.scalar(select(Site.zone))
    if zone is not None:
        today = wall_time(zone, now).date
        term = term_begun(live_timetable(session).years, today)
        if term is not None and today - term.dates.last < A_TERM:
            return instants_of(zone, term.dates.first, 0)[0]
    return now - A_TERM
