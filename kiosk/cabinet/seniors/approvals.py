"""Who waits for a senior leader here: whoever asked last, for 120 s of monotonic time (clause 16).

Only one waits at a point, since who approves by badge stands beside the one who has just asked. A restart forgets it.
"""

from dataclasses import dataclass

from broker.messages.approval import (
    ApprovalAsked,
    ApprovalAskedPrivate,
    ApprovalExpired,
    ApprovalGiven,
    ApprovalPrivate,
)
from kiosk.cabinet.messages import Entry, write_block
from kiosk.cabinet.office.nonces import GOOD_NS, Nonces
from kiosk.cabinet.storage.journal import Journal
from policy.clock import Moment
from policy.decision import NOT_NOW, Decision, Outcome, Reason
from policy.ids import BadgeReference, HolderId, PersonId, PointId

APPROVE = "approve"
"""The command that answers the nonce of an asking."""
TIME, PUT_IN, TAKEN_OUT = "time", "put_in", "taken_out"
ASKED_AGAIN, ANOTHER_ASKED = "asked_again", "another_asked"
WITHDRAWN, BADGE_ENDED = "withdrawn", "badge_ended"
"""Why an asking ended without an approval, as `approval.expired` says it."""
BADGE, ACCOUNT = "badge", "account"
"""How an approval was given, as `approval.given` says it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A refused TAKE OUT that waits for a senior leader."""

    holder: HolderId
    badge: BadgeReference
    person: PersonId | None
    tap: int
    """Sequence of the refused tap in this run's epoch."""
    nonce: str
    at_ns: int
    """CLOCK_BOOTTIME of the decision."""

    def waits(self, now_ns: int) -> bool:
        """Whether it is still in time; the last moment counts."""
        return now_ns - self.at_ns <= GOOD_NS


class Approvals:
    """The asking of one point, if somebody waits there."""

    def __init__(self, point: PointId, nonces: Nonces, journal: Journal) -> None:
        self._point = point
        self._nonces = nonces
        self._journal = journal
        self.asked: Asked | None = None
        """Who waits; in time as of the last `tick`."""

    def asker(self, now_ns: int) -> BadgeReference | None:
        """Tell the badge of whoever waits and is still in time."""
        asked = self.asked
        return asked.badge if asked is not None and asked.waits(now_ns) else None

    def of(self, holder: HolderId | None) -> Asked | None:
        """Look up what a holder asked."""
        return self.asked if self.asked is not None and self.asked.holder == holder else None

    def answered_by(self, nonce: str) -> Asked | None:
        """Look up which asking a nonce belongs to; None when it has ended."""
        return self.asked if self.asked is not None and self.asked.nonce == nonce else None

    def ask(self, decision: Decision, tap: int, now: Moment) -> tuple[Asked, Entry]:
        """Word a refused TAKE OUT that asks; `begin` follows its commit."""
        if decision.badge is None or decision.holder is None:
            raise ValueError("who asks has a badge and is somebody here")
        nonce = self._nonces.make(APPROVE, now)
        asked = Asked(decision.holder, decision.badge, decision.person, tap, nonce, now.boottime_ns)
        private = ApprovalAskedPrivate(
            badge=asked.badge,
            person=asked.person,
            reason=decision.reason.value,
            block=write_block(decision.block),
        )
        return asked, (ApprovalAsked(point=self._point, tap=str(tap), nonce=nonce), private)

    def give(self, asked: Asked, by: BadgeReference | None, person: PersonId | None) -> Entry:
        """Word that it was approved, by a badge or (None) by an account; `end` follows its commit."""
        private = ApprovalPrivate(
            badge=asked.badge,
            person=asked.person,
            approver=person,
            approver_badge=by,
            reason=ACCOUNT if by is None else BADGE,
        )
        return ApprovalGiven(point=self._point, tap=str(asked.tap)), private

    def expire(self, asked: Asked, why: str) -> Entry:
        """Word that it ended without an approval; `end` follows its commit."""
        private = ApprovalPrivate(badge=asked.badge, person=asked.person, reason=why)
        return ApprovalExpired(point=self._point, tap=str(asked.tap)), private

    def begin(self, asked: Asked) -> None:
        """Let it wait from now on, and nobody else."""
        self.asked = asked

    def end(self, asked: Asked) -> None:
        """Let it wait no more."""
        if self.asked == asked:
            self.asked = None

    def tick(self, now: Moment) -> None:
        """End it once its time is up."""
        if self.asked is not None and not self.asked.waits(now.boottime_ns):
            self._give_up(self.asked, TIME, now)

    def review(self, decision: Decision, now: Moment) -> None:
        """End it where an approval would open nothing any more, by what would be decided of the asker's TAKE OUT now.

        So no senior leader comes for nothing, and no second refusal stands under the asker's name. What has come to be
        allowed meanwhile, in a break for example, goes on waiting: who comes then opens it all the same.
        """
        if self.asked is None:
            return
        if decision.reason in NOT_NOW:
            if not decision.asks_approval:
                self._give_up(self.asked, WITHDRAWN, now)
        elif decision.outcome is Outcome.REFUSED or decision.reason is Reason.TAKEN_AFTER_END:
            self._give_up(self.asked, BADGE_ENDED, now)

    def _give_up(self, asked: Asked, why: str, now: Moment) -> None:
        self.end(asked)
        self._journal.record(*self.expire(asked, why), now)
