"""People are saved as a whole: what the draft does not name ends, and nobody gets what somebody else holds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.events import Event, EventPrivate
from admin_web.database.people import BadgePerson, DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound, Refused
from admin_web.services.etags import ANY, etag_of
from admin_web.services.links import PointChoice, slot_holder
from admin_web.services.occasion import Occasion
from admin_web.services.people import GROUPS, PersonDraft, end_person, save_person
from admin_web.services.points import PointDraft, save_point
from admin_web.services.revision import current_revision
from policy.rules import NO_HOURS, Span, Week

AT = Callable[[], Occasion]
BADGE = "1:" + "a" * 64
OTHER_BADGE = "1:" + "b" * 64
SCHOOL_DAY: Week = ((Span(8 * 60, 16 * 60),),) * 5 + ((),) * 2
AMARA = PersonDraft("Amara Osei", "classroom", (BADGE,), (PointChoice("robins"),), SCHOOL_DAY)
IOANA = PersonDraft("Ioana Marinescu", "catering", (OTHER_BADGE,), (PointChoice("kitchen", 1),), SCHOOL_DAY)


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Robins with one door, and the kitchen's bank of six."""
    with database.write() as session:
        save_point(session, PointDraft("robins", "Robins", "one_door"), occasion=occasion())
        save_point(session, PointDraft("kitchen", "Kitchen", "bank", 6), occasion=occasion())
    return database


def save(database: Database, id: str, draft: PersonDraft, at: Occasion, if_match: str | None = None) -> int:
    with database.write() as session:
        return save_person(session, id, draft, if_match=if_match, occasion=at).etag


def refusal(database: Database, id: str, draft: PersonDraft, at: Occasion, if_match: str | None = None) -> Refused:
    before = everything(database)
    with pytest.raises(Refused) as refused:
        save(database, id, draft, at, if_match)
    assert everything(database) == before, "a refused change saves nothing"
    return refused.value


def everything(database: Database) -> list[object]:
    with database.read() as session:
        rows: list[object] = [str(current_revision(session))]
        for table in (Person, PersonPoint, BadgePerson, WorkingHours, Audit, Event):
            rows.append([tuple(row) for row in session.execute(select(table.__table__))])
        return rows


def links(database: Database, id: str) -> list[tuple[str, int | None, bool]]:
    with database.read() as session:
        rows = session.scalars(select(PersonPoint).where(PersonPoint.person_id == id).order_by(PersonPoint.id))
        return [(row.point_id, row.slot, row.ends is None) for row in rows]


def test_a_new_person_is_saved_with_badges_points_hours_an_event_and_an_audit_row(
    school: Database, occasion: AT
) -> None:
    assert save(school, "p-1", AMARA, occasion()) == 1
    with school.read() as session:
        person = session.get_one(Person, "p-1")
        assert (person.name, person.group) == ("Amara Osei", "classroom")
        assert links(school, "p-1") == [("robins", None, True)]
        types = session.scalars(select(Event.type).order_by(Event.id.desc()).limit(2)).all()
        assert types == ["person.saved.v1", "badge.assigned.v1"]
        row = session.scalars(select(Audit).where(Audit.person_id == "p-1")).one()
        assert (row.actor, row.act) == ("account:1", "changed.person")


def test_no_name_and_no_badge_stands_in_the_public_bytes_of_central_s_events(school: Database, occasion: AT) -> None:
    save(school, "p-1", AMARA, occasion())
    with school.read() as session:
        public = b"".join(session.scalars(select(Event.body)))
        private = b"".join(part or b"" for part in session.scalars(select(EventPrivate.private)))
    for personal in (b"Amara", b"p-1", BADGE.encode()):
        assert personal not in public
    assert b'"person":"p-1"' in private
    assert BADGE.encode() in private


def test_saving_what_is_there_already_changes_nothing(school: Database, occasion: AT) -> None:
    save(school, "p-1", AMARA, occasion())
    before = everything(school)
    assert save(school, "p-1", AMARA, occasion(), '"1"') == 1
    assert everything(school) == before


def test_a_new_name_alone_raises_the_edition_but_no_revision(school: Database, occasion: AT) -> None:
    save(school, "p-1", AMARA, occasion())
    with school.read() as session:
        before = current_revision(session)
    renamed = PersonDraft("Amara Osei-Mensah", "classroom", (BADGE,), (PointChoice("robins"),), SCHOOL_DAY)
    assert save(school, "p-1", renamed, occasion(), '"1"') == 2
    with school.read() as session:
        assert current_revision(session) == before


