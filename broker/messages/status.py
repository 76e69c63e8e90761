"""What a device says of itself: the retained `up/status`, at most four a second."""

from typing import Literal

from pydantic import Field

from broker.instants import Instant
from broker.messages.message import Count, Decimal, Epoch, Flag, Id, Nonce, RevisionText, Text, WireModel
from policy.clock import ClockQuality

Rhythm = Literal["off", "steady", "slow", "double"]
STATUS_BYTES = 64 * 1024


class Versions(WireModel):
    """Which programs run."""

    phonekeep: Text


class BundleHead(WireModel):
    """The signed head of the bundle in force; central put back to yesterday recognises its own signature."""

    device: Id
    generation: Count
    number: Count
    signature: str


class PartHealth(WireModel):
    """One part of a device: what is wrong, since when, and what to do about it."""

    part: Id
    state: Literal["ok", "fault", "unknown"]
    since: Instant | None = None
    what_to_do: Text | None = None


class LampState(WireModel):
    """How the three lamps are lit."""

    red: Rhythm
    amber: Rhythm
    green: Rhythm


class Status(WireModel):
    """Everything about a device that is state and not an event; no person, no badge."""

    v: Literal[1] = 1
    device: Id
    at: Instant
    clock: ClockQuality
    boot: Decimal
    versions: Versions
    bundle: BundleHead | None = None
    rules_applied: RevisionText | None = None
    last_ack: str | None = None
    """The signed acknowledgement as it came, as a string."""
    epoch: Epoch
    sequence: Decimal
    outbox_depth: Count
    health: list[PartHealth] = Field(default_factory=list)
    lamps: LampState
    doors: dict[str, Literal["open", "closed", "unknown"]] = Field(default_factory=dict)
    """State per slot, by the slot's number as a string."""
    nonce: Nonce | None = None
    """What the next command `open_for` has to answer; each is good once, for 120 s."""
    children_in_until: Instant | None = None
    """Until when children are staying in, as a senior leader's badge said it here; null when they are not."""


class Online(WireModel):
    """`up/online`: the retained birth, and as last will the same with `online` false."""

    online: Flag
    boot: Decimal | None = None
