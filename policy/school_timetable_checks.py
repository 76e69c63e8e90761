"""What is wrong with a timetable, so that it is not saved, and what should be looked at first: overlaps, gaps."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from policy.day_plan import Day, PlannedBlock, Target, gaps_of, overlaps_of
from policy.problem import Problem
from policy.rules import Span
from policy.school_calendar import WEEKDAY_NAMES, Dates, Term, day_words, find_closure, find_term, words_of
from policy.school_timetable import SchoolTimetable
from policy.staff_groups import GROUPS
from policy.timetable import NAME_LENGTH, format_minutes
from policy.working_hours import WEEKDAYS

LONGEST_YEAR = 400
"""Days a school year or closure may last."""
YEARS = (2000, 2100)
MOST_PLANS, MOST_BLOCKS, MOST_CLOSURES, MOST_ONE_OFFS = 200, 40, 400, 1000

Names = Mapping[str, str]
"""An area's name by its id."""


def timetable_problems(timetable: SchoolTimetable, names: Names) -> tuple[Problem, ...]:
    """List what keeps a timetable from being saved, each with the field of its document; `names` are the areas."""
    return (
        *_too_many(timetable),
        *_years(timetable),
        *_closures(timetable),
        *_plans(timetable, names),
        *_one_offs(timetable, names),
    )


def timetable_warnings(timetable: SchoolTimetable, names: Names) -> tuple[Problem, ...]:
    """List what should be looked at: gaps in a day, a change on a closed day, plans that no term lets happen."""
    return (*_gaps(timetable, names), *_idle(timetable, names))


def day_warnings(day: Day, place: str, when: str, field: str) -> tuple[Problem, ...]:
    """List the gaps of one day."""
    return tuple(
        Problem(
            field,
            f"{when}, {place}: nothing from {_from_to(gap)}.",
            "Phones may be taken out then; add a block if they should not be.",
        )
        for gap in gaps_of(day)
    )


def day_problems(day: Day, place: str, when: str, field: str) -> tuple[Problem, ...]:
    """List what is wrong with the blocks of one day: names and overlaps."""
    return (*_names(day, field), *_overlaps(day, place, when, field))


def name_of(target: Target, names: Names) -> str:
    """Name an area, or the staff group as `group catering`."""
    return names.get(target.area, target.area) if target.area is not None else f"group {target.group}"


def _too_many(timetable: SchoolTimetable) -> Iterator[Problem]:
    for field, there, most in (
        ("years", len(timetable.years), 20),
        ("closures", len(timetable.closures), MOST_CLOSURES),
        ("plans", len(timetable.plans), MOST_PLANS),
        ("one_offs", len(timetable.one_offs), MOST_ONE_OFFS),
    ):
        if there > most:
            yield Problem(field, f"There are {there} of these, more than {most}.", "Leave out what is long over.")


def _years(timetable: SchoolTimetable) -> Iterator[Problem]:
    seen: list[tuple[Term, str]] = []
    named: set[str] = set()
    for number, year in enumerate(timetable.years):
        at = f"years[{number}]"
        yield from _name(year.name, f"{at}.name", "The school year")
        if year.name in named:
            yield Problem(f"{at}.name", f"There are two school years {year.name}.", "Name each of them once.")
        named.add(year.name)
        for place, term in enumerate(year.terms):
            yield from _term(term, f"{at}.terms[{place}]", seen)
            seen.append((term, year.name))
        days = [day for term in year.terms for day in (term.dates.first, term.dates.last)]
        if days and (max(days) - min(days)).days >= LONGEST_YEAR:
            yield Problem(
                f"{at}.terms", f"{year.name} lasts longer than {LONGEST_YEAR} days.", "Make a school year of each."
            )


def _term(term: Term, at: str, before: Iterable[tuple[Term, str]]) -> Iterator[Problem]:
    yield from _name(term.name, f"{at}.name", "The term")
    yield from _in_reach(term.dates, at)
    half = term.half_term
    if half is not None and not (term.dates.first <= half.first and half.last <= term.dates.last):
        yield Problem(
            f"{at}.half_term.first",
            f"The half term {words_of(half)} does not lie in {term.name}, {words_of(term.dates)}.",
            "Let it begin and end within the term.",
        )
    for other, year in before:
        if other.dates.first <= term.dates.last and term.dates.first <= other.dates.last:
            yield Problem(
                f"{at}.first",
                f"{term.name} overlaps {other.name} of {year}, {words_of(other.dates)}.",
                "Let one end before the other begins.",
            )


def _closures(timetable: SchoolTimetable) -> Iterator[Problem]:
    for number, closure in enumerate(timetable.closures):
        at = f"closures[{number}]"
        yield from _name(closure.name, f"{at}.name", "The closure")
        yield from _in_reach(closure.dates, at)
        if len(closure.dates) > LONGEST_YEAR:
            yield Problem(f"{at}.last", f"{closure.name} lasts longer than a year.", "Give the day on which it ends.")
        if closure in timetable.closures[:number]:
            yield Problem(f"{at}.name", f"{closure.name} stands there twice.", "Remove one of the two.")


