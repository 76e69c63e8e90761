"""The day as a strip: where phones stay away, where taking out is allowed, and a needle for one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from admin_web.queries.school_time import SchoolTime
from policy.rules import MINUTES_OF_A_DAY, DatedBlock, Span
from policy.timetable import BlockRow, dated_blocks_of, format_minutes

WIDTH = 520
_LEFT, _RIGHT = 76, 8
_EARLIEST, _LATEST = 8 * 60, 16 * 60


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch in which phones stay away, placed on the strip."""

    x: float
    width: float
    name: str | None
    """Written on it where there is room."""


@dataclass(frozen=True, slots=True)
class DayStrip:
    """One place on one day, ready to be drawn; all lengths in the units of the drawing."""

    place: str
    left: int
    width: int
    pieces: tuple[Piece, ...]
    hours: tuple[tuple[float, int], ...]
    needle: float | None
    needle_text: str | None
    words: str
    """The same in words, for those who do not see it."""
    hatched: tuple[Piece, ...] = ()
    """Children staying in, over whatever the timetable says."""


def day_strip(place: str, rows: Sequence[BlockRow], day: date, minute: int | None = None) -> DayStrip:
    """Lay the rows of a day out; `minute` of local wall time is where the needle stands."""
    return strip_of(place, dated_blocks_of(rows, day, day), minute)


def strip_of(
    place: str, blocks: Sequence[DatedBlock], minute: int | None = None, children: Sequence[Span] = ()
) -> DayStrip:
    """Lay the blocks of one day out; `minute` of local wall time is where the needle stands."""
    away = away_spans(blocks)
    spans = [*(span for _, span in away), *children]
    ends = [span.end for span in spans] + ([] if minute is None else [minute])
    starts = [span.start for span in spans] + ([] if minute is None else [minute])
    first = min([_EARLIEST, *starts]) // 60 * 60
    last = -(-max([_LATEST, *ends]) // 60) * 60
    width = WIDTH - _LEFT - _RIGHT

    def place_of(at: int) -> float:
        return round(_LEFT + (at - first) * width / (last - first), 1)

    step = 1 if last - first <= 10 * 60 else 2
    return DayStrip(
        place=place if len(place) <= 10 else place[:9] + "…",
        left=_LEFT,
        width=width,
        pieces=tuple(_piece(name, span, place_of) for name, span in away),
        hours=tuple((place_of(hour * 60), hour) for hour in range(first // 60, last // 60 + 1, step)),
        needle=None if minute is None else place_of(minute),
        needle_text=None if minute is None else format_minutes(minute),
        words="; ".join((in_words(blocks), *(f"children staying in {_from_to(span)}" for span in children))),
        hatched=tuple(_piece("", span, place_of) for span in children),
    )


def span_on(times: SchoolTime, day: date, starts: datetime, ends: datetime) -> Span | None:
    """Cut what lasts from one instant until another to a local day; None where it does not reach that day."""
    first, last = times.local(starts), times.local(ends)
    start = first.hour * 60 + first.minute if first.date() == day else 0
    end = last.hour * 60 + last.minute if last.date() == day else MINUTES_OF_A_DAY
    return Span(start, end) if first.date() <= day <= last.date() and start < end else None


def away_spans(blocks: Sequence[DatedBlock]) -> list[tuple[str, Span]]:
    """Cut the breaks out of the blocks: what is left is when phones stay away."""
    spans: list[tuple[str, Span]] = []
    for block in blocks:
        start = block.span.start
        for hole in block.breaks:
            if hole.start > start:
                spans.append((block.name, Span(start, hole.start)))
            start = max(start, hole.end)
        if start < block.span.end:
            spans.append((block.name, Span(start, block.span.end)))
    return spans


def in_words(blocks: Sequence[DatedBlock]) -> str:
    """Say a day's blocks and breaks in words."""
    if not blocks:
        return "Nothing is restricted on this day."
    return "; ".join(
        f"{block.name} {_from_to(block.span)}"
        + ("" if block.breaks == (block.span,) else "".join(f", break {_from_to(hole)}" for hole in block.breaks))
        for block in blocks
    )


def _piece(name: str, span: Span, place_of: Callable[[int], float]) -> Piece:
    x, end = place_of(span.start), place_of(span.end)
    width = round(end - x, 1)
    return Piece(x, width, name if width > 7.5 * len(name) + 14 else None)


def _from_to(span: Span) -> str:
    return f"{format_minutes(span.start)} to {format_minutes(span.end)}"
