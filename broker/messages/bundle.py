"""The rules bundle on the wire: `policy.Rules` of one device as JSON and back (flow 2, steps 2 and 3).

What came after the first programs is left out while it says nothing: an older program reads such a bundle, and this
one reads an older one.
"""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field

from broker.errors import BadMessage, MessageTooLarge
from broker.instants import Instant, read_instant, write_instant
from broker.messages.bundle_people import BadgeOnWire, PermissionOnWire, PersonOnWire, RestrictionOnWire
from broker.messages.bundle_times import (
    BlockOnWire,
    RoomStateOnWire,
    WeekOnWire,
    read_maybe,
    read_week,
    write_maybe,
    write_week,
)
from broker.messages.message import Count, Flag, Id, Text, WireModel, absent, empty
from broker.messages.wire import Addressed
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import PointKind, Revision, Rules, Settings

BUNDLE_BYTES = 64 * 1024
USUAL_TRIP_GRACE_S = 15 * 60


def _usual(value: object) -> bool:
    return value == USUAL_TRIP_GRACE_S


class SettingsOnWire(WireModel):
    """The school's choices."""

    emergency: Flag
    cover_hours: WeekOnWire
    break_grace_s: Count
    trip_grace_s: Count = Field(default=USUAL_TRIP_GRACE_S, exclude_if=_usual)

    @classmethod
    def write(cls, settings: Settings) -> Self:
        """Write the settings."""
        return cls(
            emergency=settings.emergency,
            cover_hours=write_week(settings.cover_hours),
            break_grace_s=int(settings.break_grace.total_seconds()),
            trip_grace_s=int(settings.trip_grace.total_seconds()),
        )

    def read(self) -> Settings:
        """Read the settings. Raises ValueError for a span that does not run forward within a day."""
        return Settings(
            emergency=self.emergency,
            cover_hours=read_week(self.cover_hours),
            break_grace=timedelta(seconds=self.break_grace_s),
            trip_grace=timedelta(seconds=self.trip_grace_s),
        )


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
    room_states: list[RoomStateOnWire] = Field(default_factory=list, exclude_if=empty)
    room_states_ended: Instant | None = Field(default=None, exclude_if=absent)
    permissions: list[PermissionOnWire] = Field(default_factory=list, exclude_if=empty)
    restrictions: list[RestrictionOnWire] = Field(default_factory=list, exclude_if=empty)

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
            settings=SettingsOnWire.write(rules.settings),
            blocks=[BlockOnWire.write(block) for block in rules.blocks],
            people=[PersonOnWire.write(person) for person in rules.people.values()],
            badges=[BadgeOnWire.write(badge) for badge in rules.badges.values()],
            room_states=[RoomStateOnWire.write(state) for state in rules.room_states],
            room_states_ended=write_maybe(rules.room_states_ended),
            permissions=[PermissionOnWire.write(permission) for permission in rules.permissions],
            restrictions=[RestrictionOnWire.write(restriction) for restriction in rules.restrictions],
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
                settings=self.settings.read(),
                blocks=tuple(block.read() for block in self.blocks),
                people={PersonId(person.id): person.read() for person in self.people},
                badges={BadgeReference(badge.reference): badge.read() for badge in self.badges},
                room_states=tuple(state.read() for state in self.room_states),
                room_states_ended=read_maybe(self.room_states_ended),
                permissions=tuple(permission.read() for permission in self.permissions),
                restrictions=tuple(restriction.read() for restriction in self.restrictions),
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
