"""The ports `SpiWires` and `PinWires`: the program's ends of a simulated board's wires."""

from collections.abc import Callable
from typing import Protocol

from hardware.simulator.pins import Mode

Watcher = Callable[[int, bool], None]


class SpiWires(Protocol):
    """What the fake `spidev` speaks through."""

    def transfer(self, bus: int, device: int, out: bytes, speed_hz: int) -> bytes:
        """Exchange one SPI frame; raises OSError if nothing is there to exchange it with."""
        ...


class PinWires(Protocol):
    """What the simulated pin factory and the fake `RPi.GPIO` drive."""

    def set_mode(self, pin: int, mode: Mode, level: bool = False) -> None:
        """Make a pin an input with a pull, or an output driving `level` from its first moment."""
        ...

    def write(self, pin: int, level: bool) -> None:
        """Drive an output."""
        ...

    def read(self, pin: int) -> bool:
        """Read a level; raises OSError if the board is out of reach."""
        ...

    def watch(self, pin: int, watcher: Watcher) -> Callable[[], None]:
        """Have every change of an input told; returns what ends it."""
        ...

    def close(self) -> None:
        """Hang up; pins stay as they are."""
        ...
