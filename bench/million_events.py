"""A school with a million events in its access log: 40 people, 12 places, skewed as schools are; made in a minute.

Rows are written past the services, in bulk, as what ingest would have stored; nothing but measurements uses this.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from admin_web.access import Role
from admin_web.clock import SystemClock
from admin_web.database.engine import open_database
from admin_web.database.migrate import upgrade_tables
from admin_web.services.accounts import AccountDraft, create_account
from admin_web.services.actor import CONSOLE
from admin_web.services.links import PointChoice
from admin_web.services.occasion import Occasion
from admin_web.services.passwords import hash_password
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.points import PointDraft, add_device, save_point
from admin_web.services.school import found_school

PEOPLE, POINTS = 40, 12
SIGN_IN, PASSWORD = "r.ashcombe", "four unrelated words here"
MS = timedelta(milliseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = (("put_in", 46), ("take_out", 44), ("refused", 8), ("no_phone", 1.5), ("put_in_repeated", 0.5))
"""Kinds of rows with their weights; `fault`, `door` and the others do not occur at all."""


def make_school(data: Path, events: int, seed: int) -> None:
    """Found a school in `data` with a headteacher's account, and give it `events` events with a row each."""
    data.mkdir(parents=True, exist_ok=True)
    file = data / "central.db"
    _found(file)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN IMMEDIATE")
    first = connection.execute("SELECT last_event_id FROM central_counter").fetchone()[0] + 1
    random = Random(seed)
    for start in range(0, events, 20_000):
        rows = list(_rows(random, first + start, min(20_000, events - start), start, events))
        connection.executemany("INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", [row[0] for row in rows])
        connection.executemany("INSERT INTO event_private VALUES (?,?,?,NULL)", [row[1] for row in rows])
        connection.executemany("INSERT INTO log_row VALUES (?,?,?,?,?,?)", [row[2] for row in rows])
    connection.execute("UPDATE central_counter SET last_event_id = ?", (first + events - 1,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _found(file: Path) -> None:
    database = open_database(f"sqlite:///{file}")
    upgrade_tables(database)
    now = SystemClock().now()
    occasion = Occasion(CONSOLE, now, now.utc)
    with database.write() as session:
        found_school(session, "ashgrove", "Ashgrove Primary", event_key=bytes(32), now=now)
        for number in range(POINTS):
            point = f"room-{number}"
            save_point(session, PointDraft(point, f"Room {number}", "one_door"), occasion=occasion)
            add_device(session, point, point, event_key=bytes(32), certificate_serial=str(number), occasion=occasion)
        for number in range(PEOPLE):
            points = tuple(PointChoice(f"room-{point}") for point in sorted({*_points_of(number)}))
            draft = PersonDraft(f"Person {number}", "classroom", (_badge(number),), points)
            save_person(session, f"person-{number}", draft, if_match=None, occasion=occasion)
        create_account(
            session,
            AccountDraft("Ruth Ashcombe", SIGN_IN, Role.HEADTEACHER),
            hash_password(PASSWORD),
            occasion=occasion,
        )
    database.close()


def _rows(
    random: Random, first_id: int, count: int, start: int, events: int
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...]]]:
    """Give for each event its own row, its private part's and the log's; times rise over two years up to now."""
    begun = datetime.now(UTC) - timedelta(days=730)
    step = timedelta(days=730) / events
    people = range(PEOPLE)
    weights = [1 / (1 + person) for person in people]
    kinds = [kind for kind, _ in KINDS]
    shares = [share for _, share in KINDS]
    for offset, (person, kind) in enumerate(
        zip(random.choices(people, weights, k=count), random.choices(kinds, shares, k=count), strict=True)
    ):
        id = first_id + offset
        at = begun + step * (start + offset) + timedelta(milliseconds=random.randrange(2000))
        points = _points_of(person)
        point = f"room-{points[0] if random.random() < 0.9 else points[-1]}"
        sequence = start + offset + 1
        yield _event(id, point, sequence, kind, person, at)


def _event(
    id: int, point: str, sequence: int, kind: str, person: int, at: datetime
) -> tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...]]:
    type, data, reason = _told(kind, point, sequence)
    time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    epoch = "00112233445566aa"
    body = json.dumps(
        {
            "specversion": "1.0",
            "id": f"{point}/{epoch}/{sequence}",
            "source": f"phonekeep/ashgrove/{point}",
            "type": f"uk.phonekeep.{type}",
            "time": time,
            "epoch": epoch,
            "sequence": str(sequence),
            "boot": "1",
            "monotonic": str(sequence * 1_000_000),
            "clock": "synced",
            "rules": "1.42",
            "prev": "0" * 64,
            "commitment": "1" * 64,
            "data": data,
        },
        separators=(",", ":"),
    ).encode()
    private = {"badge": _badge(person), "person": f"person-{person}", "slot": 1, "reason": reason, "clause": "12"}
    if kind == "refused":
        private |= {"block": {"name": "Lessons", "from": time, "until": time}, "next_allowed": time}
    milliseconds = (at - EPOCH) // MS
    leaf = hashlib.sha256(body).digest()
    return (
        (id, point, epoch, sequence, type, point, sequence, body, leaf, milliseconds, "exact", milliseconds),
        (id, json.dumps(private, separators=(",", ":")).encode(), bytes(16)),
        (id, milliseconds, kind, kind == "refused", f"person-{person}", point),
    )


def _told(kind: str, point: str, sequence: int) -> tuple[str, dict[str, object], str]:
    if kind == "refused":
        return "tap.refused.v1", {"point": point}, "restricted"
    if kind == "put_in_repeated":
        return "put_in.repeated.v1", {"point": point, "tap": str(sequence)}, "put_in"
    reason = "outside_formal_time" if kind == "take_out" else kind
    return "tap.granted.v1", {"point": point, "intent": kind, "opens": True}, reason


def _points_of(person: int) -> tuple[int, ...]:
    """Where somebody keeps a phone: low rooms have many, the last room has nobody."""
    return (person * person % (POINTS - 1) % (1 + person % 7), person % (POINTS - 1))


def _badge(person: int) -> str:
    return "1:" + hashlib.sha256(f"badge {person}".encode()).hexdigest()
