"""Looks after the disk between taps: full, read-only, room again, and an archive that is old enough to go."""

import logging
import sqlite3

from broker.messages.part import StorageFull, StorageLow, StorageRecovered
from kiosk.cabinet.office.health import Condition, Health
from kiosk.cabinet.storage.disk import Disk
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store
from kiosk.errors import StorageFailed
from policy.clock import Moment

log = logging.getLogger(__name__)

SECOND_NS = 1_000_000_000
_FULL = "The disk is full or cannot be written: make room, or replace the SD card. Taps go on as far as they can."
_LOW = "The disk is nearly full: make room on it."


class StorageWatch:
    """Notices a full or read-only disk, releases the reserve, and goes on by itself when there is room again."""

    LOOK_NS = SECOND_NS
    MEASURE_NS = 30 * SECOND_NS

    def __init__(self, disk: Disk, store: Store, journal: Journal, health: Health) -> None:
        self._disk = disk
        self._store = store
        self._journal = journal
        self._health = health
        self._next_look = 0
        self._next_measure = 0
        self._low = False
        self._full_said = False
        self._noticed = False

    def tick(self, now: Moment) -> None:
        """Look once a second while something is wrong, else every 30 s."""
        if self._journal.failed or self._journal.sparing:
            if now.boottime_ns >= self._next_look:
                self._next_look = now.boottime_ns + self.LOOK_NS
                self._try_again(now)
        elif now.boottime_ns >= self._next_measure:
            self._next_measure = now.boottime_ns + self.MEASURE_NS
            self._measure(now)

    def notice(self, now: Moment) -> bool:
        """A commit has failed: give the reserve back; True when it is worth trying again at once."""
        if self._noticed:
            return False
        self._noticed = True
        self._health.set("storage", Condition.FAULT, now.utc, _FULL)
        self._next_look = now.boottime_ns + self.LOOK_NS
        released = self._disk.release_reserve()
        if released:
            log.error("disk full: the reserve is released, essential events go on")
        self._journal.sparing = True
        return released

    def _try_again(self, now: Moment) -> None:
        if not self._full_said:
            self._full_said = True
            self._journal.record(StorageFull(free_kb=self._disk.free_kb()), None, now)
        try:
            with self._store.transaction():
                self._store.keep("probe", str(now.boottime_ns).encode())
            self._journal.failed = False
            if self._journal.sparing and self._disk.keep_reserve():
                self._journal.sparing = False
            self._journal.flush()
        except StorageFailed:
            self._journal.failed = True
            return
        if not self._journal.sparing:
            self._full_said = self._noticed = False
            self._health.set("storage", Condition.OK, now.utc)
            self._journal.record(StorageRecovered(free_kb=self._disk.free_kb()), None, now)
            log.info("disk: there is room again")

    def _measure(self, now: Moment) -> None:
        self._disk.keep_reserve()
        low = self._disk.is_low
        if low and not self._low:
            self._journal.record(StorageLow(free_kb=self._disk.free_kb()), None, now)
        elif self._low and not low:
            self._journal.record(StorageRecovered(free_kb=self._disk.free_kb()), None, now)
        self._health.set("storage", Condition.OK, now.utc, _LOW if low else "")
        self._low = low


class ArchiveWatch:
    """Lets go of what central has held for long enough."""

    LOOK_NS = 3600 * SECOND_NS

    def __init__(self, store: Store, journal: Journal, days: int) -> None:
        self._store = store
        self._journal = journal
        self._days = days
        self._next_look = 0

    def tick(self, now: Moment) -> None:
        """Look once an hour."""
        if now.boottime_ns < self._next_look or self._journal.failed:
            return
        self._next_look = now.boottime_ns + self.LOOK_NS
        try:
            gone = self._store.outbox.prune_archive(now, self._days)
        except sqlite3.Error as fault:
            log.warning("the archive was not pruned: %s", fault)
            return
        if gone:
            log.info("%d events of more than %d days ago left the archive", gone, self._days)
