"""A school's database for every test of the office: SQLite, or PostgreSQL (tests/conftest.py)."""

import hashlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from admin_web.access import Role
from admin_web.database.engine import Database, open_database
from admin_web.database.migrate import upgrade_tables
from admin_web.services.actor import Actor
from admin_web.services.links import PointChoice
from admin_web.services.occasion import Occasion
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.points import PointDraft, add_device, save_point
from admin_web.services.school import found_school
from policy.clock import ClockQuality, Moment

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands until a test moves it; both the school's and the machine's time."""

    def __init__(self) -> None:
        self.utc = MONDAY
        self.boottime_ns = 1_000_000_000

    def now(self) -> Moment:
        return Moment(self.utc, ClockQuality.SYNCED, self.boottime_ns)

    def machine_now(self) -> datetime:
        return self.utc

    def advance(self, **parts: float) -> None:
        self.utc += timedelta(**parts)
        self.boottime_ns += int(timedelta(**parts).total_seconds() * 1e9)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database of the kind PHONEKEEP_TEST_DATABASE names: `sqlite` (default) or `postgresql`."""
    if os.environ.get("PHONEKEEP_TEST_DATABASE") == "postgresql":
        return str(request.getfixturevalue("new_postgres"))
    return f"sqlite:///{tmp_path / 'central.db'}"


@pytest.fixture
def empty_database(database_url: str) -> Iterator[Database]:
    """An opened database without any tables."""
    database = open_database(database_url)
    yield database
    database.close()


@pytest.fixture
def database(empty_database: Database, clock: ManualClock) -> Database:
    """The database of the school `ashgrove`, as `phonekeep-admin init` leaves it: no points, people or accounts."""
    upgrade_tables(empty_database)
    with empty_database.write() as session:
        found_school(session, "ashgrove", "Ashgrove Primary", event_key=bytes(32), now=clock.now())
    return empty_database


@pytest.fixture
def occasion(clock: ManualClock) -> Callable[[], Occasion]:
    """Makes the occasion of a change by the headteacher, at the clock's time."""

    def make() -> Occasion:
        return Occasion(Actor.account(1, Role.HEADTEACHER, "Ruth Ashcombe"), clock.now(), clock.machine_now())

    return make


@pytest.fixture
def rooms(database: Database, occasion: Callable[[], Occasion]) -> Database:
    """A school with three places, their devices, and six people with a badge each."""
    with database.write() as session:
        for id, name, kind, slots in (
            ("robins", "Robins", "one_door", 1),
            ("wrens", "Wrens", "one_door", 1),
            ("kitchen", "Kitchen", "bank", 6),
        ):
            save_point(session, PointDraft(id, name, kind, slots), occasion=occasion())
            add_device(session, id, id, event_key=bytes(32), certificate_serial="1", occasion=occasion())
        for id, name, group, point in (
            ("amara-osei", "Amara Osei", "classroom", PointChoice("robins")),
            ("bilal-hussain", "Bilal Hussain", "classroom", PointChoice("wrens")),
            ("patrick-devlin", "Patrick Devlin", "site team", PointChoice("robins")),
            ("ioana-marinescu", "Ioana Marinescu", "catering", PointChoice("kitchen", 4)),
            ("mei-ling-cho", "Mei-Ling Cho", "office", None),
            ("kwame-asante", "Kwame Asante", "SLT", None),
        ):
            draft = PersonDraft(name, group, (badge_of(id),), () if point is None else (point,))
            save_person(session, id, draft, if_match=None, occasion=occasion())
    return database


def badge_of(person: str) -> str:
    """The reference of somebody's badge."""
    return f"1:{hashlib.sha256(person.encode()).hexdigest()}"
