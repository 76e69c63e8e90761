"""The words of the screen: English texts are the message ids, catalogues hold the others (gettext).

A text without a translation stays English; a language is unchecked while its catalogue says that a machine made it.
"""

import gettext
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

ENGLISH = "en"
DOMAIN = "reception"
CHECKED_HEADER = "x-checked-by-a-speaker"
"""A line of the catalogue's header, `X-Checked-By-A-Speaker: yes`; anything else, or none, is unchecked."""
FIRST_STRONG, POP = "\u2068", "\u2069"
"""Around a Latin name in a sentence that runs from right to left, so that the two do not mix (Unicode TR 9)."""

Translate = Callable[..., str]
"""`translate(message_id, **values)`: the text in one language with its {values} filled in."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language a visitor can choose."""

    code: str
    name: str
    """In its own letters, as it stands on the first page."""
    right_to_left: bool = False


LANGUAGES = (
    Language("en", "English"),
    Language("pl", "Polski"),
    Language("ur", "اردو", right_to_left=True),
    Language("pa", "ਪੰਜਾਬੀ"),
    Language("ar", "العربية", right_to_left=True),
    Language("ro", "Română"),
    Language("uk", "Українська"),
    Language("hi", "हिन्दी"),
)
BY_CODE = {language.code: language for language in LANGUAGES}


class Words:
    """The screen's texts in one language; a text that is missing there is English."""

    def __init__(self, language: Language, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue
        self._missing = not isinstance(catalogue, gettext.GNUTranslations)
        self.checked = language.code == ENGLISH or catalogue.info().get(CHECKED_HEADER, "").strip().lower() == "yes"
        """Whether a speaker of the language has read the catalogue."""

    def translate(self, message_id: str, **values: object) -> str:
        """Translate a text and fill in its values; what a translator broke falls back to English."""
        text = self._catalogue.gettext(message_id)
        if not values:
            return text
        said = {name: self._isolated(value) for name, value in values.items()}
        try:
            return text.format(**said)
        except (KeyError, IndexError, ValueError):
            return message_id.format(**said)

    def has(self, message_id: str) -> bool:
        """Whether the catalogue has a translation of its own; English always has."""
        if self.language.code == ENGLISH:
            return True
        return not self._missing and self._catalogue.gettext(message_id) != message_id

    def _isolated(self, value: object) -> str:
        return f"{FIRST_STRONG}{value}{POP}" if self.language.right_to_left else str(value)


def catalogues() -> Path:
    """Where the catalogues lie: `<language>/LC_MESSAGES/reception.mo`."""
    return Path(str(files("kiosk.reception").joinpath("locale")))


@cache
def words_of(code: str, directory: Path | None = None) -> Words:
    """Read a language's words; English, and a language whose catalogue is not there, speak English."""
    language = BY_CODE.get(code, BY_CODE[ENGLISH])
    if language.code == ENGLISH:
        return Words(language, gettext.NullTranslations())
    found = gettext.translation(DOMAIN, directory or catalogues(), [language.code], fallback=True)
    return Words(language, found)
