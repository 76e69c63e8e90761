"""Restricted times of a point are replaced as a whole, checked by the policy, and have an edition from the start."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.restricted import RestrictedBlock, RestrictedBreak
from admin_web.errors import ChangedMeanwhile, Invalid, MatchMissing, NotFound, Refused
from admin_web.rules.blocks import block_rows
from admin_web.services.bodies import RestrictedBody, block_rows_of, blocks_json, parse_body
from admin_web.services.occasion import Occasion
from admin_web.services.points import PointDraft, save_point
from admin_web.services.restricted import require_times, save_restricted_times
from admin_web.services.revision import current_revision
from policy.rules import Span
from policy.timetable import BlockRow

AT = Callable[[], Occasion]
LESSONS = BlockRow(0, None, Span(530, 930), "Lessons", (Span(630, 645), Span(720, 780)))
TRIP = BlockRow(None, date(2026, 12, 4), Span(600, 700), "Rehearsal")


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """Robins, without restricted times yet."""
    with database.write() as session:
        save_point(session, PointDraft("robins", "Robins", "one_door"), occasion=occasion())
    return database


def save(database: Database, rows: tuple[BlockRow, ...], at: Occasion, if_match: str | None) -> int:
    with database.write() as session:
        return save_restricted_times(session, "robins", rows, if_match=if_match, occasion=at).etag


def stored(database: Database) -> tuple[BlockRow, ...]:
    with database.read() as session:
        return block_rows(session, "robins")


def test_every_point_has_an_edition_from_the_start(school: Database) -> None:
    with school.read() as session:
        assert require_times(session, "robins").etag == 1
        for missing in ("wrens", "a\x00b"):
            with pytest.raises(NotFound):
                require_times(session, missing)


def test_rows_are_replaced_as_a_whole_and_raise_edition_and_revision(school: Database, occasion: AT) -> None:
    with school.read() as session:
        before = current_revision(session)
    assert save(school, (LESSONS, TRIP), occasion(), '"1"') == 2
    assert set(stored(school)) == {LESSONS, TRIP}
    assert save(school, (TRIP,), occasion(), '"2"') == 3
    assert stored(school) == (TRIP,)
    with school.read() as session:
        assert current_revision(session).number == before.number + 2
        assert session.scalar(select(func.count()).select_from(RestrictedBreak)) == 0
        newest = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        assert (newest.type, newest.point_id) == ("restricted.saved.v1", "robins")


def test_saving_what_is_there_already_changes_nothing(school: Database, occasion: AT) -> None:
    save(school, (LESSONS, TRIP), occasion(), '"1"')
    assert save(school, (TRIP, LESSONS), occasion(), '"2"') == 2


def test_the_edition_must_be_named_and_current(school: Database, occasion: AT) -> None:
    with pytest.raises(MatchMissing):
        save(school, (LESSONS,), occasion(), None)
    save(school, (LESSONS,), occasion(), '"1"')
    with pytest.raises(ChangedMeanwhile):
        save(school, (), occasion(), '"1"')
    assert stored(school) == (LESSONS,)


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ((BlockRow(0, None, Span(530, 930), " "),), "blocks[0].name"),
        ((BlockRow(0, None, Span(530, 930), "x" * 61),), "blocks[0].name"),
        ((BlockRow(0, None, Span(530, 930), "Les\x00sons"),), "blocks[0].name"),
        ((BlockRow(None, None, Span(530, 930), "Lessons"),), "blocks[0].weekday"),
        ((BlockRow(0, None, Span(530, 930), "Lessons", (Span(500, 540),)),), "blocks[0].breaks[0]"),
        ((LESSONS, BlockRow(0, None, Span(900, 960), "Club")), "blocks[1]"),
    ],
)
def test_rows_the_policy_refuses_are_not_saved(
    school: Database, occasion: AT, rows: tuple[BlockRow, ...], field: str
) -> None:
    save(school, (TRIP,), occasion(), '"1"')
    with pytest.raises(Invalid) as refused:
        save(school, rows, occasion(), '"2"')
    assert refused.value.field == field
    assert stored(school) == (TRIP,)
    with school.read() as session:
        assert session.scalar(select(func.count()).select_from(RestrictedBlock)) == 1


def test_json_becomes_rows_and_rows_the_same_json(school: Database) -> None:
    content = {
        "blocks": [
            {
                "weekday": "mon",
                "from": "08:50",
                "until": "24:00",
                "name": "Lessons",
                "breaks": [{"from": "10:30", "until": "10:45"}],
            },
            {"date": "2026-12-04", "from": "00:00", "until": "11:40", "name": "Rehearsal", "breaks": []},
        ]
    }
    rows = block_rows_of(parse_body(RestrictedBody, content))
    assert rows[0] == BlockRow(0, None, Span(530, 1440), "Lessons", (Span(630, 645),))
    assert rows[1].date == date(2026, 12, 4)
    assert blocks_json(rows) == content


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"weekday": "mon", "until": "10:00", "name": "x"}, "blocks[0].from"),
        ({"weekday": "mon", "from": "8:50", "until": "10:00", "name": "x"}, "blocks[0].from"),
        ({"weekday": "mon", "from": "08:50", "until": "24:01", "name": "x"}, "blocks[0].until"),
        ({"weekday": "mon", "from": "10:00", "until": "10:00", "name": "x"}, "blocks[0].until"),
        ({"weekday": "monday", "from": "09:00", "until": "10:00", "name": "x"}, "blocks[0].weekday"),
        ({"date": "2026-02-30", "from": "09:00", "until": "10:00", "name": "x"}, "blocks[0].date"),
        ({"date": "20261204", "from": "09:00", "until": "10:00", "name": "x"}, "blocks[0].date"),
        ({"weekday": "mon", "from": "09:00", "until": "10:00", "name": 5}, "blocks[0].name"),
        ({"weekday": "mon", "from": "09:00", "until": "10:00", "name": "x", "room": "y"}, "blocks[0].room"),
        (
            {"weekday": "mon", "from": "09:00", "until": "10:00", "name": "x", "breaks": [{"from": "09:10"}]},
            "blocks[0].breaks[0].until",
        ),
        ("lessons", "blocks[0]"),
    ],
)
def test_json_that_cannot_be_right_names_the_field(block: object, field: str) -> None:
    with pytest.raises(Refused) as refused:
        block_rows_of(parse_body(RestrictedBody, {"blocks": [block]}))
    assert (type(refused.value), refused.value.field) == (Invalid, field)


@pytest.mark.parametrize("content", [None, [], "x", {}, {"blocks": None}, {"blocks": {}}, {"blocks": [None]}])
def test_anything_but_such_an_object_is_invalid(content: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_body(RestrictedBody, content)
    assert refused.value.what_to_do
