"""Badges change hands, get lost and found, and lie in the cover pool; each is one person's or the pool's."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.people import Badge, Person, UnknownBadge
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services.badges import (
    add_to_cover_pool,
    assign_badge,
    badge_holder,
    end_badge,
    mark_badge_found,
    mark_badge_lost,
    mark_badges_lost_by_name,
    open_badges,
    remove_from_cover_pool,
)
from admin_web.services.etags import ANY
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, end_person, save_person
from admin_web.services.revision import current_revision

AT = Callable[[], Occasion]
BADGE = "1:" + "a" * 64
OTHER_BADGE = "1:" + "b" * 64


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Amara Osei with one badge, Bilal Hussain with none."""
    with database.write() as session:
        save_person(
            session, "p-1", PersonDraft("Amara Osei", "classroom", (BADGE,)), if_match=None, occasion=occasion()
        )
        save_person(session, "p-2", PersonDraft("Bilal Hussain", "office"), if_match=None, occasion=occasion())
    return database


def event_types(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Event.type).order_by(Event.id)))


def revision_of(database: Database) -> str:
    with database.read() as session:
        return str(current_revision(session))


def test_an_unknown_badge_is_assigned_and_is_unknown_no_more(school: Database, occasion: AT) -> None:
    with school.write() as session:
        session.add(UnknownBadge(reference=OTHER_BADGE, seen_at=occasion().now.utc, taps=3))
    before = revision_of(school)
    with school.write() as session:
        assign_badge(session, OTHER_BADGE, "p-2", occasion=occasion())
    with school.read() as session:
        assert open_badges(session, "p-2") == [OTHER_BADGE]
        assert session.get(UnknownBadge, OTHER_BADGE) is None
        assert session.get_one(Person, "p-2").etag == 2
    assert revision_of(school) != before
    assert event_types(school)[-1] == "badge.assigned.v1"


def test_assigning_again_what_is_assigned_changes_nothing(school: Database, occasion: AT) -> None:
    before = (revision_of(school), event_types(school))
    with school.write() as session:
        assign_badge(session, BADGE, "p-1", occasion=occasion())
    assert (revision_of(school), event_types(school)) == before


def test_a_badge_of_somebody_else_must_be_ended_first(school: Database, occasion: AT) -> None:
    with pytest.raises(Conflict), school.write() as session:
        assign_badge(session, BADGE, "p-2", occasion=occasion())
    with school.write() as session:
        end_badge(session, BADGE, occasion=occasion())
        assign_badge(session, BADGE, "p-2", occasion=occasion())
    with school.read() as session:
        assert badge_holder(session, BADGE) == "p-2"


def test_nobody_who_has_left_or_never_was_gets_a_badge(school: Database, occasion: AT) -> None:
    with school.write() as session:
        end_person(session, "p-2", if_match=ANY, occasion=occasion())
    for person in ("p-2", "p-9"):
        with pytest.raises(NotFound), school.write() as session:
            assign_badge(session, OTHER_BADGE, person, occasion=occasion())


def test_a_lost_badge_stays_its_person_s_until_it_is_found(school: Database, occasion: AT) -> None:
    with school.write() as session:
        mark_badge_lost(session, BADGE, occasion=occasion())
        mark_badge_lost(session, BADGE, occasion=occasion())
    assert event_types(school).count("badge.lost.v1") == 1
    with school.read() as session:
        assert open_badges(session, "p-1") == [BADGE]
        assert session.get_one(Badge, BADGE).lost_at == occasion().now.utc
    with school.write() as session:
        mark_badge_found(session, BADGE, occasion=occasion())
    with school.read() as session:
        assert session.get_one(Badge, BADGE).lost_at is None
    with pytest.raises(NotFound), school.write() as session:
        mark_badge_found(session, BADGE, occasion=occasion())


def test_a_person_saved_anew_with_the_same_lost_badge_leaves_it_lost(school: Database, occasion: AT) -> None:
    with school.write() as session:
        mark_badge_lost(session, BADGE, occasion=occasion())
        save_person(session, "p-1", PersonDraft("Amara Osei", "office", (BADGE,)), if_match=ANY, occasion=occasion())
    with school.read() as session:
        assert session.get_one(Badge, BADGE).lost_at is not None


def test_a_lost_badge_that_was_ended_and_is_given_again_counts_as_found(school: Database, occasion: AT) -> None:
    with school.write() as session:
        mark_badge_lost(session, BADGE, occasion=occasion())
        end_badge(session, BADGE, occasion=occasion())
        assign_badge(session, BADGE, "p-2", occasion=occasion())
    with school.read() as session:
        assert session.get_one(Badge, BADGE).lost_at is None


def test_the_form_without_a_list_takes_the_exact_name_only(school: Database, occasion: AT) -> None:
    for name in ("amara osei", "Amara", "Amara Osei Jr", "%"):
        with pytest.raises(NotFound), school.write() as session:
            mark_badges_lost_by_name(session, name, occasion=occasion())
    with pytest.raises(Invalid), school.write() as session:
        mark_badges_lost_by_name(session, " ", occasion=occasion())
    with school.write() as session:
        assert mark_badges_lost_by_name(session, " Amara  Osei ", occasion=occasion()) == 1
    with school.read() as session:
        assert session.get_one(Badge, BADGE).lost_at is not None


def test_a_name_that_two_people_have_is_left_to_the_office(school: Database, occasion: AT) -> None:
    with school.write() as session:
        save_person(session, "p-3", PersonDraft("Amara Osei", "agency"), if_match=None, occasion=occasion())
    with pytest.raises(Conflict), school.write() as session:
        mark_badges_lost_by_name(session, "Amara Osei", occasion=occasion())


def test_the_cover_pool_takes_free_badges_only_and_gives_them_back(school: Database, occasion: AT) -> None:
    with pytest.raises(Conflict), school.write() as session:
        add_to_cover_pool(session, BADGE, occasion=occasion())
    with school.write() as session:
        add_to_cover_pool(session, OTHER_BADGE, label="Supply 1", occasion=occasion())
        add_to_cover_pool(session, OTHER_BADGE, occasion=occasion())
    with school.read() as session:
        badge = session.get_one(Badge, OTHER_BADGE)
        assert (badge.cover, badge.label) == (True, "Supply 1")
    with pytest.raises(Conflict), school.write() as session:
        assign_badge(session, OTHER_BADGE, "p-2", occasion=occasion())
    with school.write() as session:
        remove_from_cover_pool(session, OTHER_BADGE, occasion=occasion())
        assign_badge(session, OTHER_BADGE, "p-2", occasion=occasion())
    assert event_types(school)[-3:] == ["badge.pooled.v1", "badge.pooled.v1", "badge.assigned.v1"]


@pytest.mark.parametrize("act", [end_badge, mark_badge_lost, mark_badge_found, remove_from_cover_pool])
def test_nothing_happens_to_a_badge_that_does_not_exist(
    school: Database, occasion: AT, act: Callable[..., None]
) -> None:
    with pytest.raises(NotFound) as refused, school.write() as session:
        act(session, "1:" + "c" * 64, occasion=occasion())
    assert refused.value.what_to_do
