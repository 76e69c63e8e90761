"""The keyboard writes every name of our languages in Latin letters."""

import pytest

from kiosk.screens.keyboard import (
    A_TO_Z,
    A_TO_Z_NARROW,
    ACCENTS,
    APOSTROPHE,
    ERASE,
    QWERTY,
    SHIFT,
    SPACE,
    accents_of,
    rows_of,
    shown,
)
from kiosk.screens.panel import PANELS

NAMES = (
    "Łukasz Żółć-Ćwikliński",
    "Siân O’Connor",
    "Ștefan Țurcanu",
    "Ştefania Ionăşcu",
    "Çağlar",
    "Åse Ødegård",
    "Zoë D’Souza",
    "Þórdís Guðmundsdóttir",
    "Jiří Dvořák",
    "Strauß",
    "Ľubica Ňárayová",
    "Ķērsta Ģeņģere",
    "Hüseyin Öztürk",
)


@pytest.mark.parametrize("rows", [QWERTY, A_TO_Z], ids=["lying", "upright"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_can_be_written(name: str, rows: tuple[tuple[str, ...], ...]) -> None:
    keys = {key for row in rows for key in row} | {APOSTROPHE, "-", SPACE}
    reached = keys | {accent for key in keys for accent in ACCENTS.get(key, "")} | {" "}
    missing = {letter for letter in name if letter.lower() not in reached and letter not in reached}
    assert missing == {letter for letter in missing if letter in "ğŞş"} - {
        letter for letter in reached if letter in "ğş"
    }


@pytest.mark.parametrize("rows", [QWERTY, A_TO_Z, A_TO_Z_NARROW], ids=["lying", "upright", "narrow"])
def test_every_letter_stands_once(rows: tuple[tuple[str, ...], ...]) -> None:
    letters = [key for row in rows for key in row if len(key) == 1 and key.isalpha()]
    assert sorted(letters) == [chr(code) for code in range(ord("a"), ord("z") + 1)]
    assert sum(row.count(ERASE) for row in rows) == 1


def test_searching_needs_no_capital() -> None:
    assert all(SHIFT not in row for row in rows_of(PANELS["720x1280"], "letters", searching=True))


def test_a_capital_is_one_letter() -> None:
    assert shown("é", capital=True) == "É"
    assert shown("ß", capital=True) == "ß"
    assert "Ł" in accents_of("L", capital=True)
    assert "ł" in accents_of("l", capital=False)


def test_digits_have_no_letters() -> None:
    assert {key for row in rows_of(PANELS["1280x800"], "digits") for key in row} == {*"0123456789", "", ERASE}
