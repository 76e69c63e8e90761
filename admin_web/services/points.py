"""Storage points and the devices that stand at them: one device is one point."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import PersonPoint
from admin_web.database.places import Device, Point
from admin_web.database.restricted import RestrictedTimes
from admin_web.database.timetable import Area
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.rules.reception import RECEPTION
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from admin_web.services.texts import require_device_id, require_name
from admin_web.services.visitor_rules import publish_visitor_rules, rules_now
from broker.messages.central import DeviceAdded, PointAdded
from policy.rules import PointKind

MOST_SLOTS = 64


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A point as somebody wants it to be."""

    id: str
    name: str
    kind: str
    slots: int = 1
    area: str | None = None
    """Where it stands; None: a new point gets an area of its own name, a known one stays where it is."""


def save_point(session: Session, draft: PointDraft, *, occasion: Occasion) -> Point:
    """Add a point, or rename it and give a bank more slots; its kind stays. Raises Invalid, Conflict."""
    require_device_id(draft.id, "id")
    name = require_name(draft.name, "name")
    kind = _require_kind(draft)
    point = session.get(Point, draft.id)
    area = _area_of(session, point, draft, name)
    if point is None:
        point = Point(id=draft.id, name=name, kind=kind, slots=draft.slots, area_id=area)
        session.add(point)
        session.flush()
        session.add(RestrictedTimes(point_id=point.id, etag=1))
    elif (point.name, point.kind, point.slots, point.area_id) == (name, kind, draft.slots, area):
        return point
    else:
        _require_same_shape(session, point, draft)
        _rename_own_area(session, point, name)
        point.name, point.slots, point.area_id = name, draft.slots, area
    raise_revision(session, occasion.now)
    audit.record_change(session, "point", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
    acts.record(session, PointAdded(point=point.id), occasion)
    session.flush()
    return point


def add_device(
    session: Session,
    device_id: str,
    point_id: str,
    *,
    event_key: bytes,
    certificate_serial: str,
    occasion: Occasion,
) -> Device:
    """Register a device at a point with the public half of its event key. Raises Invalid, NotFound, Conflict."""
    require_free_device(session, device_id, point_id)
    device = Device(
        id=device_id,
        kind="cabinet",
        point_id=point_id,
        event_key=event_key,
        certificate_serial=certificate_serial,
        added_at=occasion.now.utc,
    )
    session.add(device)
    raise_revision(session, occasion.now)
    audit.record_change(session, "device", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
    acts.record(session, DeviceAdded(device=device_id, point=point_id), occasion)
    session.flush()
    return device


def add_reception(
    session: Session, device_id: str, *, event_key: bytes, certificate_serial: str, occasion: Occasion
) -> Device:
    """Register a reception screen, which stands at no point; with the first one come the first visitors' rules.

    Raises Invalid, Conflict.
    """
    require_new_device(session, device_id)
    device = Device(
        id=device_id,
        kind=RECEPTION,
        event_key=event_key,
        certificate_serial=certificate_serial,
        added_at=occasion.now.utc,
    )
    session.add(device)
    session.flush()
    if rules_now(session) is None:
        publish_visitor_rules(session, occasion=occasion)
    raise_revision(session, occasion.now)
    audit.record_change(session, "device", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
    acts.record(session, DeviceAdded(device=device_id, point=None), occasion)
    session.flush()
    return device


def require_new_device(session: Session, device_id: str) -> None:
    """Check that an id may be a new device's. Raises Invalid, Conflict."""
    require_device_id(device_id, "id")
    if session.get(Device, device_id) is not None:
        raise Conflict(f"The device {device_id} is registered already.", what_to_do="Choose another id.", field="id")


def require_free_device(session: Session, device_id: str, point_id: str) -> None:
    """Check that a device may be added at a point. Raises Invalid, NotFound, Conflict."""
    require_device_id(device_id, "id")
    if session.get(Point, point_id) is None:
        raise NotFound(
            f"There is no point {point_id!r}.", what_to_do="Add it with `phonekeep-admin point add`.", field="point"
        )
    if session.get(Device, device_id) is not None:
        raise Conflict(f"The device {device_id} is registered already.", what_to_do="Choose another id.", field="id")
    there = session.scalars(select(Device.id).where(Device.point_id == point_id)).first()
    if there is not None:
        raise Conflict(
            f"The device {there} stands at {point_id}.", what_to_do="Add another point for this device.", field="point"
        )


def _area_of(session: Session, point: Point | None, draft: PointDraft, name: str) -> str | None:
    """Name where the point shall stand, and make the area of a point that nobody gave one. Raises NotFound."""
    if draft.area is not None:
        if session.get(Area, draft.area) is None:
            raise NotFound(
                f"There is no area {draft.area[:40]!r}.", what_to_do="Add it first, or leave it out.", field="area"
            )
        return draft.area
    if point is not None:
        return point.area_id
    if session.get(Area, draft.id) is None:
        session.add(Area(id=draft.id, name=name, phone_free=False, etag=1))
        session.flush()
    return draft.id


def _rename_own_area(session: Session, point: Point, name: str) -> None:
    """Let the area that was made with a point, and is called like it, be called like it still."""
    area = session.get(Area, point.id)
    if area is not None and area.name == point.name != name:
        area.name = name
        area.etag += 1


def _require_kind(draft: PointDraft) -> str:
    kinds = [kind.value for kind in PointKind]
    if draft.kind not in kinds:
        raise Invalid("That is not a kind of point.", what_to_do=f"Choose one of {', '.join(kinds)}.", field="kind")
    most = MOST_SLOTS if draft.kind == PointKind.BANK else 1
    if not 1 <= draft.slots <= most:
        raise Invalid(
            f"A point of kind {draft.kind} cannot have {draft.slots} slots.",
            what_to_do=f"Give from 1 to {most}." if most > 1 else "Give 1: only a locker bank has more.",
            field="slots",
        )
    return draft.kind


def _require_same_shape(session: Session, point: Point, draft: PointDraft) -> None:
    if point.kind != draft.kind:
        raise Conflict(
            f"{point.id} is a {point.kind}, not a {draft.kind}.", what_to_do="Add a new point instead.", field="kind"
        )
    beyond = session.scalars(
        select(PersonPoint.id).where(
            PersonPoint.point_id == point.id, PersonPoint.slot > draft.slots, PersonPoint.ends.is_(None)
        )
    ).first()
    if beyond is not None:
        raise Conflict(
            f"Somebody has a slot above {draft.slots} at {point.id}.",
            what_to_do="End that person's link first.",
            field="slots",
        )
