"""Writes events and goes on when the disk does not: what cannot be committed waits (event-log: On the device).

A tap is the exception: what cannot be committed is not decided, and nothing opens.
"""

import logging
from collections import deque

from broker.messages.message import Message, PrivatePart
from kiosk.cabinet.storage.store import Store
from kiosk.errors import StorageFailed
from policy.clock import Moment

log = logging.getLogger(__name__)

ESSENTIAL = (
    "tap.",
    "phone.",
    "put_in.",
    "lock.",
    "door.",
    "storage.",
    "device.",
    "log.",
    "clock.",
    "rules.",
    "approval.",
    "visit.",
    "help.",
    "roll.",
)
"""Types that are written while only the reserve is left; the others wait until there is room again."""
WAITING_LIMIT = 500


class Journal:
    """The device's events on their way to `cabinet.db`; the only place that appends them outside a tap."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[tuple[Message, PrivatePart | None, Moment]] = deque(maxlen=WAITING_LIMIT)
        self.sparing = False
        """Only the reserve is left: what is not essential waits."""
        self.uncovered = False
        """Events stand in the outbox that no head covers yet."""
        self.failed = False
        """The last attempt to commit failed."""

    def record(self, message: Message, private: PrivatePart | None, now: Moment) -> int | None:
        """Commit one event and return its sequence; None when it must wait, and then it is written later."""
        if self.failed or (self.sparing and not message.type.startswith(ESSENTIAL)):
            self._waiting.append((message, private, now))
            return None
        try:
            with self._store.transaction() as run:
                sequence = run.append(message, private, now)
        except StorageFailed as fault:
            log.error("%s", fault)
            self.failed = True
            self._waiting.append((message, private, now))
            return None
        self.uncovered = True
        return sequence

    def flush(self) -> bool:
        """Write what waits, in order; raise StorageFailed when it still cannot be, True when all is written."""
        if self.sparing:
            ready = [entry for entry in self._waiting if entry[0].type.startswith(ESSENTIAL)]
        else:
            ready = list(self._waiting)
        if ready:
            with self._store.transaction() as run:
                for message, private, now in ready:
                    run.append(message, private, now)
            written = set(map(id, ready))
            self._waiting = deque((e for e in self._waiting if id(e) not in written), maxlen=WAITING_LIMIT)
            self.uncovered = True
        return not self._waiting

    def sign(self) -> bool:
        """Store the signed head if events stand without one; True when link should be told of new events."""
        if not self.uncovered:
            return False
        try:
            self._store.sign_head()
        except StorageFailed as fault:
            log.error("the signed head must wait: %s", fault)
            self.failed = True
            return False
        self.uncovered = False
        return True
