"""The rules bundle on the wire: `policy.Rules` of one device as JSON and back (flow 2, steps 2 and 3)."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field

from broker.errors import BadMessage, MessageTooLarge
from broker.instants import Instant, read_instant, write_instant
from broker.messages.message import Badge, Count, Flag, Id, Person, Slot, Text, WireModel
from broker.messages.wire import Addressed
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    PersonRules,
    PointKind,
    PointLink,
    Revision,
    Rules,
    Settings,
    Span,
    Week,
)

BUNDLE_BYTES = 64 * 1024

SpanOnWire = tuple[Count, Count]
"""From and until in minutes of the local day."""
WeekOnWire = Annotated[list[list[SpanOnWire]], Field(min_length=7, max_length=7)]


class SettingsOnWire(WireModel):
    """The school's choices."""

    emergency: Flag
    cover_hours: WeekOnWire
    break_grace_s: Count


class BlockOnWire(WireModel):
    """A restricted block on one date."""

    date: date
    span: SpanOnWire
    name: Text
    breaks: list[SpanOnWire] = Field(default_factory=list)


class LinkOnWire(WireModel):
    """That a person keeps a phone here."""

    slot: Slot | None
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant | None = Field(validation_alias="until", serialization_alias="until")


class PersonOnWire(WireModel):
    """A person by id: hours and links, no name."""

    id: Person
    hours: WeekOnWire
    links: list[LinkOnWire]


class BadgeOnWire(WireModel):
    """A badge by reference."""

    reference: Badge
    kind: BadgeKind
    person: Person | None
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant | None = Field(validation_alias="until", serialization_alias="until")
    lost: Instant | None = None
    role: Text | None = None


class Bundle(Addressed):
    """Everything one cabinet decides by, for one device at one site."""

    purpose: Literal["rules"] = "rules"
    v: Literal[1] = 1
    generation: Count
    number: Count
    issued: Instant
    zone: Text
    first: date
    last: date
    point: Id
    kind: PointKind
    slots: Count
    settings: SettingsOnWire
    blocks: list[BlockOnWire]
    people: list[PersonOnWire]
    badges: list[BadgeOnWire]

    @classmethod
    def from_rules(cls, rules: Rules, *, site: str, device: str) -> Self:
        """Write rules for one device."""
        return cls(
            site=site,
            device=device,
            generation=rules.revision.generation,
            number=rules.revision.number,
            issued=write_instant(rules.issued),
            zone=rules.zone,
            first=rules.first,
            last=rules.last,
            point=rules.point,
            kind=rules.kind,
            slots=rules.slots,
            settings=SettingsOnWire(
                emergency=rules.settings.emergency,
                cover_hours=_write_week(rules.settings.cover_hours),
                break_grace_s=int(rules.settings.break_grace.total_seconds()),
            ),
            blocks=[
                BlockOnWire(date=block.date, span=_write(block.span), name=block.name, breaks=_write_all(block.breaks))
                for block in rules.blocks
            ],
            people=[_write_person(person) for person in rules.people.values()],
            badges=[_write_badge(badge) for badge in rules.badges.values()],
        )

    def to_rules(self) -> Rules:
        """Read the rules. Raises `BadMessage` when a time, zone or span cannot be."""
        try:
            return Rules(
                revision=self.revision,
                issued=read_instant(self.issued),
                zone=self.zone,
                first=self.first,
                last=self.last,
                point=PointId(self.point),
                kind=self.kind,
                slots=self.slots,
                settings=Settings(
                    emergency=self.settings.emergency,
                    cover_hours=_read_week(self.settings.cover_hours),
                    break_grace=timedelta(seconds=self.settings.break_grace_s),
                ),
                blocks=tuple(
                    DatedBlock(block.date, Span(*block.span), block.name, _read_all(block.breaks))
                    for block in self.blocks
                ),
                people={PersonId(person.id): _read_person(person) for person in self.people},
                badges={BadgeReference(badge.reference): _read_badge(badge) for badge in self.badges},
            )
        except ValueError as error:
            raise BadMessage(f"the rules bundle {self.revision} cannot be obeyed: {error}") from error

    @property
    def revision(self) -> Revision:
        """Which edition it is."""
        return Revision(self.generation, self.number)

    def to_body(self) -> bytes:
        """Encode for signing. Raises `MessageTooLarge` beyond 64 kB."""
        body = self.to_bytes()
        if len(body) > BUNDLE_BYTES:
            raise MessageTooLarge(
                f"the rules of {self.point} have {len(body)} bytes and {BUNDLE_BYTES} is the most: "
                "shorten the names of blocks, or keep fewer people at this point"
            )
        return body


def _write(span: Span) -> SpanOnWire:
    return (span.start, span.end)


def _write_all(spans: tuple[Span, ...]) -> list[SpanOnWire]:
    return [_write(span) for span in spans]


def _read_all(spans: list[SpanOnWire]) -> tuple[Span, ...]:
    return tuple(Span(*span) for span in spans)


def _write_week(week: Week) -> list[list[SpanOnWire]]:
    return [_write_all(day) for day in week]


def _read_week(week: list[list[SpanOnWire]]) -> Week:
    return tuple(_read_all(day) for day in week)


def _write_person(person: PersonRules) -> PersonOnWire:
    links = [
        LinkOnWire(
            slot=link.slot,
            starts=write_instant(link.starts),
            ends=None if link.ends is None else write_instant(link.ends),
        )
        for link in person.links
    ]
    return PersonOnWire(id=person.id, hours=_write_week(person.hours), links=links)


def _read_person(person: PersonOnWire) -> PersonRules:
    links = tuple(
        PointLink(link.slot, read_instant(link.starts), None if link.ends is None else read_instant(link.ends))
        for link in person.links
    )
    return PersonRules(PersonId(person.id), _read_week(person.hours), links)


def _write_badge(badge: BadgeRules) -> BadgeOnWire:
    return BadgeOnWire(
        reference=badge.reference,
        kind=badge.kind,
        person=badge.person,
        starts=write_instant(badge.starts),
        ends=None if badge.ends is None else write_instant(badge.ends),
        lost=None if badge.lost is None else write_instant(badge.lost),
        role=badge.role,
    )


def _read_badge(badge: BadgeOnWire) -> BadgeRules:
    return BadgeRules(
        reference=BadgeReference(badge.reference),
        kind=badge.kind,
        person=None if badge.person is None else PersonId(badge.person),
        starts=read_instant(badge.starts),
        ends=None if badge.ends is None else read_instant(badge.ends),
        lost=None if badge.lost is None else read_instant(badge.lost),
        role=badge.role,
    )
