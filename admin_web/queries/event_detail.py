"""One event and everything that belongs to it: its tap's other events, its clause, its day, its proof."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, Head
from admin_web.database.people import Person
from admin_web.errors import NotFound
from admin_web.queries.day_strip import DayStrip, span_on, strip_of
from admin_web.queries.handles import handle_of
from admin_web.queries.names import Names, names_for
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import StoredEvent, read_events, stored_events
from admin_web.queries.why import TAPS, Why, explain
from admin_web.rules.blocks import dated_blocks
from broker.topics import CENTRAL
from policy.clauses import Clause
from policy.decision import Reason
from policy.rules import Span
from policy.ruling import CHILDREN_IN


@dataclass(frozen=True, slots=True)
class EventDetail:
    """An event with its why."""

    event: StoredEvent
    sentence: Sentence
    names: Names
    told: Told
    others: tuple[tuple[StoredEvent, Sentence], ...]
    """The other events of the same tap, in the order they happened."""
    why: Why
    strip: DayStrip | None
    """The day at that place as the timetable is now."""
    signed: bool
    """Whether a stored head of the device covers it."""

    @property
    def clock_words(self) -> str:
        """How well its time is known."""
        return _CLOCK_WORDS.get(self.event.quality, "")

    @property
    def clause(self) -> Clause | None:
        """The clause it rests on, with its words."""
        return self.why.clause

    def what_if(self, times: SchoolTime) -> str | None:
        """The address that asks what would be decided now, where the event is somebody's tap for something."""
        event, gesture = self.event, self.event.text("intent")
        if event.type not in TAPS or event.person is None or event.point is None or gesture not in _ASKED:
            return None
        local = times.local(event.time)
        asked = {"person": handle_of(event.person), "point": event.point, "gesture": gesture}
        return "/what-if?" + urlencode({**asked, "day": local.date().isoformat(), "time": local.strftime("%H:%M")})

    def arrived(self, times: SchoolTime) -> str | None:
        """When it arrived, where that was much later."""
        event = self.event
        return times.near(event.committed_at, event.time) if event.committed_at - event.time > LATE else None


LATE = timedelta(minutes=1)
_ASKED = ("take_out", "put_in", "no_phone")
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
    told = Told(event, names, times)
    return EventDetail(
        event=event,
        sentence=tell(event, names, times),
        names=names,
        told=told,
        others=tuple((other, tell(other, names, times)) for other in others),
        why=explain(session, told, others),
        strip=_strip(session, event, names, times),
        signed=_is_signed(session, event),
    )


def _others(session: Session, event: StoredEvent) -> list[StoredEvent]:
    if event.tap is None:
        return []
    others = _of_tap(session, event, event.tap)
    # An approval belongs to the tap that asked; what it let through is a tap of its own, in the same transaction.
    asked = _asked_by(session, event) if event.text("reason") == Reason.APPROVAL else None
    return others if asked is None else [*_of_tap(session, event, asked), *others]


def _of_tap(session: Session, event: StoredEvent, tap: int) -> list[StoredEvent]:
    return _walk(session, event, tap, Event.tap == tap, Event.id != event.id)


def _asked_by(session: Session, event: StoredEvent) -> int | None:
    """Find the tap whose asking was answered by this one."""
    given = _walk(session, event, event.sequence, Event.type == "approval.given.v1")
    return next((one.tap for one in given if one.text("badge") == event.text("badge")), None)


def _walk(session: Session, event: StoredEvent, since: int, *which: ColumnElement[bool]) -> list[StoredEvent]:
    """Read on in the event's run of the log; a tap's events follow it closely, which bounds the walk."""
    question = stored_events().where(
        Event.device == event.device,
        Event.epoch == event.epoch,
        Event.sequence >= since,
        Event.sequence < since + 200,
        *which,
    )
    return read_events(session, question.order_by(Event.sequence))


def _strip(session: Session, event: StoredEvent, names: Names, times: SchoolTime) -> DayStrip | None:
    if event.point is None or event.device == CENTRAL or not event.type.startswith(("tap.", "phone.", "put_in.")):
        return None
    local = times.local(event.time)
    place = names.place(event.point) or event.point
    group = None if event.person is None else session.scalar(select(Person.group).where(Person.id == event.person))
    blocks = [
        block
        for block in dated_blocks(session, event.point, local.date(), local.date())
        if block.group in (None, group)
    ]
    return strip_of(place, blocks, local.hour * 60 + local.minute, _children_in(event, times))


def _children_in(event: StoredEvent, times: SchoolTime) -> list[Span]:
    """Give the time of children staying in that refused, as far as it lies on the day of the event."""
    block = event.private.get("block")
    if not isinstance(block, dict) or block.get("name") != CHILDREN_IN:
        return []
    starts, ends = event.moment(block.get("from")), event.moment(block.get("until"))
    if starts is None or ends is None:
        return []
    span = span_on(times, times.day_of(event.time), starts, ends)
    return [] if span is None else [span]


def _is_signed(session: Session, event: StoredEvent) -> bool:
    head = select(Head.sequence).where(
        Head.device == event.device, Head.epoch == event.epoch, Head.sequence >= event.sequence
    )
    return session.scalar(head.limit(1)) is not None
