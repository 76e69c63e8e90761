"""docs/wiring.md says what the code does: the lamps, the pins, the keys, and tables that can be used as they stand."""

import re
import tomllib
from pathlib import Path

from hardware.config import parse_board
from hardware.config.header import I2C_PINS, LOCK_PINS, LOCK_PINS_WITHOUT_I2S, OTHER_PINS
from hardware.lamps import TABLE, Rhythm
from hardware.simulator import profiles

FILE = Path(__file__).parents[2] / "docs" / "wiring.md"
TEXT = FILE.read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, ...]]:
    """The table under a heading, without its head."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]


def test_the_lamps_of_the_document_are_those_of_the_code() -> None:
    words = {Rhythm.STEADY: "steady", Rhythm.SLOW: "slow", Rhythm.DOUBLE: "double"}
    code = []
    for show in TABLE.values():
        lamp = f"{show.lamp} {words[show.rhythm]}"
        if show.seconds is not None:
            lamp += f" {show.seconds:g} s"
        elif show.rhythm is Rhythm.SLOW and show.lamp == "amber":
            lamp += " (1 Hz)"
        code.append((lamp, str(show.beep), show.means))
    assert rows("What lamps and beeper say") == code


def test_the_example_tables_are_the_reference_wirings() -> None:
    one_door, bank = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert parse_board(tomllib.loads(one_door)["board"], FILE) == profiles.one_door()
    assert parse_board(tomllib.loads(bank)["board"], FILE) == profiles.bank()


def test_the_pins_of_the_document_are_those_of_the_code() -> None:
    assert f"Lock pins: BCM {', '.join(map(str, sorted(LOCK_PINS)))}." in TEXT
    assert f"- BCM {', '.join(map(str, sorted(LOCK_PINS_WITHOUT_I2S)))} as well" in TEXT
    spans = {"BCM 2 to 6, 12, 13, 16 to 27": OTHER_PINS | I2C_PINS, "BCM 4 to 6, 12, 13, 16 to 27": OTHER_PINS}
    parts = {part: where for part, _, where in rows("Doors, lamps, beeper, buttons")}
    assert {part: spans[where] for part, where in parts.items()} == {
        "door contact": OTHER_PINS | I2C_PINS,
        "button": OTHER_PINS | I2C_PINS,
        "feedback": OTHER_PINS | I2C_PINS,
        "lamp": OTHER_PINS,
        "beeper": OTHER_PINS,
    }
    assert set(range(4, 7)) | {12, 13} | set(range(16, 28)) == OTHER_PINS


def test_every_key_of_the_board_is_in_the_document_and_no_other() -> None:
    documented = set()
    for cell, *_ in rows("Every key of `[board]`"):
        first, *more = re.findall(r"`([^`]+)`", cell)
        documented.add(first)
        documented |= {first.rsplit(".", 1)[0] + name for name in more}
    sources = (FILE.parents[1] / "hardware" / "config" / "table.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'(?:word|flag|number|pin)\("(\w+)"', sources)) | {"put_in", "take_out"}
    assert {name.rsplit(".", 1)[-1] for name in documented} == keys
