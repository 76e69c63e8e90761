"""Taps that confirm: when events have been committed, the questions that wait for a tap look whether theirs is there.

It only reads what a cabinet has decided already, and tells the cabinet nothing (flow 1, after step 8).
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from admin_web.database.base import UtcTime
from admin_web.database.events import Event, EventPrivate, LogRow
from admin_web.database.people import Badge, BadgePerson
from admin_web.database.places import Device
from admin_web.database.policy_texts import BadgeConfirmation, PolicyText
from admin_web.events.kinds import LogKind
from admin_web.services.acknowledgements import acknowledgement_of, note_acknowledgement
from admin_web.services.actor import Actor
from admin_web.services.occasion import Occasion
from policy.clock import Moment

LATE = timedelta(days=7)
"""How late the events of a cabinet without a network may come and still count: by when they happened."""
_TAPS = [kind.value for kind in (LogKind.PUT_IN, LogKind.TAKE_OUT, LogKind.NO_PHONE, LogKind.REFUSED)]
_SURE = ("exact", "interpolated")
"""How well the time of a tap must be known: an unset clock proves no two minutes."""
_POINTS = select(Device.point_id).where(Device.id.in_(bindparam("devices", expanding=True)))
_WAITING = (
    select(BadgeConfirmation)
    .where(
        BadgeConfirmation.closed_at.is_(None),
        BadgeConfirmation.point_id.in_(_POINTS),
        BadgeConfirmation.until > bindparam("since", type_=UtcTime),
    )
    .order_by(BadgeConfirmation.id)
)
"""Made once: it is asked for each batch of a backlog."""


def count_taps(session: Session, devices: Iterable[str], now: Moment, machine_now: datetime) -> None:
    """Note a confirmation for everybody whose tap is among the committed events of these devices."""
    waiting = session.scalars(_WAITING, {"devices": sorted(devices), "since": now.utc - LATE}).all()
    for asked in waiting:
        tap = _tap_of(session, asked)
        if tap is not None:
            _confirm(session, asked, tap, now, machine_now)


def _confirm(session: Session, asked: BadgeConfirmation, tap: Event, now: Moment, machine_now: datetime) -> None:
    asked.closed_at = now.utc
    asked.tap = f"{tap.device}/{tap.epoch}/{tap.sequence}"
    if acknowledgement_of(session, asked.person_id, asked.version) is not None:
        return  # confirmed on the own page meanwhile
    text = session.get_one(PolicyText, asked.version)
    occasion = Occasion(Actor(asked.asked_by), now, machine_now)
    note_acknowledgement(
        session, asked.person_id, text, "badge", occasion=occasion, tap=asked.tap, point=asked.point_id
    )


def _tap_of(session: Session, asked: BadgeConfirmation) -> Event | None:
    """Find the first tap of a live badge of the person, at the point and in the time; what it was for is no matter."""
    rows = session.execute(
        select(Event, EventPrivate.private)
        .join(LogRow, LogRow.event_id == Event.id)
        .join(EventPrivate, EventPrivate.event_id == Event.id)
        .where(
            LogRow.point_id == asked.point_id,
            LogRow.kind.in_(_TAPS),
            LogRow.time >= asked.asked_at,
            LogRow.time <= asked.until,
            Event.time_quality.in_(_SURE),
        )
        .order_by(LogRow.time, LogRow.event_id)
    )
    for event, private in rows:
        badge = None if private is None else json.loads(private).get("badge")
        if badge is not None and _is_live_badge_of(session, badge, asked.person_id, event.time):
            return event
    return None


def _is_live_badge_of(session: Session, reference: str, person_id: str, at: datetime) -> bool:
    """Tell by central's own links, not the cabinet's: away from home a cabinet does not know whose badge it is."""
    badge = session.get(Badge, reference)
    if badge is None or (badge.lost_at is not None and badge.lost_at <= at):
        return False
    if badge.ends is not None and badge.ends <= at:
        return False
    links = session.scalars(
        select(BadgePerson).where(BadgePerson.badge == reference, BadgePerson.person_id == person_id)
    )
    return any(link.starts <= at and (link.ends is None or link.ends > at) for link in links)
