"""`device add --kind reception` and the commands a new reception begins with."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admin_web.commands.main import app

REFERENCE = "1:" + "d" * 64


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A founded school."""
    run(tmp_path / "central", "init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--http-on-loopback")
    return tmp_path / "central"


def run(data: Path, *words: str, fails: bool = False) -> str:
    result = CliRunner().invoke(app, ["--data", str(data), *words])
    assert (result.exit_code != 0) is fails, result.output
    return result.output


def test_a_reception_screen_stands_at_no_point_and_gets_the_same_files(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "files"
    run(data, "device", "add", "reception", "--kind", "reception", "--out", str(out))
    said = json.loads((out / "cabinet" / "central.json").read_text())
    assert (said["device"], said["point"]) == ("reception", "reception")
    assert (out / "link" / "device.pem").exists()
    again = run(data, "device", "add", "reception", "--kind", "reception", "--out", str(tmp_path / "more"), fails=True)
    assert "registered already" in again


def test_a_cabinet_needs_a_point_and_a_reception_has_none(data: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "files")
    assert "--point" in run(data, "device", "add", "robins", "--out", out, fails=True)
    words = ("device", "add", "reception", "--kind", "reception", "--point", "robins", "--out", out)
    assert "--point" in run(data, *words, fails=True)


def test_what_the_screen_begins_with_is_typed_at_the_server(data: Path, tmp_path: Path) -> None:
    run(data, "device", "add", "reception", "--kind", "reception", "--out", str(tmp_path / "files"))
    run(data, "reception", "settings", "--telephone", "01632 960143", "--closing", "17:30")
    run(data, "reception", "settings", "--telephone", "01632 960144")
    run(data, "reception", "lanyard", "14", "--colour", "green", "--badge", REFERENCE)
    taken = run(data, "visitor", "regular", "Faisal Rehman", "--badge", REFERENCE, fails=True)
    assert "another lanyard" in taken
    run(data, "visitor", "regular", "Faisal Rehman", "--badge", "1:" + "e" * 64)
    when = ("--day", "2099-11-24", "--from", "11:15", "--until", "12:00", "--images")
    run(data, "visitor", "expect", "Jasvinder Gill", *when)
    assert "word for word" in run(data, "visitor-rules", "publish", fails=True)
