"""Whose turn it is among a board's lock coils: one at a time, 300 ms apart, each within its duty, none dropped."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hardware.devices.duty import Duty
from hardware.happenings import LockFailed, LockFault, LockPulse
from hardware.pinfactory.guard import contained
from hardware.schedule import Call, Schedule

APART_NS = 300_000_000
"""From the end of one coil's pulse to the beginning of the next."""
SENSED_AFTER_NS = 50_000_000
"""A coil's current has built up, or died away, by then."""

WhenDone = Callable[[LockPulse | LockFailed], None]
WhenStarted = Callable[[int], None]


class Coil(Protocol):
    """One coil as the turns see it."""

    slot: int
    duty: Duty

    def drive(self, on: bool) -> None:
        """Switch it; raises OSError or a gpiozero error when the pin is out of reach."""
        ...


@dataclass(slots=True)
class _Turn:
    coil: Coil
    duration_ns: int
    when_done: WhenDone | None
    when_started: WhenStarted | None
    started_ns: int = 0
    fault: LockFault | None = None
    calls: list[Call] = field(default_factory=list)


class CoilTurns:
    """Asks for pulses come in, pulses go out in their order. A coil kept waiting by its duty lets other coils pass.

    `senses_current` reads the feedback line, if the board has one: without it no failure is ever reported.
    Callbacks run outside the lock, in the asker's or the schedule's thread; they must be short.
    """

    def __init__(self, schedule: Schedule, senses_current: Callable[[], bool] | None = None) -> None:
        self._schedule = schedule
        self._senses = senses_current
        self._lock = threading.RLock()
        self._waiting: list[_Turn] = []
        self._running: _Turn | None = None
        self._free_ns = 0
        self._wake: Call | None = None
        self._is_closed = False
        self._to_tell: list[tuple[Callable[..., None], object]] = []

    def ask(
        self, coil: Coil, duration_ns: int, when_done: WhenDone | None = None, when_started: WhenStarted | None = None
    ) -> None:
        """Ask for a pulse: at once if nothing stands against it, else in its turn."""
        with self._lock:
            turn = _Turn(coil, duration_ns, when_done, when_started)
            if self._is_closed:
                self._fail(turn, LockFault.SWITCHED_OFF)
            else:
                self._waiting.append(turn)
                self._advance()
        self._tell()

    def close(self) -> None:
        """Switch the running coil off and fail what waits."""
        with self._lock:
            self._is_closed = True
            turns = [*([self._running] if self._running else []), *self._waiting]
            self._waiting.clear()
            self._running = None
            for turn in turns:
                for call in turn.calls:
                    call.cancel()
                if turn.started_ns:
                    contained(turn.coil.drive, False)
                self._fail(turn, LockFault.SWITCHED_OFF)
        self._tell()

    def _advance(self) -> None:
        if self._running is not None or not self._waiting:
            return
        now = self._schedule.now_ns()
        seen: set[int] = set()
        soonest: int | None = None
        for turn in self._waiting:
            if turn.coil.slot in seen:
                continue
            seen.add(turn.coil.slot)
            begin = max(self._free_ns, turn.coil.duty.earliest_ns(now, turn.duration_ns))
            if begin <= now:
                self._waiting.remove(turn)
                self._begin(turn, now)
                return
            soonest = begin if soonest is None else min(soonest, begin)
        if self._wake is not None:
            self._wake.cancel()
        if soonest is not None:
            self._wake = self._schedule.call_at(soonest, self._turn_has_come)

    def _turn_has_come(self) -> None:
        with self._lock:
            self._advance()
        self._tell()

    def _begin(self, turn: _Turn, now: int) -> None:
        turn.started_ns = now
        self._running = turn
        end = now + turn.duration_ns
        # The end is on the agenda before the coil is on: whatever fails in between, it will be switched off.
        turn.calls.append(self._schedule.call_at(end, lambda: self._end(turn)))
        if self._senses is not None:
            turn.calls.append(self._schedule.call_at(now + SENSED_AFTER_NS, lambda: self._sense(turn, True)))
        try:
            turn.coil.drive(True)
        except Exception:
            turn.fault = LockFault.UNREACHABLE
            contained(turn.coil.drive, False)
            return
        if turn.when_started is not None:
            self._to_tell.append((turn.when_started, now))

    def _end(self, turn: _Turn) -> None:
        with self._lock:
            if self._running is not turn:
                return
            ended = self._schedule.now_ns()
            try:
                turn.coil.drive(False)
            except Exception:
                turn.fault = LockFault.UNREACHABLE
            turn.coil.duty.ran(turn.started_ns, ended)
            self._free_ns = ended + APART_NS
            if self._senses is None:
                self._finish(turn, ended)
            else:
                turn.calls.append(self._schedule.call_at(ended + SENSED_AFTER_NS, lambda: self._died_away(turn, ended)))
        self._tell()

    def _died_away(self, turn: _Turn, ended: int) -> None:
        with self._lock:
            if self._running is turn:
                self._sense(turn, False)
                self._finish(turn, ended)
        self._tell()

    def _finish(self, turn: _Turn, ended: int) -> None:
        self._running = None
        if turn.fault is not None:
            self._fail(turn, turn.fault)
        elif turn.when_done is not None:
            self._to_tell.append((turn.when_done, LockPulse(turn.coil.slot, turn.started_ns, ended)))
        self._advance()

    def _sense(self, turn: _Turn, expected: bool) -> None:
        with self._lock:
            if self._senses is None or self._running is not turn or turn.fault is not None:
                return
            try:
                flows = self._senses()
            except Exception:
                # A feedback line out of reach says nothing about the lock.
                return
            if flows != expected:
                turn.fault = LockFault.NO_CURRENT if expected else LockFault.STILL_ON

    def _fail(self, turn: _Turn, fault: LockFault) -> None:
        if turn.when_done is not None:
            self._to_tell.append((turn.when_done, LockFailed(turn.coil.slot, fault, self._schedule.now_ns())))

    def _tell(self) -> None:
        while True:
            with self._lock:
                if not self._to_tell:
                    return
                callback, what = self._to_tell.pop(0)
            contained(callback, what)
