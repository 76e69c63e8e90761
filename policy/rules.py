"""The rules of one storage point as values: what a rules bundle says once it has been verified and parsed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from policy.ids import BadgeReference, PersonId, PointId

MINUTES_OF_A_DAY = 24 * 60


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
    """A restricted block on one date (clause 12) with its breaks (clause 11)."""

    date: date
    span: Span
    name: str
    breaks: tuple[Span, ...] = ()


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
    """What a cabinet knows of a person: no name, only hours and the links to this point, newest last."""

    id: PersonId
    hours: Week
    links: tuple[PointLink, ...]


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
        # In the order of dates, so that a decision finds its day without reading all four weeks.
        object.__setattr__(self, "blocks", tuple(sorted(self.blocks, key=lambda block: (block.date, block.span))))
