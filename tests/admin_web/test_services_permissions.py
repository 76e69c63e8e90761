"""Permissions: an end or nothing, one event for each person, withdrawn once, expired by itself."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.permissions import PermissionGiven
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, LookFirst
from admin_web.services.expiry import expire_due, is_anything_over
from admin_web.services.importing import SchoolBody, import_school
from admin_web.services.occasion import Occasion
from admin_web.services.permissions import grant_permission, withdraw_permission
from admin_web.services.restrictions import EVERYTHING, RestrictionDraft, make_restriction
from admin_web.services.revision import current_revision
from admin_web.services.school_phones import add_school_phone
from policy.permission import PURPOSES, GrantKind, PermissionDraft
from policy.rules import Entitlement

Make = Callable[[], Occasion]


def site_team(clock: Any, **changes: Any) -> PermissionDraft:
    draft = PermissionDraft(
        kind=GrantKind.SITE_TEAM,
        people=("patrick-devlin",),
        purpose="lone_working",
        starts=clock.utc,
        ends=clock.utc + timedelta(days=30),
        areas=("robins",),
    )
    return replace(draft, **changes)


def trip(clock: Any, **changes: Any) -> PermissionDraft:
    draft = PermissionDraft(
        kind=GrantKind.TRIP,
        people=("amara-osei", "bilal-hussain"),
        purpose="educational_visit",
        starts=clock.utc + timedelta(hours=1),
        ends=clock.utc + timedelta(hours=6),
    )
    return replace(draft, **changes)


def types(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Event.type).where(Event.type.like("permission.%")).order_by(Event.id)))


def test_without_an_end_it_cannot_be_saved(rooms: Database, occasion: Make, clock: Any) -> None:
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        grant_permission(session, site_team(clock, ends=None), occasion=occasion())
    assert refused.value.field == "ends"
    assert types(rooms) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": ("nobody",)}, "people"),
        ({"people": ()}, "people"),
        ({"areas": ("attic",)}, "areas"),
        ({"areas": ()}, "areas"),
        ({"purpose": "because"}, "purpose"),
        ({"school_phone": "none-such"}, "school_phone"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_half_saved(
    rooms: Database, occasion: Make, clock: Any, changes: dict[str, Any], field: str
) -> None:
    with rooms.read() as session:
        before = current_revision(session)
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        grant_permission(session, site_team(clock, **changes), occasion=occasion())
    assert refused.value.field == field
    with rooms.read() as session:
        assert current_revision(session) == before
        assert session.scalars(select(PermissionGiven)).all() == []


def test_it_may_not_end_before_it_starts_nor_last_longer_than_a_school_year(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    for ends in (clock.utc - timedelta(days=1), clock.utc + timedelta(days=400)):
        with pytest.raises(Invalid) as refused, rooms.write() as session:
            grant_permission(session, site_team(clock, ends=ends), occasion=occasion())
        assert refused.value.field == "ends"


def test_a_trip_takes_its_school_phone_by_the_number_in_the_asset_register_too(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        phone = add_school_phone(session, asset="AG-07", tag=None, occasion=occasion())
        given = grant_permission(session, trip(clock, school_phone="AG-07"), occasion=occasion())
        assert given.school_phone == phone.id


def test_a_trip_without_a_school_phone_is_asked_about_once(rooms: Database, occasion: Make, clock: Any) -> None:
    with pytest.raises(Conflict) as warned, rooms.write() as session:
        grant_permission(session, trip(clock), destination="Hartley Farm", occasion=occasion())
    assert warned.value.field == "school_phone"
    with rooms.write() as session:
        given = grant_permission(session, trip(clock), destination="Hartley Farm", although=True, occasion=occasion())
        assert (given.destination, given.everywhere) == ("Hartley Farm", True)
    assert types(rooms) == ["permission.granted.v1"] * 2


@pytest.mark.parametrize("kind", [GrantKind.SITE_TEAM, GrantKind.ADJUSTMENT, GrantKind.TRIP])
def test_one_for_somebody_who_keeps_no_phone_at_a_cabinet_is_asked_about_once(
    rooms: Database, occasion: Make, clock: Any, kind: GrantKind
) -> None:
    (purpose, *_) = PURPOSES[kind]
    draft = site_team(clock, kind=kind, purpose=purpose, people=("kwame-asante",))
    with pytest.raises(LookFirst) as warned, rooms.write() as session:
        grant_permission(session, draft, occasion=occasion())
    assert [one.field for one in warned.value.problems][-1] == "people"
    assert len(warned.value.problems) == (2 if kind is GrantKind.TRIP else 1), "all there is to look at, at once"
    assert types(rooms) == []
    with rooms.write() as session:
        grant_permission(session, draft, although=True, occasion=occasion())
        both = replace(draft, people=("kwame-asante", "amara-osei"), kind=GrantKind.ADJUSTMENT)
        grant_permission(session, replace(both, purpose="agreed_adjustment"), occasion=occasion())


@pytest.mark.parametrize(
    ("changes", "warns"),
    [
        ({}, True),
        ({"scope": "group", "person": None, "group": "site team"}, True),
        ({"scope": "everyone", "person": None}, True),
        ({"scope": "group", "person": None, "group": "classroom"}, False),
        ({"person": "amara-osei"}, False),
        ({"takes": frozenset({Entitlement.BREAKS})}, False),
        ({"ends": 29}, False),
        ({"ends": 30}, True),
    ],
)
def test_one_that_is_withdrawn_for_as_long_as_it_lasts_is_asked_about_once(
    rooms: Database, occasion: Make, clock: Any, changes: dict[str, Any], warns: bool
) -> None:
    values = {"scope": "person", "person": "patrick-devlin", "takes": EVERYTHING, "reason": "under_review", **changes}
    if "ends" in values:
        values["ends"] = clock.utc + timedelta(days=values["ends"])
    with rooms.write() as session:
        make_restriction(session, RestrictionDraft(**values), occasion=occasion())
    asked = pytest.raises(LookFirst, match="withdrawn for as long as it lasts") if warns else nullcontext()
    with asked, rooms.write() as session:
        grant_permission(session, site_team(clock), occasion=occasion())


def test_the_same_given_again_is_refused_so_that_one_withdrawal_ends_it(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        given = grant_permission(session, site_team(clock), occasion=occasion()).id
    ends = site_team(clock).ends
    clock.advance(minutes=1)
    again = site_team(clock, ends=ends)
    with pytest.raises(Conflict, match="given already"), rooms.write() as session:
        grant_permission(session, again, although=True, occasion=occasion())
    with rooms.write() as session:
        grant_permission(session, replace(again, areas=("wrens",)), occasion=occasion())
        withdraw_permission(session, given, if_match='"1"', occasion=occasion())
        grant_permission(session, again, occasion=occasion())


def test_giving_and_withdrawing_raise_the_revision_and_withdrawing_twice_is_once(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        given = grant_permission(session, site_team(clock), occasion=occasion())
        first = current_revision(session)
        assert (given.generation, given.number) == (first.generation, first.number)
        id = given.id
    with rooms.write() as session:
        withdraw_permission(session, id, if_match='"1"', occasion=occasion())
        assert current_revision(session) > first
    with rooms.write() as session:
        withdraw_permission(session, id, if_match='"2"', occasion=occasion())
    assert types(rooms) == ["permission.granted.v1", "permission.withdrawn.v1"]


def test_the_second_of_two_offices_is_told_that_it_was_changed_meanwhile(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        id = grant_permission(session, site_team(clock), occasion=occasion()).id
    with rooms.write() as session:
        withdraw_permission(session, id, if_match='"1"', occasion=occasion())
    with pytest.raises(ChangedMeanwhile), rooms.write() as session:
        withdraw_permission(session, id, if_match='"1"', occasion=occasion())


def test_it_expires_by_itself_once_and_a_restart_in_between_forgets_nothing(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        grant_permission(session, trip(clock), although=True, occasion=occasion())
    clock.advance(hours=6)  # nobody was there to see the moment: the table is what says that it is over
    with rooms.read() as session:
        assert is_anything_over(session, clock.now())
    with rooms.write() as session:
        before = current_revision(session)
        assert expire_due(session, clock.now()) == 1
        assert expire_due(session, clock.now()) == 0
        assert current_revision(session) == before
    with rooms.read() as session:
        assert not is_anything_over(session, clock.now())
    assert types(rooms).count("permission.expired.v1") == 2


def test_one_that_was_withdrawn_does_not_expire_and_one_that_is_over_is_not_withdrawn(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    with rooms.write() as session:
        first = grant_permission(session, trip(clock), although=True, occasion=occasion()).id
        other = trip(clock, people=("amara-osei",))
        second = grant_permission(session, other, although=True, occasion=occasion()).id
        withdraw_permission(session, first, if_match='"1"', occasion=occasion())
    clock.advance(hours=7)
    with rooms.write() as session:
        assert expire_due(session, clock.now()) == 1
    with pytest.raises(Conflict), rooms.write() as session:
        withdraw_permission(session, second, if_match='"1"', occasion=occasion())


def test_images_are_permitted_for_a_visit_without_a_name_and_change_no_cabinet(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    images = site_team(clock, kind=GrantKind.IMAGE, people=(), areas=(), purpose="school_event")
    with rooms.write() as session:
        before = current_revision(session)
        grant_permission(session, images, destination="Summer fair", occasion=occasion())
        assert current_revision(session) == before
    assert types(rooms) == ["permission.granted.v1"]


def test_a_file_brings_permissions_in_and_again_brings_them_in_once(
    rooms: Database, occasion: Make, clock: Any
) -> None:
    school = SchoolBody.model_validate(
        {
            "permissions": [
                {
                    "kind": "trip",
                    "purpose": "swimming",
                    "people": ["amara-osei"],
                    "until": "2026-11-25T14:00:00Z",
                    "destination": "Pool",
                    "although": True,
                }
            ]
        }
    )
    for _ in range(2):
        with rooms.write() as session:
            import_school(session, school, occasion=occasion())
    assert types(rooms) == ["permission.granted.v1"]
    nowhere = {"kind": "adjustment", "purpose": "agreed_adjustment", "people": ["kwame-asante"]}
    with rooms.write() as session:
        import_school(
            session,
            SchoolBody.model_validate({"permissions": [{**nowhere, "until": "2027-07-17T15:00:00Z"}]}),
            occasion=occasion(),
        )
    assert types(rooms) == ["permission.granted.v1"] * 2, "an import has nobody to ask, and cabinets may come later"
    late = SchoolBody.model_validate(
        {"permissions": [{"kind": "trip", "purpose": "swimming", "people": ["amara-osei"]}]}
    )
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        import_school(session, late, occasion=occasion())
    assert refused.value.field == "permissions[0].ends"
