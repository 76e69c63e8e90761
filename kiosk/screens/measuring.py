"""Measures and draws words with Pillow and raqm: the same font decides where a line breaks and what is on the glass.

Kivy's own Pillow provider needs 22.7 ms for a wrapped label; a line drawn here takes under 1 ms, so all scripts take
one way. Needs `libfribidi0` for Urdu and Arabic.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from PIL import ImageFont

from kiosk.screens.faces import FACES, URDU, Face

SMALLEST_PX = 8.0
MEASURED_PX = 100
SLACK = 1.002
"""Rounding of a glyph here and there must not push a word out of its line."""


def font(face: str, bold: bool, px: int) -> ImageFont.FreeTypeFont:
    """Open a font at a size; kept. Nastaliq takes 20 ms to open and 0.7 MB to keep, the others next to nothing."""
    return _slow_font(face, bold, px) if face == URDU.name else _quick_font(face, bold, px)


def _open(face: str, bold: bool, px: int) -> ImageFont.FreeTypeFont:
    size = max(px * FACES[face].larger, SMALLEST_PX)
    return ImageFont.truetype(str(FACES[face].file(bold)), size, layout_engine=ImageFont.Layout.RAQM)


_slow_font = lru_cache(maxsize=7)(_open)
_quick_font = lru_cache(maxsize=16)(_open)


def _length(text: str, face: str, bold: bool, right_to_left: bool) -> float:
    return font(face, bold, MEASURED_PX).getlength(text, direction="rtl" if right_to_left else "ltr")


_kept_length = lru_cache(maxsize=8192)(_length)
_private_lengths: dict[tuple[str, str, bool, bool], float] = {}


def length(text: str, face: Face, bold: bool, px: int, *, right_to_left: bool = False, private: bool = False) -> float:
    """Advance width of one line in pixels; a private text is kept only until `forget_private`."""
    key = (text, face.name, bold, right_to_left)
    if not private:
        found = _kept_length(*key)
    elif (known := _private_lengths.get(key)) is not None:
        found = known
    else:
        found = _private_lengths[key] = _length(*key)
    # Fonts are cut without hints: widths grow exactly with the size.
    return found * px / MEASURED_PX * SLACK


@lru_cache(maxsize=2048)
def ink_extent(text: str, face: str, bold: bool, right_to_left: bool) -> tuple[float, float]:
    """How far a line's strokes reach above and below its baseline, as a part of its size."""
    direction = "rtl" if right_to_left else "ltr"
    _, top, _, bottom = font(face, bold, MEASURED_PX).getbbox(text, direction=direction, anchor="ls")
    return -top / MEASURED_PX, bottom / MEASURED_PX


def forget_private() -> None:
    """Forget every text that was typed here; a page that is ready needs none of it."""
    _private_lengths.clear()


@dataclass(frozen=True, slots=True)
class Ink:
    """The pixels of a line, against the origin of its baseline (y down), and how much of each is covered."""

    left: int
    top: int
    width: int
    height: int
    cover: bytes
    """One byte a pixel, row by row from the top."""


def ink_of(text: str, face: str, bold: bool, px: int, right_to_left: bool) -> Ink:
    """Draw one line. Shaping Urdu takes 1.7 ms however short the line is: it is done once here."""
    mask, (left, top) = font(face, bold, px).getmask2(
        text, mode="L", direction="rtl" if right_to_left else "ltr", anchor="ls"
    )
    width, height = mask.size
    if width == 0 or height == 0:
        # Spaces, or signs that no font here has: there is room for them, and nothing to see.
        return Ink(0, 0, 0, 0, b"")
    return Ink(left, top, width, height, bytes(mask))


def ink_of_ours(text: str, face: str, bold: bool, px: int, right_to_left: bool) -> Ink:
    """Draw one line of words that nobody typed; in Urdu it is drawn once a day and kept, packed to a tenth."""
    if face != URDU.name:
        return ink_of(text, face, bold, px, right_to_left)
    packed = _packed(text, face, bold, px, right_to_left)
    return replace(packed, cover=zlib.decompress(packed.cover))


@lru_cache(maxsize=600)
def _packed(text: str, face: str, bold: bool, px: int, right_to_left: bool) -> Ink:
    drawn = ink_of(text, face, bold, px, right_to_left)
    return replace(drawn, cover=zlib.compress(drawn.cover, 1))


def line_length(
    text: str, face: Face, bold: bool, px: int, *, right_to_left: bool = False, private: bool = False
) -> float:
    """Advance width of a line as `wrap` counted it: its words and the spaces between them."""
    words = text.split(" ")
    space = length(" ", face, bold, px)
    return (
        face.overhang * px
        + space * (len(words) - 1)
        + sum(length(word, face, bold, px, right_to_left=right_to_left, private=private) for word in words if word)
    )


def wrap(
    text: str, width: float, face: Face, bold: bool, px: int, *, right_to_left: bool = False, private: bool = False
) -> tuple[tuple[str, ...], bool]:
    """Break a text into lines no wider than `width`; also whether every word fitted whole."""

    def measure(line: str) -> float:
        return length(line, face, bold, px, right_to_left=right_to_left, private=private)

    # Words are measured one by one: they come again on other pages, whole lines do not.
    space = length(" ", face, bold, px)
    width -= face.overhang * px
    lines: list[str] = []
    whole = True
    line, long = "", 0.0
    for word in _unbroken(text):
        wide = measure(word)
        if line and long + space + wide <= width:
            line, long = f"{line} {word}", long + space + wide
            continue
        if line:
            lines.append(line)
        line, long = word, wide
        while long > width and len(line) > 1:
            whole = False
            fits = _fitting(line, width, measure)
            lines.append(line[:fits])
            line = line[fits:]
            long = measure(line)
    if line or not lines:
        lines.append(line)
    return tuple(lines), whole


def _unbroken(text: str) -> list[str]:
    """The words of a text; groups of digits that follow each other are one, as a telephone number is."""
    found: list[str] = []
    for word in text.split():
        if found and found[-1][-1].isdigit() and found[-1][0].isdigit() and word[0].isdigit():
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of a word that is too long fit in a line; at least one."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low
