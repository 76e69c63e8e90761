"""Every event in the order central committed it, by cursor: what `GET /api/v1/events` reads."""

from dataclasses import dataclass

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from admin_web.database.events import CentralCounter, Event
from admin_web.queries.stored_events import StoredEvent, events_by_id
from broker.messages.catalogue import MESSAGES


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in commit order, and the id to go on from, also where there are none."""

    events: tuple[StoredEvent, ...]
    next: int


def events_after(session: Session, after: int, *, kind: str | None, point: str | None, limit: int) -> EventPage:
    """Find the events committed after an id; `kind` names whole dotted parts: `tap`, `tap.granted`."""
    last = last_event_id(session)
    ids = _ids(session, after, last, kind, point, limit)
    full = len(ids) == limit
    return EventPage(tuple(events_by_id(session, ids)), ids[-1] if full else max(after, last))


def last_event_id(session: Session) -> int:
    """Read the id of the newest committed event; 0 before the first."""
    return session.scalar(select(CentralCounter.last_event_id)) or 0


def types_of_kind(kind: str) -> tuple[str, ...]:
    """List the catalogue's types whose whole dotted parts begin with `kind`'s."""
    return tuple(type for type in MESSAGES if type == kind or type.startswith(f"{kind}."))


def _ids(session: Session, after: int, last: int, kind: str | None, point: str | None, limit: int) -> list[int]:
    question = select(Event.id).where(Event.id > after, Event.id <= last)
    if point is not None:
        question = question.where(Event.point_id == point)
    if kind is None:
        return list(session.scalars(question.order_by(Event.id).limit(limit)))
    types = types_of_kind(kind)
    if not types:
        return []
    # One walk along (type, id) for each type, merged: a rare kind is found at once among a million others.
    walks = [question.where(Event.type == type).order_by(Event.id).limit(limit).subquery() for type in types]
    merged = union_all(*(select(walk.c.id) for walk in walks)).subquery()
    return list(session.scalars(select(merged.c.id).order_by(merged.c.id).limit(limit)))
