"""docs/install.md says what the units and the commands say: users, groups, files, options."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from admin_web.commands.main import app

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
SHELL = "".join(re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)).replace("\\\n", " ")
UNITS = sorted((ROOT / "systemd").glob("*.service"))


def value(unit: Path, key: str) -> str:
    found = re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_each_unit_is_installed_and_enabled_with_its_user_and_group(unit: Path) -> None:
    user, group = value(unit, "User"), value(unit, "Group")
    assert f"groupadd --system {group}\n" in SHELL
    assert re.search(rf"^useradd --system --gid {group} .* {user}$", SHELL, re.MULTILINE)
    assert f"systemd/{unit.name}" in SHELL
    assert re.search(rf"^systemctl enable --now .*\b{unit.stem}\b", SHELL, re.MULTILINE)
    assert f"| `{unit.stem}` | `{user}` | `{group}` |" in DOCUMENT


def test_every_file_of_the_repository_that_is_named_is_there() -> None:
    named = set(re.findall(r"(?<!\S)((?:systemd|requirements|kiosk)/[\w./-]+)", SHELL))
    assert len(named) >= 8
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_command_of_phonekeep_admin_has_the_options_it_is_given() -> None:
    lines = re.findall(r"phonekeep-admin ((?:[a-z-]+ ?)+)(.*)", re.sub(r"`([^`]*)`", r"\1", SHELL))
    assert len(lines) >= 3
    for words, rest in lines:
        command = get_command(app)
        for word in words.split():
            command = getattr(command, "commands", {}).get(word, command)
        known = {option for parameter in command.params for option in parameter.opts}
        given = set(re.findall(r"(--[a-z-]+)", rest))
        assert command.name in words.split()
        assert given <= known, f"{words}: {given - known}"
