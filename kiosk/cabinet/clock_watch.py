"""Says when the clock became trusted, and keeps the floor that it may not fall below (event-log: Time)."""

import logging

from broker.instants import write_instant
from broker.messages.device import ClockAnchored
from kiosk.cabinet.office.health import Condition, Health
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store
from kiosk.clock import DeviceClock
from kiosk.errors import StorageFailed
from policy.clock import ClockQuality, Moment

log = logging.getLogger(__name__)

SECOND_NS = 1_000_000_000
_CLOCK = "The clock has not been set since power-on: check that the device reaches the school's time server."


class ClockWatch:
    """Says when the clock became trusted, and lets the floor rise with it."""

    KEEP_NS = 600 * SECOND_NS

    def __init__(self, clock: DeviceClock, store: Store, journal: Journal, health: Health) -> None:
        self._clock = clock
        self._store = store
        self._journal = journal
        self._health = health
        self._quality: ClockQuality | None = None
        self._next_keep = 0

    def tick(self, now: Moment) -> None:
        """Compare the clock's quality with that of the moment before."""
        before, self._quality = self._quality, now.quality
        if now.quality is not before:
            if now.quality is ClockQuality.SYNCED:
                self._health.set("clock", Condition.OK, now.utc)
            else:
                self._health.set("clock", Condition.UNKNOWN, now.utc, _CLOCK)
            if before is not None and now.quality is ClockQuality.SYNCED:
                anchored = ClockAnchored(
                    from_quality=before, utc=write_instant(now.utc), monotonic=str(now.boottime_ns)
                )
                self._journal.record(anchored, None, now)
        if now.quality is ClockQuality.SYNCED and now.boottime_ns >= self._next_keep and not self._journal.failed:
            self._next_keep = now.boottime_ns + self.KEEP_NS
            self.keep(now)

    def keep(self, now: Moment) -> None:
        """Let the floor rise and keep it for the next start; it is no harm when that fails."""
        floor = self._clock.rise(now)
        if floor is None:
            return
        try:
            with self._store.transaction():
                self._store.keep_floor(floor)
        except StorageFailed as fault:
            log.warning("the clock's floor could not be kept: %s", fault)