def _plans(timetable: SchoolTimetable, names: Names) -> Iterator[Problem]:
    seen: set[Target] = set()
    for number, plan in enumerate(timetable.plans):
        at = f"plans[{number}]"
        yield from _target(plan.target, at, names)
        if plan.target in seen:
            yield Problem(at, f"There are two plans for {name_of(plan.target, names)}.", "Put them into one.")
        seen.add(plan.target)
        for weekday, day in enumerate(plan.days):
            field = f"{at}.days.{WEEKDAYS[weekday]}"
            yield from day_problems(day, name_of(plan.target, names), WEEKDAY_NAMES[weekday], field)


def _one_offs(timetable: SchoolTimetable, names: Names) -> Iterator[Problem]:
    seen: set[tuple[date, Target]] = set()
    for number, one in enumerate(timetable.one_offs):
        at = f"one_offs[{number}]"
        yield from _target(one.target, at, names)
        yield from _in_reach(Dates(one.date, one.date), at, "date")
        if (one.date, one.target) in seen:
            yield Problem(
                f"{at}.date",
                f"{name_of(one.target, names)} is changed twice on {day_words(one.date)}.",
                "Put both into one.",
            )
        seen.add((one.date, one.target))
        yield from _names(one.blocks, f"{at}.blocks")
        day = one.apply(timetable.week_of(one.target)[one.date.weekday()])
        yield from _overlaps(
            day, name_of(one.target, names), day_words(one.date), f"{at}.blocks", count=len(one.blocks)
        )


def _gaps(timetable: SchoolTimetable, names: Names) -> Iterator[Problem]:
    for number, plan in enumerate(timetable.plans):
        for weekday, day in enumerate(plan.days):
            field = f"plans[{number}].days.{WEEKDAYS[weekday]}"
            yield from day_warnings(day, name_of(plan.target, names), WEEKDAY_NAMES[weekday], field)
    for number, one in enumerate(timetable.one_offs):
        day = one.apply(timetable.week_of(one.target)[one.date.weekday()])
        yield from day_warnings(day, name_of(one.target, names), day_words(one.date), f"one_offs[{number}].blocks")


def _idle(timetable: SchoolTimetable, names: Names) -> Iterator[Problem]:
    if timetable.plans and not any(year.terms for year in timetable.years):
        yield Problem("years", "There is no term yet, so the plans restrict nothing.", "Enter the terms.")
    for number, one in enumerate(timetable.one_offs):
        at, place = f"one_offs[{number}]", name_of(one.target, names)
        closure = find_closure(timetable.closures, one.date)
        if find_term(timetable.years, one.date) is None or closure is not None:
            why = "outside the terms" if closure is None else closure.name
            yield Problem(
                f"{at}.date",
                f"{day_words(one.date)} is {why}, so the change for {place} has no effect.",
                "Choose another day, or leave it out.",
            )
        usual = timetable.week_of(one.target)[one.date.weekday()]
        for block in one.removed:
            if block not in usual:
                yield Problem(
                    f"{at}.removed",
                    f"{day_words(one.date)}, {place}: {_words(block)} is to be left out, and is not in the usual day.",
                    "Look at that day again.",
                )


def _target(target: Target, at: str, names: Names) -> Iterator[Problem]:
    if target.group is not None and target.group not in GROUPS:
        yield Problem(f"{at}.group", f"“{target.group}” is no staff group.", f"Choose one of {', '.join(GROUPS)}.")
    if target.area is not None and target.area not in names:
        yield Problem(f"{at}.area", f"“{target.area}” is not a place.", "Choose one of the places, or add it first.")


def _names(day: Day, field: str) -> Iterator[Problem]:
    if len(day) > MOST_BLOCKS:
        yield Problem(field, f"There are more than {MOST_BLOCKS} blocks on one day.", "Join some of them.")
    for place, block in enumerate(day):
        yield from _name(block.name, f"{field}[{place}].name", "The block")


def _overlaps(day: Day, place: str, when: str, field: str, *, count: int | None = None) -> Iterator[Problem]:
    for later, earlier in overlaps_of(day):
        at = f"{field}[{later}]" if count is None else field
        yield Problem(
            at,
            f"{_words(day[later])} overlaps {_words(day[earlier])}: {when}, {place}.",
            "Move one of the two blocks, or join them.",
        )


def _name(name: str, field: str, what: str) -> Iterator[Problem]:
    if not name.strip():
        yield Problem(field, f"{what} has no name.", "Write one.")
    elif len(name) > NAME_LENGTH:
        yield Problem(field, f"The name is longer than {NAME_LENGTH} letters.", "Shorten it.")


def _in_reach(dates: Dates, at: str, field: str = "first") -> Iterator[Problem]:
    if not (YEARS[0] <= dates.first.year and dates.last.year <= YEARS[1]):
        yield Problem(f"{at}.{field}", "That date is too far away.", f"Use years from {YEARS[0]} to {YEARS[1]}.")


def _words(block: PlannedBlock) -> str:
    return f"{block.name} {format_minutes(block.span.start)}-{format_minutes(block.span.end)}"


def _from_to(span: Span) -> str:
    return f"{format_minutes(span.start)} to {format_minutes(span.end)}"
