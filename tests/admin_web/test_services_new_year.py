"""Leavers and a new academic year: one list, previewed, saved as a whole or not at all."""

import hashlib
from collections.abc import Callable

import pytest

from admin_web.database.engine import Database
from admin_web.errors import ChangedMeanwhile, Conflict
from admin_web.queries.new_year import csv_of, present_rows, preview, rows_of_csv
from admin_web.queries.people import read_people, read_person
from admin_web.services.days import say_going_home
from admin_web.services.links import PointChoice
from admin_web.services.new_year import change_year
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person

Make = Callable[[], Occasion]


def badge_of(person: str) -> str:
    """The reference of somebody's badge, as the fixture `rooms` gave it."""
    return f"1:{hashlib.sha256(person.encode()).hexdigest()}"


LIST = """name,leaves,group,places
Amara Osei,,classroom,Wrens
Bilal Hussain,yes,,
Ioana Marinescu,,catering,"Kitchen, locker 5"
"""


def test_what_is_there_written_out_and_read_back_changes_nothing(rooms: Database) -> None:
    with rooms.read() as session:
        rows, problems = rows_of_csv(session, csv_of(present_rows(session)))
        found = preview(session, rows)
    assert (problems, found.problems, found.changes) == ((), (), ())
    assert found.staying == 6


def test_a_list_is_carried_out_as_a_whole_and_who_is_not_in_it_stays(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        rows, problems = rows_of_csv(session, LIST)
        assert problems == ()
        found = preview(session, rows)
        assert found.leaving == ("Bilal Hussain",)
        assert found.moving == (
            "Amara Osei: from Robins to Wrens",
            "Ioana Marinescu: from Kitchen, locker 4 to Kitchen, locker 5",
        )
        done = change_year(session, found.changes, occasion=occasion())
        assert (done.left, done.changed) == (1, 2)
        assert [person.id for person in read_people(session)] == [
            "amara-osei", "ioana-marinescu", "kwame-asante", "mei-ling-cho", "patrick-devlin",
        ]  # fmt: skip
        assert [place.point for place in read_person(session, "amara-osei").places] == ["wrens"]
        assert len(read_person(session, "amara-osei").badges) == 1


def test_two_people_swap_their_lockers(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        other = PersonDraft("Grace Adeyemi", "catering", (badge_of("grace"),), (PointChoice("kitchen", 2),))
        save_person(session, "grace-adeyemi", other, if_match=None, occasion=occasion())
        text = (
            "name\tleaves\tgroup\tplaces\n"
            "Grace Adeyemi\t\tcatering\tKitchen, locker 4\n"
            "Ioana Marinescu\t\tcatering\tKitchen, locker 2\n"
        )
        change_year(session, preview(session, rows_of_csv(session, text)[0]).changes, occasion=occasion())
        assert [place.slot for place in read_person(session, "grace-adeyemi").places] == [4]
        assert [place.slot for place in read_person(session, "ioana-marinescu").places] == [2]


def test_names_mean_the_same_in_small_letters_and_with_other_spaces(rooms: Database) -> None:
    text = """Name,Leaves,Group,Places
amara  OSEI,,Classroom, wrens
 bilal hussain ,YES,,
ioana marinescu,,CATERING,"kitchen,  Locker 5"
"""
    with rooms.read() as session:
        rows, problems = rows_of_csv(session, text)
        found = preview(session, rows)
    assert (problems, found.problems, found.leaving) == ((), (), ("Bilal Hussain",))
    assert [change.points for change in found.changes if not change.leaves] == [
        (PointChoice("wrens"),),
        (PointChoice("kitchen", 5),),
    ]
    assert found.moving == (
        "Amara Osei: from Robins to Wrens",
        "Ioana Marinescu: from Kitchen, locker 4 to Kitchen, locker 5",
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Amara Osi,,classroom,Robins", "Line 2: “Amara Osi” is nobody here. Did you mean Amara Osei?"),
        ("Amara Osei,,classroom,Wren", "Amara Osei: “Wren” is not a place. Did you mean Wrens?"),
        ("Amara Osei,perhaps,classroom,Wrens", "Line 2: “perhaps” says neither yes nor no."),
        ("Amara Osei,,clasroom,Robins", "Amara Osei: “clasroom” is not a staff group. Did you mean classroom?"),
        ("Amara Osei,,catering,Kitchen", "Amara Osei: Kitchen is a locker bank: write “Kitchen, locker 1”."),
        ("Amara Osei,,classroom,Robins\nAmara Osei,,classroom,Wrens", "Line 3: Amara Osei stands twice."),
    ],
)
def test_a_line_that_cannot_be_is_said_with_its_number_and_what_was_meant(
    rooms: Database, line: str, says: str
) -> None:
    with rooms.read() as session:
        rows, problems = rows_of_csv(session, f"name,leaves,group,places\n{line}\n")
        found = preview(session, rows)
    assert [problem.error for problem in (*problems, *found.problems)] == [says]


def test_a_list_without_its_columns_is_refused(rooms: Database) -> None:
    with rooms.read() as session:
        assert rows_of_csv(session, "who,where\nAmara Osei,Robins")[1][0].error.endswith("name, leaves, group, places.")
        assert rows_of_csv(session, "")[1] != ()


def test_a_list_made_before_somebody_else_changed_a_person_saves_nothing(rooms: Database, occasion: Make) -> None:
    with rooms.read() as session:
        changes = preview(session, rows_of_csv(session, LIST)[0]).changes
    with rooms.write() as session:
        draft = PersonDraft("Ioana Marinescu", "catering", (badge_of("ioana-marinescu"),))
        save_person(session, "ioana-marinescu", draft, if_match="*", occasion=occasion())
    with pytest.raises(ChangedMeanwhile, match="Ioana Marinescu"), rooms.write() as session:
        change_year(session, changes, occasion=occasion())
    with rooms.read() as session:
        assert read_person(session, "bilal-hussain").ended_at is None
        assert [place.point for place in read_person(session, "amara-osei").places] == ["robins"]


def test_a_locker_that_somebody_keeps_is_refused_and_nothing_is_half_saved(rooms: Database, occasion: Make) -> None:
    text = 'name,leaves,group,places\nAmara Osei,,catering,"Kitchen, locker 4"\nBilal Hussain,yes,,\n'
    with rooms.read() as session:
        changes = preview(session, rows_of_csv(session, text)[0]).changes
    with pytest.raises(Conflict) as refused, rooms.write() as session:
        change_year(session, changes, occasion=occasion())
    assert refused.value.field == "rows[0]"
    with rooms.read() as session:
        assert read_person(session, "bilal-hussain").ended_at is None


def test_what_is_said_of_a_day_does_not_stand_in_the_way_of_a_new_year(rooms: Database, occasion: Make) -> None:
    with rooms.write() as session:
        changes = preview(session, rows_of_csv(session, LIST)[0]).changes
        say_going_home(session, "amara-osei", occasion=occasion())
        change_year(session, changes, occasion=occasion())
