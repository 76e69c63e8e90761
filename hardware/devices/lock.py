"""A lock coil that can only be pulsed: never longer than a second, never more than its duty, off at every end."""

from collections.abc import Callable
from typing import Any

from gpiozero import OutputDevice

from hardware.devices.duty import Duty
from hardware.devices.turns import CoilTurns, WhenDone, WhenStarted
from hardware.pinfactory.guard import attempted
from hardware.schedule import ThreadSchedule

SHORTEST_S, LONGEST_S = 0.3, 1.0
"""A pulse is never shorter (a lock needs it) nor longer (a coil burns)."""


def _given_or_own(turns: CoilTurns | None) -> tuple[CoilTurns, Callable[[], None]]:
    if turns is not None:
        return turns, lambda: None
    schedule = ThreadSchedule()
    own = CoilTurns(schedule)

    def end() -> None:
        own.close()
        schedule.close()

    return own, end


class LockRelay(OutputDevice):
    """The lock of one slot, behind a relay board or a driver with a flyback diode.

    Wire the driver's input to a pin that is pulled down at reset (BCM 12, 13, 16, 17, 22, 23, 24, 26, 27) and the
    coil to a supply of its own, never to the Pi's. Fail-secure lock: without current it stays locked.

        lock = LockRelay(17, active_high=True)
        lock.release(0.6)
        sleep(2)
        lock.close()

    `active_high` has no default: the wrong one would hold the coil on.
    """

    def __init__(
        self,
        pin: int,
        *,
        active_high: bool,
        slot: int = 1,
        pulse_s: float = 0.6,
        continuous: bool = False,
        turns: CoilTurns | None = None,
        pin_factory: Any = None,
    ) -> None:
        self.slot = slot
        self.duty = Duty(continuous)
        self._pulse_s = pulse_s
        self._turns, self._end_turns = _given_or_own(turns)
        super().__init__(pin, active_high=active_high, initial_value=False, pin_factory=pin_factory)

    def release(
        self,
        duration_s: float | None = None,
        when_done: WhenDone | None = None,
        when_started: WhenStarted | None = None,
    ) -> None:
        """Pulse the coil, for 0.3 to 1 s (None: as configured; anything else is brought into that range).

        Starts before this returns, or waits for its turn behind other coils and the duty limit: in order, never
        dropped. `when_started` gets the CLOCK_BOOTTIME ns of the coil going on; `when_done` gets a LockPulse or a
        LockFailed. Both must only enqueue.
        """
        seconds = self._pulse_s if duration_s is None else duration_s
        seconds = min(max(seconds, SHORTEST_S), LONGEST_S)
        self._turns.ask(self, int(seconds * 1e9), when_done, when_started)

    def drive(self, on: bool) -> None:
        """Switch the pin; for `CoilTurns`, which keeps the limits."""
        super()._write(on)

    def on(self) -> None:
        """The same as `release`: a lock is never simply on."""
        self.release()

    def off(self) -> None:
        """Switch the coil off now."""
        self.drive(False)

    def _write(self, value: Any) -> None:
        # Whatever gpiozero does with values (toggle, source, value = 1) ends in a pulse, not in a coil left on.
        if value:
            self.release()
        else:
            super()._write(False)

    def close(self) -> None:
        # gpiozero also closes what was never finished being made.
        if hasattr(self, "_end_turns"):
            self._end_turns()
        if not self.closed:
            attempted(self.drive, False)
        super().close()
