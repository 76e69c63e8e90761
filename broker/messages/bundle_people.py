"""People in a rules bundle, without names: hours, links, badges, and what they are permitted or may not do."""

from typing import Self

from pydantic import Field

from broker.instants import Instant, read_instant, write_instant
from broker.messages.bundle_times import WeekOnWire, read_maybe, read_week, write_maybe, write_week
from broker.messages.message import Badge, PermissionId, Person, Slot, Text, WireModel, absent, empty
from policy.ids import BadgeReference, PersonId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    Entitlement,
    Permission,
    PermissionKind,
    PersonRules,
    PointLink,
    Restriction,
)


class LinkOnWire(WireModel):
    """That a person keeps a phone here."""

    slot: Slot | None
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant | None = Field(validation_alias="until", serialization_alias="until")

    @classmethod
    def write(cls, link: PointLink) -> Self:
        """Write a link."""
        return cls(slot=link.slot, starts=write_instant(link.starts), ends=write_maybe(link.ends))

    def read(self) -> PointLink:
        """Read a link. Raises ValueError for a time that does not exist."""
        return PointLink(self.slot, read_instant(self.starts), read_maybe(self.ends))


class PersonOnWire(WireModel):
    """A person by id: group, hours and links, no name."""

    id: Person
    hours: WeekOnWire
    links: list[LinkOnWire]
    group: Text = Field(default="", exclude_if=empty)
    going_home: Instant | None = Field(default=None, exclude_if=absent)

    @classmethod
    def write(cls, person: PersonRules) -> Self:
        """Write a person."""
        return cls(
            id=person.id,
            hours=write_week(person.hours),
            links=[LinkOnWire.write(link) for link in person.links],
            group=person.group,
            going_home=write_maybe(person.going_home),
        )

    def read(self) -> PersonRules:
        """Read a person. Raises ValueError for a span or time that cannot be."""
        links = tuple(link.read() for link in self.links)
        return PersonRules(PersonId(self.id), read_week(self.hours), links, self.group, read_maybe(self.going_home))


class BadgeOnWire(WireModel):
    """A badge by reference."""

    reference: Badge
    kind: BadgeKind
    person: Person | None
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant | None = Field(validation_alias="until", serialization_alias="until")
    lost: Instant | None = None
    role: Text | None = None

    @classmethod
    def write(cls, badge: BadgeRules) -> Self:
        """Write a badge."""
        return cls(
            reference=badge.reference,
            kind=badge.kind,
            person=badge.person,
            starts=write_instant(badge.starts),
            ends=write_maybe(badge.ends),
            lost=write_maybe(badge.lost),
            role=badge.role,
        )

    def read(self) -> BadgeRules:
        """Read a badge. Raises ValueError for a time that does not exist."""
        return BadgeRules(
            reference=BadgeReference(self.reference),
            kind=self.kind,
            person=None if self.person is None else PersonId(self.person),
            starts=read_instant(self.starts),
            ends=read_maybe(self.ends),
            lost=read_maybe(self.lost),
            role=self.role,
        )


class PermissionOnWire(WireModel):
    """A permission that lets a phone be taken out; who granted it and what for stays in the office."""

    id: PermissionId
    person: Person
    kind: PermissionKind
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant = Field(validation_alias="until", serialization_alias="until")

    @classmethod
    def write(cls, permission: Permission) -> Self:
        """Write a permission."""
        return cls(
            id=permission.id,
            person=permission.person,
            kind=permission.kind,
            starts=write_instant(permission.starts),
            ends=write_instant(permission.ends),
        )

    def read(self) -> Permission:
        """Read a permission. Raises ValueError for a time that does not exist."""
        person = PersonId(self.person)
        return Permission(self.id, person, self.kind, read_instant(self.starts), read_instant(self.ends))


class RestrictionOnWire(WireModel):
    """The headteacher's Withdraw or Restrict; why stays in the office."""

    person: Person | None
    takes: list[Entitlement]
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant | None = Field(validation_alias="until", serialization_alias="until")

    @classmethod
    def write(cls, restriction: Restriction) -> Self:
        """Write a restriction."""
        return cls(
            person=restriction.person,
            takes=sorted(restriction.takes),
            starts=write_instant(restriction.starts),
            ends=write_maybe(restriction.ends),
        )

    def read(self) -> Restriction:
        """Read a restriction. Raises ValueError for a time that does not exist."""
        person = None if self.person is None else PersonId(self.person)
        return Restriction(person, frozenset(self.takes), read_instant(self.starts), read_maybe(self.ends))
