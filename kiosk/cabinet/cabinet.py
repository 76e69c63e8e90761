"""The cabinet as one object: takes in every happening, and looks after time (flow 1, steps 2 to 7)."""

import logging
from collections.abc import Callable, Iterable, Sequence

from broker.keys import badge_reference
from broker.messages.part import ReaderFailed as ReaderFailedSaid
from broker.messages.part import ReaderRecovered as ReaderRecoveredSaid
from hardware.happenings import BoardEvent, ButtonPressed, ButtonReleased, DoorClosed, DoorOpened, LockFailed
from hardware.lamps import Signal
from hardware.reader import (
    BadgeHeld,
    BadgePresented,
    BadgeRemoved,
    RandomBadge,
    ReaderEvent,
    ReaderFailed,
    ReaderFault,
    ReaderRecovered,
)
from kiosk.cabinet.clock_watch import ClockWatch
from kiosk.cabinet.doors import DoorFact, NotOpened
from kiosk.cabinet.effects import Effects, PulseDone
from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.messages import Wording
from kiosk.cabinet.office.desk import AckArrived, Arrival, CommandArrived, RulesArrived, VisitsArrived
from kiosk.cabinet.office.health import Condition, Health, reader_part
from kiosk.cabinet.office.obedience import Obedience
from kiosk.cabinet.overdue_watch import OverdueWatch
from kiosk.cabinet.seniors.approvals import Approvals
from kiosk.cabinet.seniors.children_in import ChildrenIn
from kiosk.cabinet.seniors.fold import Said, Seniors
from kiosk.cabinet.seniors.here import Here
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store
from kiosk.cabinet.storage.watch import ArchiveWatch, StorageWatch
from kiosk.cabinet.taps import Taps
from kiosk.cabinet.visitors import Visitors
from kiosk.clock import DeviceClock
from kiosk.errors import CommandRefused, RulesRefused, StorageFailed
from policy.clock import Moment
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.rules import Point
from policy.state import Declared

log = logging.getLogger(__name__)

Happening = ReaderEvent | BoardEvent | PulseDone | Arrival | VisitsArrived
"""Everything that can happen to a cabinet."""

NO_UID = bytes(7)
"""What is read in a rehearsal, of which there is no badge."""

# Tuples, made once: a union in `isinstance` is made anew at every tap.
_CARDS = (BadgePresented, BadgeHeld, BadgeRemoved, RandomBadge)
_ARRIVALS = (AckArrived, RulesArrived, CommandArrived, RulesRefused, CommandRefused)

_READER_FAULT = {
    ReaderFault.NOT_THERE: "The badge reader does not answer: check its cable and its power.",
    ReaderFault.STUCK: "The badge reader does not finish its work: switch the cabinet off and on, or replace it.",
    ReaderFault.RESTARTED: "The badge reader lost its supply for a moment: check its power.",
    ReaderFault.NOISE: "The badge reader hears only noise: check its cable, and for metal or a card left close to it.",
}
_MEANWHILE = "The key in the office opens meanwhile."
_LOCK_FAULT = f"The lock did not release: check its coil and its supply. {_MEANWHILE}"


