"""What can go wrong on the wire, one class each; every message says what happened and what to do."""

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from broker.frames import CheckedFrame


class BrokerError(Exception):
    """Anything this package refuses or cannot do."""


class BadMessage(BrokerError):
    """Bytes that are not the message they claim to be."""


class ForeignMessage(BrokerError):
    """A message, rightly signed, that was made for another site, device or purpose."""


class MessageTooLarge(BrokerError):
    """A message over its limit: an event, its private part, a frame, a rules bundle."""


class BadSignature(BrokerError):
    """A signed message whose signature does not fit its bytes, its purpose or the key."""


class BadKey(BrokerError):
    """A key file that is missing, unreadable or of another kind."""


class CannotUnseal(BrokerError):
    """A sealed private part that this recovery key does not open."""


class EpochNotOpen(BrokerError):
    """An event was to be written before `open_epoch` began this run of the program."""


class BadConfiguration(BrokerError):
    """A name or number that cannot stand in mosquitto's configuration or a certificate."""


class FrameFault(StrEnum):
    """What is wrong with a frame, one word for code, quarantine and tests."""

    UNDECODABLE = "undecodable"
    OVERSIZED = "oversized"
    WRONG_SCHEMA = "wrong_schema"
    FOREIGN = "foreign"
    """It speaks for another site or device than the one whose certificate carried it."""
    BROKEN_CHAIN = "broken_chain"
    BAD_SIGNATURE = "bad_signature"
    BAD_PRIVATE = "bad_private"
    """A private part is missing, or does not fit the commitment in its event."""
    GAP = "gap"
    """Events before the frame's first are not held: ask with `need`, throw nothing away."""
    ALTERED = "altered"
    """Other bytes for an (epoch, sequence) that is held: the tamper alarm."""


class BadFrame(BrokerError):
    """A frame that cannot be taken as it is; `fault` says which way, the message why."""

    def __init__(
        self,
        fault: FrameFault,
        why: str,
        *,
        missing: tuple[str, int, int] | None = None,
        checked: "CheckedFrame | None" = None,
    ) -> None:
        super().__init__(f"{fault}: {why}")
        self.fault = fault
        self.why = why
        self.missing = missing
        """With `gap`: (epoch, from, to), the events to ask for."""
        self.checked = checked
        """With `wrong_schema`, when chain and head are right: the frame, so that its device is not refused for ever."""
