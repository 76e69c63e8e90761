"""Opens sealed private parts with the recovery key from the safe, and draws their rows again with names."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from admin_web.database.engine import Database
from admin_web.database.events import DeviceEpoch, ErasedCommitment, Event, EventPrivate
from admin_web.events.day_exceptions import WATCHED
from admin_web.events.noticing import notice
from admin_web.events.projection import Drawn, draw_again
from admin_web.events.times import TimeQuality
from admin_web.events.visits import FOLLOWED, follow_visits
from admin_web.services import audit
from admin_web.services.occasion import Occasion
from broker.envelope import commitment, decode_event
from broker.errors import CannotUnseal

Opener = Callable[[bytes, bytes], tuple[bytes, bytes]]
"""Takes what is sealed and the event's leaf; gives private part and salt, or raises CannotUnseal."""

BATCH = 500
"""Events a transaction: ingest waits no longer than for one of its own."""


@dataclass(slots=True)
class Unsealed:
    """What came of it."""

    opened: int = 0
    erased: int = 0
    """Erased before: what came back sealed was thrown away unopened."""
    refused: int = 0
    """Sealed to another key, or not what the event is committed to: left as they were."""


def unseal_events(database: Database, opener: Opener, *, occasion: Occasion) -> Unsealed:
    """Open every sealed private part, check it against the event's commitment, and fill it in. Safe to run again."""
    told = Unsealed()
    after = 0
    while True:
        with database.write() as session:
            rows = _sealed_after(session, after)
            for row in rows:
                _open(session, row, opener, told)
        if not rows:
            break
        after = rows[-1].id
    with database.write() as session:
        audit.record_change(
            session,
            "unsealed",
            actor=occasion.actor,
            machine_now=occasion.machine_now,
            filter={"opened": told.opened, "erased": told.erased, "refused": told.refused},
        )
    return told


_SealedRow = Row[int, str, str, int, str | None, bytes, bytes, datetime, str, bytes | None]


def _sealed_after(session: Session, after: int) -> Sequence[_SealedRow]:
    query = (
        select(
            Event.id,
            Event.device,
            Event.epoch,
            Event.sequence,
            Event.point_id,
            Event.body,
            Event.leaf,
            Event.time,
            Event.time_quality,
            EventPrivate.sealed,
        )
        .join(EventPrivate, EventPrivate.event_id == Event.id)
        .where(Event.id > after, EventPrivate.sealed.is_not(None))
        .order_by(Event.id)
        .limit(BATCH)
    )
    return session.execute(query).all()


def _open(session: Session, row: _SealedRow, opener: Opener, told: Unsealed) -> None:
    envelope = decode_event(row.body)
    kept = session.get_one(EventPrivate, row.id)
    if session.get(ErasedCommitment, envelope.commitment) is not None:
        session.delete(kept)
        told.erased += 1
        return
    try:
        private, salt = opener(row.sealed or b"", row.leaf)
    except CannotUnseal:
        told.refused += 1
        return
    if commitment(private, salt) != envelope.commitment:
        told.refused += 1
        return
    kept.private, kept.salt, kept.sealed = private, salt, None
    told.opened += 1
    session.flush()
    said = _parsed(private)
    if said is None:
        return  # kept as it came; a device of another edition wrote what this one cannot show
    one = Drawn(
        id=row.id,
        type=envelope.name,
        sequence=row.sequence,
        data=envelope.data,
        private=said,
        time=row.time,
        point=row.point_id,
        order=session.get_one(DeviceEpoch, (row.device, row.epoch)).ordinal,
        device=row.device,
        epoch=row.epoch,
        exact=row.time_quality == TimeQuality.EXACT,
    )
    draw_again(session, one)
    if one.type in WATCHED:
        notice(session, [one])
    if one.type in FOLLOWED:
        follow_visits(session, [one], row.committed_at)


def _parsed(private: bytes) -> dict[str, object] | None:
    try:
        said = json.loads(private)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
