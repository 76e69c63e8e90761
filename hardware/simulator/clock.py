"""The simulator's clocks, in microseconds: virtual (waiting costs nothing) and real (waiting is really waited)."""

import time
from typing import Protocol

SPIN_US = 120.0
"""Sleeping is late by up to this much; the rest of a wait is spun, so that air time is exact."""


class SimulatorClock(Protocol):
    """What the chip's time runs by."""

    def now_us(self) -> float:
        """Read the clock."""
        ...

    def spend(self, us: float) -> None:
        """Let this much time pass."""
        ...


class VirtualClock:
    """Time that moves only when somebody spends it: tests are instant and exact."""

    def __init__(self) -> None:
        self._now = 0.0

    def now_us(self) -> float:
        return self._now

    def spend(self, us: float) -> None:
        self._now += us

    def now_ns(self) -> int:
        """The same time as a program's clock would tell it."""
        return round(self._now * 1000)

    def sleep(self, seconds: float) -> None:
        """What a program under test calls in place of `time.sleep`."""
        self._now += seconds * 1_000_000


class LeapingClock:
    """The machine's clock, except that SPI and air time are leapt over: a simulator process without --real-time."""

    def __init__(self) -> None:
        self._leapt = 0.0

    def now_us(self) -> float:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) / 1000 + self._leapt

    def spend(self, us: float) -> None:
        self._leapt += us


class RealClock:
    """The machine's clock; SPI and air time are waited for."""

    def now_us(self) -> float:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) / 1000

    def spend(self, us: float) -> None:
        until = self.now_us() + us
        while (left := until - self.now_us()) > 0:
            if left > SPIN_US:
                time.sleep((left - SPIN_US) / 1_000_000)
