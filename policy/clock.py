"""The port `Clock`: what a program may know about time, and how far it may trust it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol


class ClockQuality(StrEnum):
    """How a wall time was come by."""

    SYNCED = "synced"
    """Set by a time server since power-on: trusted."""
    FLOOR = "floor"
    """Not set since power-on; shows the oldest time that can be true, moved on by the monotonic clock."""
    UNSET = "unset"
    """Nothing is known: not even a floor."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One reading of a clock: wall time with its quality, and the monotonic time that waiting is measured by."""

    utc: datetime
    """Aware, in UTC."""
    quality: ClockQuality
    boottime_ns: int
    """CLOCK_BOOTTIME in nanoseconds: never steps, goes on through suspend."""

    def __post_init__(self) -> None:
        if self.utc.tzinfo is not UTC:
            raise ValueError(f"a moment is in UTC, not {self.utc!r}: convert it with astimezone(UTC)")


class Clock(Protocol):
    """Where a program reads the time; it gets one in `wiring.py` and asks nobody else."""

    def now(self) -> Moment:
        """Read the clock once; a decision uses one reading throughout."""
        ...
