"""Restricted times as the office enters them, rows of a weekday or a date, and the dated blocks they make (flow 2)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from policy.problem import Problem
from policy.rules import MINUTES_OF_A_DAY, DatedBlock, Span
from policy.working_hours import WEEKDAYS

NAME_LENGTH = 60
_TIME = re.compile(r"([0-9]{2}):([0-5][0-9])", re.ASCII)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One restricted block as entered: of a weekday (0 is Monday) or of one date, with its breaks."""

    weekday: int | None
    date: date | None
    span: Span
    name: str
    breaks: tuple[Span, ...] = ()


def parse_minutes(text: str) -> int:
    """Read "HH:MM" as minutes since midnight, 24:00 as 1440. Raises ValueError for anything else."""
    match = _TIME.fullmatch(text)
    minutes = MINUTES_OF_A_DAY + 1 if match is None else int(match[1]) * 60 + int(match[2])
    if minutes > MINUTES_OF_A_DAY:
        raise ValueError(f"{text!r} is not a time of the day: write it like 08:50, at the latest 24:00")
    return minutes


def format_minutes(minutes: int) -> str:
    """Write minutes since midnight as "HH:MM"; 1440 as 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def dated_blocks_of(rows: Iterable[BlockRow], first: date, last: date) -> tuple[DatedBlock, ...]:
    """Lay rows out over the days from `first` to `last`, both included; rows of a date replace that date's weekday."""
    rows = tuple(rows)
    dated = {row.date for row in rows if row.date is not None}
    blocks: list[DatedBlock] = []
    for day in _days(first, last):
        for row in rows:
            if (row.date == day) if day in dated else (row.date is None and row.weekday == day.weekday()):
                blocks.append(DatedBlock(day, row.span, row.name, tuple(sorted(row.breaks))))
    return tuple(sorted(blocks, key=lambda block: (block.date, block.span)))


def row_problems(rows: Sequence[BlockRow]) -> tuple[Problem, ...]:
    """List what is wrong with a point's rows, each with field and what to do; empty when they may be saved."""
    return (*(problem for place, row in enumerate(rows) for problem in _row(place, row)), *_overlaps(rows))


def _row(place: int, row: BlockRow) -> Iterator[Problem]:
    field = f"blocks[{place}]"
    if (row.weekday is None) == (row.date is None):
        yield Problem(f"{field}.weekday", "A block needs a weekday or a date, not both.", "Give exactly one of them.")
    if row.weekday is not None and not 0 <= row.weekday < len(WEEKDAYS):
        yield Problem(f"{field}.weekday", "That is not a weekday.", f"Use one of {', '.join(WEEKDAYS)}.")
    if not row.name.strip():
        yield Problem(f"{field}.name", "The block has no name.", "Name it, for example Morning lessons.")
    elif len(row.name) > NAME_LENGTH:
        yield Problem(f"{field}.name", f"The name is longer than {NAME_LENGTH} letters.", "Shorten it.")
    for number, hole in enumerate(row.breaks):
        if hole.start < row.span.start or hole.end > row.span.end:
            yield Problem(
                f"{field}.breaks[{number}]",
                f"The break {_words(hole)} does not lie within its block {_words(row.span)}.",
                "Let it begin and end inside the block, or make the block longer.",
            )
    ordered = sorted(row.breaks)
    if any(later.start < earlier.end for earlier, later in zip(ordered, ordered[1:], strict=False)):
        yield Problem(f"{field}.breaks", "Two breaks of this block overlap.", "Join them or move one of them.")


def _overlaps(rows: Sequence[BlockRow]) -> Iterator[Problem]:
    """Compare blocks of the same day; a date's rows never meet its weekday's, which they replace."""
    ordered = sorted(enumerate(rows), key=lambda entry: (entry[1].span, entry[0]))
    reached: dict[tuple[int | None, date | None], BlockRow] = {}
    for place, row in ordered:
        day = (row.weekday, row.date)
        before = reached.get(day)
        if before is not None and row.span.start < before.span.end:
            yield Problem(
                f"blocks[{place}]",
                f"{row.name} {_words(row.span)} overlaps {before.name} {_words(before.span)} on {_name_day(row)}.",
                "Move one of the two blocks, or join them.",
            )
        if before is None or row.span.end > before.span.end:
            reached[day] = row


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _words(span: Span) -> str:
    return f"{format_minutes(span.start)}-{format_minutes(span.end)}"


def _name_day(row: BlockRow) -> str:
    if row.date is not None:
        return row.date.isoformat()
    return _DAYS[row.weekday] if row.weekday is not None and 0 <= row.weekday < len(_DAYS) else "the same day"
