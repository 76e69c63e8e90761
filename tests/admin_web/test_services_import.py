"""A school is imported from one file, all or nothing, by the same checks as everywhere else."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.people import Badge, BadgePerson, Person, PersonPoint
from admin_web.database.places import Point
from admin_web.errors import Refused
from admin_web.rules.blocks import block_rows
from admin_web.services.bodies import parse_body
from admin_web.services.importing import BEGINNING, SchoolBody, import_school
from admin_web.services.links import slot_holder
from admin_web.services.occasion import Occasion

AT = Callable[[], Occasion]
HOURS = {"mon": [{"from": "06:30", "until": "14:30"}]}


def reference(letter: str) -> str:
    return "1:" + letter * 64


def a_school() -> dict[str, Any]:
    return {
        "points": [
            {"id": "robins", "name": "Robins", "kind": "one_door"},
            {"id": "kitchen", "name": "Kitchen", "kind": "bank", "slots": 6},
        ],
        "people": [
            {
                "id": "p-1",
                "name": "Amara Osei",
                "group": "classroom",
                "badges": [reference("a")],
                "points": [{"id": "robins", "slot": None}],
                "working_hours": HOURS,
            },
            {
                "id": "p-2",
                "name": "Ioana Marinescu",
                "group": "catering",
                "badges": [reference("b")],
                "points": [{"id": "kitchen", "slot": 2}],
                "working_hours": HOURS,
            },
        ],
        "cover_pool": [reference("c")],
        "restricted": {
            "robins": {"blocks": [{"weekday": "mon", "from": "08:50", "until": "12:00", "name": "Lessons"}]}
        },
    }


def bring_in(database: Database, content: dict[str, Any], at: Occasion) -> None:
    school = parse_body(SchoolBody, content)
    with database.write() as session:
        import_school(session, school, occasion=at)


def test_a_staff_group_is_meant_however_it_is_capitalised(database: Database, occasion: AT) -> None:
    content = a_school()
    content["people"][0]["group"], content["people"][1]["group"] = " Site  Team", "slt"
    bring_in(database, content, occasion())
    with database.read() as session:
        assert sorted(session.scalars(select(Person.group))) == ["SLT", "site team"]


def test_a_whole_school_comes_in(database: Database, occasion: AT) -> None:
    bring_in(database, a_school(), occasion())
    with database.read() as session:
        assert set(session.scalars(select(Point.id))) == {"robins", "kitchen"}
        assert slot_holder(session, "kitchen", 2) == "p-2"
        assert session.get_one(Badge, reference("c")).cover
        assert len(block_rows(session, "robins")) == 1
        last = session.scalars(select(Event.type).order_by(Event.id.desc()).limit(1)).one()
        assert last == "school.imported.v1"


def test_the_same_file_again_changes_nothing_and_a_changed_one_only_that(database: Database, occasion: AT) -> None:
    bring_in(database, a_school(), occasion())
    bring_in(database, a_school(), occasion())
    changed = a_school()
    changed["people"] = [{**changed["people"][0], "group": "agency"}]
    bring_in(database, changed, occasion())
    with database.read() as session:
        assert {row.id: (row.group, row.etag) for row in session.scalars(select(Person))} == {
            "p-1": ("agency", 2),
            "p-2": ("catering", 1),
        }


def test_the_first_import_writes_down_what_was_so_before_and_a_later_one_what_is_from_now(
    database: Database, occasion: AT
) -> None:
    first = a_school()
    second = {"people": [first["people"].pop()], "cover_pool": [reference("d")]}
    bring_in(database, first, occasion())
    bring_in(database, second, occasion())
    with database.read() as session:
        starts = {row.badge: row.starts for row in session.scalars(select(BadgePerson))}
        points = {row.person_id: row.starts for row in session.scalars(select(PersonPoint))}
        pool = {row.reference: row.cover_since for row in session.scalars(select(Badge).where(Badge.cover))}
    now = occasion().now.utc
    assert starts == {reference("a"): BEGINNING, reference("b"): now}
    assert points == {"p-1": BEGINNING, "p-2": now}
    assert pool == {reference("c"): BEGINNING, reference("d"): now}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda school: school["points"][1].update(slots=0), "points[1].slots"),
        (lambda school: school["points"][0].update(id="Robins"), "points[0].id"),
        (lambda school: school["people"][1].update(group="cook"), "people[1].group"),
        (lambda school: school["people"][1]["points"][0].update(slot=7), "people[1].points[0].slot"),
        (lambda school: school["people"][1].update(badges=[reference("a")]), "people[1].badges[0]"),
        (lambda school: school["people"][1].pop("id"), "people[1].id"),
        (lambda school: school["cover_pool"].append(reference("a")), "cover_pool[1].badge"),
        (lambda school: school["cover_pool"].append("04a1b2c3d4e580"), "cover_pool[1].badge"),
        (lambda school: school["restricted"]["robins"].update(blocks=3), "restricted.robins.blocks"),
        (lambda school: school["restricted"].update(wrens={"blocks": []}), "restricted.wrens.point"),
        (lambda school: school.update(visitors=[]), "visitors"),
    ],
)  # fmt: skip
def test_one_mistake_keeps_everything_out_and_is_named_by_its_place(
    database: Database, occasion: AT, change: Callable[[dict[str, Any]], None], field: str
) -> None:
    school = a_school()
    change(school)
    with pytest.raises(Refused) as refused:
        bring_in(database, school, occasion())
    assert refused.value.field == field
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Point)) == 0
        assert session.scalar(select(func.count()).select_from(Person)) == 0
