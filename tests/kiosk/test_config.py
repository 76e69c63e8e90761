"""The configuration file: the example is the default, and every mistake is told with its line and what to write."""

import tomllib
from pathlib import Path

import pytest

from kiosk.config import example_text, line_of, parse_config
from kiosk.errors import ConfigurationError

FILE = Path("/etc/phonekeep/kiosk.toml")
SMALLEST = """\
[device]
site = "school"
id = "robins"
point = "robins"
[point]
kind = "one_door"
slots = 1
[board]
"""


def test_the_example_file_is_itself_a_valid_configuration() -> None:
    config = parse_config(example_text(), FILE)
    assert (config.site, config.device, config.kind, config.slots) == ("school", "robins", "one_door", 1)


def test_what_a_file_leaves_out_is_as_the_example_says() -> None:
    config, example = parse_config(SMALLEST, FILE), tomllib.loads(example_text())
    assert config.broker.model_dump() == example["broker"]
    assert config.storage.model_dump() == example["storage"]
    assert str(config.data) == example["paths"]["data"]


def test_one_key_of_a_table_leaves_the_others_at_their_defaults() -> None:
    config = parse_config(SMALLEST + '[broker]\nhost = "10.0.0.2"\n', FILE)
    assert (config.broker.host, config.broker.port) == ("10.0.0.2", 8883)


def test_relative_paths_are_meant_from_the_file() -> None:
    config = parse_config(SMALLEST + '[paths]\ndata = "here"\nsocket = "../s"\n', FILE)
    assert config.data == Path("/etc/phonekeep/here")
    assert config.socket_path == Path("/etc/phonekeep/../s")


def test_the_board_is_handed_on_as_written_and_never_mixed_with_the_example() -> None:
    assert parse_config(SMALLEST, FILE).board == {}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (SMALLEST + "[broker]\nprot = 1\n", 10, "there is no setting broker.prot"),
        (SMALLEST + "[brocker]\nport = 1\n", 9, "there is no setting brocker"),
        ('broker = "x"\n' + SMALLEST, 1, "broker = 'x' cannot be"),
        (SMALLEST + "[broker]\nport = 70000\n", 10, "broker.port = 70000 cannot be"),
        (SMALLEST + '[broker]\nport = "8883"\n', 10, "broker.port"),
        (SMALLEST + "[storage]\nreserve_kb = 1\n", 10, "storage.reserve_kb"),
        (SMALLEST.replace('id = "robins"', 'id = "Robins Room"'), 3, "device.id"),
        (SMALLEST.replace('id = "robins"\n', ""), 1, "device.id is missing"),
        (SMALLEST.replace("one_door", "cupboard"), 6, "point.kind"),
        (SMALLEST.replace("slots = 1", "slots = 6"), 5, "one slot"),
    ],
)
def test_a_mistake_names_its_line_and_says_what_to_do(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        parse_config(text, FILE)
    assert words in str(told.value)
    assert f"line {line}:" in str(told.value)


@pytest.mark.parametrize("table", ["device", "point", "board"])
def test_a_table_without_default_must_be_written(table: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"\[{table}\] is missing"):
        parse_config(SMALLEST.replace(f"[{table}]", f"[broker.{table}]"), FILE)


def test_what_is_not_toml_is_told_in_a_sentence() -> None:
    with pytest.raises(ConfigurationError, match="this is not TOML"):
        parse_config("[device\n", FILE)


def test_a_line_is_found_in_nested_tables() -> None:
    assert line_of('[a]\nb = 1\n[a.c]\nd = 2\n"e" = 3\n', ["a", "c", "e"]) == 5


def test_the_settings_table_of_the_docs_lists_every_key_with_its_default() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cabinet.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `[")]
    said = {row[0].strip(): row[1].strip() for row in rows}
    example = tomllib.loads(example_text())
    wanted = {
        f"`[{table}] {key}`": f"`{_toml(value)}`"
        for table, keys in example.items()
        if table != "board"
        for key, value in keys.items()
    }
    assert said == wanted


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
