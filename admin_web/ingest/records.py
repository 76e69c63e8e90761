"""Answers whoever asks at the reception screen, by badge, for the last events of their own record (promise 3)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.clock import machine_now
from admin_web.database.events import LogRow
from admin_web.database.orders import CommandOrder
from admin_web.database.people import Badge, BadgePerson, Person
from admin_web.queries.names import names_for
from admin_web.queries.school_time import school_time
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.stored_events import events_by_id
from admin_web.services.actor import Actor
from admin_web.services.audit import record_look
from admin_web.services.orders import GOOD_FOR, WAITING
from broker.frames import CheckedEvent
from broker.instants import write_instant
from broker.messages.help import SHOW_RECORD, RecordAsked, RecordAskedPrivate
from broker.messages.wire import RecordLine
from policy.clock import Moment

MOST = 10
_TEXT = 200


def order_records(session: Session, events: Iterable[CheckedEvent], now: Moment) -> None:
    """Order an answer for everybody who asked among these events, and write down that they looked."""
    for event in events:
        asked, private = event.message, event.details
        if not isinstance(asked, RecordAsked) or not isinstance(private, RecordAskedPrivate):
            continue
        if not _is_own_badge(session, private):
            continue
        session.add(
            CommandOrder(
                device=event.device,
                command=SHOW_RECORD,
                nonce=asked.nonce,
                person_id=private.person,
                state=WAITING,
                ordered_by="central",
                ordered_at=now.utc,
                good_until=machine_now() + GOOD_FOR,
            )
        )
        record_look(
            session,
            "own_record_at_reception",
            {"device": event.device},
            MOST,
            actor=Actor("central"),
            machine_now=machine_now(),
            person_id=private.person,
        )


def record_of(session: Session, person: str, now: Moment) -> list[RecordLine]:
    """Write the last events of somebody's own record, newest first, in the words of the web view."""
    ids = session.scalars(
        select(LogRow.event_id)
        .where(LogRow.person_id == person)
        .order_by(LogRow.time.desc(), LogRow.event_id.desc())
        .limit(MOST)
    ).all()
    events = events_by_id(session, list(ids))
    names, times = names_for(session, events), school_time(session, now.utc)
    return [RecordLine(at=write_instant(one.time), text=tell(one, names, times).text[:_TEXT]) for one in events]


def _is_own_badge(session: Session, private: RecordAskedPrivate) -> bool:
    """Tell by central's own links: a screen may not have heard yet that a badge is lost or somebody else's."""
    found = session.scalars(
        select(BadgePerson.id)
        .join(Badge, Badge.reference == BadgePerson.badge)
        .join(Person, Person.id == BadgePerson.person_id)
        .where(
            BadgePerson.badge == private.badge,
            BadgePerson.person_id == private.person,
            BadgePerson.ends.is_(None),
            Badge.lost_at.is_(None),
            Person.ended_at.is_(None),
        )
    ).first()
    return found is not None
