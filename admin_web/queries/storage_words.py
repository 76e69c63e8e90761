"""Where phones lie, in words, and who has confirmed this term that theirs lies in the office (clause 8)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.rules.days import confirmed_since
from policy.staff_groups import StorageDuty

DUTY_WORDS: Mapping[StorageDuty, str] = {
    StorageDuty.CABINET: "In a room’s cabinet",
    StorageDuty.LOCKER: "In a locker",
    StorageDuty.BOX: "In a phone box",
    StorageDuty.OFFICE: "In the office, no tap",
    StorageDuty.NONE: "Nowhere here",
}
A_TERM = timedelta(days=120)
"""A confirmation is good for about a term; no term is longer."""


def confirmed_in_group(session: Session, now: datetime) -> dict[str, int]:
    """Count by group who has confirmed within a term."""
    confirmed = confirmed_since(session, now - A_TERM)
    groups = session.scalars(select(Person.group).where(Person.id.in_(confirmed), Person.ended_at.is_(None)))
    return dict(Counter(groups))


def last_confirmed(session: Session, now: datetime, person: str) -> datetime | None:
    """Tell when somebody last confirmed within a term."""
    return confirmed_since(session, now - A_TERM).get(person)
