"""What is said of one person today: going home, no phone, and where the phone lies by the rule of the group."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_web.queries.school_time import SchoolTime
from admin_web.queries.storage_words import last_confirmed
from admin_web.rules.days import going_home_today, storage_duty_of, without_phone
from policy.staff_groups import StorageDuty


@dataclass(frozen=True, slots=True)
class DaySaid:
    """What a person's page and their own record show."""

    going_home: bool
    no_phone: bool
    standing: bool
    """Of no phone: until it is said otherwise."""
    in_office: bool
    """The group keeps its phones in the office and confirms that once a term."""
    confirmed: datetime | None


def read_day(session: Session, person: str, times: SchoolTime, now: datetime) -> DaySaid:
    """Read what is said of a person on the present school day."""
    without = without_phone(session, times.today)
    return DaySaid(
        going_home=going_home_today(session, now, person),
        no_phone=person in without,
        standing=without.get(person, False),
        in_office=storage_duty_of(session, person) is StorageDuty.OFFICE,
        confirmed=last_confirmed(session, now, person),
    )