class Cabinet:
    """One cabinet's program without its loop: `handle`, `tick` and `settle` are called from one thread."""

    def __init__(
        self,
        *,
        point: Point,
        clock: DeviceClock,
        site_key: bytes,
        key_epoch: int,
        gestures: Gestures,
        seniors: Seniors,
        approvals: Approvals,
        children_in: ChildrenIn,
        visitors: Visitors,
        taps: Taps,
        effects: Effects,
        store: Store,
        journal: Journal,
        health: Health,
        obedience: Obedience,
        storage: StorageWatch,
        clock_watch: ClockWatch,
        overdue: OverdueWatch,
        archive: ArchiveWatch,
        tell_link: Callable[[], None],
    ) -> None:
        self._point = point
        self._clock = clock
        self._site_key = site_key
        self._key_epoch = key_epoch
        self._gestures = gestures
        self._seniors = seniors
        self._approvals = approvals
        self._children_in = children_in
        self._visitors = visitors
        self._taps = taps
        self._effects = effects
        self._store = store
        self._journal = journal
        self._health = health
        self._obedience = obedience
        self._storage = storage
        self._clock_watch = clock_watch
        self._overdue = overdue
        self._archive = archive
        self._tell_link = tell_link
        self._wording = Wording(point)
        self._at = 0
        self._standing: dict[Signal, bool] = {}
        self._late_facts: list[NotOpened] = []

    def handle(self, happening: Happening) -> None:
        """Take in one thing that happened, and do what follows from it."""
        if isinstance(happening, _CARDS):
            self.handle_polled((happening,))
        elif isinstance(happening, ButtonPressed):
            self._press(Intent(happening.name), happening.at_ns)
        elif isinstance(happening, ButtonReleased):
            self._do(self._gestures.release(Intent(happening.name), self._time(happening.at_ns)))
        elif isinstance(happening, DoorOpened):
            self._door(self._effects.door_opened(happening.slot, happening.at_ns))
        elif isinstance(happening, DoorClosed):
            self._door(self._effects.door_closed(happening.slot))
        elif isinstance(happening, PulseDone):
            self._pulse_done(happening)
        elif isinstance(happening, _ARRIVALS):
            now = self._clock.now()
            self._obedience.take(happening, now)
            self._review_asking(now)
        elif isinstance(happening, VisitsArrived):
            self._visitors.hear(happening.verified)
        elif isinstance(happening, ReaderFailed | ReaderRecovered):
            self._reader(happening)

    def handle_polled(self, events: Iterable[ReaderEvent]) -> None:
        """Take in what one poll of one reader yielded: cards that came together are judged together."""
        presented: list[BadgeReference] = []
        removed: list[BadgeReference] = []
        held: list[BadgeReference] = []
        random, at = False, 0
        for event in events:
            if isinstance(event, BadgePresented):
                presented.append(badge_reference(self._site_key, self._key_epoch, event.uid))
                at = max(at, event.at_ns)
            elif isinstance(event, BadgeRemoved):
                removed.append(badge_reference(self._site_key, self._key_epoch, event.uid))
                at = max(at, event.at_ns)
            elif isinstance(event, BadgeHeld):
                held.append(badge_reference(self._site_key, self._key_epoch, event.uid))
                at = max(at, event.at_ns)
            elif isinstance(event, RandomBadge):
                random, at = True, max(at, event.at_ns)
            elif isinstance(event, ReaderFailed | ReaderRecovered):
                self._reader(event)
        if presented or removed or random or held:
            now, at = self._clock.now(), self._time(at)
            self._review_asking(now)
            here = self._here(now, at)
            self._do(self._seniors.cards(presented, removed, at, here, random=random), now, here)
            for badge in held:
                self._say(self._seniors.held(badge, here), badge, now)

    def deadline(self) -> int | None:
        """When `tick` is wanted at the latest, in CLOCK_BOOTTIME ns."""
        return self._seniors.deadline()

    def tick(self) -> None:
        """Let time pass; called at every poll and at `deadline`."""
        now = self._clock.now()
        self._do(self._seniors.tick(self._time(now.boottime_ns)), now)
        self._approvals.tick(now)
        self._review_asking(now)
        if self._late_facts and not self._journal.failed:
            self._door(self._late_facts.pop(0))
        for fact in self._effects.tick(now.boottime_ns):
            self._door(fact)
        self._clock_watch.tick(now)
        self._overdue.tick(now)
        self._archive.tick(now)
        self._obedience.tick(now)
        self._children_in.tick(now)
        self._storage.tick(now)
        self._stand(Signal.OUT, self._taps.anybody_out(now))

    def settle(self) -> None:
        """Finish a round: the signed head, the byte that tells link, the fault lamp."""
        if self._journal.failed:
            self._storage.notice(self._clock.now())
        if self._journal.sign():
            self._tell_link()
        self._stand(Signal.FAULT, self._health.faulty)
        self._stand(Signal.APPROVAL_AWAITED, self._approvals.asked is not None)
        self._stand(Signal.VISITOR_WAITING, self._visitors.anybody)

    def _time(self, at: int) -> int:
        """The fold's time never goes back, though a button's first edge may be older than the last tick."""
        self._at = max(self._at, at)
        return self._at

    def _do(self, gestures: Sequence[Gesture], now: Moment | None = None, here: Here | None = None) -> None:
        for gesture in gestures:
            moment = now or self._clock.now()
            # What the folds have found out of a badge holds until something is committed, so for the first decision.
            bearer, here = None if here is None else here.bearer(gesture.badges), None
            decision = self._taps.take(gesture, moment, bearer)
            if decision is None and self._storage.notice(moment):
                decision = self._taps.take(gesture, moment)
            if decision is None:
                self._gestures.not_committed(gesture)
            else:
                self._gestures.decided(decision)
                if decision.declares is Declared.OUT:
                    self._standing[Signal.OUT] = True  # the answer has shown it, with its beep

    def _say(self, said: Said | None, badge: BadgeReference, now: Moment) -> None:
        """Do what a badge has said that was held."""
        if said is Said.BRIEFED:
            self._visitors.say_briefed(badge, now)
        elif said is Said.CHILDREN_IN:
            self._children_in.say(badge, now)

    def _stand(self, signal: Signal, on: bool) -> None:
        if self._standing.get(signal, False) is not on:
            self._standing[signal] = on
            self._effects.stand(signal, on)

    def _review_asking(self, now: Moment) -> None:
        """Hold what waits for a senior leader against the rules as they are now; mostly nothing waits."""
        asked = self._approvals.asked
        if asked is not None:
            self._approvals.review(self._taps.judge(Gesture((asked.badge,), Intent.TAKE_OUT), now), now)

    def _press(self, button: Intent, at: int) -> None:
        self._do(self._gestures.press(button, self._time(at)))
        if self._gestures.pressed(self._at) is not None:
            self._rehearse(button)

    def _rehearse(self, button: Intent) -> None:
        """Walk a tap's way as far as the disk and let go what comes of it: a pressed button says that one will come.

        A way not walked for a while is slow, most of all the first time in the morning.
        """
        badge = self._taps.newest_badge()
        if badge is None:
            return
        badge_reference(self._site_key, self._key_epoch, NO_UID)
        now = self._clock.now()
        here = self._here(now, self._at)
        self._seniors.is_plain(badge, here)
        here.standing(badge)
        self._taps.rehearse(Gesture((badge,), button), now, here.bearer((badge,)))

    def _here(self, now: Moment, at: int) -> Here:
        asker = self._approvals.asker(at)
        return Here(self._taps.rules, self._point, self._taps.state, asker, now, self._visitors.hosts(now))

    def _reader(self, event: ReaderFailed | ReaderRecovered) -> None:
        now = self._clock.now()
        part = reader_part(event.reader)
        if isinstance(event, ReaderFailed):
            self._seniors.forget_cards()
            self._health.set(part, Condition.FAULT, now.utc, f"{_READER_FAULT[event.fault]} {_MEANWHILE}")
            said = ReaderFailedSaid(point=self._point.id, reader=event.reader, fault=event.fault.value)
            self._journal.record(said, None, now)
        else:
            self._health.set(part, Condition.OK, now.utc)
            self._journal.record(ReaderRecoveredSaid(point=self._point.id, reader=event.reader), None, now)

    def _pulse_done(self, done: PulseDone) -> None:
        now = self._clock.now()
        result = done.result
        part = f"lock_{result.slot}"
        if isinstance(result, LockFailed):
            message, private = self._wording.lock_failed(done.tap, result.slot, result.fault.value)
            self._health.set(part, Condition.FAULT, now.utc, _LOCK_FAULT)
            self._effects.pulse_done(done, result.at_ns)
        else:
            message, private = self._wording.energised(done.tap, result.slot, result.ms)
            self._health.set(part, Condition.OK, now.utc)
            self._effects.pulse_done(done, result.ended_ns)
        self._journal.record(message, private, now)

    def _door(self, fact: DoorFact | None) -> None:
        if fact is None:
            return
        now = self._clock.now()
        message, private = self._wording.door(fact)
        undo = self._taps.standing_of(fact.undo) if isinstance(fact, NotOpened) else ()
        if not isinstance(fact, NotOpened) or not undo:
            self._journal.record(message, private, now)
            return
        try:
            with self._store.transaction() as run:
                run.append(message, private, now)
                self._taps.take_back(run, undo, fact.tap, now)
        except StorageFailed as failure:
            # The declarations stay as they were said until this can be written: none changes without an event.
            log.error("a door that stayed shut could not be written: %s", failure)
            self._late_facts.append(fact)
            self._journal.failed = True
            return
        self._taps.forget(undo)
        self._journal.uncovered = True
