"""Reads an iCalendar file (RFC 5545): whole-day events, short rules of repetition, and the line of what is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from admin_web.calendars.recurrence import MOST_REPEATS, RuleNotRead, days_named, read_rule
from admin_web.calendars.rows import (
    MOST_ROWS,
    YEARS,
    CalendarRow,
    RowKind,
    decode,
    guess_kind,
    refuse,
    require_dates,
    require_row_name,
)
from policy.school_calendar import Dates

_Event = Any
"""The library's event: a property of it is one of thirty types, so what is read is looked at where it is used."""
DEEPEST = 8
MOST_EVENTS = 2000
MOST_RULES = 100
AHEAD = timedelta(days=2 * 366)
"""A rule without an end is followed this far from today."""
_EXPORT = "Export the calendar again as iCalendar (.ics), or type the days in."
_AGAIN = "Download or export it again."
_WRONG = {
    **dict.fromkeys(("DTSTART", "DTEND", "RECURRENCE-ID"), "that is no date or time that there is."),
    **dict.fromkeys(("EXDATE", "RDATE"), "one of these is no date or time that there is."),
    "DURATION": "that is no length of time.",
    "RRULE": "this rule of repetition cannot be read.",
}
"""What is wrong with a property, by its name."""
_UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)


@dataclass(slots=True)
class _Lines:
    """Where an event stands in the file."""

    begins: int
    properties: dict[str, int] = field(default_factory=dict)

    def of(self, name: str) -> int:
        return self.properties.get(name, self.begins)


def read_icalendar(content: bytes, zone: ZoneInfo, today: date) -> tuple[CalendarRow, ...]:
    """Read every event of a file, repeated ones once for each of their days; `zone` is the school's.

    Raises Invalid naming the first line that is not right.
    """
    text = decode(content)
    _require_calendar(text)
    places = _find_events(text)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except _UNREADABLE:
        raise refuse(None, "The calendar in this file is damaged.", _EXPORT) from None
    if not events:
        raise refuse(
            None, "There is no event in the file.", "Choose an .ics file with the school’s terms and closures."
        )
    if len(events) != len(places):
        raise refuse(None, "The events in this file do not begin and end as they should.", _EXPORT)
    return _Reader(zone, today).read(list(zip(events, places, strict=True)))


def _require_calendar(text: str) -> None:
    """Refuse what is something else under the name of a calendar, in words that say what it is."""
    number, first = next((at, line) for at, line in enumerate(text.split("\n"), 1) if line.strip())
    if first.strip().upper() == "BEGIN:VCALENDAR":
        return
    if first.lstrip().startswith("<"):
        what, to_do = "This is a web page, not a calendar.", "Sign in there first if you must, then download it again."
    elif "BEGIN:VCALENDAR" in text.upper():
        what, to_do = (
            f"Line {number} stands before the calendar begins.",
            "Download the file again and leave it as it is.",
        )
    else:
        what, to_do = "This is not a calendar file (.ics).", _EXPORT
    raise refuse(None, what, to_do)


