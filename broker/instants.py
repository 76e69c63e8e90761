"""Points in time as text: RFC 3339 in UTC with milliseconds and a Z, the only form on the wire."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import StringConstraints

INSTANT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
Instant = Annotated[str, StringConstraints(pattern=INSTANT)]
"""A field that holds an instant as text."""

_TWO = tuple(f"{number:02}" for number in range(100))
_THREE = tuple(f"{number:03}" for number in range(1000))


def write_instant(moment: datetime) -> str:
    """Write an aware datetime, cut to whole milliseconds."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{_to_the_second(moment)}.{_THREE[moment.microsecond // 1000]}Z"


def write_exact(moment: datetime) -> str:
    """Write an aware datetime to the microsecond, for `datetime.fromisoformat` of our own program."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{_to_the_second(moment)}.{_THREE[moment.microsecond // 1000]}{_THREE[moment.microsecond % 1000]}+00:00"


def write_date(day: date) -> str:
    """Write a date as `isoformat` does."""
    return f"{_TWO[day.year // 100]}{_TWO[day.year % 100]}-{_TWO[day.month]}-{_TWO[day.day]}"


def _to_the_second(moment: datetime) -> str:
    """Write date and time as `isoformat` does, which takes four times as long just after the processor has slept."""
    time = f"{_TWO[moment.hour]}:{_TWO[moment.minute]}:{_TWO[moment.second]}"
    return f"{write_date(moment)}T{time}"


def read_instant(text: str) -> datetime:
    """Read an instant; `tzinfo` is `UTC`. Raises `ValueError` for a date or time that does not exist."""
    return datetime.fromisoformat(text)
