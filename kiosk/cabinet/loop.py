"""The loop: waits for the board and for link, looks for badges every 50 ms, and finishes every round (flow 1)."""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from hardware.board import Board
from kiosk.cabinet.cabinet import Cabinet, Happening
from kiosk.cabinet.office.status import StatusBoard
from kiosk.clock import DeviceClock, boottime_ns
from kiosk.notify import notify

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Happenings taken in before the next look for a badge."""
WATCHDOG_EVERY = 20
"""Polls between two signs of life to systemd."""


class Stop:
    """Put into the inbox to end the loop."""


class Loop:
    """Runs a cabinet until `stop`."""

    def __init__(
        self,
        cabinet: Cabinet,
        board: Board,
        inbox: "SimpleQueue[Happening | Stop]",
        status: StatusBoard,
        clock: DeviceClock,
        poll_s: float,
        tell_status: Callable[[], None],
    ) -> None:
        self._cabinet = cabinet
        self._board = board
        self._inbox = inbox
        self._status = status
        self._clock = clock
        self._poll_s = poll_s
        self._tell_status = tell_status
        self._polls = 0

    def stop(self) -> None:
        """Let `run` return; may be called from a signal handler."""
        self._inbox.put(Stop())

    def run(self) -> None:
        """Run until stopped."""
        next_poll = time.monotonic()
        while self._take_in(self._patience(next_poll)):
            now = time.monotonic()
            if now >= next_poll:
                self._look()
                next_poll = max(next_poll + self._poll_s, now)
            elif (deadline := self._cabinet.deadline()) is not None and boottime_ns() >= deadline:
                self._cabinet.tick()
            self._cabinet.settle()
            if self._status.tick(self._clock.now()):
                self._tell_status()

    def _patience(self, next_poll: float) -> float:
        """Seconds to wait for a happening."""
        patience = next_poll - time.monotonic()
        deadline = self._cabinet.deadline()
        if deadline is not None:
            patience = min(patience, (deadline - boottime_ns()) / 1e9)
        return max(patience, 0.0)

    def _take_in(self, patience: float) -> bool:
        """Take in what has happened; False when the loop is to end."""
        try:
            happening = self._inbox.get(timeout=patience) if patience else self._inbox.get_nowait()
            for left in reversed(range(AT_ONCE)):
                if isinstance(happening, Stop):
                    return False
                self._cabinet.handle(happening)
                if left:
                    happening = self._inbox.get_nowait()
        except Empty:
            return True
        return True

    def _look(self) -> None:
        for reader in self._board.readers:
            events = reader.poll()
            if events:
                self._cabinet.handle_polled(events)
        self._cabinet.tick()
        self._polls += 1
        if self._polls % WATCHDOG_EVERY == 0:
            notify("WATCHDOG=1")
