"""Exceptions about devices: what central noticed and a person should look at. They cite events, refuse nothing."""

import json
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.database.places import Device
from admin_web.events.central import record_act
from broker.messages.central import ExceptionRaised
from policy.clock import Moment

CITES_AT_MOST = 50


class ExceptionKind(StrEnum):
    """What central derives; the Cabinets page says each in a sentence."""

    STORAGE_WENT_BACK = "storage_went_back"
    """A new epoch cites less than central holds: the card was put back to an older copy. A normal failure."""
    CLONED = "cloned"
    """Two branches of one device's log both go on: two devices write in its name."""
    ALTERED = "altered"
    """Other bytes for an event that is held: the tamper alarm."""
    QUARANTINED = "quarantined"
    """Something came in the device's name that could not be taken; it is kept as it came."""
    CENTRAL_WENT_BACK = "central_went_back"
    """Devices show what this central has signed and does not hold: its database was put back. It is being refilled."""
    EVENTS_MISSING = "events_missing"
    """Events that central once had, or that were cited, cannot be had back: the device no longer keeps them."""
    BUNDLE_TOO_LARGE = "bundle_too_large"
    """The rules of a cabinet do not fit into a bundle; the last good ones stay in force."""


def raise_exception(session: Session, kind: ExceptionKind, device: str, cites: Sequence[str], now: Moment) -> bool:
    """Write an exception, and central's event of it; one that nobody has reviewed yet only gets the new citations.

    Says whether it is a new one.
    """
    open_one = session.scalars(
        select(ExceptionRow)
        .where(
            ExceptionRow.kind == kind,
            ExceptionRow.device == device,
            ExceptionRow.ended_at.is_(None),
            ExceptionRow.reviewed_at.is_(None),
        )
        .limit(1)
    ).first()
    if open_one is not None:
        known: list[str] = json.loads(open_one.cites)
        added = [id for id in cites if id not in known]
        if added and len(known) < CITES_AT_MOST:
            open_one.cites = json.dumps((known + added)[:CITES_AT_MOST])
        return False
    row = session.execute(select(Device.id, Device.point_id).where(Device.id == device)).first()
    session.add(
        ExceptionRow(
            kind=kind.value,
            device=device,
            point_id=None if row is None else row.point_id,
            raised_at=now.utc,
            cites=json.dumps(list(cites)[:CITES_AT_MOST]),
        )
    )
    record_act(session, ExceptionRaised(kind=kind.value, device=device), None, now)
    return True
