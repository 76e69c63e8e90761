"""Which font draws which language, how large beside Latin letters, and how high its lines are (look.md, Type)."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
"""Made by tools/make_screen_fonts.py when the product is set up."""


@dataclass(frozen=True, slots=True)
class Face:
    """One script's fonts, `<name>-400.ttf` and `<name>-700.ttf`; each has Latin letters too."""

    name: str
    larger: float
    """Its size where Latin letters have 1."""
    above: float
    """Height of a line above the baseline, as a part of the Latin size."""
    below: float
    middle: float
    """Height over the baseline of the middle of its letters: what looks centred in a button."""
    tall: float
    """Height of a button in which the longest strokes of a line still lie, centred so."""
    overhang: float = 0.0
    """How far the first word of a line reaches past its advance, as a part of the size."""

    @property
    def line(self) -> float:
        """Height of a line, as a part of the Latin size."""
        return self.above + self.below

    def file(self, bold: bool) -> Path:
        """The font file of one weight."""
        return FOLDER / f"{self.name}-{700 if bold else 400}.ttf"


LATIN = Face("latin", 1.0, 0.98, 0.30, 0.33, 1.34)
URDU = Face("urdu", 0.9, 1.22, 0.49, 0.42, 2.1, 0.32)
ARABIC = Face("arabic", 1.0, 1.0, 0.45, 0.26, 1.5)
GURMUKHI = Face("gurmukhi", 1.12, 1.05, 0.33, 0.40, 1.42)
DEVANAGARI = Face("devanagari", 1.12, 1.05, 0.33, 0.40, 1.42)
FACES = {face.name: face for face in (LATIN, URDU, ARABIC, GURMUKHI, DEVANAGARI)}
OF_LANGUAGE = {"ur": URDU, "ar": ARABIC, "pa": GURMUKHI, "hi": DEVANAGARI}
FIRST_OF_URDU, LAST_OF_URDU = "\u0672", "\u06ff"
"""Letters that Arabic does not write with and its face does not have: a name with one of them is drawn as Urdu."""
_OF_SCRIPT = {"ARABIC": ARABIC, "GURMUKHI": GURMUKHI, "DEVANAGARI": DEVANAGARI}


def face_of(language: str, text: str = "") -> Face:
    """The face whose letters a text has: the language's own, or that of a name in another script."""
    own = OF_LANGUAGE.get(language, LATIN)
    if not text:
        return own
    if text.isascii():
        return LATIN
    found = {_face_of_letter(letter) for letter in text} - {None}
    if not found:
        return LATIN
    if own in found or (own is URDU and ARABIC in found):
        return own
    if ARABIC in found and any(FIRST_OF_URDU <= letter <= LAST_OF_URDU for letter in text):
        return URDU
    return next(face for face in (ARABIC, GURMUKHI, DEVANAGARI) if face in found)


@lru_cache(maxsize=1024)
def _face_of_letter(letter: str) -> Face | None:
    return _OF_SCRIPT.get(unicodedata.name(letter, "").partition(" ")[0])


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs to the left (Unicode TR 9, rule P2)."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
