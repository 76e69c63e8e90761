"""The order of the files, and a private PostgreSQL: for the office's suite, and a school with its log there."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

LONG_FIRST = (
    *("journeys/test_faults.py", "admin_web/web/test_visitors_browser.py", "admin_web/web/test_pages_browser.py"),
    *("journeys/test_kills.py", "kiosk/reception/test_reception_process.py", "kiosk/test_cabinet_process.py"),
    *("journeys/test_reception.py", "admin_web/web/test_axe.py", "policy/test_permitting_properties.py"),
    *("journeys/test_rules_of_the_school.py", "policy/test_properties.py", "kiosk/test_promises.py"),
    *("journeys/test_bench_faults.py", "kiosk_screens/test_layout.py", "hardware/test_reader_contract.py"),
    *("journeys/test_approval.py", "admin_web/ingest/test_ingest_process.py", "systemd/test_starts.py"),
    *("journeys/test_bench_page.py", "admin_web/test_services_what_if.py", "kiosk_screens/test_window.py"),
    *("journeys/test_first_tap.py", "admin_web/web/test_web_routes.py", "journeys/test_postgresql.py"),
    "admin_web/web/test_web_process.py",
)
"""Files of 15 s and more. They come first, so that no worker sits idle beside another's long file at the end; and each
that starts a school comes between others of about its length, so that two schools seldom share the machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; the tests of a file stay together and in their order."""
    here = Path(__file__).parent
    ranks = {here / name: rank for rank, name in enumerate(LONG_FIRST)}
    gone = [str(file) for file in ranks if not file.is_file()]
    if gone:
        raise pytest.UsageError(f"tests/conftest.py puts files first that are not there: {', '.join(gone)}")
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


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
