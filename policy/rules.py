"""The rules of one storage point as values: what a rules bundle says once it has been verified and parsed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from policy.ids import BadgeReference, PersonId, PointId

MINUTES_OF_A_DAY = 24 * 60

REMEMBERED = timedelta(days=2)
"""So long before the rules were issued something may have ended and still matter: a trip's return on its own day."""


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """Which edition of the rules: a newer generation beats any number (a restored central raises it)."""

    generation: int
    number: int

    def __str__(self) -> str:
        return f"{self.generation}.{self.number}"


class PointKind(StrEnum):
    """What stands at a storage point."""

    ONE_DOOR = "one_door"
    BANK = "bank"
    """A locker bank: one slot a person, each with a lock of its own."""
    BOX = "box"
    """A box with one door in a cupboard or an office."""


@dataclass(frozen=True, slots=True)
class Point:
    """A storage point as its cabinet knows it."""

    id: PointId
    kind: PointKind
    slots: int
    buttons: bool
    """Whether PUT IN and TAKE OUT are wired; without them the intent is inferred."""

    def __post_init__(self) -> None:
        if self.slots < 1 or (self.kind is not PointKind.BANK and self.slots != 1):
            raise ValueError(f"{self.id}: a {self.kind} cannot have {self.slots} slots")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one local day in minutes of wall time, from `start` up to but without `end` (1440 is 24:00)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_OF_A_DAY:
            raise ValueError(f"a span runs forward within one day, not from {self.start} to {self.end} minutes")

    def __contains__(self, minute: int) -> bool:
        return self.start <= minute < self.end


@dataclass(frozen=True, slots=True)
class DatedBlock:
    """A restricted block on one date (clause 12) with its breaks (clause 11).

    A break that stands between two blocks, as in a day plan, is a block that is all break.
    """

    date: date
    span: Span
    name: str
    breaks: tuple[Span, ...] = ()
    group: str | None = None
    """The staff group it is for; None restricts everybody at the point."""


Week = tuple[tuple[Span, ...], ...]
"""Seven days from Monday; a day without spans has no working hours, so it is `leaving` all day."""

NO_HOURS: Week = ((),) * 7


@dataclass(frozen=True, slots=True)
class PointLink:
    """That a person keeps a phone here: `slot` at a bank, None at one door; `ends` is open when None."""

    slot: int | None
    starts: datetime
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonRules:
    """What a cabinet knows of a person: no name, only group, hours and the links to this point, newest last."""

    id: PersonId
    hours: Week
    links: tuple[PointLink, ...]
    group: str = ""
    """The staff group, which blocks may be for."""
    going_home: datetime | None = None
    """When *Going home* was last said for the person: from then to that day's end the reason is `leaving`."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """Children are staying in at this point's area (clause 6), from one instant until another, both UTC."""

    starts: datetime
    ends: datetime


class PermissionKind(StrEnum):
    """What the headteacher permits, of the kinds that let a phone be taken out."""

    TRIP = "trip"
    """An off-site visit (clause 15)."""
    SITE_TEAM = "site_team"
    """A standing agreement (clause 20)."""
    ADJUSTMENT = "adjustment"
    """An agreed adjustment; no diagnosis is stored anywhere."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that reaches this point; it ends by itself. Times are UTC."""

    id: str
    person: PersonId
    kind: PermissionKind
    starts: datetime
    ends: datetime


class Entitlement(StrEnum):
    """What Withdraw and Restrict can take away (clause 4); PUT IN and the end of the day are not among them."""

    BREAKS = "breaks"
    PERMISSIONS = "permissions"
    APPROVALS = "approvals"


@dataclass(frozen=True, slots=True)
class Restriction:
    """The headteacher's Withdraw (all entitlements) or Restrict (some) for a person, or for everybody here."""

    person: PersonId | None
    """None: everybody, the cover pool too. A group is named person by person."""
    takes: frozenset[Entitlement]
    starts: datetime
    ends: datetime | None = None


