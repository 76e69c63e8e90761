"""ingest and web are two users of one group: both write the database, and web reads none of central's private keys."""

import os
import pwd
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin_web.commands.main import app
from admin_web.database.engine import open_database
from admin_web.database.publishing import CurrentRevision
from admin_web.settings import load_settings

INGEST, WEB = (pwd.getpwnam(name).pw_uid for name in ("daemon", "nobody"))  # every Debian has these two
GROUP = 61_000
SECRETS = ("keys/central.key", "keys/site.key", "ca/ca.key", "broker/server.key", "recovery.key", "owner-link")


@pytest.fixture
def above() -> Iterator[Path]:
    """A directory that lets everybody through."""
    if os.geteuid() != 0:
        pytest.skip("needs root to become two other users")
    directory = Path(tempfile.mkdtemp(prefix="pk-users-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def run_as(user: int, act: Callable[[], str]) -> str:
    """Run something in a child that has become the user for good; its answer. (The interpreter may be root's alone.)"""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.umask(0o022)
            os.setgroups([])
            os.setgid(GROUP)
            os.setuid(user)
            os.write(writes, act().encode())
            code = 0
        except BaseException:  # told by the parent; a child must never come back into pytest
            os.write(writes, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(writes)
    with os.fdopen(reads) as answer:
        said = answer.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, said
    return said


def found(data: Path) -> str:
    words = ["--data", str(data), "init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--web-port", "8443"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return ""


def write_often(data: Path) -> str:
    database = open_database(load_settings(data).database_url)
    for _ in range(20):
        with database.write() as session:
            session.get_one(CurrentRevision, 1).number += 1
    with database.read() as session:
        return str(session.get_one(CurrentRevision, 1).number)


def peek(data: Path) -> str:
    for name in ("central.toml", "web/web.key", "web/web.pem"):
        (data / name).read_bytes()
    return " ".join(name for name in SECRETS if can_read(data / name))


def can_read(path: Path) -> bool:
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True


def test_two_users_write_one_database_and_only_one_reads_the_keys(above: Path) -> None:
    found(above / "rehearsal")  # by root: whatever is imported late is imported now
    write_often(above / "rehearsal")
    data = above / "phonekeep"
    data.mkdir()
    os.chown(data, INGEST, GROUP)
    data.chmod(0o2770)
    run_as(INGEST, lambda: found(data))
    assert run_as(WEB, lambda: write_often(data)) == "21"
    assert run_as(INGEST, lambda: write_often(data)) == "41"
    assert run_as(WEB, lambda: write_often(data)) == "61"
    assert run_as(WEB, lambda: peek(data)) == ""
    assert run_as(INGEST, lambda: peek(data)) == " ".join(SECRETS), "the check can see what is readable"
