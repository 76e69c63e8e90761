"""The three lamps: signals are shown and cleared; how each looks comes from the one table in hardware/lamps.py."""

import threading
from collections.abc import Callable
from typing import Any

from gpiozero import CompositeDevice, OutputDevice

from hardware.devices.beeper import Beeper
from hardware.lamps import TABLE, Lamp, Rhythm, Signal, rhythms
from hardware.pinfactory.guard import attempted, contained
from hardware.schedule import Call, Schedule, given_or_own

MS = 1_000_000
PATTERNS: dict[Rhythm, tuple[int, ...]] = {
    Rhythm.SLOW: (500 * MS, 500 * MS),
    Rhythm.DOUBLE: (120 * MS, 160 * MS, 120 * MS, 600 * MS),
}
"""Lengths of light and dark in turn, beginning with light, repeated."""

TellRhythm = Callable[[str, str], None]


class Lamps(CompositeDevice):
    """Red on top, amber in the middle, green at the bottom: places never change, nothing is said by colour alone.

    Wire each LED through 330 ohm between its pin and ground (`active_high=True`), or a lamp through a transistor.

        lamps = Lamps(red=4, amber=5, green=6, active_high=True)
        lamps.show(Signal.PUT_IN)
        sleep(4)
        lamps.close()

    `show` also sounds the signal's beep, if a beeper is given. `tell` hears which lamp is about to shine how.
    """

    def __init__(
        self,
        *,
        red: int,
        amber: int,
        green: int,
        active_high: bool,
        beeper: Beeper | None = None,
        schedule: Schedule | None = None,
        tell: TellRhythm | None = None,
        pin_factory: Any = None,
    ) -> None:
        self._beeper = beeper
        self._tell = tell
        self._schedule, self._end_schedule = given_or_own(schedule)
        self._guard = threading.RLock()
        self._standing: set[Signal] = set()
        self._timed: Signal | None = None
        self._timed_end: Call | None = None
        self._shown = dict.fromkeys(Lamp, Rhythm.OFF)
        self._turns = dict.fromkeys(Lamp, 0)
        super().__init__(
            _order=("red", "amber", "green"),
            pin_factory=pin_factory,
            **{
                name: OutputDevice(pin, active_high=active_high, initial_value=False, pin_factory=pin_factory)
                for name, pin in (("red", red), ("amber", amber), ("green", green))
            },
        )

    def show(self, signal: Signal, *, quietly: bool = False) -> None:
        """Show a signal and sound its beep; a timed one replaces the timed one before it and ends by itself.

        `quietly` leaves the beep out: for what goes on to stand, as after a start, and answers nobody.
        """
        show = TABLE[signal]
        with self._guard:
            if show.seconds is None:
                self._standing.add(signal)
            else:
                self._begin_timed(signal, show.seconds)
            self._refresh()
        if self._beeper is not None and not quietly:
            contained(self._beeper.beep, show.beep)

    def clear(self, signal: Signal) -> None:
        """Stop showing a signal; one that is not shown is no error."""
        with self._guard:
            self._standing.discard(signal)
            if self._timed is signal:
                self._end_timed()
            self._refresh()

    @property
    def rhythms(self) -> dict[Lamp, Rhythm]:
        """What each lamp shows now."""
        with self._guard:
            return dict(self._shown)

    def close(self) -> None:
        if hasattr(self, "_guard"):
            with self._guard:
                self._end_timed()
                for lamp in Lamp:
                    self._turns[lamp] += 1
                if not self.closed:
                    for device in self:
                        attempted(device.off)
            self._end_schedule()
        super().close()

    def _begin_timed(self, signal: Signal, seconds: float) -> None:
        self._end_timed()
        self._timed = signal
        self._timed_end = self._schedule.call_at(
            self._schedule.now_ns() + int(seconds * 1e9), lambda: self.clear(signal)
        )

    def _end_timed(self) -> None:
        if self._timed_end is not None:
            self._timed_end.cancel()
        self._timed = self._timed_end = None

    def _refresh(self) -> None:
        for lamp, rhythm in rhythms(frozenset(self._standing), self._timed).items():
            if rhythm is self._shown[lamp]:
                continue
            self._shown[lamp] = rhythm
            self._turns[lamp] += 1
            if self._tell is not None:
                contained(self._tell, lamp.value, rhythm.value)
            if rhythm in PATTERNS:
                self._blink(lamp, self._turns[lamp], 0)
            else:
                self._switch(lamp, rhythm is Rhythm.STEADY)

    def _blink(self, lamp: Lamp, turn: int, step: int) -> None:
        with self._guard:
            # A rhythm that was changed meanwhile has steps of its own.
            if turn != self._turns[lamp]:
                return
            pattern = PATTERNS[self._shown[lamp]]
            self._switch(lamp, step % 2 == 0)
            at = self._schedule.now_ns() + pattern[step]
            self._schedule.call_at(at, lambda: self._blink(lamp, turn, (step + 1) % len(pattern)))

    def _switch(self, lamp: Lamp, lit: bool) -> None:
        # A lamp that cannot be reached must not keep anybody from their phone.
        contained(getattr(self, lamp.value)._write, lit)
