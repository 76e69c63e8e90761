"""Visitors who wait for somebody, as this cabinet knows of it: its lamp, and a host's badge held for 3 s (clause 21).

Told by central, kept over a restart. It knows hosts and no visitor, and nothing of it ever goes to a phone.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from broker.messages.visit import BriefedHow, VisitBriefed, VisitBriefedPrivate
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.office.central import VerifiedVisits
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import BRIEFED, VISITS, Store
from kiosk.cabinet.taps import Taps
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.ids import BadgeReference, PointId
from policy.visitors import NOBODY, Host, anybody_waits, host_of, still_briefed

log = logging.getLogger(__name__)

Ask = Callable[[BadgeReference], Host | None]
"""Tells whose visitors a badge speaks of, at one moment."""


class Visitors:
    """For whom visitors wait, and which of those hosts have held their badge here since."""

    def __init__(
        self,
        point: PointId,
        taps: Taps,
        store: Store,
        journal: Journal,
        effects: Effects,
        kept: VerifiedVisits | None,
        briefed: Mapping[str, datetime],
    ) -> None:
        self._point = point
        self._taps = taps
        self._store = store
        self._journal = journal
        self._effects = effects
        self._edition = None if kept is None else kept.edition
        self._waiting = NOBODY if kept is None else kept.waiting
        self._briefed = dict(briefed)

    @property
    def anybody(self) -> bool:
        """Whether a visitor waits for somebody who keeps a phone here."""
        return anybody_waits(self._waiting, self._briefed)

    def hosts(self, now: Moment) -> Ask | None:
        """Give what tells hosts' badges apart; None while no visitor waits for anybody, as mostly."""
        if not self._waiting.here and not self._waiting.elsewhere:
            return None
        return partial(self._host, now)

    def hear(self, verified: VerifiedVisits) -> None:
        """Take in what central says of who is waited for, if it is newer."""
        if self._edition is not None and verified.edition <= self._edition:
            return  # what is retained comes again with every connection
        self._edition, self._waiting = verified.edition, verified.waiting
        self._briefed = still_briefed(verified.waiting, self._briefed)
        try:
            with self._store.transaction():
                self._store.keep(VISITS, verified.payload)
                self._store.keep(BRIEFED, _write(self._briefed))
        except StorageFailed as fault:
            log.error("who is waited for could not be kept, so a restart will not know it: %s", fault)
            self._journal.failed = True

    def say_briefed(self, badge: BadgeReference, now: Moment) -> None:
        """Write that a host has told whoever waits for them; from now on the hold means what it meant before."""
        host = self._host(now, badge)
        if host is None:
            return
        briefed = self._briefed | {host.key: host.since}
        said = VisitBriefed(visit=None, point=self._point, how=BriefedHow.CABINET)
        try:
            with self._store.transaction() as run:
                run.append(said, VisitBriefedPrivate(person=host.person, badge=badge), now)
                self._store.keep(BRIEFED, _write(briefed))
        except StorageFailed as fault:
            log.error("that a visitor has been told could not be written, so it does not hold: %s", fault)
            self._journal.failed = True
            return
        self._briefed = briefed
        self._journal.uncovered = True
        self._effects.say_yes()
        log.info("a host has told whoever waited")

    def _host(self, now: Moment, badge: BadgeReference) -> Host | None:
        return host_of(self._waiting, self._briefed, self._taps.rules, badge, now)


def _write(briefed: Mapping[str, datetime]) -> bytes:
    return json.dumps({key: since.isoformat() for key, since in briefed.items()}).encode()
