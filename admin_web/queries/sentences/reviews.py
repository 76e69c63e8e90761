"""Sentences about reviews of exceptions: who, of what, with which code."""

from admin_web.queries.sentences.exceptions import kind_words
from admin_web.queries.sentences.sentence import Part, Sentence, Tone, say
from admin_web.queries.sentences.told import Told
from admin_web.services.reviews import CODES


def exception_reviewed(told: Told) -> Sentence:
    """Tell that somebody reviewed an exception."""
    code, kind = told.event.text("what") or "", told.event.text("kind") or ""
    about: tuple[Part, ...] = (", about ", told.who()) if told.event.person is not None else ()
    said = CODES.get(code, code.replace("_", " ")).lower()
    return say(
        told.actor(), f" reviewed “{kind_words(kind)}”", *about, f": {said}." if said else ".",
        icon="review", tone=Tone.WHO, second=("clause 18",),
    )  # fmt: skip
