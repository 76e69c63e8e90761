"""How much a lock coil may be driven: at most a quarter of any 60 s, or it burns. Pure."""

from collections import deque

WINDOW_NS = 60_000_000_000
ALLOWED_NS = WINDOW_NS // 4


class Duty:
    """The pulses of one coil, and when it may have the next."""

    def __init__(self, is_continuous: bool = False) -> None:
        self._is_continuous = is_continuous
        self._pulses: deque[tuple[int, int]] = deque()

    def ran(self, begun_ns: int, ended_ns: int) -> None:
        """A pulse was driven."""
        self._pulses.append((begun_ns, ended_ns))
        while self._pulses[0][1] < ended_ns - WINDOW_NS:
            self._pulses.popleft()

    def earliest_ns(self, now_ns: int, duration_ns: int) -> int:
        """When a pulse of this length may begin, from now on.

        The window that ends with the new pulse is the fullest of those that hold it, so it alone is looked at.
        """
        if self._is_continuous:
            return now_ns
        room = ALLOWED_NS - duration_ns
        for begun, ended in reversed(self._pulses):
            if ended - begun > room:
                # The window may begin once no more of this pulse than `room` is left in it.
                return max(now_ns, ended - room + WINDOW_NS - duration_ns)
            room -= ended - begun
        return now_ns
