"""Opens the board of a cabinet: `open_board` picks real or simulated parts. Also where its values are imported from."""

from pathlib import Path
from typing import Any, Protocol

from hardware.devices.lock import LockRelay
from hardware.errors import BoardUnavailable, ConfigurationError, HardwareError
from hardware.happenings import (
    BoardEvent,
    ButtonPressed,
    ButtonReleased,
    DoorClosed,
    DoorOpened,
    DoorState,
    LockFailed,
    LockFault,
    LockPulse,
)
from hardware.opened import Board
from hardware.schedule import Schedule, ThreadSchedule
from hardware.settings import BoardConfig

__all__ = [
    "Board", "BoardConfig", "BoardEvent", "BoardUnavailable", "ButtonPressed", "ButtonReleased", "ConfigurationError",
    "DoorClosed", "DoorOpened", "DoorState", "HardwareError", "LockFailed", "LockFault", "LockPulse",
    "drive_locks_off", "open_board",
]  # fmt: skip


def open_board(config: BoardConfig, *, simulator: Path | None = None) -> Board:
    """Open the parts that a configuration names: the Pi's own, or a simulator's at the socket `simulator`.

    Raises BoardUnavailable, saying what to do, when pins or bus cannot be reached. A reader that does not answer is
    no error here: its `poll` says so.
    """
    return _parts(simulator).open_parts(config, ThreadSchedule())


def drive_locks_off(config: BoardConfig, *, simulator: Path | None = None) -> None:
    """Drive every lock pin to off and let go of it, whatever a killed program left behind.

    Raises BoardUnavailable as `open_board` does.
    """
    factory = _parts(simulator).open_pins()
    try:
        for slot, lock in config.locks.items():
            LockRelay(lock.pin, active_high=lock.active_high, slot=slot, pin_factory=factory).close()
    finally:
        factory.close()


class _Parts(Protocol):
    def open_parts(self, config: BoardConfig, schedule: Schedule) -> Board: ...

    def open_pins(self) -> Any: ...


def _parts(simulator: Path | None) -> _Parts:
    """Import only what will be used: the simulator is not on a device, and lgpio is not off one."""
    if simulator is not None:
        from hardware.simulator.cable.parts import SimulatedParts

        return SimulatedParts(simulator)
    from hardware.real import RealParts

    return RealParts()
