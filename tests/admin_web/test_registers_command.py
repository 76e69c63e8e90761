"""`school-phone add` and `policy-text publish`: a new school's registers begin at the server's console."""

import hashlib
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from admin_web.commands.main import app
from admin_web.database.engine import open_database
from admin_web.queries.acknowledgements import read_versions
from admin_web.settings import load_settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A founded school."""
    made = tmp_path / "central"
    assert run(made, "init", "--site", "ashgrove", "--name", "Ashgrove Primary").exit_code == 0
    return made


def run(data: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--data", str(data), *words])


def test_a_school_phone_is_added_once(data: Path) -> None:
    assert run(data, "school-phone", "add", "CC-PH-01", "--tag", "04:AA:17").exit_code == 0
    again = run(data, "school-phone", "add", "cc-ph-01")
    assert again.exit_code == 1
    assert "asset: Another school phone has this" in again.output


def test_the_rules_are_published_from_the_clauses_and_then_from_a_file(data: Path, tmp_path: Path) -> None:
    assert run(data, "policy-text", "publish").exit_code == 0
    (tmp_path / "rules.txt").write_bytes("At own risk, Siân.\n".encode())
    told = run(data, "policy-text", "publish", str(tmp_path / "rules.txt"))
    assert told.exit_code == 0
    assert hashlib.sha256("At own risk, Siân.".encode()).hexdigest() in told.output
    database = open_database(load_settings(data).database_url)
    with database.read() as session:
        second, first = read_versions(session)
    database.close()
    assert second.published_by == "Somebody at the server"
    assert "at own risk" in first.words


@pytest.mark.parametrize(("content", "says"), [(b"\xff\xfe\x00", "not UTF-8"), (b"", "empty"), (b"Away.", "own risk")])
def test_a_file_that_will_not_do_publishes_nothing(data: Path, tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "rules.txt").write_bytes(content)
    told = run(data, "policy-text", "publish", str(tmp_path / "rules.txt"))
    assert told.exit_code == 1
    assert says in told.output
    assert run(data, "policy-text", "publish", str(tmp_path / "none.txt")).exit_code == 1
