"""Pupils' phones: those that are held, and those that were released, with the staff who did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from admin_web.database.confiscated import ConfiscatedPhone
from admin_web.database.people import Person
from admin_web.services.confiscated import RELATIONSHIPS


@dataclass(frozen=True, slots=True)
class HeldPhone:
    """A phone of the register; times are UTC, staff by name."""

    number: int
    school_class: str
    initials: str
    description: str
    slot: str
    etag: int
    held_by: str
    held_at: datetime
    relationship: str | None
    released_by: str | None
    released_at: datetime | None


def read_held(session: Session) -> list[HeldPhone]:
    """Read the phones that lie in the office, oldest first."""
    rows = select(ConfiscatedPhone).where(ConfiscatedPhone.released_at.is_(None)).order_by(ConfiscatedPhone.id)
    return _told(session, rows)


def read_released(session: Session, limit: int = 50) -> list[HeldPhone]:
    """Read the phones that were released, newest first."""
    rows = select(ConfiscatedPhone).where(ConfiscatedPhone.released_at.is_not(None))
    newest = rows.order_by(ConfiscatedPhone.released_at.desc(), ConfiscatedPhone.id.desc())
    return _told(session, newest.limit(limit))


def read_phone(session: Session, number: int) -> HeldPhone | None:
    """Read one phone, held or released; None where there is no such number."""
    found = _told(session, select(ConfiscatedPhone).where(ConfiscatedPhone.id == number))
    return found[0] if found else None


def _told(session: Session, question: Select[ConfiscatedPhone]) -> list[HeldPhone]:
    phones: Sequence[ConfiscatedPhone] = session.scalars(question).all()
    ids = {phone.held_by for phone in phones} | {phone.released_by for phone in phones if phone.released_by}
    names: dict[str, str] = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    gone = "Somebody who is no longer kept"
    return [
        HeldPhone(
            number=phone.id,
            school_class=phone.school_class,
            initials=phone.initials,
            description=phone.description,
            slot=phone.slot,
            etag=phone.etag,
            held_by=names.get(phone.held_by, gone),
            held_at=phone.held_at,
            relationship=None
            if phone.relationship is None
            else RELATIONSHIPS.get(phone.relationship, phone.relationship.replace("_", " ")),
            released_by=None if phone.released_by is None else names.get(phone.released_by, gone),
            released_at=phone.released_at,
        )
        for phone in phones
    ]
