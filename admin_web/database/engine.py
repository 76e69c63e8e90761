"""Opens the database: `read()` sees one snapshot, `write()` is alone from its first statement to its commit."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from admin_web.database.events import CentralCounter
from admin_web.errors import DatabaseUnavailable, SettingsInvalid

BUSY_TIMEOUT_MS = 10_000
_BEGIN = "phonekeep_begin"


class Database:
    """One database, opened; safe to use from several threads, each in its own `read()` or `write()`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._reader: Engine
        self._writer: Engine
        if self._is_sqlite:
            self._reader = engine.execution_options(**{_BEGIN: "BEGIN"})
            self._writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        else:
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writer = engine
        self._version = _SqliteVersion(engine) if self._is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session on one snapshot; nothing done in it is kept. Raises DatabaseUnavailable."""
        with _translated(self.engine), Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give the only writing session there is at the moment; commits at the end, keeps nothing after an exception.

        SQLite begins IMMEDIATE; PostgreSQL locks the row of `central_counter` first. So what a service checks stays
        true until it is saved, and event ids follow the order of commits. Do nothing slow inside (no password hash, no
        network). Raises DatabaseUnavailable.
        """
        with _translated(self.engine), Session(self._writer, expire_on_commit=False) as session, session.begin():
            if self._is_sqlite:
                session.connection()  # begins now, not at the first statement
            else:
                session.execute(select(CentralCounter.id).with_for_update())
            yield session

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """Give a connection in a writing transaction for migrations, which make the tables `write()` relies on."""
        with _translated(self.engine), self._writer.begin() as connection:
            yield connection

    def data_version(self) -> str:
        """Give a mark that changes whenever anything was committed by anybody; compare for equality only. Cheap.

        SQLite: PRAGMA data_version of a connection kept for it. PostgreSQL: the current snapshot, whose bounds move
        with each writing transaction that ends.
        """
        if self._version is not None:
            return self._version.read()
        with _translated(self.engine), self._reader.connect() as connection:
            return str(connection.execute(text("SELECT pg_current_snapshot()::text")).scalar_one())

    def close(self) -> None:
        """Close every connection; sessions that are still open lose theirs."""
        if self._version is not None:
            self._version.close()
        self.engine.dispose()


def open_database(url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> Database:
    """Open `sqlite:///PATH` or `postgresql://...`; makes the SQLite file (0660) and its directory (2770) if missing.

    Raises SettingsInvalid for a URL that names no such database, DatabaseUnavailable where the file cannot be made.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        _make_file(Path(str(parsed.database)))
        engine = create_engine(
            parsed,
            connect_args={"isolation_level": None, "timeout": busy_timeout_ms / 1000, "check_same_thread": False},
            pool_size=8,
            max_overflow=56,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(parsed, pool_size=8, max_overflow=24, pool_pre_ping=True)
    return Database(engine)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsInvalid(
            "The database URL cannot be understood. Write sqlite:///central.db or postgresql://user@host/name."
        ) from None
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingsInvalid(
            f"A database of kind {parsed.drivername!r} is not supported. "
            "Write sqlite:///central.db or postgresql://user@host/name."
        )
    return parsed


def _make_file(path: Path) -> None:
    """Make the file with its mode before SQLite opens it: -wal and -shm copy it, so that two users can write."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            path.parent.chmod(0o2770)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o660)
    except FileExistsError:
        return
    except OSError as problem:
        raise DatabaseUnavailable(
            f"The database {path} cannot be made: {problem.strerror}. Check the directory's owner and free space."
        ) from problem
    try:
        os.fchmod(descriptor, 0o660)  # the umask has taken the group's bits away
    finally:
        os.close(descriptor)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Begin as `read()` or `write()` asked for: the driver's own habit of beginning late is switched off."""
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE"))


class _SqliteVersion:
    """A connection of its own for PRAGMA data_version, which counts the commits of all the others."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self) -> str:
        with self._lock, _translated(self._engine):
            if self._connection is None:
                self._connection = sqlite3.connect(
                    f"file:{self._engine.url.database}?mode=rw",
                    uri=True,
                    isolation_level=None,
                    check_same_thread=False,
                )
            row: Any = self._connection.execute("PRAGMA data_version").fetchone()
            return str(row[0])

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    """Turn a driver's exception into ours at the port: what happened, and what to do."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError) as problem:
        reason = str(getattr(problem, "orig", None) or problem).strip().splitlines()[0]
        raise DatabaseUnavailable(
            f"The database {engine.url.render_as_string(hide_password=True)} did not do its work: {reason}. "
            "Nothing of this was saved. Check free disk space, the file's owner and that the database is running."
        ) from problem
    except NoSuchModuleError as problem:
        raise DatabaseUnavailable(f"The driver for {engine.url.drivername} is not installed.") from problem
