"""Approvals of emergencies by a senior leader; the models stand in the catalogue, nobody sends them yet."""

from broker.messages.message import Badge, Code, Decimal, Id, Message, Person, PrivatePart


class ApprovalPrivate(PrivatePart):
    """Who asked, and who answered."""

    badge: Badge
    person: Person | None
    approver: Person | None = None
    approver_badge: Badge | None = None
    reason: Code | None = None


class _Approval(Message):
    Private = ApprovalPrivate
    point: Id
    tap: Decimal


class ApprovalAsked(_Approval):
    """Somebody waits for a senior leader's tap."""

    type = "approval.asked.v1"


class ApprovalGiven(_Approval):
    """A senior leader approved."""

    type = "approval.given.v1"


class ApprovalExpired(_Approval):
    """Nobody approved in time."""

    type = "approval.expired.v1"
