"""People with their badges, places and working hours: what the pages and `GET people` read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person, PersonPoint, UnknownBadge, WorkingHours
from admin_web.database.places import Point
from admin_web.database.reception import Lanyard, RegularVisitor
from admin_web.errors import NotFound
from admin_web.queries.handles import handle_of, short_badge
from policy.rules import NO_HOURS, PointKind, Span, Week


@dataclass(frozen=True, slots=True)
class BadgeHeld:
    """A badge as a page shows it."""

    reference: str
    label: str | None
    lost: bool
    ends: datetime | None = None
    """Of a temporary badge: when it ends by itself."""

    @property
    def short(self) -> str:
        """The letters two people can compare aloud."""
        return short_badge(self.reference)

    @property
    def handle(self) -> str:
        """What stands for it in a URL."""
        return handle_of(self.reference)


@dataclass(frozen=True, slots=True)
class PlaceKept:
    """A place somebody keeps a phone at."""

    point: str
    name: str
    slot: int | None

    @property
    def text(self) -> str:
        """The place in words."""
        return self.name if self.slot is None else f"{self.name}, locker {self.slot}"


@dataclass(frozen=True, slots=True)
class PersonKept:
    """A person as they are now."""

    id: str
    name: str
    group: str
    etag: int
    ended_at: datetime | None
    badges: tuple[BadgeHeld, ...] = field(default_factory=tuple)
    places: tuple[PlaceKept, ...] = field(default_factory=tuple)
    hours: Week = NO_HOURS

    @property
    def handle(self) -> str:
        """What stands for the person in a URL."""
        return handle_of(self.id)

    @property
    def has_live_badge(self) -> bool:
        """Tell whether any badge opens something."""
        return any(not badge.lost for badge in self.badges)


@dataclass(frozen=True, slots=True)
class BadgeSeen:
    """A badge that was tapped and belongs to nobody."""

    reference: str
    place: str | None
    seen_at: datetime
    taps: int

    @property
    def short(self) -> str:
        """The letters two people can compare aloud."""
        return short_badge(self.reference)

    @property
    def handle(self) -> str:
        """What stands for it in a URL."""
        return handle_of(self.reference)


@dataclass(frozen=True, slots=True)
class SlotOfBank:
    """One locker, and whose it is."""

    slot: int
    holder: str | None
    """A person's id, as linked now."""
    holder_name: str | None


def read_people(session: Session, *, group: str | None = None, point: str | None = None) -> list[PersonKept]:
    """Read everybody who has not ended, by name."""
    question = select(Person).where(Person.ended_at.is_(None)).order_by(func.lower(Person.name), Person.id)
    if group is not None:
        question = question.where(Person.group == group)
    if point is not None:
        there = select(PersonPoint.person_id).where(PersonPoint.point_id == point, PersonPoint.ends.is_(None))
        question = question.where(Person.id.in_(there))
    return _complete(session, session.scalars(question).all())


def read_person(session: Session, id: str) -> PersonKept:
    """Read one person, ended or not. Raises NotFound."""
    person = session.get(Person, id)
    if person is None:
        raise NotFound("There is no such person.", what_to_do="Look on the page People and badges.", field="id")
    return _complete(session, [person])[0]


def person_choices(session: Session) -> list[tuple[str, str]]:
    """List (id, name) of everybody who has not ended, by name."""
    rows = session.execute(
        select(Person.id, Person.name).where(Person.ended_at.is_(None)).order_by(func.lower(Person.name), Person.id)
    )
    return [(id, name) for id, name in rows]


def read_unknown_badges(session: Session) -> list[BadgeSeen]:
    """Read the badges that wait for a name, last seen first; those of visitors wait for none."""
    lanyards = select(Lanyard.reference).where(Lanyard.reference.is_not(None))
    regular = select(RegularVisitor.reference).where(RegularVisitor.ended_at.is_(None))
    rows = session.execute(
        select(UnknownBadge, Point.name)
        .join(Point, Point.id == UnknownBadge.point_id, isouter=True)
        .where(UnknownBadge.reference.not_in(lanyards), UnknownBadge.reference.not_in(regular))
        .order_by(UnknownBadge.seen_at.desc(), UnknownBadge.reference)
    )
    return [BadgeSeen(row.reference, name, row.seen_at, row.taps) for row, name in rows]


def read_cover_pool(session: Session) -> list[BadgeHeld]:
    """Read the badges of the cover pool."""
    rows = session.scalars(select(Badge).where(Badge.cover).order_by(Badge.label, Badge.reference))
    return [BadgeHeld(row.reference, row.label, row.lost_at is not None) for row in rows]


def read_slots(session: Session, point: Point) -> list[SlotOfBank]:
    """Read who holds each locker of a bank."""
    held = {
        slot: (id, name)
        for slot, id, name in session.execute(
            select(PersonPoint.slot, Person.id, Person.name)
            .join(Person, Person.id == PersonPoint.person_id)
            .where(PersonPoint.point_id == point.id, PersonPoint.ends.is_(None))
        )
    }
    return [SlotOfBank(slot, *held.get(slot, (None, None))) for slot in range(1, point.slots + 1)]


def read_points(session: Session) -> Sequence[Point]:
    """Read every storage point, by name."""
    return session.scalars(select(Point).order_by(func.lower(Point.name), Point.id)).all()


def is_bank(point: Point) -> bool:
    """Tell whether a point has lockers, so that a person needs one of them."""
    return point.kind == PointKind.BANK


def _complete(session: Session, people: Sequence[Person]) -> list[PersonKept]:
    ids = [person.id for person in people]
    badges: dict[str, list[BadgeHeld]] = {}
    places: dict[str, list[PlaceKept]] = {}
    hours: dict[str, list[tuple[int, Span]]] = {}
    for part in (ids[start : start + 500] for start in range(0, len(ids), 500)):
        for id, reference, label, lost_at, ends in session.execute(
            select(BadgePerson.person_id, Badge.reference, Badge.label, Badge.lost_at, Badge.ends)
            .join(Badge, Badge.reference == BadgePerson.badge)
            .where(BadgePerson.person_id.in_(part), BadgePerson.ends.is_(None))
            .order_by(BadgePerson.id)
        ):
            badges.setdefault(id, []).append(BadgeHeld(reference, label, lost_at is not None, ends))
        for id, point, name, slot in session.execute(
            select(PersonPoint.person_id, Point.id, Point.name, PersonPoint.slot)
            .join(Point, Point.id == PersonPoint.point_id)
            .where(PersonPoint.person_id.in_(part), PersonPoint.ends.is_(None))
            .order_by(func.lower(Point.name))
        ):
            places.setdefault(id, []).append(PlaceKept(point, name, slot))
        for row in session.scalars(select(WorkingHours).where(WorkingHours.person_id.in_(part))):
            hours.setdefault(row.person_id, []).append((row.weekday, Span(row.start, row.end)))
    return [
        PersonKept(
            id=person.id,
            name=person.name,
            group=person.group,
            etag=person.etag,
            ended_at=person.ended_at,
            badges=tuple(badges.get(person.id, ())),
            places=tuple(places.get(person.id, ())),
            hours=_week(hours.get(person.id, [])),
        )
        for person in people
    ]


def _week(spans: Sequence[tuple[int, Span]]) -> Week:
    return tuple(tuple(sorted(span for day, span in spans if day == weekday)) for weekday in range(7))
