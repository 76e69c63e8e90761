"""Dates and times as forms post them, read as the school's wall time and turned into instants."""

import datetime as dates
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import FormData

from admin_web.errors import Invalid
from admin_web.queries.school_time import SchoolTime
from admin_web.web.visitors import text_of
from policy.rules import MINUTES_OF_A_DAY
from policy.timetable import parse_minutes
from policy.walltime import instants_of


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a date field and in the time field beside it."""

    date: str = ""
    time: str = ""

    @classmethod
    def of(cls, form: FormData, name: str) -> "Typed":
        """Read the fields `<name>` and `<name>-time`."""
        return cls(text_of(form, name).strip(), text_of(form, f"{name}-time").strip())


def read_date(text: str, field: str) -> dates.date | None:
    """Read a date field; None where it is empty. Raises Invalid."""
    if not text:
        return None
    try:
        return dates.date.fromisoformat(text)
    except ValueError:
        raise Invalid("That is not a date.", what_to_do="Choose it, or write it as YYYY-MM-DD.", field=field) from None


def read_start(typed: Typed, field: str, times: SchoolTime) -> datetime | None:
    """Read when something begins: the first instant of that minute, or of that day. Raises Invalid."""
    return _instant(typed, field, times, minute=0, which=0)


def read_end(typed: Typed, field: str, times: SchoolTime) -> datetime | None:
    """Read when something ends: the last instant of that minute, or the end of that day. Raises Invalid."""
    return _instant(typed, field, times, minute=MINUTES_OF_A_DAY, which=-1)


def _instant(typed: Typed, field: str, times: SchoolTime, *, minute: int, which: int) -> datetime | None:
    day = read_date(typed.date, field)
    if day is None:
        return None
    if typed.time:
        try:
            minute = parse_minutes(typed.time)
        except ValueError:
            raise Invalid(
                "That is not a time of the day.", what_to_do="Write it as HH:MM, like 15:30.", field=field
            ) from None
    try:
        return instants_of(str(times.zone), day, minute)[which]
    except (OverflowError, ValueError):
        raise Invalid("That date is too far away.", what_to_do="Choose a nearer one.", field=field) from None
