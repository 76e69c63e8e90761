"""The restricted blocks a bundle carries: weekday and date rows of the point, as dated ranges (flow 2, step 2)."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.restricted import RestrictedBlock, RestrictedBreak
from policy.rules import DatedBlock, Span
from policy.timetable import BlockRow, dated_blocks_of


def block_rows(session: Session, point: str) -> tuple[BlockRow, ...]:
    """Read a point's restricted times as the rows that the office edits."""
    breaks: dict[int, list[Span]] = defaultdict(list)
    for one in session.scalars(
        select(RestrictedBreak)
        .join(RestrictedBlock, RestrictedBlock.id == RestrictedBreak.block_id)
        .where(RestrictedBlock.point_id == point)
        .order_by(RestrictedBreak.start)
    ):
        breaks[one.block_id].append(Span(one.start, one.end))
    blocks = session.scalars(
        select(RestrictedBlock).where(RestrictedBlock.point_id == point).order_by(RestrictedBlock.start)
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


def dated_blocks(session: Session, point: str, first: date, last: date) -> tuple[DatedBlock, ...]:
    """Lay the rows out over the days of a bundle."""
    return dated_blocks_of(block_rows(session, point), first, last)
