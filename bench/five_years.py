"""A school far larger and older than any infant school: 500 people at 60 places, permissions of five years.

Rows are written past the services, in bulk; nothing but measurements uses this.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import insert
from sqlalchemy.orm import Session

from admin_web.database.engine import open_database
from admin_web.database.migrate import upgrade_tables
from admin_web.database.people import Badge, BadgePerson, DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.database.permissions import PermissionGiven, PermissionPerson
from admin_web.database.restrictions import RestrictionMade
from admin_web.services.actor import CONSOLE
from admin_web.services.occasion import Occasion
from admin_web.services.points import PointDraft, add_device, save_point
from admin_web.services.restricted import save_restricted_times
from admin_web.services.school import found_school
from policy.clock import ClockQuality, Moment
from policy.rules import PointKind, Span
from policy.timetable import BlockRow

PEOPLE, POINTS, YEARS = 500, 60, 5
LEADERS, COVER, A_YEAR = 30, 20, 20
"""Badges of SLT and office, of the cover pool, and permissions a person is given in a year."""
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
GROUPS = ("classroom", "agency", "student", "catering", "cleaning")
BLOCKS = (
    ("Breakfast club in the dining room", 460, 525, ()),
    ("Lessons and phonics of the morning", 530, 720, ((630, 645),)),
    ("Lessons of the afternoon", 780, 915, ((850, 860),)),
    ("After-school club and choir", 915, 1080, ()),
)


def reference(name: str) -> str:
    """A badge reference that looks like a real one."""
    return "1:" + hashlib.sha256(name.encode()).hexdigest()


def person_id(number: int) -> str:
    """Ids as long as random ones are."""
    return f"person-{number:04d}-" + hashlib.sha256(str(number).encode()).hexdigest()[:12]


@contextmanager
def open_school(seed: int) -> Iterator[Session]:
    """Found the school in a temporary directory and give a session on it."""
    with TemporaryDirectory(prefix="phonekeep-bench-") as directory:
        database = open_database(f"sqlite:///{Path(directory) / 'central.db'}")
        upgrade_tables(database)
        moment = Moment(NOW, ClockQuality.SYNCED, 1)
        with database.write() as session:
            found_school(session, "bench", "A large school", event_key=bytes(32), now=moment)
        with database.write() as session:
            _fill(session, Random(seed), Occasion(CONSOLE, moment, NOW))
        with database.read() as session:
            yield session
        database.close()


def _fill(session: Session, random: Random, occasion: Occasion) -> None:
    points = [f"room-{number:02d}" for number in range(POINTS)]
    for point in points:
        save_point(session, PointDraft(point, point.title(), PointKind.ONE_DOOR, 1), occasion=occasion)
        add_device(session, point, point, event_key=bytes(32), certificate_serial="bench", occasion=occasion)
    rows = tuple(
        BlockRow(weekday, None, Span(start, end), name, tuple(Span(*hole) for hole in breaks))
        for weekday in range(5)
        for name, start, end, breaks in BLOCKS
    )
    for point in points:
        save_restricted_times(session, point, rows, if_match="*", occasion=occasion)
    _people(session, points)
    _permissions(session, random)
    session.add(
        RestrictionMade(
            scope="group", group="agency", breaks=True, permissions=True, approvals=True, reason="event",
            starts=NOW - timedelta(days=1), generation=1, number=1, made_by="account:1", made_at=NOW,
        )
    )  # fmt: skip


def _people(session: Session, points: list[str]) -> None:
    begun = NOW - timedelta(days=365 * YEARS)
    ids = [person_id(number) for number in range(PEOPLE)]
    group = {id: "SLT" if place < LEADERS else GROUPS[place % len(GROUPS)] for place, id in enumerate(ids)}
    session.execute(insert(Person), [{"id": id, "name": f"Person {id}", "group": group[id]} for id in ids])
    hours = [{"person_id": id, "weekday": day, "start": 480, "end": 990} for id in ids for day in range(5)]
    session.execute(insert(WorkingHours), hours)
    badges = [{"reference": reference(id), "added_at": begun, "cover": False} for id in ids]
    pool = [{"reference": reference(f"cover {n}"), "added_at": begun, "cover": True} for n in range(COVER)]
    session.execute(insert(Badge), badges + pool)
    session.execute(insert(BadgePerson), [{"badge": reference(id), "person_id": id, "starts": begun} for id in ids])
    home = {id: points[place % POINTS] for place, id in enumerate(ids)}
    session.execute(insert(PersonPoint), [{"person_id": id, "point_id": home[id], "starts": begun} for id in ids])
    session.execute(
        insert(DeclaredState),
        [
            {
                "point_id": home[id], "holder": id, "badge": reference(id), "state": "in", "slot": 1,
                "at": NOW - timedelta(hours=1), "sequence": 1,
            }
            for id in ids
        ],
    )  # fmt: skip


def _permissions(session: Session, random: Random) -> None:
    """Give everybody permissions of every kind, most of them long over, some running, some ahead."""
    given, people = [], []
    for number in range(PEOPLE * A_YEAR * YEARS):
        starts = NOW - timedelta(minutes=random.randint(-30 * 1440, 365 * YEARS * 1440))
        id = f"perm-{number:08x}"
        given.append(
            {
                "id": id, "kind": random.choice(("trip", "site_team", "adjustment")), "purpose": "swimming",
                "everywhere": True, "starts": starts, "ends": starts + timedelta(minutes=random.randint(60, 3000)),
                "generation": 1, "number": 1, "granted_by": "account:1", "granted_at": starts,
            }
        )  # fmt: skip
        people.append({"permission_id": id, "person_id": person_id(random.randrange(PEOPLE))})
    session.execute(insert(PermissionGiven), given)
    session.execute(insert(PermissionPerson), people)
