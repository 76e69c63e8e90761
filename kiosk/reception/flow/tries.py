"""How often names and lanyard numbers have not fitted: after a few misses none is compared for a while (kiosk.md).

Counted for the whole screen, whoever stands there and whatever was typed, and kept through every reset: else somebody
could try until an answer tells who is in the school.
"""

from kiosk.reception.flow.timing import MISSES, MISSES_NS


class Tries:
    """The misses of the last minutes. All moments are in ns of CLOCK_BOOTTIME."""

    def __init__(self) -> None:
        self._missed: list[int] = []
        self._shut_until = -(1 << 62)

    def miss(self, at: int) -> None:
        """Count a name and number that did not fit."""
        self._missed = [one for one in self._missed if at - one < MISSES_NS] + [at]
        if len(self._missed) >= MISSES:
            self._missed, self._shut_until = [], at + MISSES_NS

    def is_shut(self, at: int) -> bool:
        """Whether nothing is compared now, so that right and wrong have the same answer."""
        return at < self._shut_until
