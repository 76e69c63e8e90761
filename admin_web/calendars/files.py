"""Reads a calendar file by what it says it is."""

from datetime import date
from zoneinfo import ZoneInfo

from admin_web.calendars.icalendars import read_icalendar
from admin_web.calendars.rows import CalendarRow
from admin_web.calendars.tables import read_csv

_BEGINS = b"BEGIN:VCALENDAR"


def read_calendar_file(name: str, content: bytes, zone: ZoneInfo, today: date) -> tuple[CalendarRow, ...]:
    """Read `.ics` or CSV; `zone` and `today` are the school's. Raises Invalid naming the line."""
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[: len(_BEGINS)].upper()
    if begins == _BEGINS or name.casefold().endswith((".ics", ".ical", ".ifb")):
        return read_icalendar(content, zone, today)
    return read_csv(content)