@pytest.mark.parametrize(
    "changed",
    [
        PersonDraft("Amara Osei", "classroom", (OTHER_BADGE,), (PointChoice("robins"),), SCHOOL_DAY),
        PersonDraft("Amara Osei", "classroom", (BADGE,), (PointChoice("kitchen", 2),), SCHOOL_DAY),
        PersonDraft("Amara Osei", "classroom", (BADGE,), (PointChoice("robins"),), NO_HOURS),
        PersonDraft("Amara Osei", "office", (BADGE,), (), SCHOOL_DAY),
    ],
)
def test_a_change_of_badges_points_or_hours_raises_the_revision(
    school: Database, occasion: AT, changed: PersonDraft
) -> None:
    save(school, "p-1", AMARA, occasion())
    with school.read() as session:
        before = current_revision(session)
    save(school, "p-1", changed, occasion(), '"1"')
    with school.read() as session:
        assert current_revision(session) > before


def test_what_the_draft_does_not_name_ends_as_of_now_and_is_kept(school: Database, occasion: AT, clock: object) -> None:
    both = PersonDraft("Amara Osei", "classroom", (BADGE,), (PointChoice("robins"), PointChoice("kitchen", 3)))
    save(school, "p-1", both, occasion())
    later = occasion()
    save(school, "p-1", PersonDraft("Amara Osei", "classroom"), later, ANY)
    assert links(school, "p-1") == [("robins", None, False), ("kitchen", 3, False)]
    with school.read() as session:
        ends = set(session.scalars(select(PersonPoint.ends))) | set(session.scalars(select(BadgePerson.ends)))
    assert ends == {later.now.utc}


def test_moving_to_another_slot_ends_the_old_link_and_begins_a_new_one(school: Database, occasion: AT) -> None:
    save(school, "p-2", IOANA, occasion())
    save(school, "p-2", PersonDraft("Ioana Marinescu", "catering", (), (PointChoice("kitchen", 5),)), occasion(), ANY)
    assert links(school, "p-2") == [("kitchen", 1, False), ("kitchen", 5, True)]


def test_a_slot_has_one_current_holder(school: Database, occasion: AT) -> None:
    save(school, "p-2", IOANA, occasion())
    also = PersonDraft("Joanne Birtles", "catering", (), (PointChoice("kitchen", 1),))
    refused = refusal(school, "p-3", also, occasion())
    assert (type(refused), refused.field) == (Conflict, "points[0].slot")
    save(school, "p-2", PersonDraft("Ioana Marinescu", "catering"), occasion(), ANY)
    save(school, "p-3", also, occasion())


def declare(database: Database, holder: str, slot: int, state: str, at: Occasion) -> None:
    with database.write() as session:
        session.merge(
            DeclaredState(
                point_id="kitchen", holder=holder, badge=BADGE, state=state, slot=slot, at=at.now.utc, sequence=1
            )
        )


def test_a_slot_whose_last_holder_is_still_declared_in_counts_as_held(school: Database, occasion: AT) -> None:
    save(school, "p-2", IOANA, occasion())
    declare(school, "p-2", 1, "in", occasion())
    save(school, "p-2", PersonDraft("Ioana Marinescu", "catering", (OTHER_BADGE,)), occasion(), ANY)
    also = PersonDraft("Joanne Birtles", "catering", (), (PointChoice("kitchen", 1),))
    refused = refusal(school, "p-3", also, occasion())
    assert (type(refused), refused.field) == (Conflict, "points[0].slot")
    assert "still holds a phone" in refused.error
    with school.read() as session:
        assert slot_holder(session, "kitchen", 1) == "p-2"
    save(school, "p-2", IOANA, occasion(), ANY)  # its last holder may have it back
    save(school, "p-2", PersonDraft("Ioana Marinescu", "catering"), occasion(), ANY)
    declare(school, "p-2", 1, "out", occasion())
    save(school, "p-3", also, occasion())


def test_a_badge_that_another_person_holds_is_refused_and_free_once_ended(school: Database, occasion: AT) -> None:
    save(school, "p-1", AMARA, occasion())
    also = PersonDraft("Bilal Hussain", "office", (OTHER_BADGE, BADGE))
    refused = refusal(school, "p-4", also, occasion())
    assert (type(refused), refused.field) == (Conflict, "badges[1]")
    save(school, "p-1", PersonDraft("Amara Osei", "classroom"), occasion(), ANY)
    save(school, "p-4", also, occasion())


