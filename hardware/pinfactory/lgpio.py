"""The factory `safe-lgpio`: gpiozero's lgpio pins without the traps that hardware.md lists. Real Pi only.

Registered under that name, so that `GPIOZERO_PIN_FACTORY=safe-lgpio` works for any gpiozero script as well.
"""

from typing import Any

from gpiozero.pins.lgpio import LGPIOFactory, LGPIOPin, lgpio

from hardware.pinfactory.guard import contained


class SafeLGPIOPin(LGPIOPin):
    """A pin whose output begins at the level it was asked for, and ends pulled to it.

    gpiozero's own claims the output low first: on an active-low relay board the lock clicks when the program starts.
    """

    def __init__(self, factory: "SafeLGPIOFactory", info: Any) -> None:
        super().__init__(factory, info)
        self._resting: bool | None = None
        self._callback: Any

    def output_with_state(self, state: bool) -> None:
        if self._callback is not None:
            self._callback.cancel()
            self._callback = None
        # One claim sets direction and level together; a second write would come after a moment at the wrong level.
        lgpio.gpio_claim_output(self.factory._handle, self._number, int(bool(state)))
        self._resting = bool(state)

    def close(self) -> None:
        resting, self._resting = self._resting, None
        if resting is None or self.factory._handle is None:
            super().close()
            return
        # A lock's gate must not float once the program has let go of it.
        lgpio.gpio_free(self.factory._handle, self._number)
        pull = lgpio.SET_PULL_UP if resting else lgpio.SET_PULL_DOWN
        lgpio.gpio_claim_input(self.factory._handle, self._number, pull)

    def _call_when_changed(self, chip: int, gpio: int, level: int, ticks: int) -> None:
        contained(super()._call_when_changed, chip, gpio, level, ticks)


class SafeLGPIOFactory(LGPIOFactory):
    """Makes `SafeLGPIOPin`s."""

    def __init__(self, chip: int | None = None) -> None:
        super().__init__(chip)
        self.pin_class = SafeLGPIOPin
