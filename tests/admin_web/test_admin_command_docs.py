"""docs/central.md says what is there: settings and their defaults, files and their modes, commands, the import."""

import json
import re
import stat
from pathlib import Path

import pytest
import typer
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from typer.testing import CliRunner

from admin_web.commands.main import app
from admin_web.services.bodies import parse_body
from admin_web.services.importing import SchoolBody
from admin_web.settings import BrokerSettings, DatabaseSettings, WebSettings, load_settings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "central.md").read_text(encoding="utf-8")


def table(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = DOCUMENT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def run(data: Path, *words: str) -> None:
    result = CliRunner().invoke(app, ["--data", str(data), *words])
    assert result.exit_code == 0, result.output


def test_every_setting_stands_in_the_document_with_its_default() -> None:
    documented = {row[0].strip("`"): row[1].strip("`") for row in table("Settings")}
    assert documented.pop("site") == "given to `init"
    expected = {}
    models: dict[str, type[BaseModel]] = {"database": DatabaseSettings, "broker": BrokerSettings, "web": WebSettings}
    for name, model in models.items():
        for key, field in model.model_fields.items():
            assert field.default is not PydanticUndefined
            expected[f"{name}.{key}"] = "none" if field.default is None else json.dumps(field.default)
    assert documented == expected


def test_every_documented_setting_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "central.toml").write_text(
        'site = "ashgrove"\n[database]\nurl = "postgresql://phonekeep@db/phonekeep"\n'
        '[broker]\nhost = "10.0.0.5"\nport = 8884\nbind = "10.0.0.5"\nnames = ["central.example"]\n'
        '[web]\nbind = "::"\nport = 8443\nnames = ["phones.example"]\ncertificate = "w.pem"\nkey = "/etc/w.key"\n'
        "http_on_loopback = false\n"
    )
    settings = load_settings(tmp_path)
    assert settings.database_url == "postgresql://phonekeep@db/phonekeep"
    assert settings.web_address == "https://phones.example:8443"
    assert settings.web_certificate == (tmp_path / "w.pem", Path("/etc/w.key"))


def test_the_directory_is_as_the_document_says(tmp_path: Path) -> None:
    data = tmp_path / "central"
    run(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    for path, mode, _ in table("Directory"):
        found = data / path.strip("`")
        assert stat.S_IMODE(found.stat().st_mode) == int(mode, 8), path
    named = set(re.findall(r"`([\w./-]+)`", DOCUMENT.split("## Directory\n", 1)[1].split("\n## ", 1)[0]))
    for found in data.rglob("*"):
        if found.is_file():
            name = str(found.relative_to(data))
            assert name in named or found.name in named, f"{name} is not in docs/central.md"


def test_the_files_for_a_device_are_as_the_document_says(tmp_path: Path) -> None:
    data, out = tmp_path / "central", tmp_path / "out"
    run(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    run(data, "point", "add", "robins", "--name", "Robins", "--kind", "one_door")
    run(data, "device", "add", "robins", "--point", "robins", "--out", str(out))
    written = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {row[0].strip("`") for row in table("Files for a device")} == written


def test_every_command_stands_in_the_document() -> None:
    names = set()
    for command in app.registered_commands:
        names.add(f"phonekeep-admin {command.name}")
    for group in app.registered_groups:
        inner = group.typer_instance
        assert isinstance(inner, typer.Typer)
        names |= {f"phonekeep-admin {group.name} {command.name}" for command in inner.registered_commands}
    assert {row[0].strip("`") for row in table("Commands")} == names


@pytest.mark.parametrize("example", re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL))
def test_the_import_example_can_be_imported(example: str, tmp_path: Path) -> None:
    parse_body(SchoolBody, json.loads(example))
    run(tmp_path / "central", "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    (tmp_path / "school.json").write_text(example)
    run(tmp_path / "central", "import", str(tmp_path / "school.json"))
