"""A review is added and never taken away: by nobody, by no code, by no SQL (clause 18)."""

import ast
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from admin_web.database.accounts import Audit
from admin_web.database.engine import Database
from admin_web.database.events import Event, ExceptionRow
from admin_web.database.reviews import ExceptionReview
from admin_web.errors import ChangedMeanwhile, Invalid, NotFound
from admin_web.services.occasion import Occasion
from admin_web.services.reviews import CODES, codes_of, edition_of, review_exception

ROOT = Path(__file__).parents[2]


@pytest.fixture
def exception(database: Database) -> int:
    return an_exception(database, "overdue")


def an_exception(database: Database, kind: str) -> int:
    with database.write() as session:
        row = ExceptionRow(kind=kind, device="robins", raised_at=datetime(2026, 11, 24, 10, 50, tzinfo=UTC), cites="[]")
        session.add(row)
        session.flush()
        return row.id


def test_a_review_says_who_and_when_and_is_an_event_with_the_code_in_its_private_part(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    at = occasion()
    with database.write() as session:
        review_exception(session, exception, "explained", person="amara-osei", occasion=at)
    with database.read() as session:
        (review,) = session.scalars(select(ExceptionReview)).all()
        assert (review.code, review.reviewed_by, review.reviewed_at) == ("explained", "account:1", at.now.utc)
        assert session.get_one(ExceptionRow, exception).reviewed_at == at.now.utc
        (event,) = session.scalars(select(Event).where(Event.type == "exception.reviewed.v1")).all()
        assert b"explained" not in event.body
        assert b"amara" not in event.body
        (audit,) = session.scalars(select(Audit).where(Audit.act == "changed.exception_reviewed")).all()
        assert (audit.person_id, audit.actor) == ("amara-osei", "account:1")


def test_a_second_review_stands_beside_the_first_and_changes_nothing_of_it(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    for code in ("explained", "follow_up"):
        with database.write() as session:
            review_exception(session, exception, code, occasion=occasion())
    with database.read() as session:
        assert [one.code for one in session.scalars(select(ExceptionReview).order_by(ExceptionReview.id))] == [
            "explained",
            "follow_up",
        ]


def test_whoever_did_not_see_the_newest_review_is_told_and_can_still_add_one(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    with database.write() as session:
        review_exception(session, exception, "explained", if_match='"1"', occasion=occasion())
    with pytest.raises(ChangedMeanwhile, match="Yours can be added beside it"), database.write() as session:
        review_exception(session, exception, "no_action", if_match='"1"', occasion=occasion())
    with database.write() as session:
        review_exception(session, exception, "no_action", if_match='"2"', occasion=occasion())
        assert edition_of(session, exception) == 3


def test_two_reviewers_at_the_same_moment_are_both_kept(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    together, at = threading.Barrier(2, timeout=20), occasion()

    def review(code: str) -> None:
        together.wait()
        with database.write() as session:
            review_exception(session, exception, code, occasion=at)

    threads = [threading.Thread(target=review, args=(code,)) for code in ("explained", "follow_up")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert sorted(session.scalars(select(ExceptionReview.code))) == ["explained", "follow_up"]


def test_two_who_saw_the_same_state_at_the_same_moment_one_is_told(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    together, at = threading.Barrier(2, timeout=20), occasion()
    answers: list[str] = []

    def review() -> None:
        together.wait()
        try:
            with database.write() as session:
                review_exception(session, exception, "explained", if_match='"1"', occasion=at)
            answers.append("saved")
        except ChangedMeanwhile:
            answers.append("told")

    threads = [threading.Thread(target=review) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["saved", "told"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exception_review SET code = 'no_action'",
        "UPDATE exception_review SET reviewed_by = 'account:2' WHERE id = 1",
        "DELETE FROM exception_review",
        "DELETE FROM exception_review WHERE id = 1",
        "DELETE FROM exception",
    ],
)
def test_no_sql_changes_or_deletes_a_review_nor_the_exception_it_is_of(
    database: Database, exception: int, occasion: Callable[[], Occasion], statement: str
) -> None:
    with database.write() as session:
        review_exception(session, exception, "explained", occasion=occasion())
    with pytest.raises(DBAPIError), database.alter() as connection:
        connection.execute(text(statement))
    with database.read() as session:
        assert session.scalars(select(ExceptionReview.code)).all() == ["explained"]


def test_no_insert_takes_the_place_of_a_review(
    database: Database, exception: int, occasion: Callable[[], Occasion]
) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("INSERT OR REPLACE is SQLite's")
    with database.write() as session:
        review_exception(session, exception, "explained", occasion=occasion())
    statement = "INSERT OR REPLACE INTO exception_review VALUES (1, 1, 'no_action', 'account:2', 0)"
    with pytest.raises(DBAPIError, match="never changed"), database.alter() as connection:
        connection.execute(text(statement))


def test_no_code_of_ours_deletes_or_changes_a_review_or_deletes_an_exception() -> None:
    """Read every statement of the product: these tables are named beside no delete, and reviews beside no update."""
    for file in (ROOT / "admin_web").rglob("*.py"):
        if "migrations" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            said = ast.unparse(node)
            if "ExceptionReview" in said:
                assert not said.startswith(("delete(", "update(")), f"{file}: {said}"
                assert ".delete(" not in said, f"{file}: {said}"
            if "ExceptionRow" in said:
                assert not said.startswith("delete("), f"{file}: {said}"
                assert ".delete(" not in said, f"{file}: {said}"


def test_no_school_phone_is_for_emergencies_only(database: Database, occasion: Callable[[], Occasion]) -> None:
    assert set(codes_of("emergency")) == set(CODES)
    assert set(codes_of("overdue")) == {"explained", "follow_up", "no_action"}
    with database.write() as session:
        review_exception(session, an_exception_in(session, "emergency"), "no_school_phone", occasion=occasion())
    with pytest.raises(Invalid, match="emergencies only") as refused, database.write() as session:
        review_exception(session, an_exception_in(session, "overdue"), "no_school_phone", occasion=occasion())
    assert refused.value.field == "code"


def an_exception_in(session: object, kind: str) -> int:
    row = ExceptionRow(kind=kind, device="robins", raised_at=datetime(2026, 11, 24, 10, 50, tzinfo=UTC), cites="[]")
    session.add(row)  # type: ignore[attr-defined] # a session of the test
    session.flush()  # type: ignore[attr-defined] # likewise
    return row.id


@pytest.mark.parametrize("code", ["", "guilty", "EXPLAINED", "explained; she was ill"])
def test_there_is_no_room_for_words(
    database: Database, exception: int, occasion: Callable[[], Occasion], code: str
) -> None:
    with pytest.raises(Invalid, match="not a way to review it"), database.write() as session:
        review_exception(session, exception, code, occasion=occasion())


def test_what_does_not_exist_is_not_found(database: Database, occasion: Callable[[], Occasion]) -> None:
    with pytest.raises(NotFound), database.write() as session:
        review_exception(session, 999, "explained", occasion=occasion())
