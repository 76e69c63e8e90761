"""What else belongs to a decision, in its transaction: askings, answers, permissions used, going home (flow 1, 5)."""

from collections.abc import Callable, Iterator, MutableMapping
from datetime import datetime
from functools import partial

from broker.messages.permission import PermissionPrivate, PermissionUsed
from broker.messages.room import GoingHome, GoingHomePrivate
from broker.outbox import Run
from kiosk.cabinet.messages import Entry
from kiosk.cabinet.seniors.approvals import ANOTHER_ASKED, ASKED_AGAIN, PUT_IN, TAKEN_OUT, Approvals, Asked
from kiosk.cabinet.storage.store import Store
from policy.clock import Moment
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import HolderId, PersonId, PointId
from policy.rules import Rules

Follow = Callable[[], object]
"""What memory has to follow once the transaction is committed."""


class Sequels:
    """Words and keeps what follows from a decision beside its tap."""

    def __init__(
        self, point: PointId, approvals: Approvals, store: Store, going_home: MutableMapping[HolderId, datetime]
    ) -> None:
        self._point = point
        self._approvals = approvals
        self._store = store
        self._going_home = going_home

    def concern(self, gesture: Gesture, decision: Decision) -> bool:
        """Whether there is anything; of most taps there is not, and between badge and lock that is asked first."""
        if decision.asks_approval or decision.permission is not None or gesture.sent_home_by is not None:
            return True
        return self._approvals.asked is not None

    def write(
        self, run: Run, tap: int, gesture: Gesture, decision: Decision, rules: Rules, now: Moment
    ) -> tuple[Follow, ...]:
        """Write them as part of `run`; what is returned is to be called after its commit, in order."""
        follow: list[Follow] = []
        granted = decision.outcome is Outcome.GRANTED
        entries = self._granted(tap, gesture, decision, rules, now) if granted else self._refused(tap, decision, now)
        for entry, then in entries:
            run.append(*entry, now)
            follow += [] if then is None else [then]
        return tuple(follow)

    def _refused(self, tap: int, decision: Decision, now: Moment) -> Iterator[tuple[Entry, Follow | None]]:
        if not decision.asks_approval:
            return
        before = self._approvals.asked
        if before is not None:
            why = ASKED_AGAIN if before.holder == decision.holder else ANOTHER_ASKED
            yield self._approvals.expire(before, why), partial(self._approvals.end, before)
        asked, entry = self._approvals.ask(decision, tap, now)
        yield entry, partial(self._approvals.begin, asked)

    def _granted(
        self, tap: int, gesture: Gesture, decision: Decision, rules: Rules, now: Moment
    ) -> Iterator[tuple[Entry, Follow | None]]:
        asked = self._approvals.of(decision.holder)
        if asked is not None and decision.declares is not None:
            yield self._answer(asked, decision, rules), partial(self._approvals.end, asked)
        if decision.permission is not None and decision.badge is not None:
            used = PermissionPrivate(badge=decision.badge, person=decision.person, permission=decision.permission)
            yield (PermissionUsed(point=self._point, tap=str(tap)), used), None
        if gesture.sent_home_by is not None and decision.reason is Reason.LEAVING:
            yield self._send_home(tap, decision, now)

    def _answer(self, asked: Asked, decision: Decision, rules: Rules) -> Entry:
        """Word what ended an asking: the approval, or that it is not needed any more."""
        if decision.reason is not Reason.APPROVAL:
            why = PUT_IN if decision.intent is Intent.PUT_IN else TAKEN_OUT
            return self._approvals.expire(asked, why)
        badge = None if decision.approver is None else rules.badges.get(decision.approver)
        person: PersonId | None = None if badge is None else badge.person
        return self._approvals.give(asked, decision.approver, person)

    def _send_home(self, tap: int, decision: Decision, now: Moment) -> tuple[Entry, Follow]:
        badge, holder, by = decision.badge, decision.holder, decision.approver
        if badge is None or holder is None or by is None:
            raise ValueError("who is sent home is somebody here, and by a badge")
        self._store.send_home(holder, now.utc)
        private = GoingHomePrivate(badge=badge, person=decision.person, by=by)
        entry = GoingHome(point=self._point, tap=str(tap)), private
        return entry, partial(self._going_home.__setitem__, holder, now.utc)
