"""Areas of the school: made, renamed, said to be free of phones (clause 5)."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.timetable import Area
from admin_web.errors import Conflict, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.texts import is_id, require_device_id, require_name
from broker.messages.timetable import AreaSaved


def save_area(
    session: Session, id: str, name: str, *, phone_free: bool, if_match: str | None, occasion: Occasion
) -> Area:
    """Make an area or change one; no cabinet's rules change by it. Raises Invalid, Conflict, ChangedMeanwhile."""
    require_device_id(id, "id")
    name = require_name(name, "name")
    area = session.get(Area, id)
    require_match(if_match, None if area is None else area.etag, "This place")
    if area is not None and (area.name, area.phone_free) == (name, phone_free):
        return area
    _require_free_name(session, id, name)
    if area is None:
        area = Area(id=id, name=name, phone_free=phone_free, etag=1)
        session.add(area)
    else:
        area.name, area.phone_free = name, phone_free
        area.etag += 1
    audit.record_change(
        session, "area", actor=occasion.actor, machine_now=occasion.machine_now, filter={"area": id}, why=occasion.why
    )
    acts.record(session, AreaSaved(area=id), occasion, what=name)
    session.flush()
    return area


def require_area(session: Session, id: str, field: str = "area") -> Area:
    """Find an area. Raises NotFound."""
    area = session.get(Area, id) if is_id(id) else None
    if area is None:
        raise NotFound(f"{id[:40]!r} is not a place.", what_to_do="Add it first, or choose another.", field=field)
    return area


def free_area_id(session: Session, name: str) -> str:
    """Choose an id for a new area that says its name and belongs to no other."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.casefold())
    base = "-".join(part for part in plain.split("-") if part)[:32] or "area"
    taken = set(session.scalars(select(Area.id)))
    numbered = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(id for id in numbered if id not in taken and id != "central")


def _require_free_name(session: Session, id: str, name: str) -> None:
    other = session.scalar(select(Area.id).where(func.lower(Area.name) == name.lower(), Area.id != id).limit(1))
    if other is not None:
        raise Conflict(f"There is a place {name} already.", what_to_do="Choose another name.", field="name")
