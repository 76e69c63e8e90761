"""What of a text can be drawn: for anything else a mark stands on the screen, while the text itself is kept whole.

Emoji and letters of scripts that no font of the screen has would leave a gap, in which a name looks like another one.
"""

import re

MARK = "•"
"""Stands for a run of what cannot be drawn."""

_DRAWN = (
    *((0x20, 0x7E), (0xA0, 0x148), (0x14A, 0x24F), (0x300, 0x320), (0x323, 0x33F), (0x346, 0x36F), (0x400, 0x45F)),
    *((0x490, 0x491), (0x1E9E, 0x1E9E), (0x200C, 0x200F), (0x2010, 0x2026), (0x2030, 0x2030), (0x2066, 0x2069)),
    (0x20AC, 0x20AC),
)
"""Latin and Cyrillic letters, their accents, signs, and the marks of direction that a sentence has around a name."""
_SHAPED = (
    *((0x60C, 0x60C), (0x61B, 0x61B), (0x61F, 0x61F), (0x621, 0x652), (0x654, 0x655), (0x660, 0x66A), (0x670, 0x671)),
    *((0x679, 0x679), (0x67E, 0x67E), (0x686, 0x686), (0x688, 0x688), (0x691, 0x691), (0x698, 0x698), (0x6A9, 0x6A9)),
    *((0x6AF, 0x6AF), (0x6BA, 0x6BA), (0x6BE, 0x6BE), (0x6C1, 0x6C3), (0x6CC, 0x6CC), (0x6D2, 0x6D5), (0x6F0, 0x6F9)),
    *((0x900, 0x97F), (0xA01, 0xA76)),
)
"""Arabic and Urdu, Devanagari, Gurmukhi: what tools/make_screen_fonts.py keeps of them."""
_ONE = "[^" + "".join(f"{chr(first)}-{chr(last)}" for first, last in (*_DRAWN, *_SHAPED)) + "]"
_OTHER = re.compile(f"{_ONE}+(?:\u200d{_ONE}+)*")
"""A run; of emoji that are joined into one picture too."""


def visible(text: str) -> str:
    """The text with a mark in place of each run of what no font of the screen can draw."""
    return text if text.isascii() else _OTHER.sub(MARK, text)
