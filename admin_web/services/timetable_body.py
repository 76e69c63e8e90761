"""The timetable as JSON, as the API, the import file and the database hold it, and the value it stands for."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from admin_web.errors import Invalid
from admin_web.services.bodies import MOST, Body, Text, Weekday, read_date, read_span
from policy.day_plan import BlockKind, Day, DayPlan, OneOff, PlannedBlock, Target
from policy.school_calendar import Closure, ClosureKind, Dates, SchoolYear, Term
from policy.school_timetable import SchoolTimetable
from policy.working_hours import WEEKDAYS


class DatesBody(Body):
    """Days from the first to the last, YYYY-MM-DD, both included."""

    first: Text
    last: Text


class TermBody(DatesBody):
    """A term with its half term."""

    name: Text
    half_term: DatesBody | None = None


class YearBody(Body):
    """A school year."""

    name: Text
    terms: Annotated[tuple[TermBody, ...], Field(max_length=20)] = ()


class ClosureBody(Body):
    """An INSET day, a bank holiday or another closure; `last` may be left out for one day."""

    name: Text
    kind: ClosureKind = ClosureKind.CLOSURE
    first: Text
    last: Text | None = None


class PlannedBlockBody(Body):
    """A block of a day; without a name it is called after its kind."""

    kind: BlockKind
    name: Text | None = None
    starts: Annotated[str, Field(alias="from")]
    until: str


Blocks = Annotated[tuple[PlannedBlockBody, ...], Field(max_length=MOST)]


class _ForBody(Body):
    area: Text | None = None
    group: Text | None = None


class PlanBody(_ForBody):
    """The usual week of an area or of a staff group."""

    days: Mapping[Weekday, Blocks] = {}


class OneOffBody(_ForBody):
    """What is otherwise on one date: `blocks` in place of the usual ones, or more of them and some `removed`."""

    date: Text
    replaces: bool = True
    blocks: Blocks = ()
    removed: Blocks = ()


class CalendarBody(Body):
    """School years and closures, as GET and PUT calendar have them."""

    years: Annotated[tuple[YearBody, ...], Field(max_length=MOST)] = ()
    closures: Annotated[tuple[ClosureBody, ...], Field(max_length=MOST)] = ()


class TimetableBody(CalendarBody):
    """The whole timetable, as GET and PUT timetable and the import file have it."""

    plans: Annotated[tuple[PlanBody, ...], Field(max_length=MOST)] = ()
    one_offs: Annotated[tuple[OneOffBody, ...], Field(max_length=2000)] = ()


def timetable_of(body: TimetableBody) -> SchoolTimetable:
    """Turn the document into the value. Raises Invalid naming the field of what is no date, time or target."""
    years, closures = calendar_of(body)
    return SchoolTimetable(
        years=years,
        closures=closures,
        plans=tuple(_plan(plan, f"plans[{number}]") for number, plan in enumerate(body.plans)),
        one_offs=tuple(_one_off(one, f"one_offs[{number}]") for number, one in enumerate(body.one_offs)),
    )


def calendar_of(body: CalendarBody) -> tuple[tuple[SchoolYear, ...], tuple[Closure, ...]]:
    """Turn school years and closures into values. Raises Invalid naming the field."""
    years = tuple(
        SchoolYear(
            year.name,
            tuple(_term(term, f"years[{number}].terms[{place}]") for place, term in enumerate(year.terms)),
        )
        for number, year in enumerate(body.years)
    )
    closures = tuple(
        Closure(one.name, one.kind, read_dates(one.first, one.last or one.first, f"closures[{number}]"))
        for number, one in enumerate(body.closures)
    )
    return years, closures


def read_dates(first: str, last: str, field: str) -> Dates:
    """Read two days, the earlier one first. Raises Invalid naming the field."""
    start, end = read_date(first, f"{field}.first"), read_date(last, f"{field}.last")
    if end < start:
        raise Invalid(
            f"{last} comes before {first}.", what_to_do="Give the first day, then the last one.", field=f"{field}.last"
        )
    return Dates(start, end)


def _term(term: TermBody, field: str) -> Term:
    half = term.half_term
    return Term(
        term.name,
        read_dates(term.first, term.last, field),
        None if half is None else read_dates(half.first, half.last, f"{field}.half_term"),
    )


def _plan(plan: PlanBody, field: str) -> DayPlan:
    given: dict[str, tuple[PlannedBlockBody, ...]] = dict(plan.days.items())
    days = tuple(_blocks(given.get(weekday, ()), f"{field}.days.{weekday}") for weekday in WEEKDAYS)
    return DayPlan(_target(plan, field), days)


def _one_off(one: OneOffBody, field: str) -> OneOff:
    return OneOff(
        date=read_date(one.date, f"{field}.date"),
        target=_target(one, field),
        replaces=one.replaces,
        blocks=_blocks(one.blocks, f"{field}.blocks"),
        removed=_blocks(one.removed, f"{field}.removed"),
    )


def _blocks(blocks: tuple[PlannedBlockBody, ...], field: str) -> Day:
    return tuple(
        PlannedBlock(
            read_span(block.starts, block.until, f"{field}[{place}]"),
            block.kind,
            block.kind.words if block.name is None else block.name,
        )
        for place, block in enumerate(blocks)
    )


def _target(body: _ForBody, field: str) -> Target:
    if (body.area is None) == (body.group is None):
        raise Invalid(
            "A plan is for a place or for a staff group.",
            what_to_do="Give `area` or `group`, and not both.",
            field=f"{field}.area",
        )
    return Target(body.area, body.group)
