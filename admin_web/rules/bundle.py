"""Builds the rules of one device from the database: what its cabinet decides by (flow 2, step 2)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Device, Point, Site
from admin_web.errors import DatabaseNotReady, NotFound
from admin_web.rules.badges import badge_rules
from admin_web.rules.blocks import dated_blocks
from admin_web.rules.people import person_rules
from admin_web.services.revision import current_revision
from policy.clock import Moment
from policy.ids import PointId
from policy.rules import PointKind, Rules, Settings, Span, Week

DAYS_BACK = 1
DAYS_AHEAD = 28
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_HOURS: Week = ((Span(8 * 60, 16 * 60 + 30),),) * 5 + ((),) * 2
"""Of a cover-pool badge where the school has set none: mon-fri 08:00-16:30."""


def window_of(zone: str, now: datetime) -> tuple[date, date]:
    """Name the first and last local date that a bundle built now covers: yesterday to 28 days ahead."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)


def build_bundle(session: Session, device: str, now: Moment) -> Rules:
    """Build the rules of a device's storage point as they are in the database now.

    Raises NotFound for a device without a point, DatabaseNotReady before `phonekeep-admin init`.
    """
    site = session.scalars(select(Site)).first()
    if site is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    point = session.scalars(select(Point).join(Device, Device.point_id == Point.id).where(Device.id == device)).first()
    if point is None:
        raise NotFound(
            f"No storage point belongs to the device {device}.",
            what_to_do="Add one with `phonekeep-admin device add`.",
        )
    first, last = window_of(site.zone, now.utc)
    people = person_rules(session, point.id, now.utc)
    return Rules(
        revision=current_revision(session),
        issued=now.utc,
        zone=site.zone,
        first=first,
        last=last,
        point=PointId(point.id),
        kind=PointKind(point.kind),
        slots=point.slots,
        settings=Settings(emergency=site.emergency, cover_hours=week_of(site.cover_hours)),
        blocks=dated_blocks(session, point.id, first, last),
        people=people,
        badges=badge_rules(session, point, people, now.utc),
    )


def week_of(text: str) -> Week:
    """Read the hours of the cover pool, JSON like the API's `working_hours`; `{}` means mon-fri 08:00-16:30."""
    hours: Mapping[str, Iterable[Mapping[str, str]]] = json.loads(text)
    if not hours:
        return OFFICE_HOURS
    return tuple(
        tuple(Span(_minutes(span["from"]), _minutes(span["until"])) for span in hours.get(weekday, ()))
        for weekday in WEEKDAYS
    )


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)
