"""The names that sentences need: of people, places, badges, accounts and tokens, read in a handful of questions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.accounts import Account, ApiToken
from admin_web.database.people import Badge, BadgePerson, Person, UnknownBadge
from admin_web.database.places import Device, Point
from admin_web.database.visits import Visit
from admin_web.queries.stored_events import StoredEvent
from policy.rules import PointKind


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A storage point as a sentence names it."""

    name: str
    is_bank: bool = False


@dataclass(frozen=True, slots=True)
class BadgeName:
    """What central knows of a badge that no person stands beside."""

    label: str | None
    cover: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id; what is missing was erased or never existed."""

    people: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, PlaceName] = field(default_factory=dict)
    devices: Mapping[str, str | None] = field(default_factory=dict)
    """The point each device stands at."""
    badges: Mapping[str, BadgeName] = field(default_factory=dict)
    unassigned: frozenset[str] = frozenset()
    """Badges that still wait for a name."""
    actors: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    """Whose a badge is that approved or said something for somebody else, by reference."""
    receptions: frozenset[str] = frozenset()
    """Devices that are reception screens: they stand at no point."""
    visits: Mapping[str, str] = field(default_factory=dict)
    """Who the visitor was, by the visit's id."""

    def place(self, point: str | None, device: str | None = None) -> str | None:
        """Name a place, or the place of a device; the id itself where it has no row."""
        point = point if point is not None else self.devices.get(device or "")
        if point is None:
            return "Reception" if device in self.receptions else device
        found = self.places.get(point)
        return point if found is None else found.name

    def is_bank(self, point: str | None) -> bool:
        """Tell whether a place has lockers, which sentences then name."""
        found = self.places.get(point or "")
        return found is not None and found.is_bank


def names_for(session: Session, events: Iterable[StoredEvent]) -> Names:
    """Read the names that these events mention."""
    events = tuple(events)
    people = {event.person for event in events if event.person is not None}
    people |= {str(event.private["approver"]) for event in events if event.private.get("approver") is not None}
    people |= {by for event in events if isinstance(by := event.private.get("by"), str) and ":" not in by}
    badges = {str(event.private["badge"]) for event in events if event.private.get("badge") is not None}
    actors = {str(event.private["actor"]) for event in events if event.private.get("actor") is not None}
    actors |= {by for event in events if isinstance(by := event.private.get("by"), str) and by.startswith("account:")}
    return Names(
        people=_people(session, people),
        places=_places(session),
        devices=dict(session.execute(select(Device.id, Device.point_id)).all()),
        badges=_badges(session, badges),
        unassigned=_unassigned(session, badges),
        actors=actor_names(session, actors),
        holders=_holders(session, {badge for event in events for badge in _speaking(event)}),
        receptions=frozenset(session.scalars(select(Device.id).where(Device.kind == "reception"))),
        visits=_visits(session, {str(event.data["visit"]) for event in events if event.data.get("visit") is not None}),
    )


def actor_names(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Name who acted, by `account:<id>`, `token:<id>` and the words of the audit."""
    named = {
        "console": "Somebody at the server",
        "owner-link": "The owner link",
        "central": "Central",
        "ingest": "Central",
    }
    numbers: dict[str, set[int]] = {"account": set(), "token": set()}
    for actor in actors:
        kind, _, number = actor.partition(":")
        if kind in numbers and number.isdecimal():
            numbers[kind].add(int(number))
    if numbers["account"]:
        for id, name in session.execute(select(Account.id, Account.name).where(Account.id.in_(numbers["account"]))):
            named[f"account:{id}"] = name
    if numbers["token"]:
        for id, name in session.execute(select(ApiToken.id, ApiToken.name).where(ApiToken.id.in_(numbers["token"]))):
            named[f"token:{id}"] = f"The program {name}"
    return named


def _people(session: Session, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())


def _places(session: Session) -> dict[str, PlaceName]:
    rows = session.execute(select(Point.id, Point.name, Point.kind))
    return {id: PlaceName(name, kind == PointKind.BANK) for id, name, kind in rows}


def _badges(session: Session, references: set[str]) -> dict[str, BadgeName]:
    if not references:
        return {}
    rows = session.execute(
        select(Badge.reference, Badge.label, Badge.cover, Badge.lost_at).where(Badge.reference.in_(references))
    )
    return {reference: BadgeName(label, cover, lost is not None) for reference, label, cover, lost in rows}


def _speaking(event: StoredEvent) -> Iterator[str]:
    """Name the badges by which somebody spoke for somebody else, or for a room."""
    for key in ("approver_badge", "by", "badge") if event.type == "room.children_in.v1" else ("approver_badge", "by"):
        badge = event.private.get(key)
        if isinstance(badge, str):
            yield badge.removeprefix("badge:")


def _holders(session: Session, references: set[str]) -> dict[str, str]:
    if not references:
        return {}
    rows = session.execute(
        select(BadgePerson.badge, Person.name)
        .join(Person, Person.id == BadgePerson.person_id)
        .where(BadgePerson.badge.in_(references))
        .order_by(BadgePerson.starts, BadgePerson.id)
    )
    return dict(rows.all())


def _visits(session: Session, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    rows = session.execute(select(Visit.id, Visit.name).where(Visit.id.in_(ids), Visit.name.is_not(None)))
    return {id: name for id, name in rows if name is not None}


def _unassigned(session: Session, references: set[str]) -> frozenset[str]:
    if not references:
        return frozenset()
    return frozenset(session.scalars(select(UnknownBadge.reference).where(UnknownBadge.reference.in_(references))))
