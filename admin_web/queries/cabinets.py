"""How every cabinet is: counts and states, never a name. What the page Cabinets and `GET devices`, `points` read."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow, LogRow
from admin_web.database.people import DeclaredState, PersonPoint
from admin_web.database.places import Device, Point
from admin_web.database.publishing import DeviceStatus
from admin_web.events.day_exceptions import DayKind
from admin_web.events.exceptions import ExceptionKind
from admin_web.events.kinds import LogKind
from admin_web.queries.school_time import SchoolTime
from policy.rules import Revision
from policy.state import Declared

ABOUT_DEVICES = (*ExceptionKind, DayKind.CLOCK_UNTRUSTED, DayKind.RULES_STALE)
"""Kinds of exception that say something of a device; every other is about the day, and stands on its own page."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Declarations of one point on the present school day."""

    declared_in: int = 0
    declared_out: int = 0
    not_back: int = 0
    """Of those declared out, how many are over break and grace."""
    holders: int = 0
    """People who keep a phone there."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """An exception about a device that is still open."""

    kind: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class CabinetState:
    """A device with its point, as it last said of itself."""

    device: str
    kind: str
    point: str | None
    name: str
    point_kind: str
    slots: int
    online: bool
    since: datetime | None
    """Since when it is online, or not heard; None where it never was."""
    heard_at: datetime | None
    status: Mapping[str, Any]
    applied: Revision | None
    counts: Counts
    noticed: tuple[Noticed, ...] = field(default_factory=tuple)

    def carries(self, revision: Revision) -> bool:
        """Whether a revision of the rules has arrived there; a reception screen has its own besides, for visitors."""
        return self.applied is not None and is_in_force(self.applied, revision)

    @property
    def faults(self) -> list[Mapping[str, Any]]:
        """The parts that are not well."""
        return [part for part in self.health if part.get("state") == "fault"]

    @property
    def health(self) -> list[Mapping[str, Any]]:
        """Every part it has spoken of."""
        health = self.status.get("health")
        return health if isinstance(health, list) else []


def read_cabinets(session: Session, times: SchoolTime) -> list[CabinetState]:
    """Read every device that stands at a point, by the point's name."""
    rows = session.execute(
        select(Device, Point, DeviceStatus)
        .join(Point, Point.id == Device.point_id, isouter=True)
        .join(DeviceStatus, DeviceStatus.device == Device.id, isouter=True)
        .where(Device.kind != "central")
        .order_by(Point.name, Device.id)
    )
    counts = count_declared(session, times)
    noticed = read_noticed(session)
    return [_state(device, point, status, counts, noticed) for device, point, status in rows]


def _state(
    device: Device,
    point: Point | None,
    status: DeviceStatus | None,
    counts: Mapping[str, Counts],
    noticed: Mapping[str, list[Noticed]],
) -> CabinetState:
    generation, number = (status.applied_generation, status.applied_number) if status is not None else (None, None)
    return CabinetState(
        device=device.id,
        kind=device.kind,
        point=None if point is None else point.id,
        name=_name(device) if point is None else point.name,
        point_kind="one_door" if point is None else point.kind,
        slots=1 if point is None else point.slots,
        online=status is not None and status.online,
        since=None if status is None else status.online_since,
        heard_at=None if status is None else status.heard_at,
        status=_parse(None if status is None else status.status),
        applied=None if generation is None or number is None else Revision(generation, number),
        counts=counts.get(device.point_id or "", Counts()),
        noticed=tuple(noticed.get(device.id, ())),
    )


def is_in_force(applied: Revision, revision: Revision) -> bool:
    """Whether what is applied is this revision or one after it; of another generation it is neither."""
    return applied.generation == revision.generation and applied >= revision


def _name(device: Device) -> str:
    return "Reception" if device.kind == "reception" else device.id


def count_declared(session: Session, times: SchoolTime) -> dict[str, Counts]:
    """Count declarations by point; at local midnight all of them become unknown and count no more."""
    begins, _ = times.bounds(times.today)
    ins: Counter[str] = Counter()
    outs: Counter[str] = Counter()
    late: Counter[str] = Counter()
    overdue = _overdue_since(session, begins)
    for point, holder, state, at in session.execute(
        select(DeclaredState.point_id, DeclaredState.holder, DeclaredState.state, DeclaredState.at).where(
            DeclaredState.at >= begins
        )
    ):
        if state == Declared.IN:
            ins[point] += 1
        elif state == Declared.OUT:
            outs[point] += 1
            late[point] += (point, holder) in overdue and overdue[point, holder] >= at
    linked = select(PersonPoint.point_id, func.count()).where(PersonPoint.ends.is_(None))
    holders = dict(session.execute(linked.group_by(PersonPoint.point_id)).all())
    points = ins.keys() | outs.keys() | holders.keys()
    return {point: Counts(ins[point], outs[point], late[point], holders.get(point, 0)) for point in points}


def _overdue_since(session: Session, begins: datetime) -> dict[tuple[str, str], datetime]:
    rows = session.execute(
        select(LogRow.point_id, LogRow.person_id, func.max(LogRow.time))
        .where(LogRow.kind == LogKind.NOT_BACK.value, LogRow.time >= begins)
        .group_by(LogRow.point_id, LogRow.person_id)
    )
    return {(point, person): time for point, person, time in rows if point is not None and person is not None}


def read_noticed(session: Session) -> dict[str, list[Noticed]]:
    """Read the exceptions about devices that nobody has reviewed, by device, those of central included."""
    found: dict[str, list[Noticed]] = {}
    rows = select(ExceptionRow).where(
        ExceptionRow.ended_at.is_(None), ExceptionRow.reviewed_at.is_(None), ExceptionRow.kind.in_(ABOUT_DEVICES)
    )
    for row in session.scalars(rows.order_by(ExceptionRow.id)):
        found.setdefault(row.device or "central", []).append(Noticed(row.kind, row.raised_at))
    return found


def status_mark(session: Session) -> str:
    """Sum up what devices last said, for open pages: equal while nothing has changed."""
    row = session.execute(
        select(
            func.count(),
            func.max(DeviceStatus.heard_at),
            func.sum(DeviceStatus.applied_number),
            func.count().filter(DeviceStatus.online),
        )
    ).one()
    return "/".join(str(value) for value in row)


def _parse(text: str | None) -> Mapping[str, Any]:
    parsed = json.loads(text) if text else {}
    return parsed if isinstance(parsed, dict) else {}
