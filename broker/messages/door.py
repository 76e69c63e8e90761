"""Locks and doors: what the effects of a tap did, and what a door did without one."""

from broker.messages.message import Code, Count, Decimal, Id, Message, PrivatePart, Slot


class SlotPrivate(PrivatePart):
    """Which locker of a bank: that says whose, so it is personal; at one door the slot is public."""

    slot: Slot


class _Door(Message):
    Private = SlotPrivate
    private_optional = True
    point: Id
    slot: Slot | None
    """1 at one door, null at a bank."""
    tap: Decimal | None
    """Sequence, in the same epoch, of the tap it followed; null for none."""


class LockEnergised(Message):
    """A coil had its pulse."""

    type = "lock.energised.v1"
    Private = SlotPrivate
    private_optional = True
    point: Id
    tap: Decimal
    slot: Slot | None
    ms: Count
    """How long the pulse was."""


class LockFailed(Message):
    """A coil could not be driven."""

    type = "lock.failed.v1"
    Private = SlotPrivate
    private_optional = True
    point: Id
    tap: Decimal | None
    slot: Slot | None
    fault: Code


class DoorOpened(_Door):
    """A door opened after a release."""

    type = "door.opened.v1"


class DoorClosed(_Door):
    """A door closed."""

    type = "door.closed.v1"


class DoorHeldOpen(_Door):
    """A door was still open when it should have been shut."""

    type = "door.held_open.v1"


class DoorNotOpened(_Door):
    """A lock was released and nobody opened the door."""

    type = "door.not_opened.v1"


class DoorOpenedUnreleased(_Door):
    """A door opened though no lock was released: the sealed key, or force."""

    type = "door.opened_unreleased.v1"
