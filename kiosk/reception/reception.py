"""The reception as one object: takes in fingers, badges and what central says, and looks after time."""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from broker.keys import badge_reference
from broker.messages.part import ReaderFailed as ReaderFailedSaid
from broker.messages.part import ReaderRecovered as ReaderRecoveredSaid
from broker.messages.wire import RecordLine
from hardware.reader import (
    BadgePresented,
    RandomBadge,
    ReaderEvent,
    ReaderFailed,
    ReaderRecovered,
)
from kiosk.cabinet.clock_watch import ClockWatch
from kiosk.cabinet.office.central import VerifiedRules
from kiosk.cabinet.office.desk import AckArrived, Arrival, CommandArrived, RulesArrived, VisitsArrived
from kiosk.cabinet.office.health import Condition, Health, reader_part
from kiosk.cabinet.office.obedience import Obedience
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.watch import ArchiveWatch, StorageWatch
from kiosk.clock import DeviceClock
from kiosk.errors import CommandRefused, RulesRefused, StorageFailed
from kiosk.reception.central import VerifiedContent, VerifiedRolls
from kiosk.reception.deeds import Deeds
from kiosk.reception.face import Face
from kiosk.reception.failures import Failures
from kiosk.reception.flow.flow import Flow
from kiosk.reception.flow.inputs import (
    BadgeSeen,
    BadgeUnreadable,
    FaceFailed,
    HelpAnswered,
    Input,
    ReaderChanged,
    RollHeard,
    RulesChanged,
    Tick,
)
from kiosk.reception.flow.screen import Screen
from kiosk.reception.roll import Roll
from kiosk.reception.visits import Visits
from policy.clock import Moment
from policy.ids import BadgeReference
from policy.rules import Rules

log = logging.getLogger(__name__)

_ARRIVALS = (AckArrived, RulesArrived, CommandArrived, RulesRefused, CommandRefused)
_READER = "The badge reader of the reception does not answer: check its cable and its power. Visitors type meanwhile."
CLOSING_EVERY_NS = 5_000_000_000
FORGET_EVERY_NS = 3600_000_000_000
FRESH_AFTER_NS = 4 * 3600_000_000_000
"""A program that has run for so long is ended in the night, and started anew by systemd."""
NIGHT = range(3, 5)
"""Local hours in which nobody is at the door."""
ANSWERS_AT_ONCE = 20
"""More answers than this to one input would be a circle."""


