"""What has been said of people's days: who goes home, who has no phone with them, who confirmed where it lies."""

import datetime as dates
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.days import GoingHome, NoPhone, StorageConfirmed
from admin_web.database.people import Person
from admin_web.database.places import Site
from admin_web.rules.groups import group_rules
from policy.staff_groups import StorageDuty
from policy.working_hours import sent_home

A_DAY = timedelta(hours=25)
"""No local day is longer."""


def going_home_since(session: Session, since: datetime) -> dict[str, datetime]:
    """Read for whom *Going home* was said since a moment, and when it was last said."""
    rows = session.scalars(select(GoingHome).where(GoingHome.at >= since).order_by(GoingHome.at))
    found: dict[str, datetime] = {}
    for row in rows:
        found[row.person_id] = row.at
    return found


def going_home_today(session: Session, now: datetime, person_id: str) -> bool:
    """Tell whether *Going home* has been said for somebody on the local day of `now`."""
    said = session.scalars(
        select(GoingHome.at)
        .where(GoingHome.person_id == person_id, GoingHome.at > now - A_DAY, GoingHome.at <= now)
        .order_by(GoingHome.at.desc())
        .limit(1)
    ).first()
    zone = session.scalar(select(Site.zone))
    return zone is not None and sent_home(zone, said, now)


def without_phone(session: Session, day: dates.date) -> dict[str, bool]:
    """Read who has no phone with them on a local day; True where it is standing."""
    rows = session.execute(
        select(NoPhone.person_id, NoPhone.day).where(
            NoPhone.ended_at.is_(None), or_(NoPhone.day == day, NoPhone.day.is_(None))
        )
    )
    found: dict[str, bool] = {}
    for person, said_for in rows:
        found[person] = found.get(person, False) or said_for is None
    return found


def storage_duty_of(session: Session, person_id: str) -> StorageDuty | None:
    """Name where somebody's phone lies by the rule of the group; None for nobody."""
    group = session.scalar(select(Person.group).where(Person.id == person_id))
    rule = None if group is None else group_rules(session).get(group)
    return None if rule is None else rule.duty


def confirmed_since(session: Session, since: datetime) -> Mapping[str, datetime]:
    """Read who has confirmed since a moment where the phone lies, and when last."""
    rows = session.scalars(select(StorageConfirmed).where(StorageConfirmed.at >= since).order_by(StorageConfirmed.at))
    return {row.person_id: row.at for row in rows}
