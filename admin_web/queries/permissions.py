"""Permissions as the page and `GET permissions` read them: who, what for, where, until when, used, arrived."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate
from admin_web.database.people import Person, PersonPoint
from admin_web.database.permissions import PermissionArea, PermissionGiven, PermissionPerson
from admin_web.database.school_phones import SchoolPhone
from admin_web.queries.cabinets import CabinetState, read_cabinets
from admin_web.queries.names import actor_names
from admin_web.queries.obeying import Obeying, obeying
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.areas import area_names
from policy.permission import PURPOSES, GrantKind
from policy.rules import Revision

USED = "permission.used.v1"
LATELY = timedelta(days=14)
"""What has ended stays in the list this long."""
SOON = timedelta(days=14)
KIND_WORDS: Mapping[GrantKind, str] = {
    GrantKind.TRIP: "Off-site visit",
    GrantKind.SITE_TEAM: "Site team",
    GrantKind.ADJUSTMENT: "Agreed adjustment",
    GrantKind.IMAGE: "Images",
}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody a permission is for."""

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class PermissionKept:
    """A permission as it is now."""

    id: str
    etag: int
    kind: GrantKind
    purpose: str
    destination: str | None
    people: tuple[Named, ...]
    areas: tuple[str, ...]
    """Ids; empty where it holds everywhere."""
    area_words: str
    starts: datetime
    ends: datetime
    school_phone: str | None
    """What the asset register calls it."""
    granter: str
    granted_at: datetime
    withdrawer: str | None
    withdrawn_at: datetime | None
    state: str
    """`ahead`, `running`, `withdrawn` or `expired`."""
    ends_soon: bool
    used: tuple[datetime, ...]
    """When a phone was taken out by it, the newest first."""
    arrived: Obeying | None
    """None where no cabinet carries it."""

    @property
    def kind_words(self) -> str:
        """`Off-site visit`."""
        return KIND_WORDS[self.kind]

    @property
    def purpose_words(self) -> str:
        """What for, in words."""
        words = PURPOSES[self.kind].get(self.purpose, self.purpose.replace("_", " "))
        return words[:1].upper() + words[1:]

    @property
    def who(self) -> str:
        """Everybody it is for, in one line."""
        names = [person.name for person in self.people]
        return ", ".join(names) if names else (self.destination or "An expected visit")

    def last_day(self, times: SchoolTime) -> date:
        """The last local day on which it holds."""
        return times.last_day(self.ends)

    def left(self, times: SchoolTime) -> str:
        """`ends in 6 days`."""
        days = (self.last_day(times) - times.today).days
        return {0: "ends today", 1: "ends tomorrow"}.get(days, f"ends in {days} days")

    @property
    def is_over(self) -> bool:
        """Whether it allows nothing any more."""
        return self.state in ("withdrawn", "expired")


def read_permissions(
    session: Session, times: SchoolTime, now: datetime, *, kinds: Iterable[GrantKind] | None = None, over: bool = True
) -> list[PermissionKept]:
    """Read what holds now or later, by end; with `over` also what ended in the last two weeks, after the others."""
    question = select(PermissionGiven).where(PermissionGiven.ends > now - LATELY).order_by(PermissionGiven.ends)
    if kinds is not None:
        question = question.where(PermissionGiven.kind.in_([kind.value for kind in kinds]))
    kept = _complete(session, session.scalars(question.order_by(PermissionGiven.id)).all(), times, now)
    return [one for one in kept if not one.is_over] + [one for one in kept if one.is_over and over]


def read_permission(session: Session, row: PermissionGiven, times: SchoolTime, now: datetime) -> PermissionKept:
    """Read one permission with everything a page says of it."""
    return _complete(session, [row], times, now)[0]


