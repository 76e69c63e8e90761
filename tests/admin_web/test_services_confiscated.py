"""Clause 24: a release needs an open hold and two are impossible; clause 26: no more of a pupil is kept."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_web.database.confiscated import ConfiscatedPhone
from admin_web.database.engine import Database, open_database
from admin_web.database.events import Event, EventPrivate
from admin_web.database.migrate import upgrade_tables
from admin_web.database.schema import METADATA
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, MatchMissing, NotFound, Refused
from admin_web.queries.confiscated import read_held, read_released
from admin_web.services.confiscated import RELATIONSHIPS, HoldDraft, hold_phone, release_phone
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.school import found_school

AT = Callable[[], Occasion]
DRAFT: dict[str, str] = {
    "school_class": "Robins",
    "initials": "J. B.",
    "description": "black, cracked corner",
    "slot": "Drawer 3",
    "staff": "joanne",
}


def staff(database: Database, at: Occasion) -> None:
    with database.write() as session:
        save_person(session, "joanne", PersonDraft("Joanne Birtles", "classroom"), if_match=None, occasion=at)
        save_person(session, "leanne", PersonDraft("Leanne Fothergill", "office"), if_match=None, occasion=at)


@pytest.fixture
def school(database: Database, occasion: AT) -> Database:
    """A teacher and somebody in the office."""
    staff(database, occasion())
    return database


def hold(database: Database, at: Occasion, **more: str) -> int:
    with database.write() as session:
        return hold_phone(session, HoldDraft(**{**DRAFT, **more}), occasion=at).id


def release(database: Database, at: Occasion, number: int, **more: Any) -> None:
    with database.write() as session:
        release_phone(
            session,
            number,
            more.get("relationship", "parent"),
            more.get("staff", "leanne"),
            if_match=more.get("if_match", '"1"'),
            occasion=at,
        )


def test_clause_24_a_phone_is_held_and_released_with_relationship_and_staff_member(
    school: Database, occasion: AT
) -> None:
    number = hold(school, occasion())
    release(school, occasion(), number)
    with school.read() as session:
        assert read_held(session) == []
        (phone,) = read_released(session)
    assert (phone.initials, phone.school_class, phone.slot) == ("J. B.", "Robins", "Drawer 3")
    assert (phone.held_by, phone.released_by, phone.relationship) == ("Joanne Birtles", "Leanne Fothergill", "Parent")


def test_clause_24_a_release_needs_an_open_hold(school: Database, occasion: AT) -> None:
    with pytest.raises(NotFound):
        release(school, occasion(), 1)
    number = hold(school, occasion())
    release(school, occasion(), number)
    for etag in ('"1"', '"2"', "*", None):
        with pytest.raises(Conflict, match="has been released already"):
            release(school, occasion(), number, if_match=etag, relationship="carer")
    with school.read() as session:
        assert read_released(session)[0].relationship == "Parent"


@pytest.mark.parametrize("etag", ['"2"', '"0"', "x"])
def test_a_release_says_which_edition_it_releases(school: Database, occasion: AT, etag: str) -> None:
    number = hold(school, occasion())
    with pytest.raises(ChangedMeanwhile):
        release(school, occasion(), number, if_match=etag)
    with pytest.raises(MatchMissing):
        release(school, occasion(), number, if_match=None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"relationship": ""}, "relationship"),
        ({"relationship": "a stranger"}, "relationship"),
        ({"staff": ""}, "staff"),
        ({"staff": "nobody"}, "staff"),
    ],
)
def test_a_release_without_relationship_or_staff_keeps_the_phone(
    school: Database, occasion: AT, change: dict[str, str], field: str
) -> None:
    number = hold(school, occasion())
    with pytest.raises(Refused) as refused:
        release(school, occasion(), number, **change)
    assert refused.value.field == field
    with school.read() as session:
        assert len(read_held(session)) == 1


def test_one_place_holds_one_phone_until_it_is_released(school: Database, occasion: AT) -> None:
    number = hold(school, occasion())
    with pytest.raises(Conflict, match=f"number {number}") as refused:
        hold(school, occasion(), slot="drawer 3")
    assert refused.value.field == "slot"
    release(school, occasion(), number)
    hold(school, occasion(), slot="drawer 3")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"initials": "Jamie Barnes"}, "initials"),
        ({"initials": "Jamie"}, "initials"),
        ({"initials": "12"}, "initials"),
        ({"initials": ". ."}, "initials"),
        ({"initials": ""}, "initials"),
        ({"school_class": " "}, "school_class"),
        ({"school_class": "x" * 41}, "school_class"),
        ({"description": "x" * 81}, "description"),
        ({"description": "black\u202ekcalb"}, "description"),
        ({"slot": ""}, "slot"),
        ({"staff": "nobody"}, "staff"),
    ],
)
def test_a_hold_that_cannot_be_right_is_refused_at_its_field(
    school: Database, occasion: AT, change: dict[str, str], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        hold(school, occasion(), **change)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("initials", "says"),
    [
        (" ", "The initials are empty."),
        ("Jamie Barnes", "Those are not initials."),
        ("x" * 201, "The initials are 201 characters long."),
    ],
)
def test_what_is_wrong_with_initials_is_said_in_the_plural(
    school: Database, occasion: AT, initials: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        hold(school, occasion(), initials=initials)
    assert refused.value.error == says


@pytest.mark.parametrize("initials", ["JB", "j.b.", "Ś. Ó.", "م", "J-P L"])
def test_initials_of_any_letters_are_kept(school: Database, occasion: AT, initials: str) -> None:
    assert hold(school, occasion(), initials=initials, description="<i>blue</i> 🦄 & pink")


OF_NO_PUPIL = {
    "reception_settings.telephone",
    "visit.image_permission",
    "expected_visit.image_permission",
    "expected_visit.image_permission_by",
    "expected_visit.image_permission_at",
}
"""The school's own number; that the headteacher lets an adult take pictures (clause 3)."""


