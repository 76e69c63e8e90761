"""What the office allows, takes away and says, as the bundle of one point carries it: its own people only."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from admin_web.database.engine import Database
from admin_web.rules.bundle import build_bundle
from admin_web.services.badges import set_badge_end
from admin_web.services.days import say_going_home
from admin_web.services.occasion import Occasion
from admin_web.services.permissions import grant_permission, withdraw_permission
from admin_web.services.restrictions import EVERYTHING, RestrictionDraft, give_back, make_restriction
from admin_web.services.room_states import RoomStateDraft, end_said_by_badge, set_room_state
from broker.messages.bundle import BUNDLE_BYTES, Bundle
from policy.permission import GrantKind, PermissionDraft
from policy.rules import BadgeKind, Entitlement, PermissionKind, Rules

Make = Callable[[], Occasion]


@pytest.fixture
def bundle(rooms: Database, clock: Any) -> Callable[..., Rules]:
    """Builds the bundle of a device as it is now."""

    def build(device: str = "robins") -> Rules:
        with rooms.read() as session:
            return build_bundle(session, device, clock.now())

    return build


def standing(clock: Any, **changes: Any) -> PermissionDraft:
    draft = PermissionDraft(
        kind=GrantKind.ADJUSTMENT,
        people=("amara-osei",),
        purpose="agreed_adjustment",
        starts=clock.utc,
        ends=clock.utc + timedelta(days=90),
    )
    return replace(draft, **changes)


def test_clause_20_a_permission_reaches_where_its_person_keeps_a_phone_whatever_areas_it_may_be_used_in(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    with rooms.write() as session:
        anywhere = grant_permission(session, standing(clock), occasion=occasion()).id
        defects = standing(clock, kind=GrantKind.SITE_TEAM, purpose="evidence_defects", areas=("wrens",))
        elsewhere = grant_permission(session, defects, occasion=occasion()).id
        grant_permission(session, standing(clock, people=("bilal-hussain",)), occasion=occasion())
    assert {(one.id, one.person, one.kind) for one in bundle().permissions} == {
        (anywhere, "amara-osei", PermissionKind.ADJUSTMENT),
        (elsewhere, "amara-osei", PermissionKind.SITE_TEAM),
    }
    assert [one.person for one in bundle("wrens").permissions] == ["bilal-hussain"]
    assert bundle("kitchen").permissions == ()


def test_one_that_is_withdrawn_goes_at_once_and_one_that_ended_stays_two_days_for_the_overdue(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    with rooms.write() as session:
        trip = standing(clock, kind=GrantKind.TRIP, purpose="swimming", ends=clock.utc + timedelta(hours=3))
        grant_permission(session, trip, although=True, occasion=occasion())
        gone = grant_permission(session, standing(clock), occasion=occasion()).id
        withdraw_permission(session, gone, if_match='"1"', occasion=occasion())
    assert [one.kind for one in bundle().permissions] == [PermissionKind.TRIP]
    clock.advance(hours=20)
    assert len(bundle().permissions) == 1
    clock.advance(hours=32)
    assert bundle().permissions == ()


def test_images_are_nothing_a_cabinet_needs_to_know(rooms: Database, occasion: Make, clock: Any, bundle: Any) -> None:
    with rooms.write() as session:
        images = standing(clock, kind=GrantKind.IMAGE, purpose="school_event")
        grant_permission(session, images, occasion=occasion())
    assert bundle().permissions == ()


def test_a_restriction_of_a_group_is_named_person_by_person_and_of_everyone_once(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    with rooms.write() as session:
        group = RestrictionDraft("group", frozenset({Entitlement.BREAKS}), "event", group="classroom")
        make_restriction(session, group, occasion=occasion())
        all_of_them = make_restriction(session, RestrictionDraft("everyone", EVERYTHING, "event"), occasion=occasion())
        number = all_of_them.id
    assert [(one.person, one.takes) for one in bundle().restrictions] == [
        ("amara-osei", frozenset({Entitlement.BREAKS})),
        (None, EVERYTHING),
    ]
    assert [one.person for one in bundle("kitchen").restrictions] == [None]
    with rooms.write() as session:
        give_back(session, number, if_match='"1"', occasion=occasion())
    assert [one.person for one in bundle().restrictions] == ["amara-osei"]


def test_somebody_who_joins_the_group_later_is_restricted_with_it(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    with rooms.write() as session:
        group = RestrictionDraft("group", EVERYTHING, "event", group="catering")
        make_restriction(session, group, occasion=occasion())
    assert [one.person for one in bundle("kitchen").restrictions] == ["ioana-marinescu"]
    assert bundle().restrictions == ()


def test_room_states_of_the_area_and_of_the_point_are_carried_until_they_end(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    until = clock.utc + timedelta(hours=1)
    with rooms.write() as session:
        set_room_state(session, RoomStateDraft(("robins",), until, points=("wrens",)), occasion=occasion())
        end_said_by_badge(session, "robins", occasion=occasion())
    assert [one.ends for one in bundle().room_states] == [until]
    assert bundle().room_states_ended == clock.utc
    assert [one.ends for one in bundle("wrens").room_states] == [until]
    assert (bundle("kitchen").room_states, bundle("kitchen").room_states_ended) == ((), None)
    clock.advance(hours=1)
    assert bundle().room_states == ()


def test_people_carry_their_group_and_going_home_and_badges_their_end(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    until = clock.utc + timedelta(hours=9)
    with rooms.write() as session:
        say_going_home(session, "amara-osei", occasion=occasion())
        badges = [badge.reference for badge in bundle().badges.values() if badge.person == "amara-osei"]
        set_badge_end(session, badges[0], until, occasion=occasion())
    person = bundle().people["amara-osei"]
    assert (person.group, person.going_home) == ("classroom", clock.utc)
    assert bundle().badges[badges[0]].ends == until
    assert bundle().badges[badges[0]].starts <= clock.utc


def test_roles_stand_on_the_badges_of_every_cabinet(rooms: Database, bundle: Any) -> None:
    roles = {badge.role for badge in bundle().badges.values() if badge.kind is BadgeKind.ROLE}
    assert roles == {"SLT", "office"}
    assert all(badge.person is None for badge in bundle().badges.values() if badge.kind is BadgeKind.ROLE)


def test_another_rooms_people_are_not_in_the_bytes_whatever_the_office_did_for_them(
    rooms: Database, occasion: Make, clock: Any, bundle: Any
) -> None:
    with rooms.write() as session:
        everybody = ("amara-osei", "bilal-hussain", "patrick-devlin", "ioana-marinescu", "kwame-asante")
        trip = standing(clock, kind=GrantKind.TRIP, purpose="swimming", people=everybody)
        grant_permission(session, trip, although=True, occasion=occasion())
        for person in everybody:
            say_going_home(session, person, occasion=occasion())
            draft = RestrictionDraft("person", EVERYTHING, "under_review", person=person)
            make_restriction(session, draft, occasion=occasion())
        make_restriction(session, RestrictionDraft("group", EVERYTHING, "event", group="SLT"), occasion=occasion())
    body = Bundle.from_rules(bundle(), site="ashgrove", device="robins").to_body()
    for there in ("amara-osei", "patrick-devlin"):
        assert there.encode() in body
    for elsewhere in ("bilal-hussain", "ioana-marinescu", "kwame-asante", "mei-ling-cho", "Asante"):
        assert elsewhere.encode() not in body
    assert len(body) <= BUNDLE_BYTES


def test_what_the_bundle_says_survives_the_wire(rooms: Database, occasion: Make, clock: Any, bundle: Any) -> None:
    with rooms.write() as session:
        grant_permission(session, standing(clock), occasion=occasion())
        make_restriction(session, RestrictionDraft("everyone", EVERYTHING, "event"), occasion=occasion())
        set_room_state(session, RoomStateDraft(("robins",), clock.utc + timedelta(hours=1)), occasion=occasion())
        say_going_home(session, "amara-osei", occasion=occasion())
    rules = bundle()
    assert Bundle.from_bytes(Bundle.from_rules(rules, site="ashgrove", device="robins").to_body()).to_rules() == rules
