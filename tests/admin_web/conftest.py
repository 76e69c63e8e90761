"""A school's database for every test of the office: SQLite, or PostgreSQL on a private cluster of its own."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from admin_web.access import Role
from admin_web.database.engine import Database, open_database
from admin_web.database.migrate import upgrade_tables
from admin_web.services.actor import Actor
from admin_web.services.occasion import Occasion
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


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL that may be filled: PHONEKEEP_TEST_POSTGRES, or a private cluster for this run."""
    given = os.environ.get("PHONEKEEP_TEST_POSTGRES")
    if given:
        yield given
        return
    programs = _postgres_programs()
    home = Path("/tmp") / f"pk-pg-{uuid.uuid4().hex[:8]}"
    home.mkdir(mode=0o700)
    cluster = _Cluster(programs, home)
    try:
        cluster.start()
        yield cluster.url
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def new_postgres(postgres_url: str) -> Iterator[str]:
    """URL of an empty database of its own on that PostgreSQL."""
    name = f"pk_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, question, options = postgres_url.partition("?")
    yield f"{head.rsplit('/', 1)[0]}/{name}{question}{options}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    missing = "PostgreSQL is not installed: run `make test`, which installs it, or set PHONEKEEP_TEST_POSTGRES."
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


class _Cluster:
    """A PostgreSQL of our own: reached by its Unix socket only, run by a user who is not root (it refuses root)."""

    def __init__(self, programs: Path, home: Path) -> None:
        self._programs = programs
        self._home = home
        self._data = home / "data"
        self._run_as: int | None = None
        if os.geteuid() == 0:
            self._run_as = 65534  # nobody
            os.chown(home, self._run_as, self._run_as)
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://phonekeep@/postgres?host={self._home}"

    def start(self) -> None:
        subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", "phonekeep", "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            user=self._run_as,
            group=self._run_as,
            extra_groups=[] if self._run_as else None,
            cwd=self._home,
        )
        self._server = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, "-k", self._home, "-c", "listen_addresses="],
            stdout=subprocess.DEVNULL,
            stderr=(self._home / "log").open("wb"),
            user=self._run_as,
            group=self._run_as,
            extra_groups=[] if self._run_as else None,
            cwd=self._home,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"PostgreSQL did not start: {(self._home / 'log').read_text(errors='replace')}")
                time.sleep(0.05)

    def stop(self) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # "fast shutdown": ends what is connected
            self._server.wait(timeout=60)
