"""Stored events taken apart again, with what is known of their private part: what sentences and the API are made of."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate, LogRow
from broker.envelope import NO_COMMITMENT
from broker.instants import read_instant


class Privacy(StrEnum):
    """What central has of an event's private part."""

    WHOLE = "whole"
    NONE = "none"
    """The event never had one."""
    SEALED = "sealed"
    """It came back sealed from a cabinet's archive; `phonekeep-admin unseal` opens it."""
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event as pages tell it; times are UTC."""

    id: int
    device: str
    epoch: str
    sequence: int
    type: str
    point: str | None
    tap: int | None
    time: datetime
    quality: str
    committed_at: datetime
    rules: str
    data: Mapping[str, Any]
    private: Mapping[str, Any] = field(default_factory=dict)
    privacy: Privacy = Privacy.NONE
    person: str | None = None
    """The person it is about: the cabinet's word, else whose badge it was as central knows."""
    commitment: str = NO_COMMITMENT

    @property
    def name(self) -> str:
        """device/epoch/sequence."""
        return f"{self.device}/{self.epoch}/{self.sequence}"

    def text(self, key: str) -> str | None:
        """Read a text of the private part, else of the data."""
        value = self.private.get(key, self.data.get(key))
        return value if isinstance(value, str) else None

    def number(self, key: str) -> int | None:
        """Read a whole number of the private part where it is there and not null, else of the data."""
        value = self.private.get(key)
        value = self.data.get(key) if value is None else value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def moment(self, value: object) -> datetime | None:
        """Read an instant of the data or private part; None for what is none."""
        try:
            return read_instant(value).astimezone(UTC) if isinstance(value, str) else None
        except ValueError:
            return None


def stored_events() -> Select[*tuple[Any, ...]]:
    """Begin a question for events with all that `take_apart` needs; the caller adds which, in which order."""
    return (
        select(Event, EventPrivate.private, EventPrivate.sealed, LogRow.person_id)
        .outerjoin(EventPrivate, EventPrivate.event_id == Event.id)
        .outerjoin(LogRow, LogRow.event_id == Event.id)
    )


def read_events(session: Session, question: Select[*tuple[Any, ...]]) -> list[StoredEvent]:
    """Ask and take every row apart."""
    return [_take_apart(*row) for row in session.execute(question)]


def events_by_id(session: Session, ids: Sequence[int]) -> list[StoredEvent]:
    """Read events in the order of the ids given."""
    if not ids:
        return []
    found = {event.id: event for event in read_events(session, stored_events().where(Event.id.in_(ids)))}
    return [found[id] for id in ids if id in found]


def _take_apart(row: Event, private: bytes | None, sealed: bytes | None, log_person: str | None) -> StoredEvent:
    envelope = _json(row.body)
    data = envelope.get("data")
    told = _json(private) if private is not None else {}
    said_person = told.get("person")
    commitment = str(envelope.get("commitment", NO_COMMITMENT))
    return StoredEvent(
        id=row.id,
        device=row.device,
        epoch=row.epoch,
        sequence=row.sequence,
        type=row.type,
        point=row.point_id,
        tap=row.tap,
        time=row.time,
        quality=row.time_quality,
        committed_at=row.committed_at,
        rules=str(envelope.get("rules", "")),
        data=data if isinstance(data, dict) else {},
        private=told,
        privacy=_privacy(private, sealed, commitment),
        person=said_person if isinstance(said_person, str) else log_person,
        commitment=commitment,
    )


def _privacy(private: bytes | None, sealed: bytes | None, commitment: str) -> Privacy:
    if private is not None:
        return Privacy.WHOLE
    if sealed is not None:
        return Privacy.SEALED
    return Privacy.NONE if commitment == NO_COMMITMENT else Privacy.ERASED


def _json(content: bytes) -> dict[str, Any]:
    """Parse what was stored; bytes that are in quarantine as well may be anything."""
    try:
        parsed = json.loads(content)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
