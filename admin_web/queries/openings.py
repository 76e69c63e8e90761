"""The places a cabinet can be opened at for somebody: where they keep a phone, or one of theirs is still in."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import DeclaredState, PersonPoint
from admin_web.database.places import Device, Point
from admin_web.database.publishing import DeviceStatus
from policy.state import Declared


@dataclass(frozen=True, slots=True)
class PlaceToOpen:
    """A place with what is known of it."""

    point: str
    name: str
    declared: str | None
    """`in` or `out` as last declared; None where nothing was."""
    online: bool

    @property
    def text(self) -> str:
        """The place and what is known, in words."""
        known = {"in": "declared in", "out": "declared out"}.get(self.declared or "", "nothing declared")
        return f"{self.name}: {known}{'' if self.online else ', not heard at present'}"


def places_to_open(session: Session, person: str) -> list[PlaceToOpen]:
    """List the places, those with a phone declared in first."""
    linked = set(
        session.scalars(select(PersonPoint.point_id).where(PersonPoint.person_id == person, PersonPoint.ends.is_(None)))
    )
    declared = dict(
        session.execute(select(DeclaredState.point_id, DeclaredState.state).where(DeclaredState.holder == person)).all()
    )
    inside = {point for point, state in declared.items() if state == Declared.IN}
    rows = session.execute(
        select(Point.id, Point.name, DeviceStatus.online)
        .join(Device, Device.point_id == Point.id, isouter=True)
        .join(DeviceStatus, DeviceStatus.device == Device.id, isouter=True)
        .where(Point.id.in_(linked | inside))
        .order_by(Point.name)
    )
    places = [PlaceToOpen(point, name, declared.get(point), bool(online)) for point, name, online in rows]
    return sorted(places, key=lambda place: place.declared != Declared.IN.value)
