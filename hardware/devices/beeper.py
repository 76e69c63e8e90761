"""The beeper: short and long, one after another, or muted."""

from typing import Any

from gpiozero import OutputDevice

from hardware.lamps import Beep
from hardware.pinfactory.guard import attempted
from hardware.schedule import Call, Schedule, given_or_own

SHORT_NS, PAUSE_NS, LONG_NS = 100_000_000, 100_000_000, 600_000_000
SOUNDS: dict[Beep, tuple[int, ...]] = {
    Beep.NONE: (),
    Beep.ONE_SHORT: (SHORT_NS,),
    Beep.TWO_SHORT: (SHORT_NS, PAUSE_NS, SHORT_NS),
    Beep.ONE_LONG: (LONG_NS,),
}
"""Lengths of sound and silence in turn, beginning with sound."""


class Beeper(OutputDevice):
    """An active beeper (it makes its own tone).

    Wire it to 5 V through a transistor whose base is at the pin; it draws more than a pin gives.

        beeper = Beeper(21, active_high=True)
        beeper.beep(Beep.TWO_SHORT)
        sleep(1)
        beeper.close()
    """

    def __init__(
        self,
        pin: int,
        *,
        active_high: bool,
        muted: bool = False,
        schedule: Schedule | None = None,
        pin_factory: Any = None,
    ) -> None:
        self.muted = muted
        self._schedule, self._end_schedule = given_or_own(schedule)
        self._next: Call | None = None
        super().__init__(pin, active_high=active_high, initial_value=False, pin_factory=pin_factory)

    def beep(self, sound: Beep) -> None:
        """Make a sound; one that is under way is broken off. Muted: nothing."""
        if self.muted or sound is Beep.NONE:
            return
        if self._next is not None:
            self._next.cancel()
            self.off()
        self._go_on(SOUNDS[sound], True)

    def close(self) -> None:
        if hasattr(self, "_next") and self._next is not None:
            self._next.cancel()
        # gpiozero also closes what was never finished being made.
        if hasattr(self, "_end_schedule"):
            self._end_schedule()
        if not self.closed:
            attempted(self.off)
        super().close()

    def _go_on(self, lengths: tuple[int, ...], loud: bool) -> None:
        self._next = None
        if not lengths:
            self.off()
            return
        self._write(loud)
        at = self._schedule.now_ns() + lengths[0]
        self._next = self._schedule.call_at(at, lambda: self._go_on(lengths[1:], not loud))
