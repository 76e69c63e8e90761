"""One event and everything that belongs to it: its tap's other events, its clause, its day, its proof."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, Head
from admin_web.errors import NotFound
from admin_web.queries.day_strip import DayStrip, day_strip
from admin_web.queries.looked_at import Step, steps_of
from admin_web.queries.names import Names, names_for
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import StoredEvent, read_events, stored_events
from admin_web.rules.blocks import block_rows
from broker.topics import CENTRAL
from policy.clauses import CLAUSES, Clause


@dataclass(frozen=True, slots=True)
class EventDetail:
    """An event with its why."""

    event: StoredEvent
    sentence: Sentence
    names: Names
    told: Told
    others: tuple[tuple[StoredEvent, Sentence], ...]
    """The other events of the same tap, in the order they happened."""
    clause: Clause | None
    strip: DayStrip | None
    """The day at that place as the timetable is now."""
    signed: bool
    """Whether a stored head of the device covers it."""

    @property
    def clock_words(self) -> str:
        """How well its time is known."""
        return _CLOCK_WORDS.get(self.event.quality, "")

    def steps(self) -> list[Step]:
        """What the cabinet looked at."""
        return steps_of(self.told)

    def arrived(self, times: SchoolTime) -> str | None:
        """When it arrived, where that was much later."""
        event = self.event
        return times.near(event.committed_at, event.time) if event.committed_at - event.time > LATE else None


LATE = timedelta(minutes=1)
_CLOCK_WORDS = {
    "exact": "The clock was in step.",
    "interpolated": "The clock was set later; the time is counted back from then.",
    "bounded": "The clock was not set, so the time is the earliest it can have been.",
    "unknown": "The clock was not set, so the time is that of arrival.",
}


def find_event(session: Session, name: str) -> StoredEvent:
    """Find an event by device/epoch/sequence. Raises NotFound."""
    device, _, rest = name.partition("/")
    epoch, _, sequence = rest.partition("/")
    found = []
    if sequence.isdecimal() and len(sequence) < 17:
        found = read_events(
            session,
            stored_events().where(Event.device == device, Event.epoch == epoch, Event.sequence == int(sequence)),
        )
    if not found:
        raise NotFound("There is no such event.", what_to_do="Go to the newest events and look again.", field="event")
    return found[0]


def read_detail(session: Session, name: str, times: SchoolTime) -> EventDetail:
    """Read an event with everything the page Why shows. Raises NotFound."""
    event = find_event(session, name)
    others = _others(session, event)
    names = names_for(session, [event, *others])
    clause = event.text("clause")
    return EventDetail(
        event=event,
        sentence=tell(event, names, times),
        names=names,
        told=Told(event, names, times),
        others=tuple((other, tell(other, names, times)) for other in others),
        clause=None if clause is None else CLAUSES.get(clause),
        strip=_strip(session, event, names, times),
        signed=_is_signed(session, event),
    )


def _others(session: Session, event: StoredEvent) -> list[StoredEvent]:
    if event.tap is None:
        return []
    return read_events(
        session,
        stored_events()
        .where(
            Event.device == event.device,
            Event.epoch == event.epoch,
            Event.sequence >= event.tap,
            Event.sequence < event.tap + 200,  # a tap's events follow it closely; this bounds the walk
            Event.tap == event.tap,
            Event.id != event.id,
        )
        .order_by(Event.sequence),
    )


def _strip(session: Session, event: StoredEvent, names: Names, times: SchoolTime) -> DayStrip | None:
    if event.point is None or event.device == CENTRAL or not event.type.startswith(("tap.", "phone.", "put_in.")):
        return None
    local = times.local(event.time)
    place = names.place(event.point) or event.point
    return day_strip(place, block_rows(session, event.point), local.date(), local.hour * 60 + local.minute)


def _is_signed(session: Session, event: StoredEvent) -> bool:
    head = select(Head.sequence).where(
        Head.device == event.device, Head.epoch == event.epoch, Head.sequence >= event.sequence
    )
    return session.scalar(head.limit(1)) is not None
