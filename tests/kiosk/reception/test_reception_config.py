"""The reception's configuration: its example is its default, and both programs of the device read it."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from kiosk.config import example_text, parse_config, reception_example_text
from kiosk.errors import ConfigurationError
from kiosk.reception.flow.reasons import REASONS, SEEN_AT_OFFICE
from kiosk.reception.wiring import parse_wiring

FILE = Path("reception.toml")


def test_the_example_is_whole_and_wires_a_reader_alone() -> None:
    config = parse_config(reception_example_text(), FILE)
    wiring = parse_wiring(config)
    assert [reader.name for reader in wiring.readers] == ["reader"]
    assert (dict(wiring.locks), wiring.lamps) == ({}, None)
    assert config.screen is not None
    assert config.screen.panel == "1280x800"
    assert config.storage.archive_days == 7


def test_only_device_board_and_the_heading_screen_must_be_written() -> None:
    text = '[device]\nsite = "s"\nid = "r"\npoint = "r"\n[screen]\n'
    text += '[board]\n[[board.readers]]\nname = "reader"\nreset_pin = 25\n'
    assert parse_config(text, FILE).screen is not None
    with pytest.raises(ConfigurationError, match=r"\[board\] is missing.*reception.example.toml"):
        parse_config(text.partition("[board]")[0], FILE)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('panel = "1280x800"', 'panel = "wide"', "line 14"),
        ("merge_ms = 250", "merge_ms = 5000", "merge_ms"),
        ("\n[screen]\n", "\n[screen]\ncolour = 1\n", "there is no setting screen.colour"),
    ],
)
def test_a_mistake_names_its_line_and_what_to_write(old: str, new: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse_config(reception_example_text().replace(old, new), FILE)


def test_a_lock_at_a_reception_is_refused() -> None:
    text = reception_example_text() + "\n[board.locks.1]\npin = 17\nactive_high = true\n"
    with pytest.raises(ConfigurationError, match="locks"):
        parse_wiring(parse_config(text, FILE))


def test_a_cabinets_file_is_refused_kindly() -> None:
    with pytest.raises(ConfigurationError, match=r"\[screen\]"):
        parse_wiring(parse_config(example_text(), FILE))


def test_the_settings_table_of_the_docs_lists_every_key_with_its_default() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reception.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in page.splitlines() if line.startswith("| `[")]
    said = {row[0].strip(): row[1].strip() for row in rows}
    wanted = {
        f"`[{table}] {key}`": f"`{json.dumps(value)}`"
        for table, keys in tomllib.loads(reception_example_text()).items()
        if table != "board"
        for key, value in keys.items()
    }
    assert said == wanted


def test_the_reasons_and_ticks_of_the_docs_are_those_of_the_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reception.md").read_text(encoding="utf-8")
    sentence = page[page.index("Reasons of a visit:") : page.index("Of a DBS check")]
    assert re.findall("`([a-z_]+)`", sentence) == [
        *(reason.code for reason in REASONS),
        *(code for code, _ in SEEN_AT_OFFICE),
    ]