class BadgeKind(StrEnum):
    """What a badge is in the bundle for."""

    PERSONAL = "personal"
    COVER = "cover"
    """Cover pool: live at every one-door cabinet and at no bank."""
    ROLE = "role"
    """An SLT or office badge, carried as reference and role only; it declares nothing here."""


@dataclass(frozen=True, slots=True)
class BadgeRules:
    """A badge as the bundle names it."""

    reference: BadgeReference
    kind: BadgeKind
    person: PersonId | None
    """None for a cover-pool badge and for one carried for its role."""
    starts: datetime
    ends: datetime | None = None
    lost: datetime | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """The school's choices that a cabinet obeys."""

    emergency: bool = True
    cover_hours: Week = NO_HOURS
    break_grace: timedelta = timedelta(minutes=5)
    """After a break; `phone.overdue` comes then."""
    trip_grace: timedelta = timedelta(minutes=15)
    """After the planned return of an off-site visit."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything one cabinet decides by: the verified bundle of its point. Raises ValueError for an unknown zone."""

    revision: Revision
    issued: datetime
    zone: str
    """IANA name; school times are local wall time in it."""
    first: date
    """First and last local date that `blocks` covers; outside them the rules are stale."""
    last: date
    point: PointId
    kind: PointKind
    slots: int
    settings: Settings = field(default_factory=Settings)
    blocks: tuple[DatedBlock, ...] = ()
    people: Mapping[PersonId, PersonRules] = field(default_factory=dict)
    badges: Mapping[BadgeReference, BadgeRules] = field(default_factory=dict)
    room_states: tuple[RoomState, ...] = ()
    room_states_ended: datetime | None = None
    """Children staying in that a badge said here before this instant is over: the office ended it."""
    permissions: tuple[Permission, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    blocks_of: Mapping[date, tuple[DatedBlock, ...]] = field(init=False, repr=False, compare=False)
    """`blocks` by date, earliest first."""
    permissions_of: Mapping[PersonId, tuple[Permission, ...]] = field(init=False, repr=False, compare=False)
    """`permissions` by person, the one that ends first before the others, without those long over."""
    restrictions_of: Mapping[PersonId | None, tuple[Restriction, ...]] = field(init=False, repr=False, compare=False)
    """`restrictions` by person, without those long over; None: everybody's."""

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, OSError) as fault:
            raise ValueError(
                f"{self.zone!r} is no time zone this machine knows: use a name like Europe/London"
            ) from fault
        weeks = (self.settings.cover_hours, *(person.hours for person in self.people.values()))
        if any(len(week) != len(NO_HOURS) for week in weeks):
            raise ValueError("working hours have seven days, from Monday")
        # By date, so that a decision finds its day without reading all four weeks.
        object.__setattr__(self, "blocks", tuple(sorted(self.blocks, key=lambda block: (block.date, block.span))))
        object.__setattr__(self, "blocks_of", _blocks_by_date(self.blocks))
        # By person, so that five years of permissions cost a decision nothing.
        over = self.issued - REMEMBERED
        object.__setattr__(self, "permissions_of", _permissions_by_person(self.permissions, over))
        object.__setattr__(self, "restrictions_of", _restrictions_by_person(self.restrictions, over))


def _blocks_by_date(ordered: Iterable[DatedBlock]) -> dict[date, tuple[DatedBlock, ...]]:
    return {day: tuple(blocks) for day, blocks in groupby(ordered, key=attrgetter("date"))}


def _permissions_by_person(every: Iterable[Permission], over: datetime) -> dict[PersonId, tuple[Permission, ...]]:
    found: dict[PersonId, tuple[Permission, ...]] = {}
    for one in sorted(every, key=lambda permission: (permission.ends, permission.id)):
        if one.ends > over:
            found[one.person] = (*found.get(one.person, ()), one)
    return found


def _restrictions_by_person(
    every: Iterable[Restriction], over: datetime
) -> dict[PersonId | None, tuple[Restriction, ...]]:
    found: dict[PersonId | None, tuple[Restriction, ...]] = {}
    for one in every:
        if one.ends is None or one.ends > over:
            found[one.person] = (*found.get(one.person, ()), one)
    return found
