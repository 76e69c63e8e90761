"""Counts what broke at the screen and was outlived, for the log and for health of the part `screen`."""

from kiosk.cabinet.office.health import Condition, Health
from policy.clock import Moment

PART = "screen"
MINUTE_NS = 60_000_000_000
MOST_A_MINUTE = 5
QUIET_NS = 10 * MINUTE_NS
"""After so long without another failure the part is well again; the number stays until the program ends."""


class Failures:
    """The failures of one run, those of the window among them."""

    def __init__(self, health: Health) -> None:
        self._health = health
        self._lately: list[int] = []
        self.count = 0
        """Since the program was started."""

    def note(self, now: Moment) -> bool:
        """Count one more; True when there were too many within a minute."""
        self.count += 1
        at = now.boottime_ns
        self._lately = [one for one in self._lately if at - one < MINUTE_NS] + [at]
        text = (
            f"It failed {_times(self.count)} since it was started, and began again by itself. If it goes on failing, "
            "unplug the reception, plug it in again, and tell the technician."
        )
        self._health.set(PART, Condition.FAULT, now.utc, text)
        return len(self._lately) > MOST_A_MINUTE

    def tick(self, now: Moment) -> None:
        """Let time pass."""
        if self._lately and now.boottime_ns - self._lately[-1] >= QUIET_NS:
            self._lately.clear()
            text = f"It failed {_times(self.count)} since it was started; not in the last minutes."
            self._health.set(PART, Condition.OK, now.utc, text)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
