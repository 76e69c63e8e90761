"""The timetable is drafted, published and rolled back as a whole; cabinets notice publishing alone."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.timetable import Area, TimetableVersion
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound, Refused
from admin_web.queries.restricted import read_times
from admin_web.queries.timetables import read_comparing, read_editing, read_versions
from admin_web.rules.areas import area_of, phone_free_areas, points_of_areas
from admin_web.rules.blocks import dated_blocks
from admin_web.rules.timetables import draft_timetable, live_timetable, parse_document, write_document
from admin_web.services.areas import free_area_id, save_area
from admin_web.services.bodies import parse_body
from admin_web.services.importing import SchoolBody, import_school
from admin_web.services.occasion import Occasion
from admin_web.services.points import PointDraft, save_point
from admin_web.services.restricted import follow_timetable, save_restricted_times
from admin_web.services.revision import current_revision
from admin_web.services.timetable import (
    NO_VERSION,
    drop_draft,
    edited_version,
    mark_of,
    publish_draft,
    publish_timetable,
    roll_back,
    save_draft,
)
from admin_web.services.timetable_body import TimetableBody, timetable_of
from policy.day_plan import Target
from policy.rules import Span
from policy.school_timetable import SchoolTimetable
from policy.school_timetable_document import document_of
from policy.timetable import BlockRow
from tests.policy.timetables import CLUB, HALL, MORNING, ROBINS, TUESDAY, a_timetable, weekly

AT = Callable[[], Occasion]


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Robins with a cabinet, and the Hall without one."""
    with database.write() as session:
        save_point(session, PointDraft("robins", "Robins", "one_door"), occasion=occasion())
        save_area(session, "hall", "Hall", phone_free=True, if_match=None, occasion=occasion())
    return database


def mark(database: Database) -> str:
    with database.read() as session:
        return mark_of(edited_version(session))


def draft(database: Database, timetable: SchoolTimetable, at: Occasion, if_match: str | None = None) -> None:
    with database.write() as session:
        save_draft(session, timetable, if_match=if_match or mark_of(edited_version(session)), occasion=at)


def publish(database: Database, at: Occasion) -> int:
    with database.write() as session:
        comparing = read_comparing(session)
        assert comparing is not None
        return publish_draft(session, if_match=comparing.mark, live=comparing.live_mark, occasion=at).id


def revision(database: Database) -> int:
    with database.read() as session:
        return current_revision(session).number


def events(database: Database) -> list[str]:
    with database.read() as session:
        types = session.scalars(select(Event.type).order_by(Event.id)).all()
    return [type for type in types if type.startswith("timetable.")]


def test_a_draft_is_no_cabinets_business_until_it_is_published(school: Database, occasion: AT) -> None:
    before = revision(school)
    draft(school, a_timetable(), occasion())
    draft(school, a_timetable().with_week(HALL, weekly((CLUB,))), occasion())
    with school.read() as session:
        assert live_timetable(session) == SchoolTimetable()
        assert dated_blocks(session, "robins", TUESDAY, TUESDAY) == ()
    assert revision(school) == before
    assert events(school) == ["timetable.drafted.v1"]
    publish(school, occasion())
    assert revision(school) == before + 1
    with school.read() as session:
        assert [one.name for one in dated_blocks(session, "robins", TUESDAY, TUESDAY)] == [
            "Lessons",
            "Break",
            "Lessons",
        ]
        assert draft_timetable(session) is None
    assert events(school) == ["timetable.drafted.v1", "timetable.published.v1"]


