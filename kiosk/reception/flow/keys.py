"""What a key does to the writing line of a page."""

import unicodedata
from typing import NamedTuple

from kiosk.reception.flow import texts
from kiosk.reception.flow.screen import Page
from kiosk.reception.flow.session import NAME_LENGTH, NUMBER_LENGTH
from kiosk.reception.flow.turn import Turn


class _Line(NamedTuple):
    answer: str
    limit: int = NAME_LENGTH
    digits: bool = False


LINES = {
    Page.NAME: _Line("name"),
    Page.ORGANISATION: _Line("organisation"),
    Page.HOST_NAME: _Line("letters"),
    Page.SIGN_OUT: _Line("name"),
    Page.SIGN_OUT_LANYARD: _Line("number", NUMBER_LENGTH, digits=True),
    Page.DELIVERY: _Line("company"),
}
"""Which answer a page's line writes."""


def type_key(turn: Turn, text: str) -> None:
    """Write what fits of a key's text; marks that nobody sees, such as those that turn the direction, are left out."""
    line = LINES.get(turn.session.page)
    if line is None:
        return
    before: str = getattr(turn.session.draft, line.answer)
    after = clean(before + text, digits=line.digits)
    turn.session.error = None
    if len(after) > line.limit:
        after = after[: line.limit]
        turn.session.error = texts.NO_MORE_FITS
    turn.answer(**{line.answer: after})


def erase_key(turn: Turn) -> None:
    """Take the last character back, with the accents upon it."""
    line = LINES.get(turn.session.page)
    if line is None:
        return
    text: str = getattr(turn.session.draft, line.answer)
    while text and unicodedata.combining(text[-1]):
        text = text[:-1]
    turn.session.error = None
    turn.answer(**{line.answer: text[:-1]})


def clean(text: str, *, digits: bool = False) -> str:
    """Keep what can be seen: no control or format characters, no line ends, one space between words."""
    normal = unicodedata.normalize("NFC", text)
    if digits:
        return "".join(letter for letter in normal if letter in "0123456789")
    kept = "".join(" " if letter.isspace() else letter for letter in normal if _is_seen(letter))
    while "  " in kept:
        kept = kept.replace("  ", " ")
    return kept.lstrip()


def _is_seen(letter: str) -> bool:
    return letter.isspace() or not unicodedata.category(letter).startswith("C")
