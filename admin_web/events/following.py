"""What a device wrote after one of its events: through its epoch and the later ones (flow 1, step 8)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import DeviceEpoch, Event, EventPrivate

_EPOCHS_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Following:
    """One stored event that came later."""

    name: str
    """device/epoch/sequence."""
    type: str
    time: datetime
    quality: str
    data: dict[str, Any]
    private: dict[str, Any]
    """Empty where it is sealed, erased, or was never there."""


def events_after(session: Session, name: str, types: Sequence[str]) -> Iterator[Following]:
    """Walk along the events of some types that a device wrote after an event (device/epoch/sequence), oldest first."""
    device, epoch, sequence = name.split("/")
    yield from _of_epoch(session, device, epoch, int(sequence), types)
    here = select(DeviceEpoch.ordinal).where(DeviceEpoch.device == device, DeviceEpoch.epoch == epoch)
    later = session.scalars(
        select(DeviceEpoch.epoch)
        .where(DeviceEpoch.device == device, DeviceEpoch.ordinal > here.scalar_subquery())
        .order_by(DeviceEpoch.ordinal)
        .limit(_EPOCHS_AT_MOST)
    ).all()
    for one in later:
        yield from _of_epoch(session, device, one, 0, types)


def _of_epoch(session: Session, device: str, epoch: str, after: int, types: Sequence[str]) -> Iterator[Following]:
    rows = session.execute(
        select(Event.sequence, Event.type, Event.time, Event.time_quality, Event.body, EventPrivate.private)
        .join(EventPrivate, EventPrivate.event_id == Event.id, isouter=True)
        .where(Event.device == device, Event.epoch == epoch, Event.sequence > after, Event.type.in_(types))
        .order_by(Event.sequence)
    )
    for sequence, type, time, quality, body, private in rows:
        said = json.loads(private) if private is not None else {}
        yield Following(f"{device}/{epoch}/{sequence}", type, time, quality, json.loads(body)["data"], said)
