"""What keeps a timetable from being saved, at its field; and what should be looked at before it is."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from policy.day_plan import BlockKind, DayPlan, OneOff, PlannedBlock, Target
from policy.rules import Span
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable
from policy.school_timetable_checks import timetable_problems, timetable_warnings
from tests.policy.timetables import AUTUMN, CLUB, HALL, ROBINS, TUESDAY, a_timetable, block, timetables, weekly

NAMES = {"robins": "Robins", "hall": "Hall"}
ONE_DAY = Dates(TUESDAY, TUESDAY)


def test_a_timetable_that_is_right_has_no_problem() -> None:
    assert timetable_problems(a_timetable(), NAMES) == ()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (
            {"plans": (DayPlan(ROBINS, weekly((block("09:00", "10:00"), block("09:30", "11:00")))),)},
            "plans[0].days.mon[1]",
        ),
        ({"plans": (DayPlan(ROBINS, weekly((replace(CLUB, name=" "),))),)}, "plans[0].days.mon[0].name"),
        ({"plans": (DayPlan(ROBINS, weekly((replace(CLUB, name="x" * 61),))),)}, "plans[0].days.mon[0].name"),
        ({"plans": (DayPlan(Target(area="attic"), weekly((CLUB,))),)}, "plans[0].area"),
        ({"plans": (DayPlan(Target(group="pirates"), weekly((CLUB,))),)}, "plans[0].group"),
        ({"plans": (DayPlan(HALL, weekly((CLUB,))), DayPlan(HALL, weekly((CLUB,))))}, "plans[1]"),
        ({"years": (SchoolYear("2026/27", (AUTUMN, replace(AUTUMN, name="Again"))),)}, "years[0].terms[1].first"),
        ({"years": (SchoolYear("a", ()), SchoolYear("a", ()))}, "years[1].name"),
        ({"years": (SchoolYear(" ", ()),)}, "years[0].name"),
        (
            {"years": (SchoolYear("a", (replace(AUTUMN, half_term=Dates(date(2027, 1, 1), date(2027, 1, 2))),)),)},
            "years[0].terms[0].half_term.first",
        ),
        (
            {"years": (SchoolYear("a", (Term("t", Dates(date(1999, 1, 1), date(1999, 2, 1))),)),)},
            "years[0].terms[0].first",
        ),
        ({"years": (SchoolYear("a", (Term("t", Dates(date(2026, 1, 1), date(2027, 6, 1))),)),)}, "years[0].terms"),
        ({"closures": (Closure("", ClosureKind.INSET, ONE_DAY),)}, "closures[0].name"),
        ({"closures": (Closure("a", ClosureKind.INSET, ONE_DAY),) * 2}, "closures[1].name"),
        (
            {"closures": (Closure("a", ClosureKind.INSET, Dates(date(2026, 1, 1), date(2028, 1, 1))),)},
            "closures[0].last",
        ),
        ({"one_offs": (OneOff(TUESDAY, ROBINS, True), OneOff(TUESDAY, ROBINS, True))}, "one_offs[1].date"),
        ({"one_offs": (OneOff(TUESDAY, ROBINS, False, blocks=(block("09:00", "09:30"),)),)}, "one_offs[0].blocks"),
        ({"one_offs": (OneOff(TUESDAY, Target(area="attic"), True),)}, "one_offs[0].area"),
        ({"closures": (Closure("a", ClosureKind.INSET, ONE_DAY),) * 401}, "closures"),
    ],
)
def test_what_cannot_be_saved_names_its_field(parts: dict[str, object], field: str) -> None:
    problems = timetable_problems(a_timetable(**parts), NAMES)
    assert field in [problem.field for problem in problems]
    assert all(problem.error.endswith(".") and problem.what_to_do.endswith(".") for problem in problems)


def test_an_overlap_names_both_blocks_the_day_and_the_place() -> None:
    day = (block("09:00", "10:00"), block("09:30", "11:00", name="Swimming"))
    (problem,) = timetable_problems(a_timetable(plans=(DayPlan(ROBINS, weekly(day)),)), NAMES)
    assert problem.error == "Swimming 09:30-11:00 overlaps Lessons 09:00-10:00: Monday, Robins."


def test_a_break_that_overlaps_a_lesson_is_an_overlap_too() -> None:
    day = (block("09:00", "10:00"), block("09:50", "10:10", BlockKind.BREAK))
    assert timetable_problems(a_timetable(plans=(DayPlan(ROBINS, weekly(day)),)), NAMES)


def test_gaps_are_shown_and_do_not_keep_it_from_being_saved() -> None:
    day = (block("09:00", "10:00"), block("10:15", "11:00"))
    gappy = a_timetable(plans=(DayPlan(ROBINS, weekly(day)),))
    assert timetable_problems(gappy, NAMES) == ()
    (warning,) = timetable_warnings(gappy, NAMES)
    assert (warning.field, warning.error) == ("plans[0].days.mon", "Monday, Robins: nothing from 10:00 to 10:15.")


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"years": ()}, "no term yet"),
        ({"one_offs": (OneOff(date(2026, 11, 27), ROBINS, True),)}, "is INSET day, so"),
        ({"one_offs": (OneOff(date(2026, 12, 25), ROBINS, True),)}, "outside the terms"),
        ({"one_offs": (OneOff(TUESDAY, ROBINS, False, removed=(CLUB,)),)}, "is not in the usual day"),
    ],
)
def test_what_has_no_effect_is_shown(parts: dict[str, object], says: str) -> None:
    assert says in " ".join(warning.error for warning in timetable_warnings(a_timetable(**parts), NAMES))


@given(timetables)
def test_no_timetable_breaks_the_checks_and_what_passes_has_no_overlap(timetable: SchoolTimetable) -> None:
    timetable_warnings(timetable, NAMES)
    if timetable_problems(timetable, NAMES):
        return
    for plan in timetable.plans:
        for day in plan.days:
            ordered = sorted(day)
            assert all(a.span.end <= b.span.start for a, b in zip(ordered, ordered[1:], strict=False))


def test_a_span_across_midnight_cannot_even_be_written() -> None:
    with pytest.raises(ValueError, match="forward within one day"):
        PlannedBlock(Span(22 * 60, 2 * 60), BlockKind.LESSON, "Night")
