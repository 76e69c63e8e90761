"""The simulated parts: the same driver and the same devices as on a Pi, on wires that end at a simulator's socket."""

from pathlib import Path
from typing import Any

from hardware.assembly import assemble
from hardware.errors import BoardUnavailable
from hardware.opened import Board
from hardware.pace import Pace
from hardware.rfid.driver import ReaderChip
from hardware.schedule import Schedule
from hardware.settings import BoardConfig, ReaderConfig
from hardware.simulator.cable.factory import SimulatedFactory
from hardware.simulator.cable.line import PinLine, SpiLine
from hardware.simulator.cable.wiring_text import wiring_to_json
from hardware.simulator.modules import fake_spidev, install_modules


class SimulatedParts:
    """What a simulator at a socket has."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def open_pins(self) -> Any:
        """Open the pins alone, telling nothing of who is wired where; raises BoardUnavailable."""
        return SimulatedFactory(PinLine(self._socket, None), close_wires=True)

    def open_parts(self, config: BoardConfig, schedule: Schedule) -> Board:
        """Open a simulated board; raises BoardUnavailable if no simulator answers."""
        pins = PinLine(self._socket, wiring_to_json(config))
        spi = SpiLine(self._socket)
        # Only here: off a Pi, the real package can be imported in no other way.
        install_modules(spi, pins)
        spidev: Any = fake_spidev(spi)

        def make_chip(reader: ReaderConfig, pace: Pace) -> ReaderChip:
            from hardware.rfid.chip import Chip

            device = spidev.SpiDev()
            device.open(reader.bus, reader.device)
            device.max_speed_hz = reader.speed_hz
            chip: ReaderChip = Chip(device, pace, reader.gain_db)
            return chip

        factory = SimulatedFactory(pins, close_wires=True)
        try:
            return assemble(
                config, pin_factory=factory, make_chip=make_chip, schedule=schedule, tell=pins.show_lamp,
                closers=(spi.close,),
            )  # fmt: skip
        except BoardUnavailable:
            factory.close()
            raise