def test_an_edition_must_be_named_and_must_be_the_one_that_is_there(school: Database, occasion: AT) -> None:
    save(school, "p-1", AMARA, occasion())
    assert isinstance(refusal(school, "p-1", AMARA, occasion()), MatchMissing)
    changed = PersonDraft("Amara Osei", "office")
    save(school, "p-1", changed, occasion(), etag_of(1))
    for stale in ('"1"', '"0"', "1", 'W/"2"', "", '"x", "y"'):
        assert isinstance(refusal(school, "p-1", AMARA, occasion(), stale), ChangedMeanwhile), stale
    assert isinstance(refusal(school, "p-9", AMARA, occasion(), '"1"'), ChangedMeanwhile)
    save(school, "p-1", AMARA, occasion(), '"7", "2"')


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PersonDraft("", "office"), "name"),
        (PersonDraft(" \t ", "office"), "name"),
        (PersonDraft("x" * 121, "office"), "name"),
        (PersonDraft("Amara\u202eOsei", "office"), "name"),
        (PersonDraft("Amara\x00Osei", "office"), "name"),
        (PersonDraft("Amara Osei", "Office"), "group"),
        (PersonDraft("Amara Osei", "office", ("04a1b2c3d4e580",)), "badges[0]"),
        (PersonDraft("Amara Osei", "office", (BADGE.upper(),)), "badges[0]"),
        (PersonDraft("Amara Osei", "office", (BADGE, BADGE)), "badges[1]"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("wrens"),)), "points[0].id"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("kitchen"),)), "points[0].slot"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("kitchen", 0),)), "points[0].slot"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("kitchen", 7),)), "points[0].slot"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("robins", 1),)), "points[0].slot"),
        (PersonDraft("Amara Osei", "office", (), (PointChoice("robins"), PointChoice("robins"))), "points[1].id"),
        (
            PersonDraft("Amara Osei", "office", (), (PointChoice("kitchen", 1), PointChoice("kitchen", 2))),
            "points[1].id",
        ),
        (
            PersonDraft("Amara Osei", "office", hours=((Span(0, 60), Span(30, 90)), *((),) * 6)),
            "working_hours.mon",
        ),
        (
            PersonDraft("Amara Osei", "office", hours=(*((),) * 6, (Span(600, 23 * 60 + 1),))),
            "working_hours.sun",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_field_and_what_to_do(
    school: Database, occasion: AT, draft: PersonDraft, field: str
) -> None:
    refused = refusal(school, "p-1", draft, occasion())
    assert isinstance(refused, Invalid)
    assert refused.field == field
    assert refused.error.endswith(".")
    assert refused.what_to_do.endswith(".")


@pytest.mark.parametrize("id", ["", "a b", "é", "x" * 41, "-a", "a/b", "a\x00"])
def test_an_id_that_could_not_stand_in_an_address_is_refused(school: Database, occasion: AT, id: str) -> None:
    assert refusal(school, id, AMARA, occasion()).field == "id"


def test_hours_until_23_00_and_every_group_are_fine(school: Database, occasion: AT) -> None:
    late: Week = ((Span(22 * 60, 23 * 60),), *((),) * 6)
    for number, group in enumerate(GROUPS):
        save(school, f"p-{number}", PersonDraft("Grace Adeyemi", group, hours=late), occasion())


def test_ending_a_person_ends_badges_and_points_now_and_can_be_undone(school: Database, occasion: AT) -> None:
    save(school, "p-2", IOANA, occasion())
    with school.write() as session:
        assert end_person(session, "p-2", if_match=ANY, occasion=occasion()).etag == 2
    assert links(school, "p-2") == [("kitchen", 1, False)]
    save(school, "p-2", IOANA, occasion(), '"2"')
    with school.read() as session:
        assert session.get_one(Person, "p-2").ended_at is None
    assert links(school, "p-2") == [("kitchen", 1, False), ("kitchen", 1, True)]


@pytest.mark.parametrize("id", ["p-9", "a\x00b", "é" * 50])
def test_nobody_can_be_ended_who_does_not_exist(school: Database, occasion: AT, id: str) -> None:
    with pytest.raises(NotFound), school.write() as session:
        end_person(session, id, if_match=ANY, occasion=occasion())


def test_links_carry_the_school_s_time_and_not_the_machine_s(school: Database, occasion: AT) -> None:
    at = occasion()
    moved = Occasion(at.actor, at.now, at.machine_now + timedelta(days=3))
    save(school, "p-1", AMARA, moved)
    with school.read() as session:
        assert session.scalars(select(PersonPoint.starts)).one() == at.now.utc
        assert session.scalars(select(Audit.at).where(Audit.person_id == "p-1")).one() == moved.machine_now
