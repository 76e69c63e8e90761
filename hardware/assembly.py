"""Puts a board together from a pin factory and a way to open SPI devices, both real or both simulated."""

from collections.abc import Callable, Sequence
from typing import Any

from gpiozero import OutputDevice

from hardware.devices.cabinet import Cabinet
from hardware.devices.lamps import TellRhythm
from hardware.opened import Board
from hardware.pace import BootPace, Pace
from hardware.reader import Reader
from hardware.rfid.driver import Mfrc522Reader, ReaderChip
from hardware.schedule import Schedule
from hardware.settings import BoardConfig, ReaderConfig

MakeChip = Callable[[ReaderConfig, Pace], ReaderChip]


def assemble(
    config: BoardConfig,
    *,
    pin_factory: Any,
    make_chip: MakeChip,
    schedule: Schedule,
    tell: TellRhythm | None = None,
    closers: Sequence[Callable[[], None]] = (),
    pace: Pace | None = None,
) -> Board:
    """Build readers and cabinet; on failure whatever was built is closed again."""
    clock = pace if pace is not None else BootPace()
    cabinet = Cabinet(config, schedule=schedule, tell=tell, pin_factory=pin_factory)
    readers: list[Reader] = []
    try:
        for reader in config.readers:
            # A line of its own per reader: the package would guess a pin, and one of its guesses is the UART's.
            reset = OutputDevice(reader.reset_pin, initial_value=True, pin_factory=pin_factory)
            readers.append(Mfrc522Reader(reader.name, make_chip(reader, clock), reset, clock))
    except BaseException:
        cabinet.close()
        for made in readers:
            made.close()
        raise
    return Board(readers, cabinet, schedule, (*closers, pin_factory.close))
