"""Taps: what a cabinet decided about a badge, and phones that a granted tap declares in or out."""

from pydantic import Field

from broker.instants import Instant
from broker.messages.message import (
    Badge,
    Clause,
    Code,
    Count,
    Decimal,
    Flag,
    Id,
    Message,
    Person,
    PrivatePart,
    Slot,
    Text,
    WireModel,
)
from policy.gesture import Intent
from policy.state import Declared


class Block(WireModel):
    """The block or break that a decision rests on."""

    name: Text
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant = Field(validation_alias="until", serialization_alias="until")


class TapGrantedPrivate(PrivatePart):
    """Who, and why."""

    badge: Badge
    person: Person | None
    slot: Slot | None
    reason: Code
    clause: Clause
    block: Block | None = None
    repeated: Flag = False
    offered: Count = 1
    """How many cards were in the field."""


class TapGranted(Message):
    """A tap was granted; committed before any coil is energised."""

    type = "tap.granted.v1"
    Private = TapGrantedPrivate
    point: Id
    intent: Intent
    opens: Flag
    """Whether a lock gets a pulse."""


class TapRefusedPrivate(PrivatePart):
    """Who, why, and when it would be allowed."""

    badge: Badge | None
    person: Person | None
    reason: Code
    clause: Clause
    intent: Intent | None
    block: Block | None = None
    next_allowed: Instant | None = None


class TapRefused(Message):
    """A tap was refused; nothing opens."""

    type = "tap.refused.v1"
    Private = TapRefusedPrivate
    point: Id


class PhonePrivate(PrivatePart):
    """Whose phone, and at a locker bank where."""

    badge: Badge
    person: Person | None
    slot: Slot | None


class PhoneDeclared(Message):
    """A phone was declared in or out; a declaration, since a door cannot see a phone."""

    type = "phone.declared.v1"
    Private = PhonePrivate
    point: Id
    tap: Decimal
    """Sequence, in the same epoch, of the tap it belongs to."""
    intent: Intent
    state: Declared


class PutInRepeated(Message):
    """PUT IN by somebody already declared in."""

    type = "put_in.repeated.v1"
    Private = PhonePrivate
    point: Id
    tap: Decimal


class PhoneOverduePrivate(PrivatePart):
    """Whose phone is not back, since when."""

    person: Person | None
    badge: Badge
    slot: Slot | None
    block: Block
    due: Instant


class PhoneOverdue(Message):
    """A phone taken out in a break or for a visit was not declared in again when that and its grace were over."""

    type = "phone.overdue.v1"
    Private = PhoneOverduePrivate
    point: Id
