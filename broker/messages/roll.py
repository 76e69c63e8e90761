"""The roll in an evacuation or a drill: grow-only facts, which merge whenever they arrive."""

from typing import Annotated

from pydantic import Field, StringConstraints

from broker.instants import Instant
from broker.messages.message import Flag, Holder, Message, PrivatePart, absent
from broker.messages.visit import VisitId

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}/[0-9a-f]{16}/[1-9][0-9]{0,18}$")]
"""An event, `device/epoch/sequence`."""


class RollPrivate(PrivatePart):
    """Who says it: a person, or `badge:` and the reference of a badge without one."""

    by: Holder


class _RollCall(Message):
    Private = RollPrivate
    drill: Flag


class RollBegun(_RollCall):
    """Somebody began to call the roll."""

    type = "roll.begun.v1"
    at: Instant | None = Field(default=None, exclude_if=absent)
    """When, by a tablet that had no network meanwhile; null: when the event says."""
    after: EventName | None = Field(default=None, exclude_if=absent)
    """The `roll.begun` of the roll-call before, known to be over: this is another."""


class RollSeen(_RollCall):
    """A visitor was seen at the meeting place; said once and never taken back."""

    type = "roll.seen.v1"
    visit: VisitId
    at: Instant | None = Field(default=None, exclude_if=absent)
    """When, by a screen that had no network meanwhile; null: when the event says."""
    roll: EventName | None = Field(default=None, exclude_if=absent)
    """The `roll.begun` of the roll-call it was said in; null: whichever was being called."""


class RollEnded(_RollCall):
    """Somebody ended the roll-call."""

    type = "roll.ended.v1"
    roll: EventName | None = Field(default=None, exclude_if=absent)
    """The `roll.begun` of the roll-call that is over; null: whichever was being called."""
