"""Stores verified events in the caller's transaction, and draws from them what the pages read (flow 1, step 8).

The one way into the event tables: ingest's batches and central's own acts both come through here.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from admin_web.database.events import CentralCounter, ErasedCommitment, Event, EventPrivate
from admin_web.database.places import Device
from admin_web.errors import DatabaseNotReady
from admin_web.events.day_exceptions import WATCHED
from admin_web.events.inserting import as_stored, insert_rows
from admin_web.events.noticing import notice
from admin_web.events.projection import Drawn, draw, is_drawn
from admin_web.events.times import ANCHORED, TimeQuality, anchors_for, correct_earlier, corrected_time
from admin_web.events.visits import FOLLOWED, follow_visits
from broker.frames import CheckedEvent
from broker.topics import CENTRAL
from policy.clock import ClockQuality

TAPS = frozenset({"tap.granted.v1", "tap.refused.v1"})

_LAST_ID = select(CentralCounter.last_event_id).with_for_update()
_NEW_LAST_ID = update(CentralCounter).values(last_event_id=bindparam("last"))
_POINTS = select(Device.id, Device.point_id).where(Device.id.in_(bindparam("devices", expanding=True)))
_ANY_ERASED = select(ErasedCommitment.commitment).limit(1)

Ordinals = Mapping[tuple[str, str], int]
"""Of each (device, epoch) at hand: where the epoch stands among the device's epochs."""


def lock_events(session: Session) -> int:
    """Lock the counter that gives event ids out, and read the last one: held until the commit, so ids follow commits.

    On SQLite the transaction already began IMMEDIATE. Raises DatabaseNotReady before `phonekeep-admin init`.
    """
    last: int | None = session.scalar(_LAST_ID)
    if last is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    return last


def store_events(
    session: Session, events: Sequence[CheckedEvent], committed_at: datetime, ordinals: Ordinals
) -> list[int]:
    """Store events that central does not hold yet, in the order given; returns their ids.

    The caller has locked the counter and compared positions, so none of them can be there already; the conflict
    clause is the last net. Private parts whose commitment is on the list of erased ones are not stored.
    """
    if not events:
        return []
    last = lock_events(session)
    anchors = anchors_for(session, events)
    for event in events:
        if event.type == ANCHORED and event.clock is ClockQuality.SYNCED:
            correct_earlier(session, event, committed_at)
    erased = _erased(session, events)
    points = _points(session, events)
    arrived = as_stored(committed_at)
    rows: list[tuple[Any, ...]] = []
    private: list[tuple[Any, ...]] = []
    drawn: list[Drawn] = []
    watched: list[Drawn] = []
    visits: list[Drawn] = []
    for id, event in enumerate(events, last + 1):
        time, quality = corrected_time(event, anchors, committed_at)
        device, epoch, sequence, type = event.device, event.epoch, event.sequence, event.type
        point, tap, at = point_of(event, points), tap_of(event), as_stored(time)
        # Its value: of a subclass of str the driver of SQLite asks each time who adapts it.
        kind = quality.value
        rows.append((id, device, epoch, sequence, type, point, tap, event.event, event.leaf, at, kind, arrived))
        kept = event.commitment not in erased
        if kept and (event.private is not None or event.sealed is not None):
            private.append((id, event.private, event.salt, event.sealed))
        if event.message is None:
            continue
        is_watched, has_row, is_visit = type in WATCHED, is_drawn(type, tap), type in FOLLOWED
        if is_watched or has_row or is_visit:
            details = vars(event.details) if kept and event.details is not None else None
            order, exact = ordinals.get((device, epoch), 0), quality is TimeQuality.EXACT
            one = Drawn(id, type, sequence, event.data, details, time, point, order, device, epoch, exact)
            if has_row:
                drawn.append(one)
            if is_watched:
                watched.append(one)
            if is_visit:
                visits.append(one)
    insert_rows(session, Event, rows)
    insert_rows(session, EventPrivate, private)
    draw(session, drawn)
    notice(session, watched)
    if visits:
        follow_visits(session, visits, committed_at)
    session.connection().execute(_NEW_LAST_ID, {"last": last + len(events)})
    return list(range(last + 1, last + 1 + len(events)))


def tap_of(event: CheckedEvent) -> int | None:
    """Name the tap an event belongs to by its sequence in the same epoch; a tap names itself."""
    if event.type in TAPS:
        return event.sequence
    tap = event.data.get("tap")
    return int(tap) if tap is not None and event.message is not None else None


def point_of(event: CheckedEvent, points: Mapping[str, str | None]) -> str | None:
    """Name the storage point an event is about: its device's own, never what a device says of another's.

    Central's own acts name the point, or the device, that they are about.
    """
    if event.device != CENTRAL:
        return points.get(event.device)
    said = event.data.get("point")
    return str(said) if said is not None else points.get(str(event.data.get("device")))


def _points(session: Session, events: Iterable[CheckedEvent]) -> dict[str, str | None]:
    devices = {event.device for event in events}
    devices |= {str(event.data.get("device")) for event in events if event.device == CENTRAL}
    return dict(session.execute(_POINTS, {"devices": sorted(devices)}).all())


def _erased(session: Session, events: Iterable[CheckedEvent]) -> set[str]:
    """Find which of the events' private parts were erased: a refilled event must not bring them back."""
    if session.scalar(_ANY_ERASED) is None:
        return set()
    commitments = [event.commitment for event in events]
    return set(session.scalars(select(ErasedCommitment.commitment).where(ErasedCommitment.commitment.in_(commitments))))
