"""`phonekeep-reception` as a whole: the program of every device, and the queue that fingers come in by."""

import time
from collections.abc import Callable

from kiosk.cabinet.program import Inbox, Program
from kiosk.reception.central import VerifiedContent
from kiosk.reception.flow.inputs import Input
from kiosk.reception.store import ReceptionStore

GONE_AFTER_S = 10.0
"""A loop that has not gone round for so long hangs."""


class Opened:
    """A run whose first events are written."""

    def __init__(self, store: ReceptionStore, verified: VerifiedContent | None) -> None:
        self.store = store
        self.verified = verified


class Pulse:
    """When the loop last went round; the face asks from its own thread before it gives systemd a sign of life."""

    def __init__(self) -> None:
        self._beat = time.monotonic()

    def beat(self) -> None:
        """The loop has gone round."""
        self._beat = time.monotonic()

    @property
    def is_felt(self) -> bool:
        """Whether that was a short time ago."""
        return time.monotonic() - self._beat < GONE_AFTER_S


class ReceptionProgram:
    """Runs once; `run` returns after `stop`, and is called in one thread while fingers come from another."""

    def __init__(self, program: Program[Opened], inbox: Inbox, pulse: Pulse) -> None:
        self._program = program
        self._inbox = inbox
        self._pulse = pulse

    def run(self) -> None:
        """Run until stopped; raise SocketFailed when the device socket cannot be served."""
        self._program.run()

    def stop(self) -> None:
        """Let `run` return; may be called from any thread and from a signal handler."""
        self._program.stop()

    @property
    def put(self) -> Callable[[Input], None]:
        """Hand in what a finger did; from any thread."""
        return self._inbox.put

    @property
    def is_alive(self) -> Callable[[], bool]:
        """Whether the loop goes round; from any thread."""
        return lambda: self._pulse.is_felt
