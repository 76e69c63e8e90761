"""A gesture becomes a decision, the decision is committed, and only then anything moves (flow 1, steps 4 to 6)."""

import logging
from datetime import date

from broker.outbox import Run
from kiosk.cabinet.doors import Undo
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.messages import Wording
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Remembered, Store
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.decide import decide
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Gesture
from policy.ids import HolderId, PersonId
from policy.rules import Point, Rules
from policy.state import Declaration, Declared, State
from policy.walltime import wall_time

log = logging.getLogger(__name__)


class Taps:
    """Decides gestures and commits what they declare; holds the state that `decide` needs."""

    def __init__(
        self, point: Point, rules: Rules, remembered: Remembered, store: Store, journal: Journal, effects: Effects
    ) -> None:
        self._point = point
        self._store = store
        self._journal = journal
        self._effects = effects
        self._wording = Wording(point)
        self._declarations = remembered.declarations
        self._refused = remembered.refused_in_block
        self.state = State(self._declarations, self._refused)
        """What went before here; the same object for the whole run, its mappings follow the commits."""
        self.rules = rules
        """What is decided by; replaced as a whole when a bundle is applied."""

    def school_day(self, now: Moment) -> date:
        """The local date at the school."""
        return wall_time(self.rules.zone, now.utc).date

    def take(self, gesture: Gesture, now: Moment) -> Decision | None:
        """Decide one gesture, commit it, then move; None when nothing could be committed, and then nothing moves."""
        decision = decide(self.rules, self._point, self.state, gesture, now)
        try:
            if decision.outcome is Outcome.GRANTED:
                self._grant(decision, gesture.offered, now)
            else:
                self._refuse(decision, now)
        except StorageFailed as fault:
            log.error("tap not decided, nothing opens: %s", fault)
            self._journal.failed = True
            return None
        self._effects.answer(decision)
        self._journal.uncovered = True
        log.info("tap %s: %s", decision.outcome.value, decision.reason.value)
        return decision

    def _grant(self, decision: Decision, offered: int, now: Moment) -> None:
        declaration = self._declaration(decision, now)
        with self._store.transaction() as run:
            message, private = self._wording.granted(decision, offered)
            tap = run.append(message, private, now)
            if declaration is not None:
                message, private = self._wording.declared(tap, decision, declaration)
                run.append(message, private, now)
                self._store.declare(declaration)
            if decision.repeated:
                message, private = self._wording.repeated(tap, decision)
                run.append(message, private, now)
        undo = None
        if declaration is not None:
            undo = Undo(declaration.holder, self._declarations.get(declaration.holder), declaration)
            self._declarations[declaration.holder] = declaration
        if decision.slot is not None:
            self._effects.release(decision.slot, tap, undo)

    def _refuse(self, decision: Decision, now: Moment) -> None:
        inferred = decision.reason is Reason.RESTRICTED and not self._point.buttons and decision.badge is not None
        with self._store.transaction() as run:
            message, private = self._wording.refused(decision)
            run.append(message, private, now)
            if inferred and decision.badge is not None:
                self._store.note_refused_in_block(decision.badge, now.boottime_ns)
        if inferred and decision.badge is not None:
            self._refused[decision.badge] = now.boottime_ns

    def _declaration(self, decision: Decision, now: Moment) -> Declaration | None:
        if decision.declares is None or decision.holder is None or decision.badge is None:
            return None
        before = self._declarations.get(decision.holder)
        slot = decision.slot or (before.slot if before is not None else 1)
        return Declaration(decision.holder, decision.badge, decision.declares, slot, now.utc, self.school_day(now))

    def standing_of(self, undo: tuple[Undo, ...]) -> tuple[Undo, ...]:
        """Those whose declaration still stands as it was made: the phone may have been declared elsewhere since."""
        return tuple(one for one in undo if self._declarations.get(one.holder) == one.made)

    def take_back(self, run: Run, undo: tuple[Undo, ...], tap: int, now: Moment) -> None:
        """Write as part of `run` that these declarations do not hold; `forget` follows after its commit."""
        today = self.school_day(now)
        for one in undo:
            before = one.before
            state = before.state if before is not None and before.day == today else Declared.UNKNOWN
            message, private = self._wording.taken_back(tap, one.made, person_of(one.holder), state)
            run.append(message, private, now)
            self._store.take_back(one)

    def forget(self, undo: tuple[Undo, ...]) -> None:
        """Follow a committed `take_back` in memory."""
        for one in undo:
            if one.before is None:
                self._declarations.pop(one.holder, None)
            else:
                self._declarations[one.holder] = one.before

    def anybody_out(self, now: Moment) -> bool:
        """Whether a phone that was declared out here today is not back."""
        today = self.school_day(now)
        return any(one.state is Declared.OUT and one.day == today for one in self._declarations.values())


def person_of(holder: HolderId) -> PersonId | None:
    """Whose holder it is; None for a cover-pool badge."""
    return None if holder.startswith("badge:") else PersonId(holder)
