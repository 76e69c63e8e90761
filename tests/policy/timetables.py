"""Timetables for tests: one believable school year, and random ones."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from policy.day_plan import BlockKind, Day, DayPlan, OneOff, PlannedBlock, Target
from policy.rules import Span
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable

ROBINS, HALL, CATERING = Target(area="robins"), Target(area="hall"), Target(group="catering")
TUESDAY = date(2026, 11, 24)


def block(starts: str, until: str, kind: BlockKind = BlockKind.LESSON, name: str | None = None) -> PlannedBlock:
    def minutes(text: str) -> int:
        return int(text[:2]) * 60 + int(text[3:])

    return PlannedBlock(Span(minutes(starts), minutes(until)), kind, kind.words if name is None else name)


MORNING = (block("08:50", "10:30"), block("10:30", "10:45", BlockKind.BREAK), block("10:45", "12:00"))
CLUB = block("15:30", "16:30", BlockKind.AFTER_SCHOOL_CLUB, "Chess club")
AUTUMN = Term("Autumn term", Dates(date(2026, 9, 2), date(2026, 12, 18)), Dates(date(2026, 10, 26), date(2026, 10, 30)))
SPRING = Term("Spring term", Dates(date(2027, 1, 5), date(2027, 4, 1)))


def weekly(*days: Day) -> tuple[Day, ...]:
    return (*days, *(((),) * (7 - len(days))))


def a_timetable(**parts: object) -> SchoolTimetable:
    whole = SchoolTimetable(
        years=(SchoolYear("2026/27", (AUTUMN, SPRING)),),
        closures=(
            Closure("INSET day", ClosureKind.INSET, Dates(date(2026, 11, 27), date(2026, 11, 27))),
            Closure("Frozen pipes", ClosureKind.CLOSURE, Dates(date(2026, 12, 1), date(2026, 12, 2))),
        ),
        plans=(
            DayPlan(ROBINS, weekly(MORNING, MORNING, MORNING, MORNING, MORNING)),
            DayPlan(HALL, weekly((), (CLUB,))),
            DayPlan(CATERING, weekly((block("11:00", "13:30", name="Serving lunch"),))),
        ),
    )
    return replace(whole, **parts)  # type: ignore[arg-type]  # each test names fields of the timetable


spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: Span(min(pair), max(max(pair), min(pair) + 1))
)
blocks = st.builds(PlannedBlock, spans, st.sampled_from(BlockKind), st.sampled_from(("Lessons", "Club")))
days = st.lists(blocks, max_size=4).map(tuple)
dates = st.dates(date(2026, 8, 1), date(2027, 8, 31))
ranges = st.tuples(dates, dates).map(lambda pair: Dates(min(pair), max(pair)))
targets = st.sampled_from((ROBINS, HALL, CATERING))
timetables = st.builds(
    SchoolTimetable,
    years=st.lists(
        st.builds(SchoolYear, st.just("y"), st.lists(st.builds(Term, st.just("t"), ranges), max_size=3).map(tuple)),
        max_size=2,
    ).map(tuple),
    closures=st.lists(st.builds(Closure, st.just("c"), st.sampled_from(ClosureKind), ranges), max_size=2).map(tuple),
    plans=st.lists(
        st.builds(DayPlan, targets, st.tuples(*[days] * 7)), max_size=3, unique_by=lambda plan: plan.target
    ).map(tuple),
    one_offs=st.lists(st.builds(OneOff, dates, targets, st.booleans(), days, days), max_size=4).map(tuple),
)
