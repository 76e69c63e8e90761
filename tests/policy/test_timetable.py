"""Rows of the office become dated blocks; what may not be saved is said with the field and what to do."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from policy.rules import Span
from policy.timetable import BlockRow, dated_blocks_of, format_minutes, parse_minutes, row_problems
from policy.working_hours import hours_problems

if TYPE_CHECKING:
    from tests.policy.conftest import School

MONDAY, TUESDAY, WEDNESDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


def row(span: str, *breaks: str, weekday: int | None = 1, on: date | None = None, name: str = "Lessons") -> BlockRow:
    def read(text: str) -> Span:
        starts, ends = text.split("-")
        return Span(parse_minutes(starts), parse_minutes(ends))

    return BlockRow(weekday, on, read(span), name, tuple(read(one) for one in breaks))


def test_a_weekday_row_makes_one_block_on_each_such_day_of_the_window() -> None:
    blocks = dated_blocks_of([row("08:50-12:00", "10:40-10:55")], MONDAY, date(2026, 12, 8))
    assert [block.date for block in blocks] == [TUESDAY, date(2026, 12, 1), date(2026, 12, 8)]
    assert blocks[0].breaks == (Span(640, 655),)


def test_rows_of_a_date_replace_that_dates_weekday_rows() -> None:
    rows = [row("08:50-12:00"), row("13:00-15:15"), row("09:30-10:00", weekday=None, on=TUESDAY, name="Assembly")]
    blocks = dated_blocks_of(rows, MONDAY, date(2026, 12, 1))
    assert [(block.date, block.name) for block in blocks] == [
        (TUESDAY, "Assembly"),
        (date(2026, 12, 1), "Lessons"),
        (date(2026, 12, 1), "Lessons"),
    ]


def test_blocks_come_in_the_order_of_dates_and_times() -> None:
    rows = [row("13:00-15:15"), row("08:50-12:00"), row("09:00-10:00", weekday=0)]
    blocks = dated_blocks_of(rows, MONDAY, TUESDAY)
    assert [(block.date, block.span.start) for block in blocks] == [(MONDAY, 540), (TUESDAY, 530), (TUESDAY, 780)]


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("08:50", 530), ("23:59", 1439), ("24:00", 1440)])
def test_times_are_read_and_written_alike(text: str, minutes: int) -> None:
    assert (parse_minutes(text), format_minutes(minutes)) == (minutes, text)


@pytest.mark.parametrize(
    "text", ["", "8:50", "08.50", "24:01", "25:00", "08:60", "08:50 ", "०८:५०", "-1:00", "08:50:00"]
)
def test_what_is_no_time_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of the day"):
        parse_minutes(text)


@pytest.mark.parametrize(("start", "end"), [(60, 60), (61, 60), (-1, 60), (0, 1441)])
def test_a_span_that_does_not_run_forward_within_a_day_cannot_be_made(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        Span(start, end)


GOOD = [
    [row("00:00-24:00")],
    [row("08:50-12:00", "08:50-09:00", "11:45-12:00")],
    [row("08:50-12:00"), row("12:00-13:00")],
    [row("08:50-12:00", "10:40-10:55", "10:55-11:00")],
    [row("08:50-12:00"), row("08:50-12:00", weekday=2)],
    [row("08:50-12:00"), row("10:00-14:00", weekday=None, on=TUESDAY)],
    [],
]


@pytest.mark.parametrize("rows", GOOD)
def test_rows_that_may_be_saved(rows: list[BlockRow]) -> None:
    assert row_problems(rows) == ()


@pytest.mark.parametrize(
    ("rows", "field", "words"),
    [
        ([row("08:50-12:00"), row("11:59-13:00")], "blocks[1]", "overlaps"),
        ([row("09:00-10:00"), row("08:50-12:00")], "blocks[0]", "overlaps"),
        ([row("08:00-20:00"), row("09:00-10:00"), row("19:00-21:00")], "blocks[1] blocks[2]", "overlaps"),
        ([row("08:50-12:00", weekday=None, on=TUESDAY)] * 2, "blocks[1]", "2026-11-24"),
        ([row("08:50-12:00", "08:49-09:00")], "blocks[0].breaks[0]", "within its block"),
        ([row("08:50-12:00", "10:00-10:10", "11:50-12:01")], "blocks[0].breaks[1]", "within its block"),
        ([row("08:50-12:00", "10:00-10:20", "10:19-10:30")], "blocks[0].breaks", "overlap"),
        ([row("08:50-12:00", weekday=None)], "blocks[0].weekday", "weekday or a date"),
        ([row("08:50-12:00", on=TUESDAY)], "blocks[0].weekday", "weekday or a date"),
        ([row("08:50-12:00", weekday=7)], "blocks[0].weekday", "not a weekday"),
        ([row("08:50-12:00", name="  ")], "blocks[0].name", "no name"),
        ([row("08:50-12:00", name="L" * 61)], "blocks[0].name", "longer than 60"),
    ],
)
def test_rows_that_may_not_be_saved_name_field_and_cure(rows: list[BlockRow], field: str, words: str) -> None:
    problems = row_problems(rows)
    assert " ".join(problem.field for problem in problems if words in problem.error) == field
    assert all(problem.what_to_do for problem in problems)


def test_working_hours_end_by_23_o_clock(school: "School") -> None:
    assert hours_problems(school.week("08:00-23:00")) == ()
    (problem, *_) = hours_problems(school.week("08:00-23:01"))
    assert (problem.field, problem.what_to_do) == ("working_hours.mon", "Let them end at 23:00 or earlier.")


def test_spans_of_working_hours_do_not_overlap(school: "School") -> None:
    assert hours_problems(school.week("08:00-10:00", "10:00-12:00")) == ()
    problems = hours_problems(school.week("09:59-12:00", "08:00-10:00"))
    assert [problem.field for problem in problems] == [
        f"working_hours.{day}" for day in ("mon", "tue", "wed", "thu", "fri")
    ]
