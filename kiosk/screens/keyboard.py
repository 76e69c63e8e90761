"""Our own keyboard: a UK layout for names, accents by long press, and an A to Z grid where ten keys do not fit.

Kivy's has no UK layout, keys of 9 mm, and a bottom row off the screen (kiosk.md).
"""

from typing import Final

from kiosk.screens.panel import Panel

SHIFT, ERASE, SPACE, NEXT = "shift", "erase", "space", "next"
"""Keys that are not letters; `next` is the page's main button."""

APOSTROPHE, HYPHEN = "’", "-"
QWERTY: Final = (("q", "w", "e", "r", "t", "y", "u", "i", "o", "p"), tuple("asdfghjkl"), (SHIFT, *"zxcvbnm", ERASE))
BOTTOM: Final = (APOSTROPHE, HYPHEN, SPACE, NEXT)
A_TO_Z: Final = (
    tuple("abcdef"),
    tuple("ghijkl"),
    tuple("mnopqr"),
    tuple("stuvwx"),
    ("y", "z", APOSTROPHE, HYPHEN, SHIFT, ERASE),
)
A_TO_Z_NARROW: Final = (tuple("abcdefg"), tuple("hijklmn"), tuple("opqrstu"), ("v", "w", "x", "y", "z", SPACE, ERASE))
"""For searching a name: no capital is needed, and matches take the room."""
DIGITS: Final = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("", "0", ERASE))

ACCENTS: Final = {
    "a": "áàâäãåāăąæ",
    "c": "çćč",
    "d": "ďđð",
    "e": "éèêëēęě",
    "g": "ğģ",
    "i": "íìîïīį",
    "k": "ķ",
    "l": "łľļ",
    "n": "ñńňņ",
    "o": "óòôöõőøœ",
    "r": "řŕ",
    "s": "śšșşß",
    "t": "țťţþ",
    "u": "úùûüūůűų",
    "w": "ŵẃẅ",
    "y": "ýÿŷ",
    "z": "źżž",
    APOSTROPHE: "'‘.,",
    HYPHEN: "–/&",
}
"""What a long press offers, the commonest of our languages first."""


def rows_of(panel: Panel, keyboard: str, *, searching: bool = False) -> tuple[tuple[str, ...], ...]:
    """The rows of keys above the bottom row."""
    if keyboard == "digits":
        return DIGITS
    if panel.portrait:
        return A_TO_Z_NARROW if searching else A_TO_Z
    return QWERTY


def shown(key: str, *, capital: bool) -> str:
    """The letter of a key as it is now; a sharp s has no capital that a name begins with."""
    return key.upper() if capital and len(key.upper()) == 1 else key


def accents_of(key: str, *, capital: bool) -> tuple[str, ...]:
    """What a long press of a key offers now."""
    return tuple(shown(letter, capital=capital) for letter in ACCENTS.get(key.lower(), ""))
