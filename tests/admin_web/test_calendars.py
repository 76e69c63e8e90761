"""Calendar files: what schools have is read, what is hostile is refused naming the line, and nothing runs away."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # it publishes no types
from hypothesis import given, settings
from hypothesis import strategies as st

from admin_web.calendars.files import read_calendar_file
from admin_web.calendars.merging import merge_rows
from admin_web.calendars.recurrence import RuleNotRead, days_named, read_rule
from admin_web.calendars.rows import LARGEST, CalendarRow, RowKind
from admin_web.errors import Invalid
from policy.school_calendar import Closure, ClosureKind, Dates
from policy.school_timetable import EMPTY

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 24)
INSET = ("SUMMARY:INSET day", "DTSTART;VALUE=DATE:20270104")


def ics(*events: Sequence[str], end: str = "\r\n") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", *event, "END:VEVENT"]
    return (end.join([*lines, "END:VCALENDAR"]) + end).encode()


def read(content: bytes, name: str = "a.ics") -> tuple[CalendarRow, ...]:
    return read_calendar_file(name, content, LONDON, TODAY)


def refusal(content: bytes, name: str = "a.ics") -> str:
    with pytest.raises(Invalid) as refused:
        read(content, name)
    assert refused.value.field == "file"
    assert "Nothing has been brought in." in refused.value.what_to_do
    return refused.value.error


def days(*words: str) -> Dates:
    first, last = words[0], words[-1]
    return Dates(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_an_event_of_whole_days_is_read_with_the_line_it_begins_at(end: str) -> None:
    event = (*INSET, "DTEND;VALUE=DATE:20270106")
    assert read(ics(event, end=end)) == (CalendarRow(4, "INSET day", RowKind.INSET, days("2027-01-04", "2027-01-05")),)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("INSET day", RowKind.INSET),
        ("Staff training", RowKind.INSET),
        ("Half-term", RowKind.HALF_TERM),
        ("Good Friday", RowKind.BANK_HOLIDAY),
        ("Early May bank holiday", RowKind.BANK_HOLIDAY),
        ("School closed: polling station", RowKind.CLOSURE),
        ("Christmas holidays", RowKind.CLOSURE),
        ("Sports day", RowKind.OTHER),
        ("First day of term", RowKind.OTHER),
    ],
)
def test_what_a_day_is_is_guessed_from_its_name_and_else_left_out(name: str, kind: RowKind) -> None:
    (row,) = read(ics((f"SUMMARY:{name}", "DTSTART;VALUE=DATE:20270104")))
    assert row.kind is kind


def test_a_long_event_called_a_term_is_one() -> None:
    (row,) = read(ics(("SUMMARY:Spring term", "DTSTART;VALUE=DATE:20270105", "DTEND;VALUE=DATE:20270326")))
    assert (row.kind, row.dates) == (RowKind.TERM, days("2027-01-05", "2027-03-25"))


def test_times_are_read_in_the_schools_zone_on_both_sides_of_a_clock_change() -> None:
    summer = ("SUMMARY:Closure", "DTSTART:20270703T230000Z", "DTEND:20270704T230000Z")  # midnight to midnight in BST
    winter = (
        "SUMMARY:Closure",
        "DTSTART;TZID=Europe/London:20270104T000000",
        "DTEND;TZID=Europe/London:20270105T000000",
    )
    outlook = ("SUMMARY:INSET day", "DTSTART;TZID=GMT Standard Time:20270111T090000", "DURATION:PT6H")
    assert [row.dates for row in read(ics(summer, winter, outlook))] == [
        days("2027-01-04"),
        days("2027-01-11"),
        days("2027-07-04"),
    ]


def test_part_of_a_day_closes_nothing() -> None:
    (row,) = read(ics(("SUMMARY:Holiday club meeting", "DTSTART:20270104T090000", "DTEND:20270104T100000")))
    assert row.kind is RowKind.OTHER


def test_folded_and_escaped_names_are_read_as_meant() -> None:
    (row,) = read(ics(("SUMMARY:INSET day\\, staf", " f only", "DTSTART;VALUE=DATE:20270104")))
    assert row.name == "INSET day, staff only"


def test_repeats_left_out_days_moved_ones_and_cancelled_events() -> None:
    weekly = (*INSET, "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;VALUE=DATE:20270111")
    moved = ("SUMMARY:INSET day", "DTSTART;VALUE=DATE:20270119", "RECURRENCE-ID;VALUE=DATE:20270118")
    gone = ("SUMMARY:Closure", "DTSTART;VALUE=DATE:20270201", "STATUS:CANCELLED")
    content = ics(weekly, moved, gone).replace(b"UID:1", b"UID:0")
    assert [row.dates.first.isoformat() for row in read(content)] == ["2027-01-04", "2027-01-19", "2027-01-25"]


def test_a_rule_without_an_end_is_followed_for_two_years() -> None:
    found = read(ics(("SUMMARY:Boxing Day", "DTSTART;VALUE=DATE:20201226", "RRULE:FREQ=YEARLY")))
    assert found[-1].dates == days("2027-12-26")
    assert len(found) == 8


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ((*INSET, "RRULE:FREQ=SECONDLY"), "Line 8: it repeats secondly"),
        ((*INSET, "RRULE:FREQ=DAILY"), "Line 8: it repeats on more than 60 days"),
        ((*INSET, "EXDATE;TZID=Mars/Phobos:20270111T090000"), "Line 8: “Mars/Phobos” is not a time zone"),
        ((*INSET, "RDATE;VALUE=PERIOD:20270111T090000Z/PT1H"), "Line 8: there is a period"),
        ((*INSET, "RRULE:FREQ=DAILY;COUNT=99999999"), "Line 8: it holds a number"),
        ((*INSET, "RRULE:FREQ=YEARLY;BYWEEKNO=3"), "Line 8: it repeats by BYWEEKNO"),
        ((*INSET, "RRULE:nonsense"), "Line 8: it repeats without saying how"),
        ((*INSET, "RRULE:FREQ=WEEKLY;BYDAY=XX"), "Line 8: this rule of repetition cannot be read"),
        ((*INSET, "RRULE:FREQ=WEEKLY;BYDAY=1MO"), "Line 8: it numbers the weekdays"),
        (("SUMMARY:INSET", "DTSTART;TZID=Mars/Phobos:20270104T090000"), "Line 7: “Mars/Phobos” is not a time zone"),
        (("SUMMARY:INSET", "DTSTART:hello"), "Line 7: that is no date or time"),
        (("SUMMARY:INSET",), "Line 4: the event has no date"),
        ((*INSET, "DTEND;VALUE=DATE:20260101"), "Line 7: 2026-01-01 comes before"),
        (("SUMMARY:INSET", "DTSTART;VALUE=DATE:00010104"), "Line 7: the date is too far away"),
        ((*INSET, "DTEND;VALUE=DATE:20290105"), "Line 7: it lasts longer than a year"),
        (("SUMMARY:", "DTSTART;VALUE=DATE:20270104"), "Line 6: there is no name"),
        (("SUMMARY:=HYPERLINK(1)", "DTSTART;VALUE=DATE:20270104"), "Line 6: the name begins with “=”"),
        (("SUMMARY:" + "x" * 61, "DTSTART;VALUE=DATE:20270104"), "Line 6: the name is longer"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_right_is_refused_at_its_line(event: Sequence[str], says: str) -> None:
    assert refusal(ics(event)).startswith(says)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"x" * (LARGEST + 1), "The file is larger than 512 kB"),
        (b"\xff\xfeB\x00E\x00", "This file is written in UTF-16, and is to be in UTF-8"),
        (ics(INSET).replace(b"INSET", b"INS\xc8T"), "Line 6: this is not written in UTF-8"),
        (ics(INSET).replace(b"INSET", b"INS\x00T"), "Line 6: there is a character that no text has"),
        (ics(), "There is no event"),
        (ics((*INSET, "STATUS:CANCELLED")), "Nothing in the file takes place"),
        (ics(INSET)[:-40], "The end of the file is missing"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "This is a web page, not a calendar"),
        (b"Dear all, the terms are as follows: ...", "This is not a calendar file"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "This is not a calendar file"),
        (b"Hello\r\n" + ics(INSET), "Line 1 stands before the calendar begins"),
        (b"PK\x03\x04\x14\x00", "This is a document or a picture"),
        (ics(INSET).decode().encode("utf-16-be"), "This file is written in UTF-16"),
        (ics((*INSET, "no colon here")), "Line 4: a line of this event cannot be read"),
        (ics((*INSET, "DURATION:P1X")), "Line 8: that is no length of time"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 100_00, "Line 9: the parts are nested too deeply"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "The end of the file is missing"),
        (b"BEGIN:VCALENDAR\nEND:VEVENT\n", "Line 2: something ends here that has not begun"),
        (ics(*[INSET] * 2001), "there are more than 2000 events"),
        (ics(*[INSET] * 401), "this is more than 400 events"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, says: str) -> None:
    assert says in refusal(content)


def test_rules_that_never_come_true_cost_next_to_nothing() -> None:
    bomb = ("SUMMARY:INSET", "DTSTART;VALUE=DATE:20000104", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    begun = time.process_time()
    assert "more than 100 events repeat" in refusal(ics(*[bomb] * 101))
    assert time.process_time() - begun < 20


def test_a_table_is_read_with_its_kinds_and_both_ways_of_writing_a_date() -> None:
    content = (
        "\ufeffName;Kind;First;Last\r\nAutumn term;term;2026-09-02;18/12/2026\r\n"
        "Half term;half term;26/10/2026;30/10/2026\r\n\r\n“Moving”, all of us;;2027-01-04;\r\nINSET;;2027-01-05\r\n"
    ).encode()
    assert [(row.line, row.name, row.kind) for row in read(content, "a.csv")] == [
        (2, "Autumn term", RowKind.TERM),
        (3, "Half term", RowKind.HALF_TERM),
        (5, "“Moving”, all of us", RowKind.OTHER),
        (6, "INSET", RowKind.INSET),
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("<html>name,first</html>", "This is a web page, not a table"),
        ("hello\n", "Line 1: there is no column name and no column first"),
        ("name,first\n", "There is no row"),
        ("name,first\nINSET,04.01.2027\n", "Line 2: “04.01.2027” is no date"),
        ("name,first\nINSET,\n", "Line 2: “” is no date"),
        ("name,first\n,2027-01-04\n", "Line 2: there is no name"),
        ("name,first,last\nA,2027-01-04,2027-01-03\n", "Line 2: 2027-01-03 comes before 2027-01-04"),
        ("name,kind,first\nA,party,2027-01-04\n", "Line 2: “party” is no kind of day"),
        ('name,first\nA,2027-01-04\n"B,2027-01-05\n', "Line 3: this is no row of a table"),
        ("name,first\n" + "A,2027-01-04\n" * 401, "Line 402: this is more than 400 rows"),
        *((f"name,first\n{sign}1+1,2027-01-04\n", "Line 2: the name begins with") for sign in "=+-@"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused_at_its_line(content: str, says: str) -> None:
    assert refusal(content.encode(), "a.csv").startswith(says)


def test_rows_are_brought_in_once_and_half_terms_into_their_term() -> None:
    rows = [
        CalendarRow(2, "Autumn term", RowKind.TERM, days("2026-09-02", "2026-12-18")),
        CalendarRow(3, "Half term", RowKind.HALF_TERM, days("2026-10-26", "2026-10-30")),
        CalendarRow(4, "INSET day", RowKind.INSET, days("2026-11-27")),
        CalendarRow(5, "Sports day", RowKind.OTHER, days("2026-11-30")),
    ]
    once = merge_rows(EMPTY, rows, replaces=False)
    assert merge_rows(once, rows, replaces=False) == once
    (year,) = once.years
    assert (year.name, year.terms[0].half_term) == ("2026/27", days("2026-10-26", "2026-10-30"))
    assert [one.kind for one in once.closures] == [ClosureKind.INSET]
    with pytest.raises(Invalid, match="Line 3: the half term 26 to 30 October 2026 lies in no term"):
        merge_rows(EMPTY, rows[1:], replaces=False)


def test_names_in_other_letters_bring_nothing_in_twice() -> None:
    rows = [
        CalendarRow(2, "Autumn term", RowKind.TERM, days("2026-09-02", "2026-12-18")),
        CalendarRow(4, "INSET day", RowKind.INSET, days("2026-11-27")),
    ]
    once = merge_rows(EMPTY, rows, replaces=False)
    again = [replace(row, name=row.name.upper()) for row in rows]
    assert merge_rows(once, again, replaces=False) == once
    assert merge_rows(once, again, replaces=True) == once


def test_a_newer_file_may_take_the_place_of_the_closures_within_its_days() -> None:
    old = Closure("INSET day", ClosureKind.INSET, days("2026-11-27"))
    later = Closure("Easter", ClosureKind.CLOSURE, days("2027-03-26"))
    rows = [
        CalendarRow(2, "Autumn term", RowKind.TERM, days("2026-09-02", "2026-12-18")),
        CalendarRow(3, "INSET day", RowKind.INSET, days("2026-11-30")),
    ]
    there = merge_rows(EMPTY, [CalendarRow(1, old.name, RowKind.INSET, old.dates)], replaces=False)
    there = merge_rows(there, [CalendarRow(1, later.name, RowKind.CLOSURE, later.dates)], replaces=False)
    assert old in merge_rows(there, rows, replaces=False).closures
    replaced = merge_rows(there, rows, replaces=True).closures
    assert old not in replaced
    assert later in replaced


weekday_names = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
rules = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))},
    optional={
        "INTERVAL": st.integers(1, 4),
        "COUNT": st.integers(1, 12),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=3, unique=True),
        "BYMONTHDAY": st.lists(st.sampled_from((1, 4, 15, 28, 31, -1, -3)), min_size=1, max_size=3, unique=True),
        "BYDAY": st.lists(st.sampled_from(weekday_names), min_size=1, max_size=3, unique=True),
        "numbered": st.sampled_from(("1", "2", "-1")),
    },
)


@settings(max_examples=100, deadline=None)
@given(rules, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_days_are_those_that_a_well_known_reader_of_rules_names(rule: dict[str, object], start: date) -> None:
    parts: dict[str, list[object]] = {
        name: list(value) if isinstance(value, list) else [value] for name, value in rule.items() if name != "numbered"
    }
    if parts["FREQ"][0] == "WEEKLY":
        parts.pop("BYMONTHDAY", None)  # RFC 5545: not in a weekly rule
    if "numbered" in rule and "BYDAY" in parts and parts["FREQ"][0] in ("MONTHLY", "YEARLY"):
        parts["BYDAY"] = [f"{rule['numbered']}{day}" for day in parts["BYDAY"]]
        parts.pop("BYMONTHDAY", None)
    text = ";".join(f"{name}={','.join(str(one) for one in values)}" for name, values in parts.items())
    last = date(2028, 12, 31)
    theirs = rrulestr(text, dtstart=datetime.combine(start, datetime.min.time()))
    expected = [one.date() for one in theirs.between(datetime(2026, 1, 1), datetime(2028, 12, 31), inc=True)]
    ours = list(days_named(read_rule(parts, None), start, last))
    if expected[:1] == [start]:
        assert ours == expected
    else:
        # RFC 5545: DTSTART counts as the first one even where the rule does not name it; theirs leaves it out.
        assert ours[0] == start
        if "COUNT" not in parts:
            assert ours[1:] == expected


@pytest.mark.parametrize(
    "parts", [{}, {"FREQ": ["HOURLY"]}, {"FREQ": ["DAILY"], "BYSETPOS": [1]}, {"FREQ": ["DAILY"], "INTERVAL": [0]}]
)
def test_a_rule_that_is_not_read_says_so(parts: dict[str, list[object]]) -> None:
    with pytest.raises(RuleNotRead):
        read_rule(parts, None)


def test_the_table_in_the_document_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "central.md").read_text("utf-8")
    written = re.search(r"```csv\n(.*?)```", page, re.S)
    assert written is not None
    kinds = [row.kind for row in read(written[1].encode(), "a.csv")]
    assert kinds == [RowKind.TERM, RowKind.HALF_TERM, RowKind.INSET]
