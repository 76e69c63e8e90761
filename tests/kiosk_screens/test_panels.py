"""Panels in millimetres, and the theme's contrast (look.md)."""

import re
from itertools import product
from pathlib import Path

import pytest

from kiosk.screens.errors import UnknownPanel
from kiosk.screens.panel import BIGGER_MM, CAPITALS, PANELS, SMALLEST_MM, TARGET_MM, panel_named
from kiosk.screens.tokens import HIGH, LIGHT, Colours, contrast

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "target", "smallest"),
    [("1280x800", 89, 53), ("1024x600", 100, 60), ("800x480", 78, 47), ("720x1280", 123, 74), ("1280x720", 123, 74)],
)
def test_a_panel_turns_millimetres_into_the_pixels_of_the_table(name: str, target: int, smallest: int) -> None:
    assert PANELS[name].px(TARGET_MM) == pytest.approx(target, abs=1)
    assert PANELS[name].px(SMALLEST_MM) == pytest.approx(smallest, abs=1)
    assert PANELS[name].px(TARGET_MM) >= TARGET_MM * PANELS[name].px_per_mm


def test_an_unknown_panel_names_those_there_are() -> None:
    with pytest.raises(UnknownPanel, match=r"no panel 640x480.*1280x800"):
        panel_named("640x480")


def test_only_the_upright_panel_is_upright() -> None:
    assert [name for name, panel in PANELS.items() if panel.portrait] == ["720x1280"]


def test_capitals_of_bigger_text_are_seen_at_0_7_degrees_from_500_mm() -> None:
    assert pytest.approx(6.1, abs=0.05) == BIGGER_MM * CAPITALS


TEXT_PAIRS = (
    *product(("text", "text2"), ("page", "card", "sunk", "tint")),
    *product(("link",), ("page", "card", "tint")),
    ("on_brand", "brand"),
    ("on_brand", "brand_pressed"),
    ("brand", "tint"),
    ("brand", "card"),
    ("text", "away_soft"),
    ("in_ink", "card"),
    ("in_on", "in_solid"),
    ("out_ink", "out_soft"),
    ("out_ink", "page"),
    ("no_ink", "no_soft"),
    ("no_ink", "card"),
    ("no_on", "no_solid"),
)
EDGE_PAIRS = (
    *product(("edge",), ("page", "card", "sunk")),
    ("focus", "card"),
    ("brand", "page"),
    ("no_solid", "card"),
    ("brand", "away_soft"),
)


@pytest.mark.parametrize(("colours", "least"), [(LIGHT, 4.5), (HIGH, 7.0)], ids=["light", "high"])
def test_every_text_can_be_read_on_its_ground(colours: Colours, least: float) -> None:
    low = {pair: contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) for pair in TEXT_PAIRS}
    assert {pair: value for pair, value in low.items() if value < least} == {}


@pytest.mark.parametrize("colours", [LIGHT, HIGH], ids=["light", "high"])
def test_every_edge_can_be_seen(colours: Colours) -> None:
    low = {pair: contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) for pair in EDGE_PAIRS}
    assert {pair: value for pair, value in low.items() if value < 3.0} == {}


def test_contrast_is_what_wcag_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#777777") == pytest.approx(4.48, abs=0.01)


def test_the_screen_has_the_colours_of_the_office() -> None:
    sheet = (ROOT / "admin_web" / "web" / "static" / "app.css").read_text("utf-8")
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})\b", sheet.partition("@media")[0]))
    assert light, "the office's colours stand before its first media query"
    named = {
        name.replace("_", "-"): getattr(LIGHT, name)
        for name in LIGHT.__slots__
        if isinstance(getattr(LIGHT, name), str)
    }
    same = {name: (value, light[name].upper()) for name, value in named.items() if name in light}
    assert len(same) > 15
    assert {name: pair for name, pair in same.items() if pair[0] != pair[1]} == {}
