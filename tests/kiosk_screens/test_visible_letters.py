"""What the flow leaves in a name, a font of the screen can draw; the mark for anything else too."""

import sys
import unicodedata
from functools import cache

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it carries no types

from kiosk.reception.flow.visible import MARK, visible
from kiosk.screens.faces import FACES


@cache
def letters_of(face: str) -> frozenset[int]:
    return frozenset(TTFont(FACES[face].file(False)).getBestCmap())


def test_every_letter_that_is_left_as_it_is_has_a_glyph_and_no_other_letter_has() -> None:
    drawn = frozenset().union(*map(letters_of, FACES))
    letters = (chr(code) for code in range(0x20, sys.maxunicode + 1) if unicodedata.category(chr(code)) != "Cn")
    left = {ord(letter) for letter in letters if visible(letter) == letter}
    unseen = {0x7F, 0x200C, 0x200D, 0x200E, 0x200F, 0x2066, 0x2067, 0x2068, 0x2069}
    assert {hex(code) for code in left - drawn - unseen} == set()
    # A dotted circle stands under a lone vowel sign, and the sign for what is not there: no part of a name.
    assert {hex(code) for code in drawn - left if code >= 0x20} <= {"0x25cc", "0xfffd"}


def test_the_mark_is_in_every_font() -> None:
    assert [face for face in FACES if ord(MARK) not in letters_of(face)] == []
