"""The loop: waits for the board and for link, looks for badges every 50 ms, and finishes every round (flow 1)."""

import logging
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import Any, Protocol

from hardware.board import Board
from hardware.reader import ReaderEvent
from kiosk.cabinet.office.status import StatusBoard
from kiosk.clock import DeviceClock, boottime_ns
from kiosk.notify import notify

log = logging.getLogger(__name__)

AT_ONCE = 50
"""Happenings taken in before the next look for a badge."""
WATCHDOG_EVERY = 20
"""Polls between two signs of life to systemd."""


def tell_watchdog() -> None:
    """Give systemd a sign of life."""
    notify("WATCHDOG=1")


class Stop:
    """Put into the inbox to end the loop."""


class Device(Protocol):
    """What a loop runs, a cabinet or a reception: all of it is called from the loop's thread."""

    def handle(self, happening: Any, /) -> None:
        """Take in one thing that happened, and do what follows from it."""
        ...

    def handle_polled(self, events: Iterable[ReaderEvent], /) -> None:
        """Take in what one poll of one reader yielded."""
        ...

    def deadline(self) -> int | None:
        """When `tick` is wanted at the latest, in CLOCK_BOOTTIME ns."""
        ...

    def tick(self) -> None:
        """Let time pass."""
        ...

    def settle(self) -> None:
        """Finish a round."""
        ...


class Loop:
    """Runs a device until `stop`; `alive` is called about once a second, and is else a sign of life to systemd."""

    def __init__(
        self,
        device: Device,
        board: Board,
        inbox: "SimpleQueue[Any]",
        status: StatusBoard,
        clock: DeviceClock,
        poll_s: float,
        tell_status: Callable[[], None],
        alive: Callable[[], None] | None = None,
    ) -> None:
        self._device = device
        self._alive = alive or tell_watchdog
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
            elif (deadline := self._device.deadline()) is not None and boottime_ns() >= deadline:
                self._device.tick()
            self._device.settle()
            if self._status.tick(self._clock.now()):
                self._tell_status()

    def _patience(self, next_poll: float) -> float:
        """Seconds to wait for a happening."""
        patience = next_poll - time.monotonic()
        deadline = self._device.deadline()
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
                self._device.handle(happening)
                if left:
                    happening = self._inbox.get_nowait()
        except Empty:
            return True
        return True

    def _look(self) -> None:
        for reader in self._board.readers:
            events = reader.poll()
            if events:
                self._device.handle_polled(events)
        self._device.tick()
        self._polls += 1
        if self._polls % WATCHDOG_EVERY == 0:
            self._alive()
