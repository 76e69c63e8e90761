"""What a board tells besides badges: buttons, doors, and how a lock pulse went (steps 2 and 6 of flow 1)."""

from dataclasses import dataclass
from enum import StrEnum


class LockFault(StrEnum):
    """Why a pulse released nothing, as the code that `lock.failed` carries."""

    NO_CURRENT = "no_current"
    """The coil was driven and no current flowed: jammed relay, broken wire, no supply."""
    STILL_ON = "still_on"
    """Current went on after the pulse: a welded relay."""
    SWITCHED_OFF = "switched_off"
    """The board was closed before the pulse's turn came, or during it."""
    UNREACHABLE = "unreachable"
    """The pin could not be driven."""


class DoorState(StrEnum):
    """What the contact says; no contact or a dead one is unknown, never closed."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ButtonPressed:
    """A button went down; `at_ns` (CLOCK_BOOTTIME) is its first edge, before debouncing."""

    name: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class ButtonReleased:
    """A button came up."""

    name: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class DoorOpened:
    """A door opened; `at_ns` (CLOCK_BOOTTIME) is the contact's first edge, before debouncing."""

    slot: int
    at_ns: int


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """A door closed."""

    slot: int
    at_ns: int


BoardEvent = ButtonPressed | ButtonReleased | DoorOpened | DoorClosed


@dataclass(frozen=True, slots=True)
class LockPulse:
    """A coil was energised from `started_ns` to `ended_ns` (CLOCK_BOOTTIME)."""

    slot: int
    started_ns: int
    ended_ns: int

    @property
    def ms(self) -> int:
        """How long the coil was on, in milliseconds."""
        return (self.ended_ns - self.started_ns) // 1_000_000


@dataclass(frozen=True, slots=True)
class LockFailed:
    """A pulse did not release the lock."""

    slot: int
    fault: LockFault
    at_ns: int
