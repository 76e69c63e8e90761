"""The [board] table: what is read, and every way of writing it wrong, each with its line and what to write instead."""

import tomllib
from pathlib import Path

import pytest

from hardware.config import parse_board
from hardware.config.toml_lines import find_line
from hardware.errors import ConfigurationError
from hardware.settings import BoardConfig

GOOD = """\
[device]
id = "robins"

[board]
[[board.readers]]
name = "reader"
reset_pin = 25

[board.locks.1]
pin = 17
active_high = true

[board.doors.1]
pin = 24

[board.lamps]
red = 4
amber = 5
green = 6
active_high = true

[board.beeper]
pin = 21
active_high = true

[board.buttons]
put_in = 20
take_out = 19
"""

SECOND = """\
[[board.readers]]
name = "{name}"
reset_pin = 26
device = {device}

[board.locks.1]"""


def parse(text: str, tmp_path: Path) -> BoardConfig:
    file = tmp_path / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return parse_board(tomllib.loads(text)["board"], file)


def test_a_whole_table_is_read_with_its_defaults(tmp_path: Path) -> None:
    board = parse(GOOD, tmp_path)
    assert (board.readers[0].name, board.readers[0].device, board.readers[0].reset_pin) == ("reader", 0, 25)
    assert (board.locks[1].pin, board.locks[1].active_high, board.locks[1].pulse_ms) == (17, True, 600)
    assert board.doors[1].closed_level == "low"
    assert dict(board.buttons) == {"put_in": 20, "take_out": 19}
    assert board.lock_feedback is None


WRONG = [
    ("lock on the UART", "pin = 17", "pin = 14", 10, "UART"),
    ("lock on SPI", "pin = 17", "pin = 8", 10, "chip select"),
    ("lock on I2C", "pin = 17", "pin = 2", 10, "12, 13, 16, 17, 22, 23, 24, 26, 27"),
    ("lock on I2S", "pin = 17", "pin = 18", 10, "spi1_and_i2s_off"),
    ("lock on the reader's reset", "pin = 17", "pin = 25", 10, "12, 13"),
    ("lock on the door's pin", "pin = 17", "pin = 24", 14, "used twice"),
    ("lamp on a button's pin", "red = 4", "red = 20", 27, "used twice"),
    ("reset on a lock's pin", "reset_pin = 25", "reset_pin = 17", 10, "used twice"),
    ("reset on the UART", "reset_pin = 25", "reset_pin = 15", 7, "UART"),
    ("lamp on an I2C pin", "red = 4", "red = 3", 17, "may not carry"),
    ("no such pin", "pin = 17", "pin = 40", 10, "from 0 to 27"),
    ("no active_high at the lock", "pin = 17\nactive_high = true\n", "pin = 17\n", 9, "active_high"),
    ("no active_high at the lamps", "green = 6\nactive_high = true\n", "green = 6\n", 16, "active_high"),
    ("no active_high at the beeper", "pin = 21\nactive_high = true\n", "pin = 21\n", 22, "active_high"),
    ("active_high as a number", "pin = 17\nactive_high = true", "pin = 17\nactive_high = 1", 11, "true or false"),
    ("no reset pin", "reset_pin = 25\n", "", 5, "reset_pin"),
    ("no reader name", 'name = "reader"\n', "", 5, "name"),
    ("an unknown key", "pin = 24\n", "pin = 24\npull = 1\n", 15, "unknown"),
    ("an unknown table", "[board.beeper]", "[board.buzzer]", 22, "unknown"),
    ("a pin in quotes", "pin = 17", 'pin = "17"', 10, "whole number"),
    ("a pulse of a minute", "pin = 17\n", "pin = 17\npulse_ms = 60000\n", 11, "from 300 to 1000"),
    ("one button only", "take_out = 19\n", "", 26, "take_out"),
    ("a door without a lock", "[board.doors.1]", "[board.doors.2]", 13, "without a lock"),
    ("a slot 0", "[board.locks.1]", "[board.locks.0]", 9, "from 1"),
    ("a slot by name", "[board.locks.1]", "[board.locks.left]", 9, "from 1"),
    ("a gain the chip has not", "reset_pin = 25\n", "reset_pin = 25\ngain_db = 20\n", 8, "18, 23, 33"),
    ("a closed level of its own", "pin = 24\n", 'pin = 24\nclosed_level = "off"\n', 15, "low"),
    ("two readers on one select", "[board.locks.1]", SECOND.format(name="b", device=0), 12, "chip select"),
    ("two readers of one name", "[board.locks.1]", SECOND.format(name="reader", device=1), 10, "twice"),
    ("a third chip select", "reset_pin = 25\n", "reset_pin = 25\ndevice = 2\n", 8, "from 0 to 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "line", "says"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_table_is_refused_with_its_line(
    tmp_path: Path, name: str, old: str, new: str, line: int, says: str
) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as caught:
        parse(GOOD.replace(old, new, 1), tmp_path)
    message = str(caught.value)
    assert f"kiosk.toml, line {line}:" in message
    assert says in message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("table", ["readers", "locks.1", "lamps"])
def test_a_missing_part_is_refused(tmp_path: Path, table: str) -> None:
    start = GOOD.index(f"[board.{table}]") - (table == "readers")
    rest = GOOD[start + 3 :]
    end = rest.index("\n[") if "\n[" in rest else len(rest)
    text = GOOD[:start] + rest[end:].lstrip("\n")
    text = text.replace("[board.doors.1]\npin = 24\n", "") if table == "locks.1" else text
    with pytest.raises(ConfigurationError, match=r"Write a table|lacks"):
        parse(text, tmp_path)


def test_lock_pins_18_to_21_need_spi1_and_i2s_off(tmp_path: Path) -> None:
    text = GOOD.replace("pin = 17", "pin = 18").replace("[board]\n", "[board]\nspi1_and_i2s_off = true\n")
    assert parse(text, tmp_path).locks[1].pin == 18


@pytest.mark.parametrize("pin", range(28))
def test_a_lock_lies_on_an_allowed_pin_or_nowhere(tmp_path: Path, pin: int) -> None:
    text = GOOD.replace("pin = 24", "pin = 2").replace("pin = 17", f"pin = {pin}")
    if pin in (12, 13, 16, 17, 22, 23, 24, 26, 27):
        assert parse(text, tmp_path).locks[1].pin == pin
    else:
        with pytest.raises(ConfigurationError):
            parse(text, tmp_path)


def test_inline_tables_name_the_line_they_stand_in() -> None:
    lines = ["[board.locks]", "1 = { pin = 12, active_high = true }", "2 = { pin = 14, active_high = true }"]
    assert find_line(lines, ("board", "locks", "2", "pin")) == 3
    assert find_line(lines, ("board", "lamps", "red")) is None


def test_a_file_that_is_not_there_any_more_still_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.toml: \[board\]"):
        parse_board({"readers": []}, str(tmp_path / "gone.toml"))
