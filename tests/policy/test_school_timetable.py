"""The timetable as dated blocks: terms, closures, groups, single days, both British clock changes; random ones too."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.day_plan import BlockKind, DayPlan, OneOff, Target, gaps_of, overlaps_of
from policy.rules import DatedBlock, Span
from policy.school_calendar import Dates, SchoolYear, Term
from policy.school_timetable import EMPTY, SchoolTimetable, dated_blocks_for, rows_of_week
from policy.timetable import row_problems
from policy.walltime import instants_of
from tests.policy.timetables import (
    CLUB,
    HALL,
    MORNING,
    ROBINS,
    TUESDAY,
    a_timetable,
    block,
    dates,
    timetables,
    weekly,
)


def on(timetable: SchoolTimetable, day: date, area: str | None = "robins") -> tuple[DatedBlock, ...]:
    return dated_blocks_for(timetable, area=area, first=day, last=day)


def test_clause_12_a_school_day_has_its_blocks_and_a_break_is_a_block_that_is_all_break() -> None:
    first, rest, second = on(a_timetable(), TUESDAY)
    assert (first.name, first.span, first.breaks, first.group) == ("Lessons", Span(530, 630), (), None)
    assert (rest.name, rest.span, rest.breaks) == ("Break", Span(630, 645), (Span(630, 645),))
    assert second.span == Span(645, 720)


def test_clause_12_a_club_in_the_hall_on_tuesday_does_not_restrict_robins() -> None:
    assert [one.name for one in on(a_timetable(), TUESDAY, "hall")] == ["Chess club"]
    assert "Chess club" not in [one.name for one in on(a_timetable(), TUESDAY)]


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 27),  # INSET day
        date(2026, 12, 1),  # closed
        date(2026, 10, 28),  # half term
        date(2026, 12, 21),  # holidays
        date(2026, 9, 1),  # the day before term
        date(2026, 11, 28),  # Saturday
    ],
)
def test_clause_12_outside_terms_in_half_terms_on_inset_days_and_closures_everything_is_free(day: date) -> None:
    assert on(a_timetable(), day) == ()


@pytest.mark.parametrize("day", [date(2026, 9, 2), date(2026, 12, 18), date(2026, 10, 23), date(2026, 11, 2)])
def test_the_first_and_last_day_of_a_term_and_those_around_a_half_term_are_school_days(day: date) -> None:
    assert on(a_timetable(), day) != ()


def test_a_groups_plan_is_for_that_group_wherever_its_people_are() -> None:
    monday = TUESDAY - timedelta(days=1)
    for area in ("robins", "hall", None):
        (serving,) = [one for one in on(a_timetable(), monday, area) if one.group is not None]
        assert (serving.group, serving.name) == ("catering", "Serving lunch")


def test_a_single_day_takes_the_place_of_the_usual_one_or_adds_and_leaves_out() -> None:
    rehearsal = block("09:00", "11:30", BlockKind.ASSEMBLY, "Rehearsal")
    instead = a_timetable(one_offs=(OneOff(TUESDAY, ROBINS, replaces=True, blocks=(rehearsal,)),))
    assert [one.name for one in on(instead, TUESDAY)] == ["Rehearsal"]
    assert len(on(instead, TUESDAY + timedelta(days=1))) == 3
    changed = a_timetable(one_offs=(OneOff(TUESDAY, ROBINS, False, blocks=(CLUB,), removed=(MORNING[2],)),))
    assert [one.name for one in on(changed, TUESDAY)] == ["Lessons", "Break", "Chess club"]
    free = a_timetable(one_offs=(OneOff(TUESDAY, ROBINS, replaces=True),))
    assert on(free, TUESDAY) == ()


def test_a_single_day_gives_a_place_without_a_usual_week_its_blocks_and_no_closed_day_any() -> None:
    sleepover = OneOff(date(2026, 11, 28), HALL, replaces=True, blocks=(CLUB,))
    assert len(on(a_timetable(one_offs=(sleepover,)), sleepover.date, "hall")) == 1
    on_inset = replace(sleepover, date=date(2026, 11, 27))
    assert on(a_timetable(one_offs=(on_inset,)), on_inset.date, "hall") == ()


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 10, 23), "07:50"),  # British Summer Time: 08:50 is 07:50 UTC
        (date(2026, 11, 2), "08:50"),
        (date(2027, 3, 26), "08:50"),
        (date(2027, 3, 30), "07:50"),
    ],
)
def test_clause_12_british_clock_changes_keep_local_wall_time(day: date, opens: str) -> None:
    first = on(a_timetable(), day)[0]
    (instant,) = instants_of("Europe/London", day, first.span.start)
    assert instant.strftime("%H:%M") == opens


def test_a_block_over_the_hour_that_comes_twice_or_never_keeps_its_wall_time() -> None:
    for sunday in (date(2026, 10, 25), date(2027, 3, 28)):
        night = DayPlan(HALL, weekly((), (), (), (), (), (), (block("00:30", "02:30", name="Sleepover"),)))
        term = Term("All year", Dates(date(2026, 9, 1), date(2027, 7, 20)))
        (one,) = on(a_timetable(years=(SchoolYear("x", (term,)),), plans=(night,)), sunday, "hall")
        assert (one.span, one.date) == (Span(30, 150), sunday)


def test_the_week_of_a_point_that_follows_reads_as_restricted_times_that_could_be_saved() -> None:
    rows = rows_of_week(a_timetable(), "robins", TUESDAY)
    assert {row.weekday for row in rows} == {0, 1, 2, 3}  # Friday is an INSET day
    assert "Serving lunch" not in {row.name for row in rows}
    assert row_problems(rows) == ()


def test_weeks_and_single_days_are_replaced_without_touching_others() -> None:
    changed = a_timetable().with_week(ROBINS, weekly((CLUB,)))
    assert changed.week_of(ROBINS)[0] == (CLUB,)
    assert changed.week_of(HALL) == a_timetable().week_of(HALL)
    assert changed.with_week(ROBINS, ((),) * 7).plans == a_timetable().plans[1:]
    one = OneOff(TUESDAY, ROBINS, replaces=True)
    twice = EMPTY.with_one_off(one).with_one_off(replace(one, blocks=MORNING))
    assert twice.one_offs == (replace(one, blocks=MORNING),)
    assert twice.without_one_off(ROBINS, TUESDAY) == EMPTY


def test_gaps_and_overlaps_of_a_day_are_found() -> None:
    assert gaps_of((*MORNING, CLUB)) == (Span(720, 930),)
    assert gaps_of(MORNING) == ()
    assert overlaps_of(MORNING) == ()
    assert overlaps_of((*MORNING, block("09:00", "11:00"))) == ((3, 0), (1, 3), (2, 3))


def test_a_target_is_an_area_or_a_group_and_dates_run_forward() -> None:
    for wrong in ({}, {"area": "robins", "group": "office"}):
        with pytest.raises(ValueError, match="area or for a staff group"):
            Target(**wrong)
    with pytest.raises(ValueError, match="forward"):
        Dates(date(2026, 9, 2), date(2026, 9, 1))


@given(timetables, dates, st.sampled_from(("robins", "hall", "attic", None)))
def test_every_block_lies_on_a_school_day_and_is_for_the_place_or_a_group(
    timetable: SchoolTimetable, first: date, area: str | None
) -> None:
    last = first + timedelta(days=29)
    found = dated_blocks_for(timetable, area=area, first=first, last=last)
    assert list(found) == sorted(found, key=lambda one: (one.date, one.span, one.group or ""))
    for one in found:
        assert first <= one.date <= last
        assert timetable.is_school_day(one.date)
        assert one.breaks in ((), (one.span,))
        target = Target(area=area) if one.group is None and area is not None else Target(group=one.group or "catering")
        assert one.span in {planned.span for planned in timetable.day_of(target, one.date)}


@given(timetables, dates)
def test_the_days_of_a_window_are_the_days_taken_one_by_one(timetable: SchoolTimetable, first: date) -> None:
    week = dated_blocks_for(timetable, area="robins", first=first, last=first + timedelta(days=6))
    each = [one for number in range(7) for one in on(timetable, first + timedelta(days=number))]
    assert list(week) == each