def test_a_draft_compares_with_what_is_live_now(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    publish(school, occasion())
    draft(school, a_timetable().with_week(HALL, weekly((), (CLUB,), (CLUB,))), occasion())
    with school.read() as session:
        comparing = read_comparing(session)
    assert comparing is not None
    assert [one.text for one in comparing.changes] == ["Wednesday 15:30-16:30 Hall: Chess club added"]
    assert comparing.begun_from_live


def test_saving_what_is_there_already_makes_no_draft(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    publish(school, occasion())
    draft(school, a_timetable(), occasion())
    with school.read() as session:
        assert draft_timetable(session) is None
        assert session.scalar(select(func.count()).select_from(TimetableVersion)) == 1


def test_two_who_edit_at_once_the_second_is_told_and_overwrites_nothing(school: Database, occasion: AT) -> None:
    seen = mark(school)
    draft(school, a_timetable(), occasion(), seen)
    other = a_timetable(plans=())
    with pytest.raises(ChangedMeanwhile):
        draft(school, other, occasion(), seen)
    with school.read() as session:
        assert draft_timetable(session) == a_timetable()
    with pytest.raises(MatchMissing), school.write() as session:
        save_draft(session, other, if_match=None, occasion=occasion())
    draft(school, other, occasion(), mark(school))
    with school.read() as session:
        assert draft_timetable(session) == other


def test_of_two_that_begin_a_draft_at_the_same_time_one_is_told(school: Database, occasion: AT) -> None:
    seen, told, gate = mark(school), [], threading.Barrier(2)

    def begin(timetable: SchoolTimetable) -> None:
        gate.wait()
        try:
            with school.write() as session:
                save_draft(session, timetable, if_match=seen, occasion=occasion())
        except ChangedMeanwhile as refused:
            told.append(refused)

    threads = [threading.Thread(target=begin, args=(one,)) for one in (a_timetable(), a_timetable(plans=()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    with school.read() as session:
        assert session.scalar(select(func.count()).select_from(TimetableVersion)) == 1


def test_publishing_names_both_the_draft_and_what_it_was_compared_with(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    with school.read() as session:
        compared = read_comparing(session)
    assert compared is not None
    draft(school, a_timetable(plans=()), occasion())
    with pytest.raises(ChangedMeanwhile, match="The draft was changed"), school.write() as session:
        publish_draft(session, if_match=compared.mark, live=compared.live_mark, occasion=occasion())
    with school.write() as session:
        publish_timetable(session, a_timetable(closures=()), if_match=NO_VERSION, occasion=occasion())
        newer = read_comparing(session)
        assert newer is not None
        assert not newer.begun_from_live
    with pytest.raises(ChangedMeanwhile, match="The live timetable was changed"), school.write() as session:
        publish_draft(session, if_match=newer.mark, live=compared.live_mark, occasion=occasion())
    publish(school, occasion())
    with pytest.raises(Conflict), school.write() as session:
        publish_draft(session, if_match=newer.mark, live="*", occasion=occasion())


def test_rolling_back_makes_the_older_one_live_again_as_a_new_version(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    first = publish(school, occasion())
    draft(school, a_timetable(plans=()), occasion())
    second = publish(school, occasion())
    before = revision(school)
    with school.write() as session:
        third = roll_back(session, first, if_match=f'"{second}.1"', occasion=occasion()).id
    with school.read() as session:
        assert live_timetable(session) == a_timetable()
        kept = read_versions(session)
    assert [(one.number, one.is_live) for one in kept] == [(third, True), (second, False), (first, False)]
    assert kept[0].brings_back == first
    assert revision(school) == before + 1
    assert events(school)[-1] == "timetable.rolled_back.v1"
    with pytest.raises(NotFound), school.write() as session:
        roll_back(session, third, if_match="*", occasion=occasion())
    with pytest.raises(ChangedMeanwhile), school.write() as session:
        roll_back(session, first, if_match=f'"{second}.1"', occasion=occasion())


def test_a_draft_that_is_thrown_away_leaves_what_is_live(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    publish(school, occasion())
    draft(school, a_timetable(plans=()), occasion())
    with school.write() as session:
        drop_draft(session, if_match=mark_of(edited_version(session)), occasion=occasion())
    with school.read() as session:
        assert read_editing(session).timetable == a_timetable()
    assert events(school)[-1] == "timetable.dropped.v1"


@pytest.mark.parametrize(
    ("timetable", "field"),
    [
        (
            a_timetable().with_week(ROBINS, weekly((*MORNING, replace(MORNING[0], name="Again")))),
            "plans[0].days.mon[3]",
        ),
        (a_timetable().with_week(ROBINS, weekly((replace(CLUB, name="Club\x00"),))), "plans[0].days.mon[0].name"),
        (a_timetable(plans=()).with_week(Target(area="attic"), weekly((CLUB,))), "plans[0].area"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field_and_nothing_is_saved(
    school: Database, occasion: AT, timetable: SchoolTimetable, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        draft(school, timetable, occasion())
    assert refused.value.field == field
    with school.read() as session:
        assert session.scalar(select(func.count()).select_from(TimetableVersion)) == 0


def monday(block: dict[str, str]) -> dict[str, Any]:
    return {"plans": [{"area": "robins", "days": {"mon": [block]}}]}


def test_the_document_says_all_of_a_timetable() -> None:
    for timetable in (a_timetable(), SchoolTimetable()):
        assert timetable_of(parse_body(TimetableBody, document_of(timetable))) == timetable
        assert parse_document(write_document(timetable)) == timetable


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"plans": [{"area": "robins", "group": "office"}]}, "plans[0].area"),
        (monday({"kind": "lesson", "from": "22:00", "until": "02:00"}), "plans[0].days.mon[0].until"),
        (monday({"kind": "party", "from": "09:00", "until": "10:00"}), "plans[0].days.mon[0].kind"),
        (monday({"kind": "lesson", "from": "9", "until": "10:00"}), "plans[0].days.mon[0].from"),
        ({"closures": [{"name": "x", "first": "2027-02-30"}]}, "closures[0].first"),
        ({"closures": [{"name": "x", "first": "2027-01-04", "last": "2027-01-03"}]}, "closures[0].last"),
        ({"years": [{"name": "x", "terms": [{"name": "t", "first": "2027-01-04"}]}]}, "years[0].terms[0].last"),
        ({"one_offs": [{"date": "tomorrow", "area": "robins"}]}, "one_offs[0].date"),
        ({"weeks": []}, "weeks"),
    ],
)
def test_a_document_that_cannot_be_right_names_the_field(document: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        timetable_of(parse_body(TimetableBody, document))
    assert refused.value.field == field


def test_a_block_without_a_name_is_called_after_its_kind() -> None:
    block = {"kind": "breakfast_club", "from": "07:45", "until": "08:40"}
    read = timetable_of(parse_body(TimetableBody, {"plans": [{"area": "hall", "days": {"mon": [block]}}]}))
    assert read.plans[0].days[0][0].name == "Breakfast club"


def test_a_point_follows_its_area_unless_it_has_times_of_its_own(school: Database, occasion: AT) -> None:
    draft(school, a_timetable(), occasion())
    publish(school, occasion())
    lessons = BlockRow(1, None, Span(540, 600), "Swimming")
    with school.write() as session:
        edition = read_times(session, "robins", TUESDAY)
        assert (edition.own, len(edition.rows), edition.area_name) == (False, 12, "Robins")
        save_restricted_times(session, "robins", (lessons,), if_match=f'"{edition.etag}"', occasion=occasion())
    with school.read() as session:
        assert [one.name for one in dated_blocks(session, "robins", TUESDAY, TUESDAY)] == ["Swimming"]
        assert (
            dated_blocks(session, "robins", date(2026, 12, 22), date(2026, 12, 22)) != ()
        )  # own rows know no holidays
        own = read_times(session, "robins", TUESDAY)
    assert own.rows == (lessons,)
    with school.write() as session:
        follow_timetable(session, "robins", if_match=f'"{own.etag}"', occasion=occasion())
    with school.read() as session:
        assert len(dated_blocks(session, "robins", TUESDAY, TUESDAY)) == 3
        assert dated_blocks(session, "robins", date(2026, 12, 22), date(2026, 12, 22)) == ()
    with pytest.raises(ChangedMeanwhile), school.write() as session:
        follow_timetable(session, "robins", if_match=f'"{own.etag}"', occasion=occasion())


def test_saving_the_very_times_of_this_week_makes_them_a_points_own(school: Database, occasion: AT) -> None:
    with school.write() as session:
        save_restricted_times(session, "robins", (), if_match='"1"', occasion=occasion())
        assert read_times(session, "robins", TUESDAY).own
        publish_timetable(session, a_timetable(), if_match=NO_VERSION, occasion=occasion())
        assert dated_blocks(session, "robins", TUESDAY, TUESDAY) == ()


def test_publishing_is_another_edition_of_every_point_that_follows(school: Database, occasion: AT) -> None:
    with school.write() as session:
        save_point(session, PointDraft("wrens", "Wrens", "one_door"), occasion=occasion())
        save_restricted_times(session, "wrens", (), if_match='"1"', occasion=occasion())
        publish_timetable(session, a_timetable(), if_match=NO_VERSION, occasion=occasion())
        assert read_times(session, "robins", TUESDAY).etag == 2
        assert read_times(session, "wrens", TUESDAY).etag == 2


def test_a_draft_can_be_tried_as_if_it_were_live(school: Database, occasion: AT) -> None:
    with school.read() as session:
        assert len(dated_blocks(session, "robins", TUESDAY, TUESDAY, a_timetable())) == 3
        assert dated_blocks(session, "robins", TUESDAY, TUESDAY) == ()


def test_every_new_point_stands_in_an_area_that_is_called_like_it(school: Database, occasion: AT) -> None:
    with school.write() as session:
        assert area_of(session, "robins") == "robins"
        save_point(session, PointDraft("stage", "Stage", "one_door", area="hall"), occasion=occasion())
        save_point(session, PointDraft("robins", "Red robins", "one_door"), occasion=occasion())
        assert points_of_areas(session) == {"robins": ["robins"], "hall": ["stage"]}
        assert session.get(Area, "robins").name == "Red robins"  # type: ignore[union-attr]
        assert phone_free_areas(session) == ["Hall"]
        with pytest.raises(NotFound):
            save_point(session, PointDraft("attic", "Attic", "one_door", area="nowhere"), occasion=occasion())


def test_an_areas_name_is_its_own_and_its_edition_is_compared(school: Database, occasion: AT) -> None:
    with school.write() as session:
        with pytest.raises(Conflict):
            save_area(session, "other", "hall", phone_free=False, if_match=None, occasion=occasion())
        with pytest.raises(ChangedMeanwhile):
            save_area(session, "hall", "Big hall", phone_free=False, if_match='"9"', occasion=occasion())
        assert free_area_id(session, "Hall") == "hall-2"
        assert free_area_id(session, "Écoute!") == "coute"
        assert free_area_id(session, "日本") == "area"


def test_an_import_brings_areas_and_a_timetable_that_is_live_at_once(database: Database, occasion: AT) -> None:
    content = {
        "areas": [{"id": "robins", "name": "Robins"}, {"id": "hall", "name": "Hall", "phone_free": True}],
        "points": [{"id": "robins", "name": "Robins", "kind": "one_door", "area": "robins"}],
        "timetable": document_of(a_timetable()),
    }
    for _ in range(2):  # the same file again changes nothing
        with database.write() as session:
            import_school(session, parse_body(SchoolBody, content), occasion=occasion())
    with database.read() as session:
        assert len(dated_blocks(session, "robins", TUESDAY, TUESDAY)) == 3
        assert session.scalar(select(func.count()).select_from(TimetableVersion)) == 1


def test_an_import_with_a_wrong_timetable_keeps_nothing(database: Database, occasion: AT) -> None:
    wrong = {**document_of(a_timetable()), "closures": [{"name": "x", "first": "2027-13-01"}]}
    content = {"areas": [{"id": "robins", "name": "Robins"}], "timetable": wrong}
    with pytest.raises(Refused) as refused, database.write() as session:
        import_school(session, parse_body(SchoolBody, content), occasion=occasion())
    assert refused.value.field == "timetable.closures[0].first"
    with database.read() as session:
        assert session.get(Area, "robins") is None
