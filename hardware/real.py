"""The real parts: spidev, RPi.GPIO (for the `mfrc522` package) and lgpio pins; imported only on a Pi."""

import importlib
from typing import Any

from hardware.assembly import assemble
from hardware.errors import BoardUnavailable
from hardware.opened import Board
from hardware.pace import Pace
from hardware.rfid.driver import ReaderChip
from hardware.schedule import Schedule
from hardware.settings import BoardConfig, ReaderConfig


class RealParts:
    """What a Raspberry Pi has."""

    def open_pins(self) -> Any:
        """Open the pins; raises BoardUnavailable."""
        try:
            return importlib.import_module("hardware.pinfactory.lgpio").SafeLGPIOFactory()
        except Exception as fault:
            raise BoardUnavailable(
                f"The GPIO pins cannot be opened ({fault}). On a Raspberry Pi: install python3-lgpio and put this "
                "user into the group gpio. Elsewhere: start with --simulate."
            ) from fault

    def open_parts(self, config: BoardConfig, schedule: Schedule) -> Board:
        """Open pins and SPI bus; raises BoardUnavailable."""
        factory = self.open_pins()
        try:
            return assemble(config, pin_factory=factory, make_chip=_make_chip, schedule=schedule)
        except BoardUnavailable:
            factory.close()
            raise
        except Exception as fault:
            factory.close()
            raise BoardUnavailable(
                f"The board cannot be opened ({fault}). See that no other program holds its pins "
                "(`gpioinfo` names it), and that the wiring is as the [board] table says."
            ) from fault


def _make_chip(reader: ReaderConfig, pace: Pace) -> ReaderChip:
    try:
        spi: Any = importlib.import_module("spidev").SpiDev()
        spi.open(reader.bus, reader.device)
    except (ImportError, OSError) as fault:
        raise BoardUnavailable(
            f"The SPI bus of reader {reader.name!r} (/dev/spidev{reader.bus}.{reader.device}) cannot be opened "
            f"({fault}). Put dtparam=spi=on into config.txt, install python3-spidev, put this user into the group spi."
        ) from fault
    spi.max_speed_hz = reader.speed_hz
    try:
        from hardware.rfid.chip import Chip
    except ImportError as fault:
        spi.close()
        raise BoardUnavailable(
            f"The reader's package cannot be imported ({fault}). "
            "Install it with: pip install --no-deps mfrc522==0.0.7 rpi-lgpio"
        ) from fault
    chip: ReaderChip = Chip(spi, pace, reader.gain_db)
    return chip
