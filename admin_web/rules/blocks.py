"""The restricted blocks a bundle carries: the point's own rows, or its area's timetable (flow 2, step 2)."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.restricted import RestrictedBlock, RestrictedBreak, RestrictedTimes
from admin_web.rules.areas import area_of
from admin_web.rules.timetables import live_timetable
from policy.rules import DatedBlock, Span
from policy.school_timetable import SchoolTimetable, dated_blocks_for
from policy.timetable import BlockRow, dated_blocks_of


def block_rows(session: Session, point: str) -> tuple[BlockRow, ...]:
    """Read a point's own restricted times as the rows that the office edits."""
    breaks: dict[int, list[Span]] = defaultdict(list)
    for one in session.scalars(
        select(RestrictedBreak)
        .join(RestrictedBlock, RestrictedBlock.id == RestrictedBreak.block_id)
        .where(RestrictedBlock.point_id == point)
        .order_by(RestrictedBreak.start)
    ):
        breaks[one.block_id].append(Span(one.start, one.end))
    blocks = session.scalars(
        select(RestrictedBlock)
        .where(RestrictedBlock.point_id == point)
        .order_by(
            RestrictedBlock.date.is_not(None),
            RestrictedBlock.weekday,
            RestrictedBlock.date,
            RestrictedBlock.start,
            RestrictedBlock.name,
        )
    )
    return tuple(
        BlockRow(
            weekday=block.weekday,
            date=block.date,
            span=Span(block.start, block.end),
            name=block.name,
            breaks=tuple(breaks[block.id]),
        )
        for block in blocks
    )


def has_own_times(session: Session, point: str) -> bool:
    """Tell whether a point has restricted times of its own; else it follows its area's timetable."""
    times = session.get(RestrictedTimes, point)
    return times is None or times.own


def dated_blocks(
    session: Session, point: str, first: date, last: date, timetable: SchoolTimetable | None = None
) -> tuple[DatedBlock, ...]:
    """Lay a point's blocks out over days, both included; with `timetable` as if that one were live.

    A point's own rows know no terms and no closures: they hold on every such weekday, as entered.
    """
    if has_own_times(session, point):
        return dated_blocks_of(block_rows(session, point), first, last)
    timetable = live_timetable(session) if timetable is None else timetable
    return dated_blocks_for(timetable, area=area_of(session, point), first=first, last=last)
