"""The access log's cursors: every row once, in order, under any filter; and each question walks an index."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from admin_web.database.events import Event, LogRow
from admin_web.errors import Invalid
from admin_web.events.kinds import LogKind
from admin_web.queries.access_log import (
    Cursor,
    LogFilter,
    LogPage,
    newer_rows,
    newest_rows,
    older_rows,
    oldest_rows,
    rows_since,
)
from admin_web.queries.school_time import SchoolTime, school_time

SEED = int(os.environ.get("PHONEKEEP_TEST_SEED", "20261124"))
ROWS = 400
PEOPLE = [None, "amara", "bilal", "joanne"]
POINTS = [None, "robins", "wrens", "kitchen"]
KINDS = [LogKind.PUT_IN, LogKind.TAKE_OUT, LogKind.REFUSED, LogKind.FAULT]


@pytest.fixture
def rows(database: Any) -> list[dict[str, Any]]:
    """Rows over five days around a clock change, many of them at the same millisecond."""
    print(f"seed {SEED}")
    random = Random(SEED)
    begun = datetime(2026, 10, 23, 6, 0, tzinfo=UTC)
    made = []
    for id in range(1001, 1001 + ROWS):
        kind = random.choice(KINDS)
        made.append(
            {
                "event_id": id,
                "time": begun + timedelta(minutes=random.randrange(5 * 24 * 6) * 10),
                "kind": kind.value,
                "refused": kind is LogKind.REFUSED,
                "person_id": random.choice(PEOPLE),
                "point_id": random.choice(POINTS),
            }
        )
    with database.write() as session:
        session.execute(
            insert(Event),
            [
                {
                    "id": row["event_id"],
                    "device": "robins",
                    "epoch": "a" * 16,
                    "sequence": row["event_id"],
                    "type": "tap.refused.v1",
                    "body": b"{}",
                    "leaf": bytes(32),
                    "time": row["time"],
                    "time_quality": "exact",
                    "committed_at": row["time"],
                }
                for row in made
            ],
        )
        session.execute(insert(LogRow), made)
    return made


def _filters() -> Iterator[LogFilter]:
    days = [None, date(2026, 10, 25)]
    for person, point, kind, refused, day in product(
        PEOPLE[:3], POINTS[:3], [None, LogKind.PUT_IN, LogKind.REFUSED, LogKind.DEVICE], [False, True], days
    ):
        yield LogFilter(person, point, kind, refused, day)


def _expected(rows: list[dict[str, Any]], filter: LogFilter, times: SchoolTime) -> list[Cursor]:
    found = [
        Cursor(row["time"], row["event_id"])
        for row in rows
        if (filter.person is None or row["person_id"] == filter.person)
        and (filter.point is None or row["point_id"] == filter.point)
        and (filter.kind is None or row["kind"] == filter.kind)
        and (not filter.refused or row["refused"])
        and (filter.day is None or times.day_of(row["time"]) == filter.day)
    ]
    return sorted(found, key=lambda place: (place.time, place.event_id), reverse=True)


def test_going_back_shows_every_row_once_in_order_under_every_filter(database: Any, rows: Any) -> None:
    with database.read() as session:
        times = school_time(session, datetime(2026, 10, 28, tzinfo=UTC))
        for filter in _filters():
            page = newest_rows(session, filter, times, limit=13)
            assert not page.has_newer
            seen = list(page.places)
            while page.has_older:
                page = older_rows(session, filter, times, page.places[-1], limit=13)
                seen += page.places
            assert seen == _expected(rows, filter, times), filter


def test_going_forward_from_the_end_shows_every_row_too(database: Any, rows: Any) -> None:
    with database.read() as session:
        times = school_time(session, datetime(2026, 10, 28, tzinfo=UTC))
        for filter in _filters():
            page: LogPage = oldest_rows(session, filter, times, limit=13)
            assert not page.has_older
            seen = list(reversed(page.places))
            while page.has_newer:
                page = newer_rows(session, filter, times, page.places[0], limit=13)
                seen += [place for place in reversed(page.places) if place not in seen]
            assert list(reversed(seen)) == _expected(rows, filter, times), filter


def test_rows_since_an_event_are_those_committed_after_it(database: Any, rows: Any) -> None:
    with database.read() as session:
        times = school_time(session, datetime(2026, 10, 28, tzinfo=UTC))
        for filter in _filters():
            found = rows_since(session, filter, times, 1100, upto=1300, limit=500)
            expected = [place for place in _expected(rows, filter, times) if 1100 < place.event_id <= 1300]
            assert found == expected, filter


def test_the_day_of_the_clock_change_has_twenty_five_hours(database: Any) -> None:
    with database.read() as session:
        times = school_time(session, datetime(2026, 10, 28, tzinfo=UTC))
    starts, ends = times.bounds(date(2026, 10, 25))
    assert ends - starts == timedelta(hours=25)


def test_every_question_walks_an_index_and_sorts_at_most_a_page(database: Any, rows: Any) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("the plan's words are SQLite's")
    asked: list[tuple[str, Any]] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda _c, _u, statement, given, *_: asked.append((statement, given))
    )
    place = Cursor(rows[50]["time"], rows[50]["event_id"])
    with database.read() as session:
        times = school_time(session, datetime(2026, 10, 28, tzinfo=UTC))
        for filter in _filters():
            older_rows(session, filter, times, place, limit=50)
            newer_rows(session, filter, times, place, limit=50)
    questions = [one for one in asked if "log_row" in one[0]]
    assert len(questions) > 100
    with database.read() as session:
        for statement, given in questions:
            plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
            assert not [step for step in plan if step.startswith("SCAN log_row") and "USING" not in step], plan
            walks = [step for step in plan if "log_row" in step]
            assert all("INDEX" in step for step in walks), plan
            if "UNION" not in statement:
                assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.parametrize("wrong", ["", "x", "1", "1.x", "9" * 60, "99999999999999999999.1", "1.2.3", "-"])
def test_a_cursor_that_is_none_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(Invalid, match="not a place in the log"):
        Cursor.parse(wrong)


def test_a_cursor_reads_back_what_it_wrote() -> None:
    place = Cursor(datetime(2026, 11, 24, 10, 52, 8, 123000, tzinfo=UTC), 42)
    assert Cursor.parse(str(place)) == place


def test_planner_statistics_do_not_change_the_walk(database: Any, rows: Any) -> None:
    with database.write() as session:
        session.execute(text("ANALYZE"))
    test_every_question_walks_an_index_and_sorts_at_most_a_page(database, rows)
