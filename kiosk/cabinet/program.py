"""A device's program as a whole: opens the store however long the disk takes, runs, and ends with every coil off.

`phonekeep-cabinet` and `phonekeep-reception` are both one of these.
"""

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from hardware.board import Board
from hardware.lamps import Signal
from kiosk.cabinet.loop import Device, Loop, Stop
from kiosk.cabinet.storage.beginning import end
from kiosk.cabinet.storage.disk import Disk
from kiosk.cabinet.storage.store import Store
from kiosk.clock import DeviceClock, boottime_ns
from kiosk.errors import StorageFailed
from kiosk.notify import notify
from kiosk.socket.server import DeviceSocketServer

log = logging.getLogger(__name__)

RETRY_STORE_S = 1.0

Inbox = SimpleQueue[Any]
"""What happened, of the kinds that the device takes, and at the end a `Stop`."""
Started = TypeVar("Started")
"""What a run begins with, once the store is open."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What one run is made of, once the store is open."""

    store: Store
    device: Device
    loop: Loop
    server: DeviceSocketServer


class Program(Generic[Started]):
    """Runs once; `run` returns after `stop`. `kind` and `name` are what the log calls it."""

    def __init__(
        self,
        name: str,
        *,
        board: Board,
        clock: DeviceClock,
        inbox: Inbox,
        disk: Disk,
        begin: Callable[[], Started],
        assemble: Callable[[Started, bool], Parts],
        kind: str = "cabinet",
    ) -> None:
        self._kind = kind
        self._name = name
        self._board = board
        self._clock = clock
        self._inbox = inbox
        self._disk = disk
        self._begin = begin
        self._assemble = assemble
        self._stopping = False

    def stop(self) -> None:
        """Let `run` return; may be called from a signal handler."""
        self._stopping = True
        self._inbox.put(Stop())

    def run(self) -> None:
        """Run until stopped; raise SocketFailed when the device socket cannot be served."""
        try:
            opened = self._open_store()
            if opened is not None:
                self._run(self._assemble(*opened))
        finally:
            self._board.close()

    def _run(self, parts: Parts) -> None:
        self._disk.keep_reserve()
        parts.server.start()
        notify("READY=1")
        log.info("%s %s is ready", self._kind, self._name)
        try:
            parts.loop.run()
        finally:
            self._board.close()
            try:
                self._finish(parts)
            finally:
                parts.server.close()

    def _finish(self, parts: Parts) -> None:
        """Write what the board said while it closed, and that the run ended in order."""
        try:
            while True:
                happening = self._inbox.get_nowait()
                if not isinstance(happening, Stop):
                    parts.device.handle(happening)
        except Empty:
            end(parts.store, self._clock.now())
            parts.store.close()

    def _open_store(self) -> tuple[Started, bool] | None:
        """Begin the run, however long the disk takes to let it, and whether the reserve went; None when stopped."""
        spared = False
        while not self._stopping:
            try:
                begun = self._begin()
            except (OSError, sqlite3.Error, StorageFailed) as fault:
                log.error("%s", fault if isinstance(fault, StorageFailed) else cannot_open(fault, self._kind))
                spared = self._disk.release_reserve() or spared
                self._show_fault(True)
                notify("READY=1\nWATCHDOG=1")
                self._wait_for_stop()
                continue
            self._show_fault(False)
            return begun, spared
        return None

    def _show_fault(self, on: bool) -> None:
        lamps = self._board.lamps
        if lamps is not None:
            (lamps.show if on else lamps.clear)(Signal.FAULT)

    def _wait_for_stop(self) -> None:
        """Wait a little before the disk is tried again; badges and buttons meanwhile come to nothing."""
        until = boottime_ns() + int(RETRY_STORE_S * 1e9)
        while not self._stopping and (left := (until - boottime_ns()) / 1e9) > 0:
            try:
                self._inbox.get(timeout=left)
            except Empty:
                return


def cannot_open(fault: sqlite3.Error | OSError, kind: str) -> str:
    """Say in one sentence that the device's database cannot even be opened."""
    return (
        f"{kind}.db cannot be opened ({fault}): make room on the disk, replace the SD card if it is read-only, and "
        f"check that [paths] data belongs to phonekeep-{kind}'s user"
    )