def test_clause_26_no_table_keeps_more_of_a_pupil_than_class_initials_and_description() -> None:
    allowed = {"id", "school_class", "initials", "description", "slot", "etag"}
    staff_and_times = {"held_by", "held_at", "entered_by", "relationship", "released_by", "released_at"}
    columns = set(METADATA.tables["confiscated_phone"].columns.keys())
    assert columns == allowed | staff_and_times | {"release_entered_by"}
    words = (
        "pupil",
        "child",
        "parent",
        "carer",
        "guardian",
        "birth",
        "consent",
        "image",
        "family",
        "telephone",
        "email",
    )
    for table in METADATA.sorted_tables:
        assert not any(word in table.name for word in words), table.name
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            assert name in OF_NO_PUPIL or not any(word in column.name for word in words), name
            is_of_a_pupil = column.name in {"initials", "school_class"}
            assert not is_of_a_pupil or table.name == "confiscated_phone"


def test_no_event_and_no_audit_row_says_anything_of_a_pupil(school: Database, occasion: AT) -> None:
    number = hold(school, occasion(), initials="QX", description="turquoise", school_class="Kingfishers")
    release(school, occasion(), number)
    with school.read() as session:
        rows = session.execute(select(Event.type, Event.body, EventPrivate.private).join(EventPrivate)).all()
        told = [row for row in rows if row.type.startswith("confiscated.")]
        assert len(told) == 2
        for row in told:
            assert not any(word in row.body + row.private for word in (b"QX", b"turquoise", b"Kingfishers", b"parent"))


