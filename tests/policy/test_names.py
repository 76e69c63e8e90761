"""Which written names are the same name, for the screen and for the office."""

import pytest

from policy.names import fold_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siân Pritchard", "sian  PRITCHARD "),
        ("Katarzyna Wójcik-Łuczak", "katarzyna wojcik-luczak"),
        ("Øystein Ærø", "oystein aero"),
        ("Nkechi O’Brien", "Nkechi O'Brien"),
        ("Anne‑Marie", "Anne-Marie"),
        ("Zoe\u0308", "Zoë"),
        ("Weiß", "WEISS"),
    ],
)
def test_spelling_that_a_keyboard_makes_is_no_other_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("Amy Birch", "Amy Birk"), ("Amy Birch", "AmyBirch"), ("Jo", "Jo B")])
def test_other_letters_are_another_name(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)
