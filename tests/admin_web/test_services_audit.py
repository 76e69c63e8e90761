"""The audit: one row for each look of a person, one row per filter and hour for a token, one for each change."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.services.actor import Actor
from admin_web.services.audit import record_change, record_look
from admin_web.services.occasion import Occasion

AT = Callable[[], Occasion]
TOKEN = Actor.token(4, Role.HEADTEACHER, "Bench")
RUTH = Actor.account(1, Role.HEADTEACHER, "Ruth Ashcombe")


def look(
    database: Database, at: Occasion, actor: Actor, rows: int = 10, person: str | None = None, **asked: Any
) -> None:
    with database.write() as session:
        record_look(session, "access_log", asked, rows, actor=actor, machine_now=at.machine_now, person_id=person)


def audit(database: Database) -> list[tuple[str, str, int, int]]:
    with database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.act == "looked.access_log").order_by(Audit.id))
        return [(row.actor, row.filter, row.rows, row.count) for row in rows]


def test_every_look_of_a_person_is_a_row(database: Database, occasion: AT) -> None:
    look(database, occasion(), RUTH, refused=True)
    look(database, occasion(), RUTH, refused=True)
    assert audit(database) == [("account:1", '{"refused":true}', 10, 1)] * 2


def test_a_token_s_looks_are_counted_by_filter_and_hour(database: Database, occasion: AT, clock: Any) -> None:
    look(database, occasion(), TOKEN, kind="tap", point="robins")
    clock.advance(minutes=59)
    look(database, occasion(), TOKEN, rows=5, point="robins", kind="tap")
    look(database, occasion(), TOKEN, kind="tap")
    look(database, occasion(), Actor.token(5, Role.SLT, "Other"), kind="tap")
    clock.advance(minutes=1)
    look(database, occasion(), TOKEN, kind="tap")
    assert audit(database) == [
        ("token:4", '{"kind":"tap","point":"robins"}', 15, 2),
        ("token:4", '{"kind":"tap"}', 10, 1),
        ("token:5", '{"kind":"tap"}', 10, 1),
        ("token:4", '{"kind":"tap"}', 10, 1),
    ]


def test_a_look_at_one_person_s_record_names_the_person_so_that_they_can_be_told(
    database: Database, occasion: AT
) -> None:
    look(database, occasion(), TOKEN, person="p-1")
    look(database, occasion(), TOKEN, person="p-2")
    look(database, occasion(), TOKEN, person="p-1")
    with database.read() as session:
        rows = session.execute(select(Audit.person_id, Audit.count).order_by(Audit.id)).all()
    assert [tuple(row) for row in rows] == [("p-1", 2), ("p-2", 1)]


def test_a_change_says_who_what_and_why(database: Database, occasion: AT) -> None:
    at = occasion()
    with database.write() as session:
        record_change(session, "person", actor=RUTH, machine_now=at.machine_now, person_id="p-1", why="changed rooms")
    with database.read() as session:
        row = session.scalars(select(Audit)).one()
    assert (row.act, row.actor, row.person_id, row.why, row.at) == (
        "changed.person",
        "account:1",
        "p-1",
        "changed rooms",
        at.machine_now,
    )
