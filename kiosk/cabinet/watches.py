"""What the cabinet looks after between taps: disk, clock, breaks that are over, the archive (event-log: Time)."""

import logging
import sqlite3
from datetime import datetime

from broker.instants import write_instant
from broker.messages.device import ClockAnchored
from broker.messages.part import StorageFull, StorageLow, StorageRecovered
from broker.messages.tap import Block, PhoneOverdue, PhoneOverduePrivate
from kiosk.cabinet.disk import Disk
from kiosk.cabinet.health import Condition, Health
from kiosk.cabinet.journal import Journal
from kiosk.cabinet.store import Store
from kiosk.cabinet.taps import Taps
from kiosk.clock import DeviceClock
from kiosk.errors import StorageFailed
from policy.clock import ClockQuality, Moment
from policy.ids import HolderId
from policy.overdue import Overdue, find_overdue

log = logging.getLogger(__name__)

SECOND_NS = 1_000_000_000
_FULL = "The disk is full or cannot be written: make room, or replace the SD card. Taps go on as far as they can."
_LOW = "The disk is nearly full: make room on it."
_CLOCK = "The clock has not been set since power-on: check that the device reaches the school's time server."


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


class OverdueWatch:
    """Says once of each break and holder that a phone is not back; PUT IN clears it by itself (clause 11)."""

    LOOK_NS = SECOND_NS

    def __init__(self, taps: Taps, said: set[tuple[HolderId, datetime]], store: Store, journal: Journal) -> None:
        self._taps = taps
        self._said = said
        self._store = store
        self._journal = journal
        self._next_look = 0

    def tick(self, now: Moment) -> None:
        """Look once a second."""
        if now.boottime_ns < self._next_look or self._journal.failed:
            return
        self._next_look = now.boottime_ns + self.LOOK_NS
        for one in find_overdue(self._taps.rules, self._taps.state, now):
            if (one.holder, one.due) not in self._said:
                self._say(one, now)

    def _say(self, one: Overdue, now: Moment) -> None:
        block = Block(name=one.block.name, starts=write_instant(one.block.starts), ends=write_instant(one.block.ends))
        private = PhoneOverduePrivate(
            person=one.person, badge=one.badge, slot=one.slot, block=block, due=write_instant(one.due)
        )
        try:
            with self._store.transaction() as outbox:
                outbox.append(PhoneOverdue(point=self._taps.rules.point), private, now)
                self._store.note_overdue(one.holder, one.due)
        except StorageFailed as fault:
            log.error("an overdue phone could not be written: %s", fault)
            self._journal.failed = True
            return
        self._said.add((one.holder, one.due))
        self._journal.uncovered = True


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
