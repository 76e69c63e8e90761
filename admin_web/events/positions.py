"""How far central holds each epoch of each device: the marks that acknowledgements speak of (flow 1, step 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select, update
from sqlalchemy.orm import Session, aliased

from admin_web.database.events import DeviceEpoch
from admin_web.database.people import DeclaredState
from admin_web.database.places import Device
from admin_web.events.inserting import dialect_of, insert_into


@dataclass(slots=True)
class Position:
    """One epoch of one device: `upto` is the last sequence held, `leaf` its leaf (32 bytes)."""

    device: str
    epoch: str
    ordinal: int
    """Where the epoch stands among the device's epochs, oldest first."""
    upto: int
    leaf: bytes
    previous: str | None
    previous_sequence: int | None
    begun_at: datetime


_COLUMNS = select(DeviceEpoch.__table__)
_OF_EPOCH = _COLUMNS.where(DeviceEpoch.device == bindparam("device"), DeviceEpoch.epoch == bindparam("epoch"))
_NEWEST = _COLUMNS.where(DeviceEpoch.device == bindparam("device")).order_by(DeviceEpoch.ordinal.desc()).limit(1)


def position_of(session: Session, device: str, epoch: str) -> Position | None:
    """Read how far an epoch is held; None for one that central has never seen."""
    row = session.execute(_OF_EPOCH, {"device": device, "epoch": epoch}).first()
    return None if row is None else Position(*row)


def newest_position(session: Session, device: str) -> Position | None:
    """Read the device's newest epoch."""
    row = session.execute(_NEWEST, {"device": device}).first()
    return None if row is None else Position(*row)


def positions_of(session: Session, device: str) -> list[Position]:
    """Read all epochs of a device, oldest first."""
    rows = session.execute(_COLUMNS.where(DeviceEpoch.device == device).order_by(DeviceEpoch.ordinal))
    return [Position(*row) for row in rows]


def lacking(session: Session, device: str) -> list[tuple[str, int, int]]:
    """List what a device's epochs cite and central does not hold: epoch, first and last sequence, both included."""
    before = aliased(DeviceEpoch)
    rows = session.execute(
        select(DeviceEpoch.previous, func.coalesce(before.upto, 0), DeviceEpoch.previous_sequence)
        .join(
            before,
            and_(before.device == DeviceEpoch.device, before.epoch == DeviceEpoch.previous),
            isouter=True,
        )
        .where(
            DeviceEpoch.device == device,
            DeviceEpoch.previous.is_not(None),
            DeviceEpoch.previous_sequence > func.coalesce(before.upto, 0),
        )
        .order_by(DeviceEpoch.ordinal.desc())
    )
    return [(str(epoch), held + 1, last) for epoch, held, last in rows if last]


def save_positions(session: Session, positions: Sequence[Position]) -> None:
    """Write epochs' marks, new or moved on."""
    if positions:
        rows = [{name: getattr(position, name) for name in Position.__slots__} for position in positions]
        session.connection().execute(_saving(dialect_of(session)), rows)


@cache
def _saving(dialect: str) -> Any:
    insert = insert_into(dialect, DeviceEpoch)
    moving = ("upto", "leaf", "previous", "previous_sequence")
    return insert.on_conflict_do_update(
        index_elements=["device", "epoch"], set_={name: insert.excluded[name] for name in moving}
    )


def place_epoch(session: Session, device: str, epoch: str) -> int:
    """Find the ordinal of an epoch that central has not seen: before the one that cites it, else the newest.

    An epoch that is cited comes late only when central was put back to an older day and is being refilled; the later
    ones and what was declared in them move up by one.
    """
    cited_by = session.scalar(
        select(func.min(DeviceEpoch.ordinal)).where(DeviceEpoch.device == device, DeviceEpoch.previous == epoch)
    )
    if cited_by is None:
        newest = session.scalar(select(func.max(DeviceEpoch.ordinal)).where(DeviceEpoch.device == device))
        return 1 if newest is None else newest + 1
    session.execute(
        update(DeviceEpoch)
        .where(DeviceEpoch.device == device, DeviceEpoch.ordinal >= cited_by)
        .values(ordinal=DeviceEpoch.ordinal + 1)
    )
    point = session.scalar(select(Device.point_id).where(Device.id == device))
    session.execute(
        update(DeclaredState)
        .where(DeclaredState.point_id == point, DeclaredState.epoch_order >= cited_by)
        .values(epoch_order=DeclaredState.epoch_order + 1)
    )
    return cited_by
