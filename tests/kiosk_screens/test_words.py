"""Words: every catalogue is whole, every letter has a glyph, shaped scripts are shaped, every icon is drawn."""

import re
from pathlib import Path

import pytest
from babel.messages import pofile
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it carries no types

from kiosk.reception.flow.reasons import REASONS
from kiosk.reception.flow.texts import every_text
from kiosk.reception.language import LANGUAGES, catalogues, words_of
from kiosk.screens.drawings import icon_lines, icon_mask, icon_names
from kiosk.screens.faces import FACES, face_of, runs_right_to_left
from kiosk.screens.measuring import ink_of, length, wrap

TRANSLATED = [language.code for language in LANGUAGES if language.code != "en"]
ROOT = Path(__file__).parents[2]
ISOLATES = {"\u2068", "\u2069"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_has_a_translation_and_says_that_no_speaker_has_checked_it(code: str) -> None:
    with (catalogues() / code / "LC_MESSAGES" / "reception.po").open("rb") as file:
        catalogue = pofile.read_po(file)
    translated = {message.id: message.string for message in catalogue if message.id}
    assert [text for text in every_text() if not translated.get(text)] == []
    assert [text for text in translated if text not in every_text()] == [], "texts that no page says any more"
    for text, translation in translated.items():
        assert sorted(re.findall(r"{\w*}", str(text))) == sorted(re.findall(r"{\w*}", str(translation)))
    assert not words_of(code).checked, "the header says who has checked it; this test goes when a speaker has"


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_compiled_catalogue_is_the_one_of_today(code: str) -> None:
    words = words_of(code)
    with (catalogues() / code / "LC_MESSAGES" / "reception.po").open("rb") as file:
        for message in pofile.read_po(file):
            if message.id:
                assert words.translate(str(message.id)) == message.string, "run `make`: tools/make_catalogues.py"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_letter_has_a_glyph(language: object) -> None:
    code, name = language.code, language.name  # type: ignore[attr-defined]
    words = words_of(code)
    for text in (*map(words.translate, every_text()), name, "Aleksandra Kowalczyk 14 · 09:12 “Ş’"):
        face = face_of(code, text)
        glyphs = TTFont(face.file(False)).getBestCmap()
        missing = {
            letter for letter in text if ord(letter) not in glyphs and letter not in ISOLATES and not letter.isspace()
        }
        assert missing == set(), text


def test_urdu_is_joined_and_runs_to_the_left() -> None:
    urdu = FACES["urdu"]
    joined = length("فون", urdu, False, 100, right_to_left=True)
    apart = sum(length(letter, urdu, False, 100, right_to_left=True) for letter in "فون")
    assert joined < apart * 0.95
    assert runs_right_to_left("فون Aleksandra")
    assert not runs_right_to_left("Aleksandra فون")
    assert not runs_right_to_left("14")


def test_hindi_and_punjabi_are_shaped() -> None:
    for face, text in (("devanagari", "क्ष"), ("gurmukhi", "ਪ੍ਰ")):
        together = length(text, FACES[face], False, 100)
        assert together < sum(length(letter, FACES[face], False, 100) for letter in text if letter.isalpha()) * 1.05


def test_a_name_inside_an_urdu_sentence_keeps_its_letters() -> None:
    sentence = words_of("ur").translate("We have told {host}. Please wait.", host="Ducklings")
    alone = ink_of("Ducklings", "urdu", False, 40, False)
    assert alone.width > 100, "the merged font has Latin letters"
    assert "Ducklings" in sentence
    assert ink_of(sentence, "urdu", False, 40, True).width > alone.width


def test_latin_words_beside_another_language_are_drawn_with_the_latin_font() -> None:
    assert face_of("ur", "Aleksandra").name == "latin"
    assert face_of("en", "हिन्दी").name == "devanagari"
    assert face_of("ur", "واپس").name == "urdu"
    assert face_of("en", "العربية").name == "arabic"
    assert face_of("en", "گلزار پاشا").name == "urdu", "letters that the Arabic face does not have"
    assert face_of("uk", "Далі").name == "latin"


def test_a_long_word_is_broken_and_said_to_be() -> None:
    lines, whole = wrap("Wolfeschlegelsteinhausenbergerdorff", 200, FACES["latin"], False, 30)
    assert not whole
    assert "".join(lines) == "Wolfeschlegelsteinhausenbergerdorff"
    lines, whole = wrap("Keep it out of sight.", 10_000, FACES["latin"], False, 30)
    assert (lines, whole) == (("Keep it out of sight.",), True)


@pytest.mark.parametrize("text", ["", "👋🏽 <b>Zoë</b>", "\u202eabc", "a" * 80, "مرحبا Zoë", "\U0001f600"])
def test_anything_that_is_typed_can_be_drawn(text: str) -> None:
    face = face_of("en", text)
    ink_of(text, face.name, False, 40, runs_right_to_left(text))
    assert wrap(text, 300, face, False, 40, private=True)[0]


@pytest.mark.parametrize("text", ["", " ", "\U0001f44b\U0001f3fd", "\u0301", "a"])
def test_what_nothing_is_seen_of_has_no_pixels_and_no_size(text: str) -> None:
    for face in FACES:
        ink = ink_of(text, face, True, 40, False)
        assert len(ink.cover) == ink.width * ink.height
        assert (ink.width == 0) == (ink.height == 0)


def test_every_icon_can_be_drawn() -> None:
    for name in icon_names():
        assert max(icon_mask(name, 32)) > 200, name
        assert all(-1 <= value <= 25 for line in icon_lines(name) for point in line for value in point), name


def test_every_icon_that_a_page_names_is_there() -> None:
    named = {reason.icon for reason in REASONS}
    for source in (ROOT / "kiosk" / "reception" / "flow").glob("*.py"):
        named |= set(re.findall(r'icon="([\w-]+)"', source.read_text("utf-8")))
    assert named <= icon_names()


def test_the_screen_has_the_drawings_of_the_office() -> None:
    def drawings(path: Path) -> dict[str, str]:
        found = re.findall(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', path.read_text("utf-8"), re.S)
        return {name: "".join(drawing.split()) for name, drawing in found}

    office = drawings(ROOT / "admin_web" / "web" / "static" / "icons.svg")
    screen = drawings(ROOT / "kiosk" / "screens" / "drawings.svg")
    both = office.keys() & screen.keys()
    assert len(both) > 40
    assert [name for name in both if office[name] != screen[name]] == []
