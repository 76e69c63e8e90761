"""The day as strips, one for each set of rooms that share it: damson, pale green, children staying in, a needle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Device, Point
from admin_web.database.publishing import DeviceStatus
from admin_web.database.room_states import RoomStateSet
from admin_web.queries.day_strip import away_spans, in_words, span_on
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.told import inside
from admin_web.rules.areas import area_of
from admin_web.rules.room_states import room_states_at
from broker.instants import read_instant
from policy.rules import DatedBlock, Span
from policy.timetable import format_minutes

_EARLIEST, _LATEST = 8 * 60, 16 * 60
_LETTER = 0.0088
"""Of the strip's width, for each letter of a name on it."""


@dataclass(frozen=True, slots=True)
class StripPiece:
    """A stretch of the day, as parts of the strip's width."""

    x: float
    width: float
    name: str | None
    children_in: bool = False


@dataclass(frozen=True, slots=True)
class RoomsStrip:
    """Some rooms that have the same day."""

    label: str
    every: str
    """All their names."""
    pieces: tuple[StripPiece, ...]
    words: str


@dataclass(frozen=True, slots=True)
class TodayStrips:
    """All strips of a day on one scale."""

    strips: tuple[RoomsStrip, ...]
    hours: tuple[tuple[float, int], ...]
    needle: float | None
    now: str
    next_open: str | None
    """`break at 10:30`, for the largest set of rooms where phones stay away now."""


_Day = tuple[tuple[DatedBlock, ...], tuple[Span, ...]]


def today_strips(
    session: Session,
    points: Sequence[Point],
    blocks: Mapping[str, tuple[DatedBlock, ...]],
    times: SchoolTime,
    now: datetime,
) -> TodayStrips | None:
    """Lay the day out; rooms without anything restricted today are left out, None where none is left."""
    shared: dict[_Day, list[str]] = {}
    by_badge, said = _said_by_badges(session, now), _is_anything_said(session, times)
    for point in points:
        here = tuple(block for block in blocks.get(point.id, ()) if block.group is None)
        children = _children_in(session, point.id, times, now, by_badge.get(point.id), said)
        if here or children:
            shared.setdefault((here, children), []).append(point.name)
    if not shared:
        return None
    local = times.local(now)
    minute = local.hour * 60 + local.minute
    spans = [span for here, children in shared for _, span in (*away_spans(here), *(("", one) for one in children))]
    first = min([_EARLIEST, minute, *(span.start for span in spans)]) // 60 * 60
    last = -(-max([_LATEST, minute, *(span.end for span in spans)]) // 60) * 60

    def place(at: int) -> float:
        return round((at - first) / (last - first), 4)

    def piece(name: str, span: Span, children_in: bool = False) -> StripPiece:
        width = round(place(span.end) - place(span.start), 4)
        return StripPiece(place(span.start), width, name if width > _LETTER * (len(name) + 2) else None, children_in)

    ordered = sorted(shared.items(), key=lambda one: -len(one[1]))
    strips = tuple(
        RoomsStrip(
            label=_label(names, len(points)),
            every=", ".join(names),
            pieces=(
                *(piece(name, span) for name, span in away_spans(here)),
                *(piece("Children in", span, True) for span in children),
            ),
            words=in_words(here) + "".join(f"; children staying in {_from_to(span)}" for span in children),
        )
        for (here, children), names in ordered
    )
    step = 1 if last - first <= 11 * 60 else 2
    return TodayStrips(
        strips=strips,
        hours=tuple((place(hour * 60), hour) for hour in range(first // 60, last // 60 + 1, step)),
        needle=place(minute),
        now=format_minutes(minute),
        next_open=next(
            (
                f"{_label(names, len(points))}, {opens}" if len(ordered) > 1 else opens
                for (here, _), names in ordered
                if (opens := _next_open(here, minute))
            ),
            None,
        ),
    )


def _label(names: Sequence[str], total: int) -> str:
    if len(names) == total and total > 1:
        return "Every room"
    if len(names) == 1:
        return names[0]
    return f"{names[0]} and {len(names) - 1} more"


def _next_open(blocks: Sequence[DatedBlock], minute: int) -> str | None:
    """When phones may next be taken out, while they stay away."""
    away = [span for _, span in away_spans(blocks)]
    now = next((span for span in away if minute in span), None)
    if now is None:
        return None
    end, moved = now.end, True
    while moved:  # blocks that follow each other without a pause are one
        longer = max([span.end for span in away if span.start <= end < span.end], default=end)
        moved, end = longer != end, longer
    names = [inside(break_name(block, hole)) for block in blocks for hole in block.breaks if end in hole]
    return " at ".join((*names[:1], format_minutes(end)))


def break_name(block: DatedBlock, hole: Span) -> str:
    """Name a break: by its own name where the day plan gives it one."""
    return block.name if block.span == hole else "Break"


def _children_in(
    session: Session, point: str, times: SchoolTime, now: datetime, until: datetime | None, is_said: bool
) -> tuple[Span, ...]:
    """Children staying in today: as the office said it, or a badge at the cabinet."""
    begins, _ = times.bounds(times.today)
    states = room_states_at(session, point, area_of(session, point), begins) if is_said else ()
    said = [(one.starts, one.ends) for one in states]
    if until is not None and until > now:
        said.append((now, until))
    spans = (span_on(times, times.today, starts, ends) for starts, ends in said)
    return tuple(span for span in spans if span is not None)


def _is_anything_said(session: Session, times: SchoolTime) -> bool:
    """Whether the office has said it of any room today, which on most days it has not."""
    begins, _ = times.bounds(times.today)
    said = select(RoomStateSet.id).where(RoomStateSet.ended_at.is_(None), RoomStateSet.ends > begins)
    return session.scalar(said.limit(1)) is not None


def _said_by_badges(session: Session, now: datetime) -> dict[str, datetime]:
    """Until when cabinets say that children stay in, by point."""
    rows = session.execute(
        select(Device.point_id, DeviceStatus.status)
        .join(DeviceStatus, DeviceStatus.device == Device.id)
        .where(Device.point_id.is_not(None), DeviceStatus.status.contains("children_in_until"))
    )
    found: dict[str, datetime] = {}
    for point, status in rows:
        said = json.loads(status).get("children_in_until")
        try:
            until = read_instant(said) if isinstance(said, str) else None
        except ValueError:
            continue
        if until is not None and until > now:
            found[str(point)] = until
    return found


def _from_to(span: Span) -> str:
    return f"{format_minutes(span.start)} to {format_minutes(span.end)}"
