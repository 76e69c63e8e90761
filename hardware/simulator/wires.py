"""Wires into a world of this very process: for tests and measurements, with a virtual clock."""

from collections.abc import Callable

from hardware.simulator.cable.port import Watcher
from hardware.simulator.pins import Mode
from hardware.simulator.world import World


class LocalWires:
    """Both ends of the wires in one process."""

    def __init__(self, world: World) -> None:
        self._world = world

    def transfer(self, bus: int, device: int, out: bytes, speed_hz: int) -> bytes:
        return self._world.transfer(bus, device, out, speed_hz)

    def set_mode(self, pin: int, mode: Mode, level: bool = False) -> None:
        self._world.header.set_mode(pin, mode, level)

    def write(self, pin: int, level: bool) -> None:
        self._world.header.write(pin, level)

    def read(self, pin: int) -> bool:
        return self._world.header.read(pin)

    def watch(self, pin: int, watcher: Watcher) -> Callable[[], None]:
        return self._world.header.watch(pin, watcher)

    def close(self) -> None:
        """Nothing to hang up."""
