"""Approvals of emergencies by a senior leader, from the asking to the answer (clause 16)."""

from broker.messages.message import Badge, Code, Decimal, Id, Message, Nonce, Person, PrivatePart
from broker.messages.tap import Block


class ApprovalPrivate(PrivatePart):
    """Who asked, and who answered."""

    badge: Badge
    person: Person | None
    approver: Person | None = None
    approver_badge: Badge | None = None
    """Null when an account approved, or nobody."""
    reason: Code | None = None
    """Of the asking, why TAKE OUT was refused; of the answer, how it was given; of the end, why it came."""


class ApprovalAskedPrivate(ApprovalPrivate):
    """Who asked, and in which block."""

    block: Block | None = None


class _Approval(Message):
    Private = ApprovalPrivate
    point: Id
    tap: Decimal
    """Sequence, in the same epoch, of the refused tap that asked."""


class ApprovalAsked(_Approval):
    """Somebody waits for a senior leader's tap, for 120 s; a signed `approve` answers `nonce`."""

    type = "approval.asked.v1"
    Private = ApprovalAskedPrivate
    nonce: Nonce


class ApprovalGiven(_Approval):
    """A senior leader approved."""

    type = "approval.given.v1"


class ApprovalExpired(_Approval):
    """Nobody approved in time, or an approval was not needed or not possible any more."""

    type = "approval.expired.v1"
