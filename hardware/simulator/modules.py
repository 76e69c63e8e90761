"""Fake `spidev` and `RPi.GPIO` over simulated wires: enough for the unmodified `mfrc522` package to run."""

import sys
from types import ModuleType
from typing import Any

from hardware.simulator.cable.port import PinWires, SpiWires
from hardware.simulator.pins import Mode

BOARD_TO_BCM = {
    3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25, 23: 11,
    24: 8, 26: 7, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}  # fmt: skip
"""Positions on the header and the GPIO numbers behind them."""


def fake_spidev(wires: SpiWires) -> ModuleType:
    """A module with the class `SpiDev`, as far as drivers use it."""

    class SpiDev:
        def __init__(self) -> None:
            self.max_speed_hz = 500_000
            self.mode = 0
            self._address: tuple[int, int] | None = None

        def open(self, bus: int, device: int) -> None:
            self._address = (bus, device)

        def close(self) -> None:
            self._address = None

        def xfer2(self, out: Any) -> list[int]:
            if self._address is None:
                raise OSError("the SPI device is not open")
            return list(wires.transfer(*self._address, bytes(out), self.max_speed_hz))

        xfer = xfer2

    module = ModuleType("spidev", "Simulated spidev.")
    setattr(module, "SpiDev", SpiDev)  # noqa: B010 - mypy knows no attributes of a bare module
    return module


class FakeGpio(ModuleType):
    """The few functions of RPi.GPIO that a reader driver calls; `cleanups` counts the global clean-ups."""

    BOARD, BCM = 10, 11
    OUT, IN = 0, 1
    LOW, HIGH = 0, 1

    def __init__(self, wires: PinWires) -> None:
        super().__init__("RPi.GPIO", "Simulated RPi.GPIO.")
        self._wires = wires
        self._numbering: int | None = None
        self.cleanups = 0

    def getmode(self) -> int | None:
        """Which numbering was chosen, if any."""
        return self._numbering

    def setmode(self, numbering: int) -> None:
        """Choose the numbering: BOARD or BCM."""
        self._numbering = numbering

    def setup(self, channel: int, direction: int) -> None:
        """Make a pin an input or an output."""
        self._wires.set_mode(self._pin(channel), Mode.OUTPUT if direction == self.OUT else Mode.FLOATING)

    def output(self, channel: int, level: int) -> None:
        """Drive an output."""
        self._wires.write(self._pin(channel), bool(level))

    def input(self, channel: int) -> int:
        """Read a pin."""
        return int(self._wires.read(self._pin(channel)))

    def cleanup(self) -> None:
        """Let go of every pin of the process, whoever set it up."""
        self.cleanups += 1
        self._numbering = None

    def _pin(self, channel: int) -> int:
        return BOARD_TO_BCM[channel] if self._numbering == self.BOARD else channel


def fake_modules(spi: SpiWires, pins: PinWires) -> dict[str, ModuleType]:
    """All that `import mfrc522` asks for, by module name."""
    gpio = FakeGpio(pins)
    parent = ModuleType("RPi", "Simulated RPi.")
    setattr(parent, "GPIO", gpio)  # noqa: B010 - mypy knows no attributes of a bare module
    return {"spidev": fake_spidev(spi), "RPi": parent, "RPi.GPIO": gpio}


def install_modules(spi: SpiWires, pins: PinWires) -> None:
    """Put the fakes where `import` finds them, so that the real package can be imported off a Pi.

    Only the simulated board calls this. What is installed already stays.
    """
    for name, module in fake_modules(spi, pins).items():
        sys.modules.setdefault(name, module)