RELEASES = """
import sys
from datetime import UTC, datetime
from admin_web.database.engine import open_database
from admin_web.errors import Refused
from admin_web.services.actor import CONSOLE
from admin_web.services.confiscated import release_phone
from admin_web.services.occasion import Occasion
from policy.clock import ClockQuality, Moment
database = open_database(sys.argv[1])
with database.read():
    pass
now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
at = Occasion(CONSOLE, Moment(now, ClockQuality.SYNCED, 1), now)
print("ready", flush=True)
sys.stdin.readline()
for number in range(1, int(sys.argv[2]) + 1):
    try:
        with database.write() as session:
            release_phone(session, number, "parent", "leanne", if_match="*", occasion=at)
        print(number, "released", flush=True)
    except Refused as refused:
        print(number, type(refused).__name__, flush=True)
"""
PHONES, PROCESSES = 12, 3


@pytest.fixture(params=["sqlite", "postgresql"])
def raced(request: pytest.FixtureRequest, tmp_path: Any, occasion: AT) -> Iterator[tuple[Database, str]]:
    """A school on each engine with phones that are held."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'raced.db'}" if sqlite else str(request.getfixturevalue("new_postgres"))
    database = open_database(url)
    upgrade_tables(database)
    with database.write() as session:
        found_school(session, "ashgrove", "Ashgrove Primary", event_key=bytes(32), now=occasion().now)
    staff(database, occasion())
    for number in range(1, PHONES + 1):
        assert hold(database, occasion(), slot=f"Drawer {number}") == number
    yield database, url
    database.close()


def test_clause_24_two_releases_are_impossible_whatever_several_processes_do(raced: tuple[Database, str]) -> None:
    database, url = raced
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", RELEASES, url, str(PHONES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    answers: Counter[str] = Counter()
    for program in programs:
        said, wrong = program.communicate(timeout=120)
        assert program.returncode == 0, wrong
        answers.update(said.splitlines())
    _each_was_released_once(database, answers)


def test_clause_24_two_releases_are_impossible_whatever_several_threads_do(
    raced: tuple[Database, str], occasion: AT
) -> None:
    database, _ = raced
    together = threading.Barrier(PROCESSES, timeout=60)
    answers: Counter[str] = Counter()
    at = occasion()

    def run() -> None:
        for number in range(1, PHONES + 1):
            together.wait()
            try:
                release(database, at, number)
                answers[f"{number} released"] += 1
            except Refused as refused:
                answers[f"{number} {type(refused).__name__}"] += 1

    threads = [threading.Thread(target=run) for _ in range(PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _each_was_released_once(database, answers)


def _each_was_released_once(database: Database, answers: Counter[str]) -> None:
    for number in range(1, PHONES + 1):
        assert answers[f"{number} released"] == 1, answers
        assert answers[f"{number} Conflict"] == PROCESSES - 1, answers
    with database.read() as session:
        released = select(func.count()).select_from(Event).where(Event.type == "confiscated.released.v1")
        assert session.scalar(released) == PHONES
        assert session.scalars(select(ConfiscatedPhone.etag).distinct()).all() == [2]


def test_every_relationship_fits_its_column() -> None:
    assert all(len(code) <= 24 for code in RELATIONSHIPS)


def test_the_statement_alone_lets_a_phone_leave_once(school: Database, occasion: AT) -> None:
    """Even a writer that had read the hold before somebody else's release could not release it again."""
    number = hold(school, occasion())
    with school.write() as session:
        read_before = session.get_one(ConfiscatedPhone, number)
        session.connection().exec_driver_sql("UPDATE confiscated_phone SET released_at = 1")
        with pytest.raises(Conflict):
            release_phone(session, number, "parent", "leanne", if_match="*", occasion=occasion())
        assert read_before.relationship is None


def test_a_hold_that_is_invalid_saves_nothing(school: Database, occasion: AT) -> None:
    with pytest.raises(Invalid):
        hold(school, occasion(), initials="Jamie Barnes")
    with school.read() as session:
        assert session.scalar(select(func.count()).select_from(ConfiscatedPhone)) == 0