def _complete(
    session: Session, rows: Sequence[PermissionGiven], times: SchoolTime, now: datetime
) -> list[PermissionKept]:
    ids = [row.id for row in rows]
    people, areas, used = _people(session, ids), _areas(session, ids), _used(session, ids)
    actors = {actor for row in rows for actor in (row.granted_by, row.withdrawn_by) if actor is not None}
    names, cabinets = actor_names(session, actors), read_cabinets(session, times)
    phones = dict(session.execute(select(SchoolPhone.id, SchoolPhone.asset)).all())
    words, points = area_names(session), _points(session, ids)
    return [
        PermissionKept(
            id=row.id,
            etag=row.etag,
            kind=(kind := GrantKind(row.kind)),
            purpose=row.purpose,
            destination=row.destination,
            people=tuple(people.get(row.id, ())),
            areas=(there := tuple(areas.get(row.id, ()))),
            area_words=_area_words(row, there, words),
            starts=row.starts,
            ends=row.ends,
            school_phone=None if row.school_phone is None else phones.get(row.school_phone, row.school_phone),
            granter=names.get(row.granted_by, "Somebody whose account is no longer kept"),
            granted_at=row.granted_at,
            withdrawer=None if row.withdrawn_by is None else names.get(row.withdrawn_by, "Somebody"),
            withdrawn_at=row.withdrawn_at,
            state=_state(row, now),
            ends_soon=now < row.ends <= now + SOON and kind is not GrantKind.TRIP,
            used=tuple(used.get(row.id, ())),
            arrived=None if kind.carried is None else _arrived(row, points.get(row.id, frozenset()), cabinets, times),
        )
        for row in rows
    ]


def _state(row: PermissionGiven, now: datetime) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.ends <= now:
        return "expired"
    return "ahead" if row.starts > now else "running"


def _arrived(
    row: PermissionGiven,
    points: frozenset[str],
    cabinets: Sequence[CabinetState],
    times: SchoolTime,
) -> Obeying:
    """Say where it has arrived, of the cabinets at which its people keep their phones."""
    return obeying(cabinets, Revision(row.generation, row.number), times, points=points)


def _points(session: Session, ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Look up where the people of each permission keep their phones, as long as it lasts."""
    found: dict[str, set[str]] = {}
    for permission, point in session.execute(
        select(PermissionPerson.permission_id, PersonPoint.point_id)
        .join(PersonPoint, PersonPoint.person_id == PermissionPerson.person_id)
        .join(PermissionGiven, PermissionGiven.id == PermissionPerson.permission_id)
        .where(
            PermissionPerson.permission_id.in_(ids),
            or_(PersonPoint.ends.is_(None), PersonPoint.ends > PermissionGiven.starts),
        )
    ):
        found.setdefault(permission, set()).add(point)
    return {permission: frozenset(points) for permission, points in found.items()}


def _area_words(row: PermissionGiven, areas: Sequence[str], words: Mapping[str, str]) -> str:
    if row.everywhere:
        return "everywhere" if GrantKind(row.kind).carried is None else "wherever phones may be used"
    return ", ".join(words.get(area, area) for area in areas)


def _people(session: Session, ids: Sequence[str]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = {}
    for permission, id, name, group in session.execute(
        select(PermissionPerson.permission_id, Person.id, Person.name, Person.group)
        .join(Person, Person.id == PermissionPerson.person_id)
        .where(PermissionPerson.permission_id.in_(ids))
        .order_by(Person.name)
    ):
        found.setdefault(permission, []).append(Named(id, name, group))
    return found


def _areas(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in session.scalars(
        select(PermissionArea).where(PermissionArea.permission_id.in_(ids)).order_by(PermissionArea.area_id)
    ):
        found.setdefault(row.permission_id, []).append(row.area_id)
    return found


def _used(session: Session, ids: Sequence[str]) -> dict[str, list[datetime]]:
    """Read when each was used: the cabinets' events say by which permission, in their private part."""
    found: dict[str, list[datetime]] = {}
    if not ids:
        return found
    for time, private in session.execute(
        select(Event.time, EventPrivate.private)
        .join(EventPrivate, EventPrivate.event_id == Event.id)
        .where(Event.type == USED, EventPrivate.private.is_not(None))
        .order_by(Event.id.desc())
        .limit(2000)
    ):
        used = json.loads(private or b"{}").get("permission")
        if used in ids:
            found.setdefault(used, []).append(time)
    return found
