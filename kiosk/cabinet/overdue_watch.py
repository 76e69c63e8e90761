"""Phones not back after a break or an off-site visit: said once of each and holder (clauses 11 and 15)."""

import logging
from datetime import datetime

from broker.instants import write_instant
from broker.messages.tap import Block, PhoneOverdue, PhoneOverduePrivate
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store
from kiosk.cabinet.taps import Taps
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.ids import HolderId
from policy.overdue import Overdue, find_overdue

log = logging.getLogger(__name__)

SECOND_NS = 1_000_000_000


class OverdueWatch:
    """Says once of each break or visit and holder that a phone is not back; PUT IN clears it by itself."""

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
            with self._store.transaction() as run:
                run.append(PhoneOverdue(point=self._taps.rules.point), private, now)
                self._store.note_overdue(one.holder, one.due)
        except StorageFailed as fault:
            log.error("an overdue phone could not be written: %s", fault)
            self._journal.failed = True
            return
        self._said.add((one.holder, one.due))
        self._journal.uncovered = True
