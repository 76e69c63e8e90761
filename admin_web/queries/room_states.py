"""Where children are staying in: said in the web view, or by a badge at a cabinet. For the page and the API."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Device, Point
from admin_web.database.publishing import DeviceStatus
from admin_web.database.room_states import RoomStateOver, RoomStateSet
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.names import actor_names
from admin_web.queries.obeying import Obeying, obeying
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.areas import area_names, points_of_areas
from broker.instants import read_instant
from policy.rules import Revision


@dataclass(frozen=True, slots=True)
class RoomStateKept:
    """One room's children staying in, as the web said it."""

    id: int
    etag: int
    area: str | None
    point: str | None
    name: str
    starts: datetime
    ends: datetime
    setter: str
    said_at: datetime
    running: bool
    obeyed: Obeying


@dataclass(frozen=True, slots=True)
class SaidByBadge:
    """Children staying in, as a cabinet says that a badge said it there."""

    point: str
    name: str
    ends: datetime
    ending: bool
    """The office has ended it, and the cabinet has not yet said so."""


def read_room_states(session: Session, times: SchoolTime, now: datetime) -> list[RoomStateKept]:
    """Read what is said and not over, the first to begin first."""
    rows = session.scalars(
        select(RoomStateSet)
        .where(RoomStateSet.ended_at.is_(None), RoomStateSet.ends > now)
        .order_by(RoomStateSet.starts, RoomStateSet.id)
    ).all()
    areas, points = area_names(session), dict(session.execute(select(Point.id, Point.name)).all())
    names, cabinets = actor_names(session, {row.set_by for row in rows}), read_cabinets(session, times)
    within = points_of_areas(session)
    return [
        RoomStateKept(
            id=row.id,
            etag=row.etag,
            area=row.area_id,
            point=row.point_id,
            name=areas.get(row.area_id, row.area_id) if row.area_id is not None else points.get(row.point_id or "", ""),
            starts=row.starts,
            ends=row.ends,
            setter=names.get(row.set_by, "Somebody whose account is no longer kept"),
            said_at=row.set_at,
            running=row.starts <= now,
            obeyed=obeying(
                cabinets,
                Revision(row.generation, row.number),
                times,
                points=frozenset(within.get(row.area_id, ()) if row.area_id is not None else (row.point_id or "",)),
            ),
        )
        for row in rows
    ]


def read_said_by_badge(session: Session, now: datetime) -> list[SaidByBadge]:
    """Read what devices last said of children staying in, by the place's name."""
    rows = session.execute(
        select(Point.id, Point.name, DeviceStatus.status, DeviceStatus.heard_at, RoomStateOver.at)
        .join(Device, Device.point_id == Point.id)
        .join(DeviceStatus, DeviceStatus.device == Device.id)
        .join(RoomStateOver, RoomStateOver.point_id == Point.id, isouter=True)
        .order_by(Point.name)
    )
    found = []
    for point, name, status, heard_at, over in rows:
        ends = _children_in_until(status)
        if ends is not None and ends > now:
            found.append(SaidByBadge(point, name, ends, over is not None and (heard_at is None or over >= heard_at)))
    return found


def _children_in_until(status: str) -> datetime | None:
    said = json.loads(status) if status else {}
    until = said.get("children_in_until") if isinstance(said, dict) else None
    try:
        return read_instant(until) if isinstance(until, str) else None
    except ValueError:
        return None
