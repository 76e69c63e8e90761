"""Moves what a decision moves: lock, lamps, beep; and watches the doors (flow 1, step 6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.board import Board
from hardware.happenings import DoorState, LockFailed, LockPulse
from hardware.lamps import Lamp, Rhythm, Signal
from kiosk.cabinet.doors import DoorFact, DoorWatch, Undo
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Intent

_DOUBLE = frozenset(
    {Reason.BADGE_RANDOM, Reason.BADGE_NOT_KNOWN_HERE, Reason.HOLD_ONE_BADGE, Reason.NO_INTENT},
)
"""Refusals that say "hold one badge, press a button, or badge not known"."""


@dataclass(frozen=True, slots=True)
class PulseDone:
    """How the pulse of a tap went."""

    tap: int
    result: LockPulse | LockFailed


class Effects:
    """The board, as the cabinet uses it after a commit."""

    def __init__(
        self, board: Board, pulse_s: Mapping[int, float], hand_on: Callable[[PulseDone], None], now: int
    ) -> None:
        self._board = board
        self._pulse_s = pulse_s
        self._hand_on = hand_on
        self._doors = {slot: DoorWatch(slot, _is_open(door.state), now) for slot, door in board.doors.items()}

    def release(self, slot: int, tap: int, undo: Undo | None) -> None:
        """Send the lock its pulse; the board keeps order, duty and distance between coils."""
        self._board.locks[slot].release(self._pulse_s[slot], lambda result: self._hand_on(PulseDone(tap, result)))
        if slot in self._doors:
            self._doors[slot].release(tap, undo)

    def pulse_done(self, done: PulseDone, now: int) -> None:
        """Begin the time in which the door should be opened."""
        if done.result.slot in self._doors:
            self._doors[done.result.slot].pulse_ended(now)

    def answer(self, decision: Decision) -> None:
        """Show a decision to the person at the cabinet."""
        lamps = self._board.lamps
        if lamps is None:
            return
        if decision.outcome is Outcome.REFUSED:
            lamps.show(Signal.PRESS_A_BUTTON if decision.reason in _DOUBLE else Signal.REFUSED)
        elif decision.intent is Intent.TAKE_OUT:
            lamps.show(Signal.OUT)
        else:
            lamps.show(Signal.PUT_IN)

    def say_yes(self) -> None:
        """Show that something other than a tap was taken in."""
        if self._board.lamps is not None:
            self._board.lamps.show(Signal.PUT_IN)

    def stand(self, signal: Signal, on: bool) -> None:
        """Show a signal that stands, or take it away; it answers nobody, so it makes no sound."""
        lamps = self._board.lamps
        if lamps is None:
            return
        if on:
            lamps.show(signal, quietly=True)
        else:
            lamps.clear(signal)

    def door_opened(self, slot: int, at: int) -> DoorFact | None:
        """An edge of the contact: open."""
        return self._doors[slot].opened(at)

    def door_closed(self, slot: int) -> DoorFact | None:
        """An edge of the contact: closed."""
        return self._doors[slot].closed()

    def tick(self, now: int) -> list[DoorFact]:
        """What the doors have come to by time alone."""
        facts: list[DoorFact] = []
        for slot, watch in self._doors.items():
            if self._board.doors[slot].state is DoorState.UNKNOWN:
                watch.sense(None)
            facts += watch.tick(now)
        return facts

    def doors(self) -> dict[str, str]:
        """Each door's state, by slot."""
        return {str(slot): self._board.door_state(slot).value for slot in self._board.locks}

    def lamps(self) -> dict[Lamp, Rhythm]:
        """How each lamp shines."""
        lamps = self._board.lamps
        return dict.fromkeys(Lamp, Rhythm.OFF) if lamps is None else lamps.rhythms


def _is_open(state: DoorState) -> bool | None:
    return None if state is DoorState.UNKNOWN else state is DoorState.OPEN
