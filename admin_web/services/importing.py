"""Imports a school from one file in one transaction: the same checks as by hand, and the same as on the pages."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.timetable import Area
from admin_web.errors import Invalid, Refused
from admin_web.services import acts, audit
from admin_web.services.areas import save_area
from admin_web.services.badges import add_to_cover_pool
from admin_web.services.bodies import MOST, Body, PersonBody, RestrictedBody, Text, block_rows_of, person_draft
from admin_web.services.etags import ANY
from admin_web.services.occasion import Occasion
from admin_web.services.people import save_person
from admin_web.services.permissions import grant_permission, is_granted
from admin_web.services.points import PointDraft, save_point
from admin_web.services.restricted import save_restricted_times
from admin_web.services.rule_bodies import PermissionBody, permission_draft
from admin_web.services.texts import named
from admin_web.services.timetable import publish_timetable
from admin_web.services.timetable_body import TimetableBody, timetable_of
from broker.messages.central import SchoolImported
from policy.staff_groups import GROUPS

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any time a school's clock can show."""


class AreaBody(Body):
    """An area in the file."""

    id: Text
    name: Text
    phone_free: bool = False


class NewPointBody(Body):
    """A storage point in the file."""

    id: Text
    name: Text
    kind: Text
    slots: int = 1
    area: Text | None = None


class SchoolBody(Body):
    """The whole file; every part may be left out."""

    areas: Annotated[tuple[AreaBody, ...], Field(max_length=MOST)] = ()
    points: Annotated[tuple[NewPointBody, ...], Field(max_length=MOST)] = ()
    people: Annotated[tuple[PersonBody, ...], Field(max_length=2000)] = ()
    cover_pool: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    restricted: Mapping[Text, RestrictedBody] = {}
    timetable: TimetableBody | None = None
    permissions: Annotated[tuple[PermissionBody, ...], Field(max_length=MOST)] = ()


def import_school(session: Session, school: SchoolBody, *, occasion: Occasion) -> None:
    """Add or change everything the file names, as it says; nothing that it does not name is touched.

    The first import says what was so before there was a Phonekeep, so its links count from the beginning; those of a
    later one count from now. Raises Refused, with the place in the file as the field; the caller's transaction then
    keeps nothing.
    """
    if session.scalars(select(Person.id).limit(1)).first() is None:
        occasion = replace(occasion, since=BEGINNING)
    for index, area in enumerate(school.areas):
        with _at(f"areas[{index}]"):
            if_match = None if session.get(Area, area.id) is None else ANY
            save_area(session, area.id, area.name, phone_free=area.phone_free, if_match=if_match, occasion=occasion)
    for index, point in enumerate(school.points):
        with _at(f"points[{index}]"):
            draft = PointDraft(point.id, point.name, point.kind, point.slots, point.area)
            save_point(session, draft, occasion=occasion)
    for index, person in enumerate(school.people):
        with _at(f"people[{index}]"):
            if person.id is None:
                raise Invalid("The person has no id.", what_to_do="Give each person an id of their own.", field="id")
            there = session.get(Person, person.id)
            if_match = None if there is None else ANY
            draft_of = person_draft(person)
            draft_of = replace(draft_of, group=named(draft_of.group, GROUPS) or draft_of.group)
            save_person(session, person.id, draft_of, if_match=if_match, occasion=occasion)
    for index, reference in enumerate(school.cover_pool):
        with _at(f"cover_pool[{index}]"):
            add_to_cover_pool(session, reference, occasion=occasion)
    for point_id, times in school.restricted.items():
        with _at(f"restricted.{point_id}"):
            save_restricted_times(session, point_id, block_rows_of(times), if_match=ANY, occasion=occasion)
    if school.timetable is not None:
        with _at("timetable"):
            publish_timetable(session, timetable_of(school.timetable), if_match=ANY, occasion=occasion)
    for index, body in enumerate(school.permissions):
        with _at(f"permissions[{index}]"):
            permission = permission_draft(body, occasion.now.utc)
            if not is_granted(session, permission):  # so that a file may be imported again
                grant_permission(
                    session,
                    permission,
                    destination=body.destination,
                    although=body.although,
                    imported=True,
                    occasion=occasion,
                )
    audit.record_change(session, "import", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
    acts.record(session, SchoolImported(), occasion, what=f"{len(school.points)} points, {len(school.people)} people")


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Say where in the file a refusal stands."""
    try:
        yield
    except Refused as refusal:
        refusal.field = place if refusal.field is None else f"{place}.{refusal.field}"
        raise
