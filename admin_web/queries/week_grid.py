"""A point's week as a picture: each weekday a column, damson where phones stay away, breaks by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from admin_web.queries.day_strip import away_spans, in_words
from policy.rules import Span
from policy.timetable import BlockRow, dated_blocks_of, format_minutes

HOUR = 54
LEFT, TOP, GAP, COLUMN = 58, 34, 8, 114
_EARLIEST, _LATEST = 8 * 60, 16 * 60
_MONDAY = date(2024, 1, 1)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Area:
    """One block or break placed in the picture."""

    y: float
    height: float
    name: str
    span: str


@dataclass(frozen=True, slots=True)
class Column:
    """One weekday."""

    x: int
    name: str
    blocks: tuple[Area, ...]
    breaks: tuple[Area, ...]
    words: str


@dataclass(frozen=True, slots=True)
class WeekGrid:
    """The week, ready to be drawn; lengths in the units of the drawing."""

    width: int
    height: int
    top: int
    column: int
    columns: tuple[Column, ...]
    hours: tuple[tuple[float, str], ...]


def week_grid(rows: Sequence[BlockRow]) -> WeekGrid:
    """Lay the weekday rows out; Saturday and Sunday stand there only if something does on them."""
    weekly = [row for row in rows if row.weekday is not None]
    first = min([_EARLIEST, *(row.span.start for row in weekly)]) // 60 * 60
    last = -(-max([_LATEST, *(row.span.end for row in weekly)]) // 60) * 60
    shown = max([5, *(row.weekday + 1 for row in weekly if row.weekday is not None)])

    def y_of(minute: int) -> float:
        return round(TOP + (minute - first) * HOUR / 60, 1)

    def area(name: str, span: Span) -> Area:
        words = f"{format_minutes(span.start)}–{format_minutes(span.end)}"
        return Area(y_of(span.start), round(y_of(span.end) - y_of(span.start), 1), _fit(name), words)

    columns = []
    for number in range(shown):
        blocks = dated_blocks_of(weekly, _MONDAY + timedelta(days=number), _MONDAY + timedelta(days=number))
        columns.append(
            Column(
                x=LEFT + number * (COLUMN + GAP),
                name=_DAYS[number],
                blocks=tuple(area(name, span) for name, span in away_spans(blocks)),
                breaks=tuple(area("Break", hole) for block in blocks for hole in block.breaks),
                words=f"{_DAYS[number]}: {in_words(blocks)}",
            )
        )
    return WeekGrid(
        width=LEFT + shown * (COLUMN + GAP) - GAP,
        height=int(y_of(last)) + 8,
        top=TOP,
        column=COLUMN,
        columns=tuple(columns),
        hours=tuple((y_of(hour * 60), f"{hour}:00") for hour in range(first // 60, last // 60 + 1)),
    )


def _fit(name: str) -> str:
    return name if len(name) <= 13 else name[:12] + "…"
