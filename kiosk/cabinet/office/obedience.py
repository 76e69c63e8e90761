"""What central said, once verified: acknowledgements archive, rules are applied, refusals reported (flow 2, step 3)."""

import logging
import sqlite3
from collections.abc import Callable
from typing import Protocol

from broker.instants import read_instant
from broker.messages.message import Message
from broker.messages.order import CommandRefused as CommandRefusedSaid
from broker.messages.order import RulesApplied
from broker.messages.order import RulesRefused as RulesRefusedSaid
from broker.messages.wire import Command
from kiosk.cabinet.office.central import NOT_NEWER, VerifiedRules
from kiosk.cabinet.office.desk import AckArrived, Arrival, CommandArrived, RulesArrived
from kiosk.cabinet.office.health import Condition, Health
from kiosk.cabinet.office.status import StatusBoard
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import RULES, Store
from kiosk.clock import BUNDLE_AGE, DeviceClock
from kiosk.errors import RulesRefused, StorageFailed
from policy.clock import Moment
from policy.rules import Rules

log = logging.getLogger(__name__)

SAID_AGAIN_NS = 600 * 1_000_000_000
"""The same refusal is an event at most once in this time: a hostile link must not fill the log."""
NO_RULES_YET = "No rules have arrived: check the network, and that the device is registered in the office."


class Decides(Protocol):
    """Whoever decides by the rules in force."""

    rules: Rules


class Obeys(Protocol):
    """Whoever carries out commands whose signature was right."""

    def nonce(self, now: Moment) -> str | None:
        """What a command that nobody asked for has to answer; None where there is none of that kind."""
        ...

    def obey(self, command: Command, now: Moment, report: Callable[[Message], None]) -> None:
        """Obey, or report why not."""
        ...


class Obedience:
    """Does what central signed, in the thread that decides."""

    def __init__(
        self,
        taps: Decides,
        store: Store,
        journal: Journal,
        clock: DeviceClock,
        status: StatusBoard,
        health: Health,
        commands: Obeys,
    ) -> None:
        self._taps = taps
        self._store = store
        self._journal = journal
        self._clock = clock
        self._status = status
        self._health = health
        self._commands = commands
        self._said: dict[Message, int] = {}
        self._waiting: VerifiedRules | None = None

    def take(self, arrival: Arrival, now: Moment) -> None:
        """Obey or report one thing that link handed in."""
        if isinstance(arrival, AckArrived):
            self._acknowledge(arrival, now)
        elif isinstance(arrival, RulesArrived):
            self._consider(arrival.verified, now)
        elif isinstance(arrival, CommandArrived):
            self._commands.obey(arrival.command, now, lambda said: self._report(said, now))
        elif isinstance(arrival, RulesRefused):
            self._refuse_rules(arrival, now)
        else:
            log.warning("refused: %s", arrival)
            self._report(CommandRefusedSaid(command=arrival.command, why=arrival.why), now)

    def tick(self, now: Moment) -> None:
        """Apply rules that could not be committed when they came; keep a good nonce in the status."""
        self._status.nonce = self._commands.nonce(now)
        if self._waiting is not None and not self._journal.failed:
            verified, self._waiting = self._waiting, None
            self._consider(verified, now)

    def put_in_force(self, verified: VerifiedRules, now: Moment) -> None:
        """Decide by these rules from now on; they have been committed."""
        self._taps.rules = verified.rules
        self._store.outbox.rules = verified.rules.revision
        self._status.bundle = verified
        self._status.stale = True
        self._health.set("rules", Condition.OK, now.utc)

    def lack_rules(self, now: Moment) -> None:
        """No bundle has ever been applied here."""
        self._health.set("rules", Condition.UNKNOWN, now.utc, NO_RULES_YET)

    def _acknowledge(self, arrival: AckArrived, now: Moment) -> None:
        try:
            moved = self._store.outbox.acknowledge(arrival.ack, arrival.payload)
            if not moved:
                return
            floor = self._clock.hear(read_instant(arrival.ack.time), now)
            if floor is not None:
                with self._store.transaction():
                    self._store.keep_floor(floor)
        except (sqlite3.Error, StorageFailed) as fault:
            log.warning("an acknowledgement must wait, central will say it again: %s", fault)
        self._status.stale = True

    def _consider(self, verified: VerifiedRules, now: Moment) -> None:
        revision = verified.rules.revision
        bundle = self._status.bundle
        if bundle is not None and revision == bundle.rules.revision:
            return  # the retained bundle comes again with every connection, and central may have signed it anew
        if bundle is not None and revision < bundle.rules.revision:
            why = f"rules {revision} are older than {bundle.rules.revision}, which stay in force"
            self._refuse_rules(RulesRefused(why, NOT_NEWER, revision), now)
            return
        before = self._store.outbox.rules
        try:
            with self._store.transaction() as run:
                self._store.keep(RULES, verified.payload)
                self._store.outbox.rules = revision
                run.append(RulesApplied(revision=str(revision)), None, now)
                floor = self._clock.hear(verified.rules.issued, now, BUNDLE_AGE)
                if floor is not None:
                    self._store.keep_floor(floor)
        except StorageFailed as fault:
            log.error("rules %s must wait: %s", revision, fault)
            self._store.outbox.rules = before
            self._waiting = verified
            self._journal.failed = True
            return
        self._journal.uncovered = True
        self.put_in_force(verified, now)
        log.info("rules %s are in force", revision)

    def _refuse_rules(self, refusal: RulesRefused, now: Moment) -> None:
        log.warning("rules refused: %s", refusal)
        revision = None if refusal.revision is None else str(refusal.revision)
        self._report(RulesRefusedSaid(revision=revision, why=refusal.why), now)

    def _report(self, said: Message, now: Moment) -> None:
        self._said = {one: at for one, at in self._said.items() if now.boottime_ns - at < SAID_AGAIN_NS}
        if said in self._said:
            return
        self._said[said] = now.boottime_ns
        self._journal.record(said, None, now)
