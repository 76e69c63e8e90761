"""Restricted times of a point: its own rows or this week of the timetable, and the edition an ETag names."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.database.restricted import RestrictedTimes
from admin_web.database.timetable import Area
from admin_web.errors import NotFound
from admin_web.rules.blocks import block_rows
from admin_web.rules.timetables import live_timetable
from policy.school_timetable import rows_of_week
from policy.timetable import BlockRow


@dataclass(frozen=True, slots=True)
class PointTimes:
    """One point's restricted times."""

    point: str
    name: str
    kind: str
    rows: tuple[BlockRow, ...]
    etag: int
    own: bool = True
    """Whether the rows are the point's own; else they are this week of its area's timetable."""
    area: str | None = None
    area_name: str = ""


def read_times(session: Session, point_id: str, today: date | None = None) -> PointTimes:
    """Read the restricted times of a point; without `today` nothing is read from the timetable. Raises NotFound."""
    point = session.get(Point, point_id)
    if point is None:
        raise NotFound("There is no such point.", what_to_do="Look on the page Restricted times.", field="point")
    return times_of(session, point, today)


def times_of(session: Session, point: Point, today: date | None = None) -> PointTimes:
    """Read the restricted times of a point that was read already."""
    times = session.get(RestrictedTimes, point.id)
    own = times is None or times.own
    rows: tuple[BlockRow, ...] = ()
    if own:
        rows = block_rows(session, point.id)
    elif today is not None:
        rows = rows_of_week(live_timetable(session), point.area_id, today)
    area = None if point.area_id is None else session.get(Area, point.area_id)
    return PointTimes(
        point=point.id,
        name=point.name,
        kind=point.kind,
        rows=rows,
        etag=1 if times is None else times.etag,
        own=own,
        area=point.area_id,
        area_name="" if area is None else area.name,
    )
