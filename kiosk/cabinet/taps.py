"""A gesture becomes a decision, the decision is committed, and only then anything moves (flow 1, steps 4 to 6)."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from broker.outbox import Run
from kiosk.cabinet.doors import Undo
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.messages import Entry, Wording
from kiosk.cabinet.sequels import Follow, Sequels
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Remembered, Store
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.decide import decide
from policy.decision import Decision, Outcome
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId, PersonId
from policy.rules import Point, RoomState, Rules
from policy.standing import Bearer, is_timely
from policy.state import Declaration, Declared, State
from policy.walltime import wall_time

log = logging.getLogger(__name__)


class Taps:
    """Decides gestures and commits what they declare; holds the state that `decide` needs."""

    def __init__(
        self,
        point: Point,
        rules: Rules,
        remembered: Remembered,
        store: Store,
        journal: Journal,
        effects: Effects,
        sequels: Sequels,
    ) -> None:
        self._point = point
        self._store = store
        self._journal = journal
        self._effects = effects
        self._sequels = sequels
        self._wording = Wording(point)
        self._declarations = remembered.declarations
        self._refused = remembered.refused_in_block
        self.state = State(self._declarations, self._refused, remembered.going_home, remembered.room_state)
        """What went before here; its mappings follow the commits."""
        self.rules = rules
        """What is decided by; replaced as a whole when a bundle is applied."""

    def school_day(self, now: Moment) -> date:
        """The local date at the school."""
        return wall_time(self.rules.zone, now.utc).date

    def take(self, gesture: Gesture, now: Moment, bearer: Bearer | None = None) -> Decision | None:
        """Decide one gesture, commit it, then move; None when nothing could be committed, and then nothing moves.

        `bearer` is what is known of its badge already, as `decide` may be told.
        """
        return self.carry_out(gesture, self.judge(gesture, now, bearer), now)

    def judge(self, gesture: Gesture, now: Moment, bearer: Bearer | None = None) -> Decision:
        """Decide one gesture, and no more."""
        return decide(self.rules, self._point, self.state, gesture, now, bearer)

    def newest_badge(self) -> BadgeReference | None:
        """Name a badge that has declared something here; None when none has."""
        return next((one.badge for one in reversed(self._declarations.values())), None)

    def rehearse(self, gesture: Gesture, now: Moment, bearer: Bearer | None) -> None:
        """Do all that `take` does of a gesture before it asks the disk, and let it go."""
        decision = self.judge(gesture, now, bearer)
        declaration = self._declaration(decision, now)
        if declaration is not None:
            said = self._wording.granted(decision, offered=1)
            self._store.rehearse(said, self._wording.declared(0, decision, declaration), declaration, now)

    def carry_out(
        self, gesture: Gesture, decision: Decision, now: Moment, also: Sequence[Entry] = ()
    ) -> Decision | None:
        """Commit a decision, with what else is to be written of it, then move; None when that could not be done."""
        try:
            if decision.outcome is Outcome.GRANTED:
                follow = self._grant(gesture, decision, also, now)
            else:
                follow = self._refuse(gesture, decision, now)
        except StorageFailed as fault:
            log.error("tap not decided, nothing opens: %s", fault)
            self._journal.failed = True
            return None
        for then in follow:
            then()
        self._effects.answer(decision)
        self._journal.uncovered = True
        log.info("tap %s: %s", decision.outcome.value, decision.reason.value)
        return decision

    def _grant(self, gesture: Gesture, decision: Decision, also: Sequence[Entry], now: Moment) -> tuple[Follow, ...]:
        follow: tuple[Follow, ...] = ()
        declaration = self._declaration(decision, now)
        said, wording = self._wording.granted(decision, gesture.offered), self._wording
        concerns = self._sequels.concern(gesture, decision)
        if declaration is not None and not (decision.repeated or concerns or also):
            tap = self._store.commit_declared(
                said, lambda tap: wording.declared(tap, decision, declaration), declaration, now
            )
        else:
            with self._store.transaction() as run:
                tap = run.append_draft(said, now)
                if declaration is not None:
                    run.append_draft(wording.declared(tap, decision, declaration), now)
                    self._store.declare(declaration)
                if decision.repeated:
                    run.append_draft(wording.repeated(tap, decision), now)
                if concerns:
                    follow = self._sequels.write(run, tap, gesture, decision, self.rules, now)
                for message, private in also:
                    run.append(message, private, now)
        undo = None
        if declaration is not None:
            undo = Undo(declaration.holder, self._declarations.get(declaration.holder), declaration)
            self._declarations[declaration.holder] = declaration
        if decision.slot is not None:
            self._effects.release(decision.slot, tap, undo)
        return follow

    def _refuse(self, gesture: Gesture, decision: Decision, now: Moment) -> tuple[Follow, ...]:
        follow: tuple[Follow, ...] = ()
        inferred = decision.intent is Intent.TAKE_OUT and gesture.intent is None and not self._point.buttons
        with self._store.transaction() as run:
            tap = run.append_draft(self._wording.refused(decision), now)
            if inferred and decision.badge is not None:
                self._store.note_refused_in_block(decision.badge, now.boottime_ns)
            if self._sequels.concern(gesture, decision):
                follow = self._sequels.write(run, tap, gesture, decision, self.rules, now)
        if inferred and decision.badge is not None:
            self._refused[decision.badge] = now.boottime_ns
        return follow

    def keep_children_in(self, state: RoomState) -> None:
        """Decide from now on by what a badge said of the room; it has been committed."""
        self.state = replace(self.state, room_state=state)

    def _declaration(self, decision: Decision, now: Moment) -> Declaration | None:
        if decision.declares is None or decision.holder is None or decision.badge is None:
            return None
        before = self._declarations.get(decision.holder)
        slot = decision.slot or (before.slot if before is not None else 1)
        day, timely = self.school_day(now), is_timely(self.rules, now)
        return Declaration(decision.holder, decision.badge, decision.declares, slot, now.utc, day, timely)

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
