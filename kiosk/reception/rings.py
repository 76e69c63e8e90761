"""The office is rung, and answers by a signed command; own records are asked for in the same way (clause 22)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from broker.messages.help import (
    HELP_ANSWERED,
    SHOW_RECORD,
    HelpAsked,
    HelpAskedPrivate,
    HelpKind,
    RecordAsked,
    RecordAskedPrivate,
)
from broker.messages.message import Message
from broker.messages.order import CommandObeyed, CommandRefused
from broker.messages.wire import Command, RecordLine
from kiosk.cabinet.office.central import MALFORMED, UNKNOWN_COMMAND
from kiosk.cabinet.office.nonces import LATE, Nonces
from kiosk.cabinet.storage.journal import Journal
from kiosk.reception.flow.timing import FOLDED_NS
from policy.clock import Moment
from policy.ids import BadgeReference

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Open:
    """A ring that nobody has answered."""

    nonce: str
    since: int
    """CLOCK_BOOTTIME in ns."""
    times: int = 1


class Rings:
    """Rings central and hears its answers, in the program's thread. A ring that cannot be committed waits its turn.

    The same ring again, within 5 minutes and before an answer, is that ring: the office has one card for it.
    """

    def __init__(
        self,
        journal: Journal,
        nonces: Nonces,
        answered: Callable[[], None],
        show_record: Callable[[list[RecordLine]], None],
    ) -> None:
        self._journal = journal
        self._nonces = nonces
        self._answered = answered
        self._show_record = show_record
        self._ring: str | None = None
        self._open: dict[tuple[HelpKind, str | None], _Open] = {}
        self._record: str | None = None

    def ring(self, kind: HelpKind, visit: str | None, now: Moment) -> None:
        """Ring the office; senior leaders are rung under the nonce that nobody has answered."""
        at = now.boottime_ns
        self._open = {what: one for what, one in self._open.items() if at - one.since < FOLDED_NS}
        if kind is not HelpKind.SENIOR or self._ring is None:
            same = self._open.get((kind, visit))
            if same is not None:
                same.times += 1
                self._ring = same.nonce
                log.info("%s: rung again, %d times in all", kind.value, same.times)
                return
            self._ring = self._nonces.make(HELP_ANSWERED, now)
            self._open[kind, visit] = _Open(self._ring, at)
        self._journal.record(HelpAsked(kind=kind, nonce=self._ring), HelpAskedPrivate(visit=visit), now)

    def ask_record(self, person: str, badge: BadgeReference, now: Moment) -> None:
        """Ask central for the last events of somebody's own record."""
        self._record = self._nonces.make(SHOW_RECORD, now)
        self._journal.record(RecordAsked(nonce=self._record), RecordAskedPrivate(person=person, badge=badge), now)

    def forget_record(self) -> None:
        """Whoever asked has gone: an answer that comes now is shown to nobody."""
        self._record = None

    def nonce(self, now: Moment) -> str | None:
        """No command comes here unasked."""
        return None

    def obey(self, command: Command, now: Moment, report: Callable[[Message], None]) -> None:
        """Obey a command whose signature was right, or report why it is refused."""
        why = self._problem(command, now)
        if why is not None:
            log.warning("command %s refused: %s", command.command, why)
            report(CommandRefused(command=command.command, why=why, nonce=command.nonce))
            return
        self._nonces.use(command.nonce)
        if command.command == HELP_ANSWERED:
            self._open = {what: one for what, one in self._open.items() if one.nonce != command.nonce}
            if command.nonce == self._ring:
                self._answered()
        elif command.record is not None and command.nonce == self._record:
            self._show_record(command.record)
        self._journal.record(CommandObeyed(command=command.command, why=None, nonce=command.nonce), None, now)

    def _problem(self, command: Command, now: Moment) -> str | None:
        if command.command not in (HELP_ANSWERED, SHOW_RECORD):
            return UNKNOWN_COMMAND
        if command.command == SHOW_RECORD and command.record is None:
            return MALFORMED
        why = self._nonces.problem(command.command, command.nonce, now)
        # A ring is answered as long as it is rung: an answer that was not heard would leave it open, and hold back
        # the next one.
        is_open = any(one.nonce == command.nonce for one in self._open.values())
        return None if why == LATE and is_open else why
