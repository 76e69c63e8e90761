"""A gpiozero pin factory on simulated wires; as `safe-lgpio`: outputs begin at their level, handlers are contained."""

import time
from collections.abc import Callable
from typing import Any

from gpiozero.exc import PinFixedPull, PinInvalidFunction, PinInvalidPull, PinPWMUnsupported, PinSetInput
from gpiozero.pins.pi import PiFactory, PiPin

from hardware.pinfactory.guard import contained
from hardware.simulator.cable.port import PinWires
from hardware.simulator.pins import Mode

PI_4B = 0xC03111
PULLS = {"floating": Mode.FLOATING, "up": Mode.PULL_UP, "down": Mode.PULL_DOWN}


class SimulatedPin(PiPin):
    """One pin at the other end of the wires."""

    def __init__(self, factory: "SimulatedFactory", info: Any) -> None:
        super().__init__(factory, info)
        self._wires = factory.wires
        self._is_output = False
        self._resting: bool | None = None
        self._pull = info.pull or "floating"
        self._bounce: float | None = None
        self._edges = "both"
        self._unwatch: Callable[[], None] | None = None
        self._wires.set_mode(self._number, PULLS[self._pull])

    def close(self) -> None:
        self.when_changed = None
        self._is_output = False
        # As `safe-lgpio` does: what was an output stays pulled to the level it began at.
        resting = Mode.PULL_UP if self._resting else Mode.PULL_DOWN
        unused = PULLS[self._info.pull or "floating"]
        self._wires.set_mode(self._number, unused if self._resting is None else resting)

    def output_with_state(self, state: bool) -> None:
        self._is_output = True
        self._resting = bool(state)
        self._wires.set_mode(self._number, Mode.OUTPUT, bool(state))

    def _get_function(self) -> str:
        return "output" if self._is_output else "input"

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f"{value!r} is no function of a pin: use 'input' or 'output'")
        self._is_output = value == "output"
        self._wires.set_mode(self._number, Mode.OUTPUT if self._is_output else PULLS[self._pull])

    def _get_state(self) -> bool:
        return self._wires.read(self._number)

    def _set_state(self, value: float) -> None:
        if not self._is_output:
            raise PinSetInput(f"{self!r} is an input and cannot be driven")
        self._wires.write(self._number, bool(value))

    def _get_pull(self) -> str:
        return str(self._pull)

    def _set_pull(self, value: str) -> None:
        if self._is_output:
            raise PinFixedPull(f"{self!r} is an output and has no pull")
        if value not in PULLS:
            raise PinInvalidPull(f"{value!r} is no pull: use 'floating', 'up' or 'down'")
        if self._info.pull and value != self._info.pull:
            raise PinFixedPull(f"{self!r} has a pull-{self._info.pull} resistor on the board")
        self._pull = value
        self._wires.set_mode(self._number, PULLS[value])

    def _get_bounce(self) -> float | None:
        return self._bounce

    def _set_bounce(self, value: float | None) -> None:
        self._bounce = value

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        self._edges = value

    def _get_frequency(self) -> None:
        return None

    def _set_frequency(self, value: float | None) -> None:
        if value is not None:
            raise PinPWMUnsupported(f"{self!r} has no PWM")

    def _enable_event_detect(self) -> None:
        self._unwatch = self._wires.watch(self._number, self._edge)

    def _disable_event_detect(self) -> None:
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    def _edge(self, _pin: int, level: bool) -> None:
        if self._edges == "both" or self._edges == ("rising" if level else "falling"):
            contained(self._call_when_changed, time.monotonic(), level)


class SimulatedFactory(PiFactory):
    """Pins of a simulated Raspberry Pi 4B."""

    def __init__(self, wires: PinWires, *, close_wires: bool = False) -> None:
        super().__init__()
        self.wires = wires
        self.pin_class = SimulatedPin
        self._close_wires = close_wires

    def close(self) -> None:
        super().close()
        if self._close_wires:
            self.wires.close()

    def _get_revision(self) -> int:
        return PI_4B

    @staticmethod
    def ticks() -> float:
        return time.monotonic()

    @staticmethod
    def ticks_diff(later: float, earlier: float) -> float:
        return later - earlier
