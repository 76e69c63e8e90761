"""Builds the rules of one device from the database: what its cabinet decides by (flow 2, step 2)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Device, Point, Site
from admin_web.errors import DatabaseNotReady, NotFound
from admin_web.rules.areas import area_of
from admin_web.rules.badges import badge_rules
from admin_web.rules.blocks import dated_blocks
from admin_web.rules.people import person_rules
from admin_web.rules.permissions import permissions_at
from admin_web.rules.restrictions import restrictions_at
from admin_web.rules.room_states import badge_states_over, room_states_at
from admin_web.services.revision import cabinets_revision
from policy.clock import Moment
from policy.ids import PointId
from policy.rules import PointKind, Rules, Settings, Span, Week
from policy.school_timetable import SchoolTimetable

DAYS_BACK = 1
DAYS_AHEAD = 28
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_HOURS: Week = ((Span(8 * 60, 16 * 60 + 30),),) * 5 + ((),) * 2
"""Of a cover-pool badge where the school has set none: mon-fri 08:00-16:30."""


def window_of(zone: str, now: datetime) -> tuple[date, date]:
    """Name the first and last local date that a bundle built now covers: yesterday to 28 days ahead."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return today - timedelta(days=DAYS_BACK), today + timedelta(days=DAYS_AHEAD)


def build_bundle(session: Session, device: str, now: Moment, timetable: SchoolTimetable | None = None) -> Rules:
    """Build the rules of a device's storage point as they are in the database now.

    With `timetable` as if that one were live: what if, and the effect of a draft before it is published.
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
    area = area_of(session, point.id)
    return Rules(
        revision=cabinets_revision(session),
        issued=now.utc,
        zone=site.zone,
        first=first,
        last=last,
        point=PointId(point.id),
        kind=PointKind(point.kind),
        slots=point.slots,
        settings=Settings(emergency=site.emergency, cover_hours=week_of(site.cover_hours)),
        blocks=dated_blocks(session, point.id, first, last, timetable),
        people=people,
        badges=badge_rules(session, point, people, now.utc),
        room_states=room_states_at(session, point.id, area, now.utc),
        room_states_ended=badge_states_over(session, point.id),
        permissions=permissions_at(session, people.keys(), now.utc, now.utc + timedelta(days=DAYS_AHEAD + 1)),
        restrictions=restrictions_at(session, people, now.utc),
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
