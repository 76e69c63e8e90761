"""How drivers tell time and wait: CLOCK_BOOTTIME, as everywhere on a device; tests give a clock of their own."""

import time
from typing import Protocol


class Pace(Protocol):
    """A clock and a way to wait by it."""

    def now_ns(self) -> int:
        """CLOCK_BOOTTIME in nanoseconds."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait at least this long."""
        ...


class BootPace:
    """The machine's."""

    def now_ns(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
