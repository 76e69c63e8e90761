"""Restricted times as the office edits them: rows, and the edition an ETag names."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.database.restricted import RestrictedTimes
from admin_web.errors import NotFound
from admin_web.rules.blocks import block_rows
from policy.timetable import BlockRow


@dataclass(frozen=True, slots=True)
class PointTimes:
    """One point's restricted times."""

    point: str
    name: str
    kind: str
    rows: tuple[BlockRow, ...]
    etag: int


def read_times(session: Session, point_id: str) -> PointTimes:
    """Read the restricted times of a point. Raises NotFound."""
    point = session.get(Point, point_id)
    if point is None:
        raise NotFound("There is no such point.", what_to_do="Look on the page Restricted times.", field="point")
    return times_of(session, point)


def times_of(session: Session, point: Point) -> PointTimes:
    """Read the restricted times of a point that was read already."""
    times = session.get(RestrictedTimes, point.id)
    return PointTimes(
        point.id, point.name, point.kind, block_rows(session, point.id), 1 if times is None else times.etag
    )
