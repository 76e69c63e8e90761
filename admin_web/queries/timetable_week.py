"""A week of the timetable as a picture: damson where phones stay away, breaks by name, changes and conflicts marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from policy.day_plan import Day, PlannedBlock, PlannedWeek, Target, overlaps_of
from policy.rules import Span
from policy.school_calendar import MONTHS, WEEKDAY_NAMES, days_of, find_closure, find_term
from policy.school_timetable import SchoolTimetable
from policy.timetable import format_minutes

HOUR = 56
LEFT, TOP, GAP, COLUMN = 62, 46, 8, 114
_EARLIEST, _LATEST = 8 * 60, 17 * 60
_LETTERS = 14
"""Of a name that fit into a column."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One block placed in the picture."""

    place: int
    """Its place in the day; -1 for one that is gone from the draft."""
    y: float
    height: float
    name: str
    span: str
    words: str
    """`Tuesday, lessons 10:45 to 12:00`, for those who do not see it."""
    marks: str
    """Classes: `break`, `changed`, `selected`, `conflict`, `gone`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day."""

    day: int
    x: int
    title: str
    note: str
    """Why the day is empty: `INSET day`, `Holidays`; the date otherwise."""
    closed: bool
    date: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The week, ready to be drawn; lengths in the units of the drawing."""

    width: int
    height: int
    top: int
    column: int
    first: int
    """Minutes of wall time at the top."""
    hour: int
    columns: tuple[Column, ...]
    hours: tuple[tuple[float, str], ...]
    lines: tuple[str, ...] = field(default=())
    """The days in words."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned, and nothing is gone."""
        return not any(column.cells for column in self.columns)


@dataclass(frozen=True, slots=True)
class Selected:
    """The block that the form is about."""

    day: int
    block: PlannedBlock | None


def usual_week(week: PlannedWeek, before: PlannedWeek, selected: Sequence[Selected] = ()) -> Week:
    """Draw the usual week; `before` is what is live, against which changes are marked."""
    titles = [(WEEKDAY_NAMES[day], "", False, "") for day in range(7)]
    return _draw(tuple(tuple(sorted(day)) for day in week), before, titles, selected)


def dated_week(timetable: SchoolTimetable, live: SchoolTimetable, target: Target, monday: date) -> Week:
    """Draw a week as it will be, with closures and one-off changes."""
    days = list(days_of(monday, monday + timedelta(days=6)))
    titles = []
    for day in days:
        closure = find_closure(timetable.closures, day)
        why = "" if closure is None else closure.name
        if not why and find_term(timetable.years, day) is None:
            why = "Not in term"
        note = why or ("Changed for this day" if timetable.one_off_of(target, day) is not None else "")
        titles.append(
            (
                f"{WEEKDAY_NAMES[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}",
                note,
                bool(why),
                day.isoformat(),
            )
        )
    shown = tuple(timetable.day_of(target, day) for day in days)
    return _draw(shown, tuple(live.day_of(target, day) for day in days), titles, ())


def _draw(
    week: PlannedWeek, before: PlannedWeek, titles: Sequence[tuple[str, str, bool, str]], selected: Sequence[Selected]
) -> Week:
    every = [block.span for day in (*week, *before) for block in day]
    first = min([_EARLIEST, *(span.start for span in every)]) // 60 * 60
    last = -(-max([_LATEST, *(span.end for span in every)]) // 60) * 60
    shown = max([5, *(number + 1 for number in range(7) if week[number] or before[number])])

    def y_of(minute: int) -> float:
        return round(TOP + (minute - first) * HOUR / 60, 1)

    columns = []
    for number in range(shown):
        title, note, closed, iso = titles[number]
        columns.append(
            Column(
                day=number,
                x=LEFT + number * (COLUMN + GAP),
                title=title,
                note=_fit(note),
                closed=closed,
                date=iso,
                cells=tuple(
                    Cell(
                        place=place,
                        y=y_of(block.span.start),
                        height=round(y_of(block.span.end) - y_of(block.span.start), 1),
                        name=_fit(block.name),
                        span=_times(block.span),
                        words=f"{title}, {block.name} {_from_to(block.span)}{_said(marks)}",
                        marks=marks,
                    )
                    for place, block, marks in _cells(number, week[number], before[number], selected)
                ),
            )
        )
    return Week(
        width=LEFT + shown * (COLUMN + GAP) - GAP,
        height=int(y_of(last)) + 10,
        top=TOP,
        column=COLUMN,
        first=first,
        hour=HOUR,
        columns=tuple(columns),
        hours=tuple((y_of(hour * 60), f"{hour}:00") for hour in range(first // 60, last // 60 + 1)),
        lines=tuple(_line(titles[number], week[number]) for number in range(shown)),
    )


def _cells(number: int, day: Day, before: Day, selected: Sequence[Selected]) -> list[tuple[int, PlannedBlock, str]]:
    clashing = {place for pair in overlaps_of(day) for place in pair}
    chosen = [one.block for one in selected if one.day == number]
    found = []
    for place, block in enumerate(day):
        marks = ["break" if block.kind.is_break else "away"]
        marks += ["changed"] if block not in before else []
        marks += ["selected"] if block in chosen else []
        marks += ["conflict"] if place in clashing else []
        found.append((place, block, " ".join(marks)))
    taken = {block.span for block in day}
    gone = [block for block in before if block not in day and not any(_meet(block.span, span) for span in taken)]
    return [*((-1, block, "gone") for block in gone), *found]


def _said(marks: str) -> str:
    says = {"changed": "changed, not live", "conflict": "overlaps another block", "gone": "taken out, not live"}
    return "".join(f", {words}" for mark, words in says.items() if mark in marks.split())


def _line(title: tuple[str, str, bool, str], day: Day) -> str:
    said = ", ".join(f"{block.name} {_from_to(block.span)}" for block in day) or "nothing"
    return f"{title[0]}{f' ({title[1]})' if title[1] else ''}: {said}"


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _times(span: Span) -> str:
    return f"{format_minutes(span.start)}–{format_minutes(span.end)}"


def _from_to(span: Span) -> str:
    return f"{format_minutes(span.start)} to {format_minutes(span.end)}"


def _fit(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"
