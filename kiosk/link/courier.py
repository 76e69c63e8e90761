"""What to send next, as pure logic: a window of 4 frames, in sequence, resumed from central's last acknowledgement.

Flow 1, step 7. Nothing here sends, waits or reads a clock; moments are monotonic seconds.
"""

import random
from collections import deque

from kiosk.socket.framing import Position

WINDOW = 4
"""Frames on their way that central has not acknowledged."""
ACK_WITHIN_S = 3.0
BACK_OFF_S = (1.0, 30.0)


class Courier:
    """Keeps the place up to which frames were handed to the broker, and when to begin again."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._connected = False
        self._on_the_way: deque[tuple[Position, float]] = deque()
        self._cursor: Position | None = None
        self._start_at = 0.0
        self._patience = BACK_OFF_S[0]
        self._ingest: str | None = None
        self._devices = 1
        self.more = True
        """Whether the cabinet may have frames after the cursor."""

    @property
    def cursor(self) -> Position | None:
        """The last event handed to the broker; None begins with the first one not acknowledged."""
        return self._cursor

    def room(self, now: float) -> int:
        """How many frames may be sent now."""
        if not self._connected or now < self._start_at:
            return 0
        return WINDOW - len(self._on_the_way)

    def wake_at(self, now: float) -> float | None:
        """When something changes by time alone; None when only an event can change it."""
        return min((at for at in (self._start_at, self._ack_until()) if at is not None and at > now), default=None)

    def connected(self, now: float) -> None:
        """The broker is reached: everything not acknowledged is sent again, spread over the school's devices."""
        self._connected = True
        self._resume(now, self._spread())

    def disconnected(self) -> None:
        """The broker is gone; its session may or may not have what was sent."""
        self._connected = False
        self._on_the_way.clear()

    def ingest_started(self, start_id: str, devices: int, retained: bool, now: float) -> None:
        """Ingest announced itself; a start not seen before means that what it had not committed must be sent again.

        The announcement that was retained when this program connected is no news: everything is being sent anyway.
        """
        self._devices = max(devices, 1)
        known, self._ingest = self._ingest, start_id
        if start_id != known and not (known is None and retained):
            self._resume(now, self._spread())

    def sent(self, position: Position, now: float) -> None:
        """A frame up to this position was handed to the broker."""
        self._on_the_way.append((position, now))
        self._cursor = position

    def acknowledged(self, epoch: str, upto: int, now: float) -> None:
        """Central has this epoch up to here: the window opens, the back-off is over.

        It says nothing of other epochs: what was lost of one before is not acknowledged and goes again in time.
        """
        left = [one for one in self._on_the_way if one[0].epoch != epoch or one[0].sequence > upto]
        self._on_the_way = deque(left)
        self._patience = BACK_OFF_S[0]
        self._start_at = min(self._start_at, now)

    def not_taken(self, now: float) -> None:
        """The broker answered that nobody got a frame: wait, longer each time, and send again."""
        if self._on_the_way:
            self._back_off(now)

    def tick(self, now: float) -> None:
        """No acknowledgement of the oldest frame came in time: wait, longer each time, and send again."""
        until = self._ack_until()
        if until is not None and now >= until:
            self._back_off(now)

    def _ack_until(self) -> float | None:
        return self._on_the_way[0][1] + ACK_WITHIN_S if self._on_the_way else None

    def _back_off(self, now: float) -> None:
        pause = self._patience * self._chance.uniform(0.5, 1.0)
        self._patience = min(self._patience * 2, BACK_OFF_S[1])
        self._resume(now, pause)

    def _spread(self) -> float:
        return self._chance.uniform(0.0, 0.02 * self._devices)

    def _resume(self, now: float, pause: float) -> None:
        self._on_the_way.clear()
        self._cursor = None
        self._start_at = now + pause
        self.more = True
