"""The port `Reader`: what a badge reader tells the cabinet; step 1 of flow 1 (a tap becomes a row)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ReaderFault(StrEnum):
    """What is wrong with a reader, as the code that `reader.failed` carries."""

    NOT_THERE = "not_there"
    """Nothing answers on the bus (MISO reads 00 or FF): unplugged, no power, wrong chip select."""
    STUCK = "stuck"
    """The chip answers, but does not finish what it is told, also after a reset."""
    RESTARTED = "restarted"
    """The chip had lost its settings (a dip of its supply); it has been set up again."""
    NOISE = "noise"
    """Answers are garbled again and again: a disturbed field or a bad cable."""


@dataclass(frozen=True, slots=True)
class BadgePresented:
    """A card came into the field and its whole UID was read; once a presentation."""

    uid: bytes = field(repr=False)
    """4, 7 or 10 bytes, in the order in which the card sends them, without check bytes and cascade tags."""
    at_ns: int
    """CLOCK_BOOTTIME in ns when the reading was finished."""
    reader: str


@dataclass(frozen=True, slots=True)
class BadgeHeld:
    """The card has been in the field for 3 s; once a presentation."""

    uid: bytes = field(repr=False)
    at_ns: int
    reader: str


@dataclass(frozen=True, slots=True)
class BadgeRemoved:
    """The card has left: several looks in a row have missed it."""

    uid: bytes = field(repr=False)
    at_ns: int
    reader: str


@dataclass(frozen=True, slots=True)
class RandomBadge:
    """Something with a random UID (a phone, a passport) was held up: it identifies nobody. Once a presentation."""

    at_ns: int
    reader: str


@dataclass(frozen=True, slots=True)
class ReaderFailed:
    """The reader stopped working; said once until it recovers."""

    reader: str
    fault: ReaderFault


@dataclass(frozen=True, slots=True)
class ReaderRecovered:
    """The reader works again, without a restart of the program."""

    reader: str


ReaderEvent = BadgePresented | BadgeHeld | BadgeRemoved | RandomBadge | ReaderFailed | ReaderRecovered


class Reader(Protocol):
    """A badge reader. Ask it every 50 ms, always from the same thread."""

    @property
    def name(self) -> str:
        """The name the configuration gives it."""
        ...

    def poll(self) -> list[ReaderEvent]:
        """Look once (2 to 12 ms) and tell what is new, in order; faults are events, never exceptions."""
        ...

    def version(self) -> int | None:
        """The chip's VersionReg (0x91, 0x92 or a copy's 0x88, 0xB2); None when nothing answers."""
        ...

    def close(self) -> None:
        """Switch the field off and let go of the bus; closing twice does nothing."""
        ...
