"""The roll of visitors: what was said here and what central told of it, as one; ticks only ever grow (Evacuation).

Begun here or in the web view, with or without a network, it is one roll-call as soon as both have heard of each other.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from broker.envelope import EventId
from broker.messages.message import Message
from broker.messages.roll import RollBegun, RollEnded, RollPrivate, RollSeen
from kiosk.cabinet.storage.journal import Journal
from kiosk.errors import CommandRefused, StorageFailed
from kiosk.reception.central import ReceptionCentral, VerifiedRolls
from kiosk.reception.flow.inputs import OnRoll, RollRead
from kiosk.reception.store import ReceptionStore, SaidHere
from policy.clock import ClockQuality, Moment
from policy.roll_call import LASTS, RollCall, RollFact, Said, fold_roll_calls, newest_over, running

log = logging.getLogger(__name__)

ROLLS = "rolls"
"""What central told last, as it came."""
FORGOTTEN = 2 * LASTS
"""What was said here so long ago is no part of any roll-call that can still be joined."""


class Roll:
    """Calls the roll at this screen; methods raise StorageFailed.

    `device` is this one's name, `told` what was kept of central's words, `zone` gives the school's time.
    """

    def __init__(
        self,
        store: ReceptionStore,
        journal: Journal,
        device: str,
        told: VerifiedRolls | None = None,
        zone: Callable[[], str] = lambda: "UTC",
    ) -> None:
        self._store = store
        self._journal = journal
        self._device = device
        self._told = told
        self._zone = zone

    def called(self, now: Moment) -> RollCall | None:
        """The roll-call that is under way, begun here or elsewhere; None: none is called."""
        return running(self._rolls(now), now.utc)

    def begin(self, drill: bool | None, by: str, now: Moment) -> RollRead:
        """Begin to call the roll, or go on with the one that is being called; an alarm does not wait for a drill.

        `drill` None: go on, and begin none.
        """
        rolls = self._rolls(now)
        roll = running(rolls, now.utc)
        if drill is not None and (roll is None or (roll.drill and not drill)):
            after = newest_over(rolls, drill, now.utc)
            self._say(RollBegun(drill=drill, after=after), _New(Said.BEGUN, drill, after), by, now)
        return self.read(now)

    def seen(self, visit: str, by: str, now: Moment) -> RollRead:
        """Note that a visitor was seen; said once, and never taken back, also if the roll-call has just been ended."""
        roll = self._shown(now)
        if roll is not None and visit not in roll.seen:
            of = _event(roll)
            new = _New(Said.SEEN, roll.drill, of, visit)
            self._say(RollSeen(visit=visit, drill=roll.drill, roll=of), new, by, now)
        return self.read(now)

    def end(self, by: str, now: Moment) -> None:
        """End the roll-call, wherever it was begun."""
        roll = self.called(now)
        if roll is not None:
            of = _event(roll)
            self._say(RollEnded(drill=roll.drill, roll=of), _New(Said.ENDED, roll.drill, of), by, now)

    def hear(self, told: VerifiedRolls) -> bool:
        """Take in what central told, when it is newer; tells whether it was. It is kept for the next start."""
        if self._told is not None and told.edition <= self._told.edition:
            return False
        self._told = told
        try:
            with self._store.transaction():
                self._store.keep(ROLLS, told.payload)
        except StorageFailed as fault:
            # It counts all the same; after a restart central tells it again with the first connection.
            log.error("%s", fault)
            self._journal.failed = True
        return True

    def read(self, now: Moment) -> RollRead:
        """Everybody this screen knows to be in school, by name, with whoever was seen by anybody."""
        roll = self._shown(now)
        seen = () if roll is None else roll.seen
        visitors = [
            OnRoll(one.visit, one.name, one.seeing, one.lanyard, one.visit in seen) for one in self._store.open_visits()
        ]
        visitors.sort(key=lambda one: one.name.casefold())
        if roll is None:
            return RollRead(tuple(visitors), drill=False, is_over=True)
        return RollRead(tuple(visitors), roll.drill, is_over=not roll.is_open(now.utc), since=self._local(roll.first))

    def forget(self, now: Moment) -> None:
        """Let go of what was said here long ago."""
        if now.quality is ClockQuality.SYNCED:
            oldest = now.boottime_ns - FORGOTTEN // timedelta(microseconds=1) * 1000
            with self._store.transaction():
                self._store.forget_said(now.utc - FORGOTTEN, oldest)

    def _shown(self, now: Moment) -> RollCall | None:
        """The roll-call that is under way, or else the last one."""
        rolls = self._rolls(now)
        return running(rolls, now.utc) or (rolls[-1] if rolls else None)

    def _rolls(self, now: Moment) -> tuple[RollCall, ...]:
        """Put together what was said here and what was told; of what is in both, central's time counts."""
        told = () if self._told is None else self._told.facts
        return fold_roll_calls([*(_fact(said, now) for said in self._store.said()), *told])

    def _local(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self._zone())).strftime("%H:%M")

    def _say(self, said: Message, new: "_New", by: str, now: Moment) -> None:
        with self._store.transaction() as run:
            sequence = run.append(said, RollPrivate(by=by), now)
            event = str(EventId(self._device, self._store.outbox.epoch, sequence))
            fact = RollFact(event, new.kind, new.drill, now.utc, visit=new.visit, roll=new.roll)
            self._store.add_said(SaidHere(fact, now.boottime_ns))
        self._journal.uncovered = True


class _New(NamedTuple):
    """What is said, before it has an event."""

    kind: Said
    drill: bool
    roll: str | None
    visit: str | None = None


def kept_rolls(store: ReceptionStore, central: ReceptionCentral) -> VerifiedRolls | None:
    """What central told last, checked again: the card may have been in other hands. Raises StorageFailed."""
    payload = store.kept(ROLLS)
    if payload is None:
        return None
    try:
        return central.visits(payload)
    except CommandRefused as refusal:
        log.error("the roll-calls kept in reception.db are not used: %s", refusal)
        return None


def _event(roll: RollCall) -> str | None:
    """The beginning by which something is said of a roll-call; None where none was heard."""
    return roll.id if roll.begun[0].kind is Said.BEGUN else None


def _fact(said: SaidHere, now: Moment) -> RollFact:
    """What was said, at the time it was by the clock as it is now: it may have been set, or have jumped, since."""
    if said.boottime_ns is None:
        return said.fact
    ago = timedelta(microseconds=max(now.boottime_ns - said.boottime_ns, 0) // 1000)
    return replace(said.fact, at=now.utc - ago)
