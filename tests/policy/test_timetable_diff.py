"""What one timetable changes in another, as sentences somebody can read before publishing."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from policy.day_plan import BlockKind, Day, DayPlan, OneOff, PlannedBlock, Target
from policy.rules import Span
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term
from policy.school_timetable import EMPTY, SchoolTimetable
from policy.timetable_diff import differences
from tests.policy.timetables import timetables

NAMES = {"hall": "Hall", "robins": "Robins"}
HALL, ROBINS = Target(area="hall"), Target(area="robins")
LESSONS = PlannedBlock(Span(530, 630), BlockKind.LESSON, "Lessons")
CLUB = PlannedBlock(Span(930, 990), BlockKind.AFTER_SCHOOL_CLUB, "Club")


def texts(old: SchoolTimetable, new: SchoolTimetable) -> list[str]:
    return [one.text for one in differences(old, new, NAMES)]


def week(*days: Day) -> tuple[Day, ...]:
    return (*days, *(((),) * (7 - len(days))))


def plan(target: Target, *days: Day) -> SchoolTimetable:
    return EMPTY.with_week(target, week(*days))


def test_a_club_that_is_new_reads_as_the_office_would_say_it() -> None:
    assert texts(EMPTY, plan(HALL, (), (CLUB,))) == ["Tuesday 15:30-16:30 Hall: club added"]
    assert texts(plan(HALL, (), (CLUB,)), EMPTY) == ["Tuesday 15:30-16:30 Hall: club removed"]


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("Lessons", BlockKind.LESSON, "lessons added"),
        ("Chess club", BlockKind.AFTER_SCHOOL_CLUB, "Chess club added"),
        ("Gardening", BlockKind.CURRICULUM_CLUB, "Gardening (curriculum club) added"),
        ("Singing", BlockKind.ASSEMBLY, "Singing added"),
        ("PE", BlockKind.LESSON, "PE added"),
    ],
)
def test_a_block_is_called_by_its_name_and_a_club_a_club(name: str, kind: BlockKind, said: str) -> None:
    (text,) = texts(EMPTY, plan(HALL, (PlannedBlock(Span(930, 990), kind, name),)))
    assert text == f"Monday 15:30-16:30 Hall: {said}"


def test_the_same_change_of_several_days_or_places_is_said_once() -> None:
    both = plan(HALL, *((LESSONS,),) * 5).with_week(ROBINS, week(*((LESSONS,),) * 5))
    assert texts(EMPTY, both) == ["Monday to Friday 08:50-10:30 Hall and Robins: lessons added"]
    assert texts(EMPTY, plan(HALL, (LESSONS,), (), (LESSONS,))) == [
        "Monday and Wednesday 08:50-10:30 Hall: lessons added"
    ]


def test_a_block_that_moves_or_is_named_otherwise_is_no_block_removed_and_another_added() -> None:
    later = replace(LESSONS, span=Span(540, 630))
    assert texts(plan(HALL, (LESSONS,)), plan(HALL, (later,))) == [
        "Monday 09:00-10:30 Hall: lessons moved, was 08:50-10:30"
    ]
    phonics = replace(LESSONS, name="Phonics")
    assert texts(plan(HALL, (LESSONS,)), plan(HALL, (phonics,))) == [
        "Monday 08:50-10:30 Hall: Phonics in place of lessons"
    ]


def test_terms_half_terms_and_closures_are_told_with_their_dates() -> None:
    half = Dates(date(2026, 10, 26), date(2026, 10, 30))
    term = Term("Autumn term", Dates(date(2026, 9, 2), date(2026, 12, 18)))
    old = replace(EMPTY, years=(SchoolYear("2026/27", (term,)),))
    longer = replace(term, dates=Dates(date(2026, 9, 1), date(2026, 12, 18)), half_term=half)
    new = replace(
        EMPTY,
        years=(SchoolYear("2026/27", (longer,)),),
        closures=(Closure("Staff training", ClosureKind.INSET, Dates(date(2027, 1, 4), date(2027, 1, 4))),),
    )
    assert texts(old, new) == [
        "2026/27, Autumn term: 1 September to 18 December 2026, was 2 September to 18 December 2026",
        "2026/27, Autumn term, half term added: 26 to 30 October 2026",
        "Staff training (INSET day), Monday 4 January 2027 added",
    ]
    assert texts(EMPTY, old) == ["2026/27, Autumn term added: 2 September to 18 December 2026"]
    moved = replace(new, closures=(replace(new.closures[0], dates=Dates(date(2027, 1, 5), date(2027, 1, 5))),))
    assert texts(new, moved) == ["Staff training (INSET day), Tuesday 5 January 2027, was Monday 4 January 2027"]


def test_a_single_day_is_told_by_its_date() -> None:
    one = OneOff(date(2026, 12, 4), HALL, replaces=True, blocks=(CLUB,))
    assert texts(EMPTY, EMPTY.with_one_off(one)) == [
        "Friday 4 December 2026, Hall: on this day alone club 15:30-16:30",
    ]
    assert texts(EMPTY.with_one_off(one), EMPTY) == ["Friday 4 December 2026, Hall: the usual day again"]
    part = OneOff(date(2026, 12, 4), HALL, replaces=False, blocks=(CLUB,), removed=(LESSONS,))
    assert texts(EMPTY, EMPTY.with_one_off(part)) == [
        "Friday 4 December 2026, Hall: on this day alone also club 15:30-16:30, without lessons 08:50-10:30"
    ]


def test_a_groups_plan_is_told_by_the_group() -> None:
    assert texts(EMPTY, plan(Target(group="catering"), (LESSONS,))) == [
        "Monday 08:50-10:30 group catering: lessons added"
    ]


@given(timetables, timetables)
def test_differences_are_said_exactly_where_something_differs(old: SchoolTimetable, new: SchoolTimetable) -> None:
    assert texts(old, old) == []
    plans = {target: new.week_of(target) for target in (HALL, ROBINS, Target(group="catering"))}
    same_weeks = all(
        sorted(day) == sorted(was)
        for target, days in plans.items()
        for day, was in zip(days, old.week_of(target), strict=True)
    )
    said = texts(replace(old, years=(), closures=(), one_offs=()), replace(new, years=(), closures=(), one_offs=()))
    assert (said == []) == same_weeks


def test_a_plan_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        DayPlan(HALL, ((LESSONS,),))
