"""The look's colours on devices: the values of `look/tokens.css`, light and high contrast (look.md, Colour)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme; every value is `#RRGGBB`."""

    page: str
    card: str
    sunk: str
    line: str
    edge: str
    text: str
    text2: str
    brand: str
    on_brand: str
    brand_pressed: str
    tint: str
    link: str
    focus: str
    away_soft: str
    in_ink: str
    in_soft: str
    in_solid: str
    in_on: str
    out_ink: str
    out_soft: str
    no_ink: str
    no_soft: str
    no_solid: str
    no_on: str
    edge_mm: float
    """Width of the edges of fields and buttons."""
    strong_edge_mm: float
    """The edge of what is chosen."""


LIGHT = Colours(
    page="#F8F5F7",
    card="#FFFFFF",
    sunk="#F1EBEF",
    line="#E5DCE2",
    edge="#8B7A87",
    text="#271C2A",
    text2="#5F5161",
    brand="#552349",
    on_brand="#FFFFFF",
    brand_pressed="#6C3060",
    tint="#F3E7F0",
    link="#6A2459",
    focus="#B0268F",
    away_soft="#E6D6E1",
    in_ink="#17613F",
    in_soft="#E1F1E7",
    in_solid="#1D7049",
    in_on="#FFFFFF",
    out_ink="#7A4A00",
    out_soft="#FCEFD3",
    no_ink="#A3231F",
    no_soft="#FBE7E4",
    no_solid="#B3261E",
    no_on="#FFFFFF",
    edge_mm=0.34,
    strong_edge_mm=0.5,
)
HIGH = Colours(
    page="#FFFFFF",
    card="#FFFFFF",
    sunk="#FFFFFF",
    line="#000000",
    edge="#000000",
    text="#000000",
    text2="#1F1820",
    brand="#3D0B33",
    on_brand="#FFFFFF",
    brand_pressed="#000000",
    tint="#FFFFFF",
    link="#3D0B33",
    focus="#9A007C",
    away_soft="#FFFFFF",
    in_ink="#00391F",
    in_soft="#FFFFFF",
    in_solid="#00391F",
    in_on="#FFFFFF",
    out_ink="#4A2B00",
    out_soft="#FFFFFF",
    no_ink="#7A0400",
    no_soft="#FFFFFF",
    no_solid="#7A0400",
    no_on="#FFFFFF",
    edge_mm=0.65,
    strong_edge_mm=1.1,
)

RIBBONS = {
    "green": "#1D7049",
    "blue": "#24589C",
    "red": "#B3261E",
    "yellow": "#F0B03C",
    "purple": "#6B3FA0",
    "orange": "#D9701E",
    "black": "#1F1820",
    "white": "#FFFFFF",
}
"""A lanyard's ribbon as it is drawn; its colour stands in words beside it, so no contrast is asked of it."""


def colours_of(contrast: str) -> Colours:
    """The theme for `normal` or `high` contrast."""
    return HIGH if contrast == "high" else LIGHT


def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1."""
    value = int(colour[1:7], 16)
    return (value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255


def contrast(one: str, other: str) -> float:
    """Contrast of two colours from 1 to 21 (WCAG 2.2, relative luminance)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
