"""The roll in an evacuation or a drill: grow-only facts, which merge whenever they arrive."""

from pydantic import Field

from broker.instants import Instant
from broker.messages.message import Flag, Holder, Message, PrivatePart, absent
from broker.messages.visit import VisitId


class RollPrivate(PrivatePart):
    """Who says it: a person, or `badge:` and the reference of a badge without one."""

    by: Holder


class _RollCall(Message):
    Private = RollPrivate
    drill: Flag


class RollBegun(_RollCall):
    """Somebody began to call the roll."""

    type = "roll.begun.v1"


class RollSeen(_RollCall):
    """A visitor was seen at the meeting place; said once and never taken back."""

    type = "roll.seen.v1"
    visit: VisitId
    at: Instant | None = Field(default=None, exclude_if=absent)
    """When, by a screen that had no network meanwhile; null: when the event says."""


class RollEnded(_RollCall):
    """Somebody ended the roll-call."""

    type = "roll.ended.v1"