@dataclass(slots=True)
class _Reader:
    zone: ZoneInfo
    today: date
    rules: int = 0

    def read(self, events: list[tuple[_Event, _Lines]]) -> tuple[CalendarRow, ...]:
        moved = {
            (str(event.get("UID")), self._day(event, "RECURRENCE-ID", lines))
            for event, lines in events
            if "RECURRENCE-ID" in event
        }
        rows: list[CalendarRow] = []
        for event, lines in events:
            if str(event.get("STATUS", "")).upper() == "CANCELLED":
                continue
            for row in self._rows(event, lines):
                if "RECURRENCE-ID" in event or (str(event.get("UID")), row.dates.first) not in moved:
                    rows.append(row)
            if len(rows) > MOST_ROWS:
                raise refuse(lines.begins, f"this is more than {MOST_ROWS} events.", "Send fewer of them.")
        if not rows:
            raise refuse(
                None, "Nothing in the file takes place.", "Choose an .ics file with the school’s terms and closures."
            )
        return tuple(sorted(rows, key=lambda row: (row.dates, row.line)))

    def _rows(self, event: _Event, lines: _Lines) -> Iterator[CalendarRow]:
        for name, _ in event.errors:
            raise refuse(lines.of(str(name)), _wrong(str(name or "")), "Correct it there, or leave the event out.")
        name = require_row_name(str(event.get("SUMMARY", "")), lines.of("SUMMARY"))
        first = self._day(event, "DTSTART", lines)
        last, part_of_a_day = self._last(event, first, lines)
        dates = require_dates(first, last, lines.of("DTSTART"))
        kind = guess_kind(name, dates)
        if part_of_a_day and kind not in (RowKind.INSET, RowKind.BANK_HOLIDAY):
            kind = RowKind.OTHER
        for day in self._days(event, first, lines):
            moved_by = day - first
            yield CalendarRow(lines.begins, name, kind, Dates(first + moved_by, last + moved_by))

    def _days(self, event: _Event, first: date, lines: _Lines) -> list[date]:
        """List the days on which an event begins."""
        days = [first]
        if "RRULE" in event:
            days = self._repeated(event, first, lines)
        days += [day for day in self._dates_in(event, "RDATE", lines) if day not in days]
        left_out = set(self._dates_in(event, "EXDATE", lines))
        return sorted(day for day in days if day not in left_out)

    def _repeated(self, event: _Event, first: date, lines: _Lines) -> list[date]:
        line, rule = lines.of("RRULE"), event["RRULE"]
        self.rules += 1
        if isinstance(rule, list):
            raise refuse(line, "there are two rules of repetition.", "Give each closure its own dates.")
        if self.rules > MOST_RULES:
            raise refuse(line, f"more than {MOST_RULES} events repeat.", "Give each closure its own dates.")
        try:
            until = rule.get("UNTIL")
            found = read_rule(rule, None if not until else self._local(until[0], line))
        except RuleNotRead as problem:
            raise refuse(line, f"{problem}.", "Give each closure its own dates.") from None
        days: list[date] = []
        for day in days_named(found, first, max(self.today, first) + AHEAD):
            days.append(day)
            if len(days) > MOST_REPEATS:
                raise refuse(
                    line,
                    f"it repeats on more than {MOST_REPEATS} days.",
                    "Give it an end, or each closure its own dates.",
                )
        return days

    def _last(self, event: _Event, first: date, lines: _Lines) -> tuple[date, bool]:
        """Name the last day, and whether the event takes less than a whole day."""
        starts = event["DTSTART"].dt
        timed = isinstance(starts, datetime)
        if "DTEND" in event:
            line = lines.of("DTEND")
            ends = event["DTEND"].dt
            last = self._day(event, "DTEND", lines)
            if not isinstance(ends, datetime):
                return (last - timedelta(days=1) if last > first else last), False
            at_midnight = self._wall(ends, line).time() == datetime.min.time()
            last = last - timedelta(days=1) if at_midnight and last > first else last
            return last, timed and last == first and not at_midnight
        if "DURATION" in event:
            lasts = event["DURATION"].dt
            if not timed:
                return first + max(lasts, timedelta(days=1)) - timedelta(days=1), False
            ends_at = self._wall(starts, lines.of("DTSTART")) + lasts - timedelta(microseconds=1)
            return max(ends_at.date(), first), lasts < timedelta(days=1)
        return first, timed

    def _dates_in(self, event: _Event, name: str, lines: _Lines) -> Iterator[date]:
        if name in event:
            given = event[name]
            for one in given if isinstance(given, list) else [given]:
                _require_zone(one, lines.of(name))
                for entry in one.dts:
                    if isinstance(entry.dt, tuple):
                        raise refuse(lines.of(name), "there is a period where a date should be.", "Give dates alone.")
                    yield self._local(entry.dt, lines.of(name))

    def _day(self, event: _Event, name: str, lines: _Lines) -> date:
        line = lines.of(name)
        if name not in event:
            raise refuse(line, "the event has no date.", "Give it one, or leave it out.")
        given = event[name]
        if isinstance(given, list):
            raise refuse(line, f"{name} stands there twice.", "Give it once.")
        _require_zone(given, line)
        return self._local(given.dt, line)

    def _local(self, value: Any, line: int) -> date:
        if isinstance(value, datetime):
            return self._wall(value, line).date()
        if isinstance(value, date):
            return _in_reach(value, line)
        raise refuse(line, "there is no date.", "Write it like 20270104.")

    def _wall(self, moment: datetime, line: int) -> datetime:
        """Turn a time into the school's wall time; one without a zone is that already."""
        _in_reach(moment.date(), line)
        return moment if moment.tzinfo is None else moment.astimezone(UTC).astimezone(self.zone)


def _find_events(text: str) -> list[_Lines]:
    """Note where each event and its properties begin; refuse what is nested or long beyond reason."""
    found: list[_Lines] = []
    open_parts: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line[0] in " \t":
            continue
        name, _, value = line.partition(":")
        name = re.split(r"[;:]", name, maxsplit=1)[0].strip().upper()
        value = value.strip().upper()
        if name == "BEGIN":
            open_parts.append(value)
            if len(open_parts) > DEEPEST:
                raise refuse(number, "the parts are nested too deeply.", _AGAIN)
            if value == "VEVENT":
                found.append(_Lines(number))
                if len(found) > MOST_EVENTS:
                    raise refuse(number, f"there are more than {MOST_EVENTS} events.", "Send fewer of them.")
        elif name == "END":
            if not open_parts or open_parts.pop() != value:
                raise refuse(number, "something ends here that has not begun.", _AGAIN)
        elif open_parts and open_parts[-1] == "VEVENT":
            found[-1].properties.setdefault(name, number)
    if open_parts:
        raise refuse(None, "The end of the file is missing.", _AGAIN)
    return found


def _require_zone(given: Any, line: int) -> None:
    """Refuse a zone that nobody knows: the library leaves the time as it stands, which could be another day."""
    zone = getattr(given, "params", {}).get("TZID")
    moments = given.dts if hasattr(given, "dts") else [given]
    for one in moments:
        value = getattr(one, "dt", None)
        if zone is not None and isinstance(value, datetime) and value.tzinfo is None:
            raise refuse(line, f"“{str(zone)[:40]}” is not a time zone.", "Use one like Europe/London, or whole days.")


def _in_reach(day: date, line: int) -> date:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise refuse(line, "the date is too far away.", f"Use years from {YEARS[0]} to {YEARS[1]}.")
    return day


def _wrong(name: str) -> str:
    """Say in our words what the library could not read; its own are for programmers."""
    other = f"{name.upper()[:20]} cannot be read." if name else "a line of this event cannot be read."
    return _WRONG.get(name.upper(), other)
