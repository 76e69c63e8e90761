"""Who waits for a senior leader here, each for 120 s of monotonic time (clause 16); a restart forgets them."""

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
from policy.decision import Decision
from policy.ids import BadgeReference, HolderId, PersonId, PointId

APPROVE = "approve"
"""The command that answers the nonce of an asking."""
TIME, PUT_IN, TAKEN_OUT, ASKED_AGAIN = "time", "put_in", "taken_out", "asked_again"
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
    """The askings of one point, one for each who asks, the newest last."""

    def __init__(self, point: PointId, nonces: Nonces, journal: Journal) -> None:
        self._point = point
        self._nonces = nonces
        self._journal = journal
        self._waiting: dict[HolderId, Asked] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def waiting(self, now_ns: int) -> tuple[Asked, ...]:
        """List those still in time, the newest first: who asked last stands before the cabinet."""
        return tuple(asked for asked in reversed(self._waiting.values()) if asked.waits(now_ns))

    def of(self, holder: HolderId | None) -> Asked | None:
        """Look up what a holder asked."""
        return None if holder is None else self._waiting.get(holder)

    def answered_by(self, nonce: str) -> Asked | None:
        """Look up which asking a nonce belongs to; None when it has ended."""
        return next((asked for asked in self._waiting.values() if asked.nonce == nonce), None)

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
        """Let it wait from now on."""
        self._waiting.pop(asked.holder, None)
        self._waiting[asked.holder] = asked

    def end(self, asked: Asked) -> None:
        """Let it wait no more."""
        self._waiting.pop(asked.holder, None)

    def tick(self, now: Moment) -> None:
        """End those whose time is up."""
        for asked in tuple(self._waiting.values()):
            if not asked.waits(now.boottime_ns):
                self.end(asked)
                self._journal.record(*self.expire(asked, TIME), now)