class InForce:
    """The empty rules of a screen that locks nothing; who obeys keeps their revision here."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules


class ReceptionObedience(Obedience):
    """Does what central signed, and hands a new edition to the screen."""

    heard: Callable[[VerifiedContent, Moment], None]

    def put_in_force(self, verified: VerifiedRules, now: Moment) -> None:
        """Show by this edition from now on; it has been committed."""
        super().put_in_force(verified, now)
        if isinstance(verified, VerifiedContent):
            self.heard(verified, now)


class Reception:
    """One reception without its loop: everything is called from one thread."""

    def __init__(
        self,
        *,
        point: str,
        clock: DeviceClock,
        site_key: bytes,
        key_epoch: int,
        flow: Flow,
        visits: Visits,
        roll: Roll,
        deeds: Deeds,
        face: Face,
        journal: Journal,
        health: Health,
        failures: Failures,
        obedience: Obedience,
        storage: StorageWatch,
        clock_watch: ClockWatch,
        archive: ArchiveWatch,
        tell_link: Callable[[], None],
        end: Callable[[], None],
    ) -> None:
        self._point = point
        self._clock = clock
        self._site_key = site_key
        self._key_epoch = key_epoch
        self._flow = flow
        self._visits = visits
        self._roll = roll
        self._deeds = deeds
        self._face = face
        self._journal = journal
        self._health = health
        self._failures = failures
        self._obedience = obedience
        self._storage = storage
        self._clock_watch = clock_watch
        self._archive = archive
        self._tell_link = tell_link
        self._end = end
        self._shown: Screen | None = None
        self._next_closing = 0
        self._next_forget = 0
        self._unheard: VerifiedContent | None = None
        self._started_at = clock.now().boottime_ns

    def handle(self, happening: Input | Arrival | VisitsArrived | ReaderEvent, /) -> None:
        """Take in one thing that happened, and do what follows from it."""
        if isinstance(happening, _ARRIVALS):
            self._obedience.take(happening, self._clock.now())
        elif isinstance(happening, VisitsArrived):
            self._hear_rolls(happening, self._clock.now())
        elif isinstance(happening, ReaderEvent):
            self.handle_polled((happening,))
        else:
            self._take(happening)

    def handle_polled(self, events: Iterable[ReaderEvent], /) -> None:
        """Take in what one poll of the reader yielded; of several cards together one counts, known before unknown."""
        presented: list[BadgeReference] = []
        unreadable = False
        for event in events:
            if isinstance(event, BadgePresented):
                presented.append(badge_reference(self._site_key, self._key_epoch, event.uid))
            elif isinstance(event, RandomBadge):
                unreadable = True
            elif isinstance(event, ReaderFailed | ReaderRecovered):
                self._reader(event)
        if presented:
            content = self._visits.content
            known = [one for one in presented if content is not None and content.knows(one)]
            self._take(BadgeSeen((known or presented)[0]))
        elif unreadable:
            self._take(BadgeUnreadable())

    def deadline(self) -> int | None:
        """When `tick` is wanted at the latest, in CLOCK_BOOTTIME ns."""
        return self._flow.deadline

    def tick(self) -> None:
        """Let time pass."""
        now = self._clock.now()
        deadline = self._flow.deadline
        if deadline is not None and now.boottime_ns >= deadline:
            self._take(Tick())
        self._clock_watch.tick(now)
        self._archive.tick(now)
        self._obedience.tick(now)
        self._storage.tick(now)
        self._failures.tick(now)
        self._look_after_visits(now)

    def settle(self) -> None:
        """Finish a round: the signed head, and the byte that tells link."""
        if self._journal.failed:
            self._storage.notice(self._clock.now())
        if self._journal.sign():
            self._tell_link()
        if self._flow.screen != self._shown:
            self._shown = self._flow.screen
            self._face.show(self._shown)

    def hear(self, verified: VerifiedContent, now: Moment) -> None:
        """Show by a new edition; what it tells of visits is tried again when the disk does not take it."""
        try:
            self._visits.hear(verified.content, now)
            self._unheard = None
        except StorageFailed as fault:
            log.error("%s", fault)
            self._journal.failed = True
            self._unheard = verified
        self._take(RulesChanged(verified.content))
        self._show_roll(now)

    def _hear_rolls(self, arrived: VisitsArrived, now: Moment) -> None:
        """Join the roll-calls that central tells of, and show what others have ticked."""
        told = arrived.verified
        if isinstance(told, VerifiedRolls) and self._roll.hear(told):
            self._show_roll(now)

    def _show_roll(self, now: Moment) -> None:
        try:
            self._take(RollHeard(self._roll.read(now)))
        except StorageFailed as fault:
            log.error("%s", fault)
            self._journal.failed = True

    def answered(self) -> None:
        """The office says that somebody comes."""
        self._take(HelpAnswered())

    def show_record(self, lines: list[RecordLine]) -> None:
        """Central told somebody's own record."""
        self._take(self._deeds.told_record(lines))

    def _take(self, input: Input) -> None:
        """Take one input; a fault of ours wipes the page and is counted, too many of them end the program."""
        if isinstance(input, FaceFailed):
            # The window counts its own against its own limit; here they are counted for the office.
            self._failures.note(self._clock.now())
        try:
            self._take_and_answer(input)
        except Exception as fault:  # whatever it is, the next visitor must find a first page
            now = self._clock.now()
            too_many = self._failures.note(now)
            # Where, and of what kind; never its words, in which something typed might stand.
            log.error(
                "a fault at the screen, which begins again: %s at %s. Failures so far: %d.",
                type(fault).__name__,
                _place_of(fault),
                self._failures.count,
            )
            if too_many:
                raise
            for effect in self._flow.start_again(now):
                self._deeds.do(effect, now)

    def _take_and_answer(self, input: Input) -> None:
        waiting = deque([input])
        for _ in range(ANSWERS_AT_ONCE):
            if not waiting:
                break
            now = self._clock.now()
            for effect in self._flow.handle(waiting.popleft(), now):
                answer = self._deeds.do(effect, now)
                if answer is not None:
                    waiting.append(answer)

    def _reader(self, event: ReaderFailed | ReaderRecovered) -> None:
        now = self._clock.now()
        part = reader_part(event.reader)
        if isinstance(event, ReaderFailed):
            self._health.set(part, Condition.FAULT, now.utc, _READER)
            said = ReaderFailedSaid(point=self._point, reader=event.reader, fault=event.fault.value)
            self._journal.record(said, None, now)
        else:
            self._health.set(part, Condition.OK, now.utc)
            self._journal.record(ReaderRecoveredSaid(point=self._point, reader=event.reader), None, now)
        self._take(ReaderChanged(isinstance(event, ReaderRecovered)))

    def _rest(self, now: Moment) -> None:
        """End the program once a night when nobody is there: a long-running window is started anew."""
        content = self._visits.content
        is_old = now.boottime_ns - self._started_at > FRESH_AFTER_NS
        if content is None or not is_old or not self._flow.is_at_rest:
            return
        if now.utc.astimezone(ZoneInfo(content.zone)).hour in NIGHT:
            log.info("nobody is here: the program ends and is started anew")
            self._started_at = now.boottime_ns
            self._end()

    def _look_after_visits(self, now: Moment) -> None:
        self._rest(now)
        if self._journal.failed or now.boottime_ns < self._next_closing:
            return
        self._next_closing = now.boottime_ns + CLOSING_EVERY_NS
        try:
            if self._unheard is not None:
                self._visits.hear(self._unheard.content, now)
                self._unheard = None
            ended = self._visits.close_day(now)
            if ended:
                log.info("closing time: %d visits ended as not signed out", ended)
            if now.boottime_ns >= self._next_forget:
                self._next_forget = now.boottime_ns + FORGET_EVERY_NS
                self._visits.forget(now)
                self._roll.forget(now)
        except StorageFailed as fault:
            log.error("%s", fault)
            self._journal.failed = True


def _place_of(fault: BaseException) -> str:
    """The innermost line of ours that a fault came from."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
