"""A board that has been opened: everything a cabinet's program can see and move."""

from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from types import MappingProxyType

from hardware.devices.beeper import Beeper
from hardware.devices.cabinet import Cabinet
from hardware.devices.contacts import Button, DoorContact
from hardware.devices.lamps import Lamps
from hardware.devices.lock import LockRelay
from hardware.happenings import BoardEvent, DoorState
from hardware.pinfactory.guard import attempted
from hardware.reader import Reader
from hardware.schedule import Schedule


class Board:
    """An opened board. What buttons and doors do lands on `events`; readers are asked by `poll`."""

    def __init__(
        self,
        readers: Sequence[Reader],
        cabinet: Cabinet,
        schedule: Schedule,
        closers: Sequence[Callable[[], None]] = (),
    ) -> None:
        self._cabinet = cabinet
        self._schedule = schedule
        self._closers = closers
        self._is_closed = False
        self.readers: Sequence[Reader] = tuple(readers)
        self.locks: Mapping[int, LockRelay] = MappingProxyType(cabinet.locks)
        self.doors: Mapping[int, DoorContact] = MappingProxyType(cabinet.doors)
        self.buttons: Mapping[str, Button] = MappingProxyType(cabinet.buttons)
        self.lamps: Lamps | None = getattr(cabinet, "lamps", None)
        """Showing a signal sounds its beep, too; None where none are wired."""
        self.beeper: Beeper | None = getattr(cabinet, "beeper", None)
        self.events: SimpleQueue[BoardEvent] = cabinet.events

    def door_state(self, slot: int) -> DoorState:
        """What is known of a slot's door; without a contact nothing is."""
        door = self.doors.get(slot)
        return DoorState.UNKNOWN if door is None else door.state

    def close(self) -> None:
        """Switch coils off first, then everything else; closing twice does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        attempted(self._cabinet.close)
        for reader in self.readers:
            attempted(reader.close)
        attempted(self._schedule.close)
        for close in self._closers:
            attempted(close)
