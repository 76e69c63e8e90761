"""Days and times as people type them on a page, as UTC moments: the school's wall time, whatever the clocks do."""

from datetime import date, datetime

from admin_web.errors import Invalid
from admin_web.queries.school_time import SchoolTime
from policy.timetable import parse_minutes
from policy.walltime import instants_of


def read_day(text: str, field: str) -> date:
    """Read a day as a date field gives it, YYYY-MM-DD. Raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("That is not a day.", what_to_do="Write it like 2026-11-24.", field=field) from None


def read_local(times: SchoolTime, day: str, clock: str, field: str) -> datetime:
    """Read a day and a time HH:MM of the school; of an hour that comes twice the later one. Raises Invalid."""
    on = read_day(day, field)
    try:
        minute = parse_minutes(clock.strip())
    except ValueError:
        raise Invalid("That is not a time.", what_to_do="Write it like 15:30.", field=field) from None
    if not 2000 <= on.year <= 2200:
        raise Invalid("That is not a day.", what_to_do="Write it like 2026-11-24.", field=field)
    return instants_of(times.zone.key, on, minute)[-1]
