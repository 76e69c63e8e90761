"""Signed commands: opens for whom the office approved or named, once, and says what became of it (clause 16).

Whether central signed it, for this device, has been checked; here it is held against the nonce it answers.
"""

import logging
from collections.abc import Callable

from broker.messages.message import Message
from broker.messages.order import CommandObeyed, CommandRefused
from broker.messages.wire import Command
from kiosk.cabinet.office.central import MALFORMED, UNKNOWN_COMMAND
from kiosk.cabinet.office.nonces import Nonces
from kiosk.cabinet.seniors.approvals import APPROVE, Approvals
from kiosk.cabinet.taps import Taps
from policy.clock import Moment
from policy.decision import Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import HolderId

log = logging.getLogger(__name__)

OPEN_FOR = "open_for"
"""The command that answers the nonce in the status."""
NOT_HERE, OVER, NOT_COMMITTED = "not_here", "over", "not_committed"
"""The codes that `command.refused` carries besides those of a nonce and the reason of a refused decision."""


class Commands:
    """Obeys commands in the thread that decides."""

    def __init__(self, taps: Taps, approvals: Approvals, nonces: Nonces) -> None:
        self._taps = taps
        self._approvals = approvals
        self._nonces = nonces

    def nonce(self, now: Moment) -> str:
        """What the next `open_for` has to answer; stands in the status."""
        return self._nonces.standing(OPEN_FOR, now)

    def obey(self, command: Command, now: Moment, report: Callable[[Message], None]) -> None:
        """Obey a command whose signature was right, or report with `report` why it is refused."""
        why = self._obey(command, now)
        if why is not None:
            log.warning("command %s refused: %s", command.command, why)
            report(CommandRefused(command=command.command, why=why, nonce=command.nonce))

    def _obey(self, command: Command, now: Moment) -> str | None:
        """Do it; what is returned is why it was not done."""
        if command.command not in (APPROVE, OPEN_FOR):
            return UNKNOWN_COMMAND
        why = self._nonces.problem(command.command, command.nonce, now)
        if why is not None:
            return why
        if command.command == APPROVE:
            asked = self._approvals.answered_by(command.nonce)
            if asked is None:
                return OVER
            return self._carry_out(Gesture((asked.badge,), Intent.TAKE_OUT, approved=True), command, now)
        if command.holder is None:
            return MALFORMED
        return self._carry_out(Gesture((), Intent.TAKE_OUT, opened_for=HolderId(command.holder)), command, now)

    def _carry_out(self, gesture: Gesture, command: Command, now: Moment) -> str | None:
        decision = self._taps.judge(gesture, now)
        if decision.outcome is Outcome.REFUSED:
            not_here = decision.reason is Reason.BADGE_NOT_KNOWN_HERE
            return NOT_HERE if not_here else decision.reason.value
        obeyed = CommandObeyed(command=command.command, why=decision.reason.value, nonce=command.nonce)
        if self._taps.carry_out(gesture, decision, now, ((obeyed, None),)) is None:
            return NOT_COMMITTED
        self._nonces.use(command.nonce)
        return None
