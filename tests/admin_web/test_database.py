"""The database opens with the right modes, keeps writers apart, and shows readers one snapshot."""

import contextlib
import os
import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from admin_web.database.engine import Database, open_database
from admin_web.database.people import Person
from admin_web.database.publishing import CurrentRevision
from admin_web.errors import DatabaseUnavailable, SettingsInvalid


def add_person(database: Database, id: str) -> None:
    with database.write() as session:
        session.add(Person(id=id, name="Amara Osei", group="classroom"))


def fail_after_writing(database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), database.write() as session:
        session.add(Person(id="p-2", name="Bilal Hussain", group="office"))
        session.flush()
        raise ZeroDivisionError


def count_people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_sqlite_file_and_its_directory_are_open_to_the_group_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        opened = open_database(f"sqlite:///{tmp_path / 'school' / 'central.db'}")
        with opened.alter() as connection:
            connection.execute(text("CREATE TABLE t (a)"))
            names = sorted(path.name for path in (tmp_path / "school").iterdir())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "school").iterdir()}
        opened.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "school").stat().st_mode) == 0o2770
    assert names == ["central.db", "central.db-shm", "central.db-wal"]
    assert set(modes.values()) == {0o660}


def test_a_directory_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "school").mkdir(mode=0o700)
    open_database(f"sqlite:///{tmp_path / 'school' / 'central.db'}").close()
    assert stat.S_IMODE((tmp_path / "school").stat().st_mode) == 0o700


def test_sqlite_is_durable_at_every_commit(database: Database) -> None:
    if database.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")
    with database.read() as session:
        settings = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_what_is_written_is_seen_and_an_exception_keeps_nothing(database: Database) -> None:
    add_person(database, "p-1")
    fail_after_writing(database)
    assert count_people(database) == 1


def test_a_reader_keeps_its_snapshot_while_somebody_writes(database: Database) -> None:
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Person))
        add_person(database, "p-1")
        assert session.scalar(select(func.count()).select_from(Person)) == before == 0
    assert count_people(database) == 1


def test_a_reader_keeps_nothing_it_did(database: Database) -> None:
    with database.read() as session:
        session.add(Person(id="p-1", name="Amara Osei", group="classroom"))
        if database.engine.dialect.name == "sqlite":
            session.flush()
    assert count_people(database) == 0


def test_two_writers_that_read_before_they_write_lose_no_update(database: Database) -> None:
    problems: list[BaseException] = []

    def raise_often() -> None:
        try:
            for _ in range(25):
                with database.write() as session:
                    row = session.get_one(CurrentRevision, 1)
                    session.execute(select(func.count()).select_from(Person))
                    row.number += 1
        except BaseException as problem:  # told by the main thread
            problems.append(problem)

    threads = [threading.Thread(target=raise_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with database.read() as session:
        assert session.get_one(CurrentRevision, 1).number == 1 + 4 * 25


def test_the_data_version_changes_with_a_commit_and_with_nothing_else(database: Database) -> None:
    first = database.data_version()
    count_people(database)
    assert database.data_version() == first
    add_person(database, "p-1")
    second = database.data_version()
    assert second != first
    fail_after_writing(database)
    if database.engine.dialect.name == "sqlite":
        assert database.data_version() == second


def test_the_data_version_sees_commits_of_other_processes(database: Database, database_url: str) -> None:
    first = database.data_version()
    other = open_database(database_url)
    add_person(other, "p-1")
    other.close()
    assert database.data_version() != first


def test_times_are_kept_to_the_millisecond_in_utc(database: Database) -> None:
    summer = datetime(2026, 7, 1, 9, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=1)))
    with database.write() as session:
        session.add(Person(id="p-1", name="Amara Osei", group="classroom", ended_at=summer))
    with database.read() as session:
        kept = session.get_one(Person, "p-1").ended_at
    assert kept == datetime(2026, 7, 1, 8, 30, 0, 123_000, tzinfo=UTC)


def test_a_busy_database_is_a_sentence_and_not_a_driver_s_exception(tmp_path: Path) -> None:
    path = tmp_path / "central.db"
    database = open_database(f"sqlite:///{path}", busy_timeout_ms=20)
    with database.alter() as connection:
        connection.execute(text("CREATE TABLE t (a)"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match=r"database is locked.*Nothing of this was saved"), database.write():
        pass
    holder.close()
    database.close()


@pytest.mark.parametrize("url", ["", "central.db", "mysql://root@host/x", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_no_database_of_ours_says_what_to_write(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="sqlite:///central.db"):
        open_database(url)


def test_a_place_where_no_file_can_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseUnavailable, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path / 'file' / 'central.db'}")


def test_an_unreachable_postgresql_says_what_to_check_and_hides_the_password(tmp_path: Path) -> None:
    database = open_database(f"postgresql://phonekeep:hunter2hunter2@/x?host={tmp_path}")
    with pytest.raises(DatabaseUnavailable, match="Check free disk space") as refused, database.read() as session:
        session.scalar(text("SELECT 1"))
    assert "hunter2" not in str(refused.value)
