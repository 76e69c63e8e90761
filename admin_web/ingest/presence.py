"""Which devices the broker has connected: told by their retained births and wills, and by the broker's own absence."""

from collections.abc import Collection

TOLD_WITHIN_S = 3.0
"""After a connect every retained birth has arrived by then; a broker that lost them has nobody connected."""
BROKER_AWAY_S = 15.0
"""Longer than the keep-alive: no device can still be connected."""


class Presence:
    """Notices devices that count as online and about which nobody says so any more; moments are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._told: set[str] = set()
        self._judge_at: float | None = now + BROKER_AWAY_S

    def connected(self, now: float) -> None:
        """Our own connection stands: the broker now tells what it knows."""
        self._told.clear()
        self._judge_at = now + TOLD_WITHIN_S

    def disconnected(self, now: float) -> None:
        """Our own connection is gone; a try that fails again changes nothing."""
        if self._told or self._judge_at is None:
            self._told.clear()
            self._judge_at = now + BROKER_AWAY_S

    def told(self, device: str) -> None:
        """The broker said something about a device, either way."""
        self._told.add(device)

    def gone(self, online: Collection[str], now: float) -> list[str]:
        """Name those of the devices counted as online that nobody has told of in time."""
        return [device for device in online if device not in self._told] if self.is_due(now) else []

    def is_due(self, now: float) -> bool:
        """Tell whether it is time to judge."""
        return self._judge_at is not None and now >= self._judge_at

    def judged(self) -> None:
        """What `gone` named has been written."""
        self._judge_at = None
