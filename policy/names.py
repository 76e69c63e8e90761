"""When two written names are the same name: the one rule by which the screen and the office compare them."""

import unicodedata
from typing import Final

_WRITTEN_ALIKE: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "‐": "-",
        "‑": "-",
    }
)


def fold_name(text: str) -> str:
    """Fold a name for comparing: case, accents, kinds of apostrophe and hyphen, and runs of spaces do not count."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_WRITTEN_ALIKE))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
