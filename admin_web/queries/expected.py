"""Expected and regular visitors, lanyards and the screen's settings, as the page shows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, UnknownBadge
from admin_web.database.reception import ExpectedVisit, Lanyard, ReceptionSettings, RegularVisitor
from admin_web.database.visits import Visit
from admin_web.queries.handles import handle_of, short_badge
from admin_web.queries.names import actor_names
from admin_web.queries.visit_words import reason_words
from admin_web.rules.reception import USUAL_CLOSING


@dataclass(frozen=True, slots=True)
class ExpectedKept:
    """Somebody who is expected."""

    id: str
    name: str
    organisation: str | None
    host: str | None
    reason: str | None
    starts: datetime
    ends: datetime
    images: bool
    images_by: str | None
    etag: int
    came: bool


@dataclass(frozen=True, slots=True)
class RegularKept:
    """Somebody who comes often."""

    id: str
    name: str
    organisation: str | None
    host: str | None
    badge: str
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class LanyardKept:
    """A lanyard."""

    number: str
    colour: str
    badge: str | None
    contractors: bool


@dataclass(frozen=True, slots=True)
class SettingsKept:
    """What the screen says of the school."""

    telephone: str
    closing: int
    printer: str
    """Empty: none is set."""
    etag: int | None
    """None before anybody has said it."""


def read_expected(session: Session, now: datetime, *, host: str | None = None) -> list[ExpectedKept]:
    """Read who is expected from now on, everybody's or one host's, soonest first."""
    question = (
        select(ExpectedVisit, Person.name)
        .outerjoin(Person, Person.id == ExpectedVisit.host_id)
        .where(ExpectedVisit.ended_at.is_(None), ExpectedVisit.ends > now)
        .order_by(ExpectedVisit.starts, ExpectedVisit.id)
    )
    rows = session.execute(question if host is None else question.where(ExpectedVisit.host_id == host)).all()
    came = set(session.scalars(select(Visit.expected_id).where(Visit.expected_id.in_([row.id for row, _ in rows]))))
    names = actor_names(session, {row.image_permission_by for row, _ in rows if row.image_permission_by is not None})
    return [
        ExpectedKept(
            id=row.id,
            name=row.name,
            organisation=row.organisation,
            host=name,
            reason=reason_words(row.kind),
            starts=row.starts,
            ends=row.ends,
            images=row.image_permission,
            images_by=names.get(row.image_permission_by or ""),
            etag=row.etag,
            came=row.id in came,
        )
        for row, name in rows
    ]


def read_regular(session: Session, now: datetime) -> list[RegularKept]:
    """Read the regular visitors whose badges are live, by name."""
    rows = session.execute(
        select(RegularVisitor, Person.name)
        .outerjoin(Person, Person.id == RegularVisitor.host_id)
        .where(RegularVisitor.ended_at.is_(None))
        .order_by(func.lower(RegularVisitor.name), RegularVisitor.id)
    ).all()
    return [
        RegularKept(row.id, row.name, row.organisation, host, short_badge(row.reference), row.ends)
        for row, host in rows
        if row.ends is None or row.ends > now
    ]


def read_lanyards(session: Session) -> list[LanyardKept]:
    """Read the lanyards by number."""
    rows = sorted(session.scalars(select(Lanyard)), key=lambda row: (int(row.number), row.number))
    return [
        LanyardKept(
            row.number, row.colour, None if row.reference is None else short_badge(row.reference), row.contractors
        )
        for row in rows
    ]


def read_settings(session: Session) -> SettingsKept:
    """Read the school's telephone and closing time; the usual ones before anybody has said them."""
    row = session.scalars(select(ReceptionSettings)).first()
    if row is None:
        return SettingsKept("", USUAL_CLOSING, "", None)
    return SettingsKept(row.telephone, row.closing, row.printer or "", row.etag)


def free_badges(session: Session) -> list[tuple[str, str]]:
    """List (handle, words) of badges that were tapped somewhere and belong to nobody."""
    taken = {
        *session.scalars(select(Lanyard.reference).where(Lanyard.reference.is_not(None))),
        *session.scalars(select(RegularVisitor.reference).where(RegularVisitor.ended_at.is_(None))),
    }
    rows = session.scalars(select(UnknownBadge.reference).order_by(UnknownBadge.seen_at.desc()))
    return [(handle_of(one), short_badge(one)) for one in rows if one not in taken]
