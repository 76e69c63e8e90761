"""Measures the words of Urdu while nobody waits: the first look at each takes 1.7 ms, every later one nothing."""

from collections.abc import Iterator

from kiosk.reception.flow.texts import every_text
from kiosk.reception.language import words_of
from kiosk.screens.faces import URDU
from kiosk.screens.measuring import length

SLOW = "ur"


def warm() -> Iterator[None]:
    """Measure one word a step, in both weights; done once all of the catalogue's words are known."""
    translate = words_of(SLOW).translate
    words = {word for text in every_text() for word in translate(text).split()}
    for word in sorted(words):
        for bold in (False, True):
            length(word, URDU, bold, 100, right_to_left=True)
            yield
