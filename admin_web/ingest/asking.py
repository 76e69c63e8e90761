"""When to ask a device again for events that central lacks, and when to go on without them (flow 1, step 8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin_web.events.positions import Position
from admin_web.ingest.plan import Epoch, Missing

AGAIN_AFTER_S = 3.0
GIVEN_UP_AFTER_S = 300.0
GIVEN_UP_AFTER_ASKING = 10
AGAIN_WHEN_GIVEN_UP_S = 3600.0


def missing_of(positions: Sequence[Position]) -> list[Missing]:
    """List what a device's epochs cite and central does not hold, as after central was put back to an older day."""
    held = {position.epoch: position.upto for position in positions}
    missing = []
    for position in positions:
        if position.previous is not None and position.previous_sequence:
            upto = held.get(position.previous, 0)
            if upto < position.previous_sequence:
                missing.append(Missing(position.device, position.previous, upto + 1, position.previous_sequence))
    return missing


@dataclass(slots=True)
class _Asked:
    first: int
    since: float
    last_at: float
    times: int


class Asking:
    """Remembers what was asked for; every moment is monotonic seconds."""

    def __init__(self) -> None:
        self._asked: dict[Epoch, _Asked] = {}

    def is_due(self, missing: Missing, now: float) -> bool:
        """Tell whether to ask now; counts it as asked."""
        key = (missing.device, missing.epoch)
        asked = self._asked.get(key)
        if asked is None or missing.first > asked.first:
            self._asked[key] = _Asked(missing.first, now, now, 1)
            return True
        pause = AGAIN_WHEN_GIVEN_UP_S if self._is_over(asked, now) else AGAIN_AFTER_S
        if now - asked.last_at < pause:
            return False
        asked.last_at = now
        asked.times += 1
        return True

    def is_given_up(self, device: str, epoch: str, now: float) -> bool:
        """Tell whether asking has gone on without any answer for so long that the device no longer keeps the events.

        What follows them is then taken as it is, or the device would be refused for ever.
        """
        asked = self._asked.get((device, epoch))
        return asked is not None and self._is_over(asked, now)

    @staticmethod
    def _is_over(asked: _Asked, now: float) -> bool:
        return asked.times >= GIVEN_UP_AFTER_ASKING and now - asked.since >= GIVEN_UP_AFTER_S
