"""Does what the flow wants done: commits first, then answers (kiosk.md: committed before the page says done)."""

import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from broker.instants import read_instant
from broker.messages.help import HelpKind
from broker.messages.visit import VisitDelivery, VisitDeliveryPrivate
from broker.messages.wire import RecordLine
from kiosk.cabinet.storage.journal import Journal
from kiosk.errors import StorageFailed
from kiosk.reception.face import Face
from kiosk.reception.flow import texts
from kiosk.reception.flow.effects import (
    ArriveOrLeave,
    Confirm,
    Deliver,
    Effect,
    EndRoll,
    FindHost,
    LeaveUnsure,
    ReadRecord,
    Reset,
    RingOffice,
    SeenOnRoll,
    ShowRoll,
    SignIn,
    SignOutByBadge,
    SignOutByName,
    Silence,
    Speak,
)
from kiosk.reception.flow.inputs import (
    Arrives,
    HostFound,
    Input,
    NotSaved,
    RecordRead,
    SignedIn,
    SignOutAnswered,
    Waiting,
)
from kiosk.reception.rings import Rings
from kiosk.reception.roll import Roll
from kiosk.reception.store import ReceptionStore
from kiosk.reception.visits import Visits
from policy.clock import Moment

log = logging.getLogger(__name__)

RECORD_LINES = 10


class Deeds:
    """Carries out effects; `try_again` is asked whether a failed commit is worth a second try at once."""

    def __init__(
        self,
        *,
        visits: Visits,
        roll: Roll,
        rings: Rings,
        store: ReceptionStore,
        journal: Journal,
        face: Face,
        try_again: Callable[[Moment], bool],
    ) -> None:
        self._visits = visits
        self._roll = roll
        self._rings = rings
        self._store = store
        self._journal = journal
        self._face = face
        self._try_again = try_again

    def do(self, effect: Effect, now: Moment) -> Input | None:
        """Do it; return the flow's answer, `NotSaved` where nothing could be committed."""
        try:
            return self._do(effect, now)
        except StorageFailed as fault:
            log.error("%s", fault)
            self._journal.failed = True
        try:
            return self._do(effect, now) if self._try_again(now) else NotSaved()
        except StorageFailed as fault:
            log.error("%s", fault)
            return NotSaved()

    def _do(self, effect: Effect, now: Moment) -> Input | None:
        if isinstance(effect, SignIn):
            lanyard = self._visits.sign_in(effect.visit, now)
            log.info("signed in")
            return SignedIn(lanyard)
        if isinstance(effect, SignOutByBadge):
            return self._signed_out(self._visits.sign_out_by_badge(effect.badge, now))
        if isinstance(effect, SignOutByName):
            return self._signed_out(self._visits.sign_out_by_name(effect.name, effect.number, now))
        if isinstance(effect, LeaveUnsure):
            self._visits.leave_unsure(effect.name, now)
            return self._signed_out(False)
        if isinstance(effect, ArriveOrLeave):
            if self._visits.may_leave(effect.badge, now):
                return self._signed_out(self._visits.sign_out_by_badge(effect.badge, now))
            return Arrives(effect.badge)
        if isinstance(effect, FindHost):
            return self._find_host(effect, now)
        if isinstance(effect, Confirm):
            self._visits.brief(effect.visits, effect.person, effect.badge, now)
        elif isinstance(effect, ReadRecord):
            self._rings.ask_record(effect.person, effect.badge, now)
            return self._own_record(effect.person)
        elif isinstance(effect, RingOffice):
            about = self._visits.unsure if effect.kind is HelpKind.SIGN_OUT else None
            self._rings.ring(effect.kind, about, now)
        elif isinstance(effect, Deliver):
            self._journal.record(VisitDelivery(), VisitDeliveryPrivate(company=effect.company), now)
            self._rings.ring(HelpKind.DELIVERY, None, now)
        else:
            return self._call_roll(effect, now)
        return None

    def _call_roll(self, effect: Effect, now: Moment) -> Input | None:
        if isinstance(effect, ShowRoll):
            return self._roll.begin(effect.drill, effect.by, now)
        if isinstance(effect, SeenOnRoll):
            return self._roll.seen(effect.visit, effect.by, now)
        if isinstance(effect, EndRoll):
            self._roll.end(effect.by, now)
        elif isinstance(effect, Speak):
            self._face.speak(effect.speech)
        elif isinstance(effect, Silence):
            self._face.speak(None)
        elif isinstance(effect, Reset):
            self._rings.forget_record()
            self._face.reset()
        return None

    def _signed_out(self, sure: bool) -> SignOutAnswered:
        log.info("signed out" if sure else "sign-out unsure: the office is rung")
        return SignOutAnswered(sure)

    def _find_host(self, effect: FindHost, now: Moment) -> HostFound:
        waiting = () if effect.person is None else self._visits.waiting_for(effect.person)
        zone, roll = self._zone(), self._roll.read(now)
        return HostFound(
            tuple(
                Waiting(one.visit, one.name, one.since.astimezone(zone).strftime("%H:%M"), one.briefed)
                for one in waiting
            ),
            None if roll.is_over else roll.drill,
            roll.since,
        )

    def _own_record(self, person: str) -> RecordRead:
        """What this screen knows itself: who came to see the holder of the badge."""
        zone = self._zone()
        lines = tuple(
            (visit.since.astimezone(zone).strftime("%H:%M"), texts.RECORD_VISIT.format(name=visit.name))
            for visit, _ in self._store.visits_of(person, RECORD_LINES)
        )
        return RecordRead(lines, whole=False)

    def told_record(self, lines: list[RecordLine]) -> RecordRead:
        """What central told of somebody's own record."""
        zone = self._zone()
        return RecordRead(
            tuple((read_instant(line.at).astimezone(zone).strftime("%a %H:%M"), line.text) for line in lines)[
                :RECORD_LINES
            ],
            whole=True,
        )

    def _zone(self) -> ZoneInfo:
        content = self._visits.content
        return ZoneInfo("UTC" if content is None else content.zone)
