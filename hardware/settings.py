"""How a board is wired, as values: what `hardware.config.parse_board` makes of the [board] table.

Pins are BCM numbers, times milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Level = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """One MFRC522 on the SPI bus: chip select `device` of `bus`, and its reset line."""

    name: str
    bus: int
    device: int
    reset_pin: int
    speed_hz: int = 1_000_000
    gain_db: int = 48
    """Gain of the receiver: 18, 23, 33, 38, 43 or 48 dB (datasheet 9.3.3.6)."""


@dataclass(frozen=True, slots=True)
class LockConfig:
    """One lock coil behind a driver."""

    pin: int
    active_high: bool
    pulse_ms: int = 600
    continuous: bool = False
    """Whether the coil may be driven without a duty limit, by its data sheet."""


@dataclass(frozen=True, slots=True)
class DoorConfig:
    """One reed contact between the pin and ground."""

    pin: int
    closed_level: Level = "low"
    """What the pin reads while the door is shut."""


@dataclass(frozen=True, slots=True)
class LampsConfig:
    """The three lamps."""

    red: int
    amber: int
    green: int
    active_high: bool


@dataclass(frozen=True, slots=True)
class BeeperConfig:
    """An active beeper (it makes its own tone)."""

    pin: int
    active_high: bool
    muted: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackConfig:
    """A line that is active while current flows through any lock coil; one for all of them."""

    pin: int
    active_high: bool


@dataclass(frozen=True, slots=True)
class BoardConfig:
    """A whole board: what `open_board` opens."""

    readers: tuple[ReaderConfig, ...]
    locks: Mapping[int, LockConfig]
    """By slot, from 1; none at a reception."""
    lamps: LampsConfig | None = None
    """None at a reception, which has a reader alone and a screen to say things on."""
    doors: Mapping[int, DoorConfig] = field(default_factory=lambda: MappingProxyType({}))
    """By slot; a slot without a contact has a door whose state is unknown."""
    beeper: BeeperConfig | None = None
    buttons: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """`put_in` and `take_out`, both or neither; buttons between the pin and ground."""
    lock_feedback: FeedbackConfig | None = None
