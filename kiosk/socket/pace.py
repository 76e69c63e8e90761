"""A strict rate: so many things in any one second, however they come."""

from collections import deque


class Pace:
    """Allows `limit` things in any second; moments are monotonic seconds."""

    def __init__(self, limit: int) -> None:
        self._times: deque[float] = deque(maxlen=limit)

    def allowed_at(self, now: float) -> float:
        """When the next one may happen; `now` when it may at once."""
        full = len(self._times) == self._times.maxlen
        return max(self._times[0] + 1.0, now) if full else now

    def allows(self, now: float) -> bool:
        """Whether one may happen now."""
        return self.allowed_at(now) <= now

    def note(self, now: float) -> None:
        """One happens."""
        self._times.append(now)
