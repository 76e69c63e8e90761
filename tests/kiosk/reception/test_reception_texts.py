"""The English texts are easy to read, and each can be translated (kiosk.md: one thing per page)."""

import re
from string import Formatter

import pytest

from kiosk.reception.flow import texts
from kiosk.reception.language import LANGUAGES, Words, words_of

GRADE = 4.0
POLICY_WORDS = frozenset({"headteacher", "lanyard", "visitor", "visitors", "office", "delivery", "communicate"})
"""Words that must stay, each by name: they are the school's own, and are not counted."""
VALUES = {
    "step": "5",
    "of": "7",
    "number": "14",
    "colour": "green",
    "host": "Robins",
    "telephone": "01632",
    "seen": "2",
    "all": "9",
    "seconds": "20",
    "time": "9",
    "name": "Amy",
}

SILENT_ES = re.compile(r"[^aeiouycgszxj](?<!ch)(?<!sh)es$")


def syllables(word: str) -> int:
    """Count the groups of vowels of a word, but for a silent e, -ed and -es at its end."""
    word = re.sub(r"[^a-z]", "", word.lower())
    if not word:
        return 1
    if len(word) > 3:
        if word.endswith("ed") and word[-3] not in "td":
            word = word[:-2]
        elif SILENT_ES.search(word) or (word.endswith("e") and not word.endswith(("le", "ee", "ye"))):
            word = word[:-1] if word.endswith("e") else word[:-2]
    return max(len(re.findall(r"[aeiouy]+", word)), 1)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("phone", 1), ("please", 1), ("school", 1), ("silent", 2), ("lanyard", 2), ("headteacher", 3), ("visitor", 3),
        ("signed", 1), ("wanted", 2), ("table", 2), ("used", 1), ("organisation", 5), ("rules", 1), ("places", 2),
        ("the", 1), ("agreed", 2), ("delivery", 4), ("badges", 2), ("photos", 2), ("name", 1), ("choose", 1),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_said(word: str, count: int) -> None:
    assert syllables(word) == count


def grade(text: str) -> float:
    """Flesch-Kincaid grade: 0.39 words a sentence + 11.8 syllables a word - 15.59; policy words are left out."""
    sentences = [part for part in re.split(r"[.?:]+(?:\s|$)", text) if part.strip()]
    words = [word for word in re.findall(r"[A-Za-z']+", text) if word.lower() not in POLICY_WORDS]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def filled(text: str) -> str:
    return text.format(**VALUES)


def is_sentence(text: str) -> bool:
    """Labels of a word or two have no grade: the formula is for sentences."""
    return len(text.split()) >= 4


@pytest.mark.parametrize("text", [text for text in texts.every_text() if is_sentence(text)])
def test_every_sentence_can_be_read_at_grade_4(text: str) -> None:
    assert grade(filled(text)) <= GRADE


def test_all_texts_together_are_far_easier() -> None:
    together = " ".join(filled(text).rstrip(".") + "." for text in texts.every_text())
    assert grade(together) <= 2.5


def test_the_measure_finds_what_is_hard() -> None:
    assert grade("Visiting professionals must communicate their organisational affiliation to administration.") > 10
    assert grade("We ask you to put it away and keep it away until you leave the school again at the end.") > GRADE


def test_every_policy_word_is_in_use() -> None:
    used = {word.lower() for text in texts.every_text() for word in re.findall(r"[A-Za-z]+", text)}
    assert used >= POLICY_WORDS


def test_no_text_shouts_blames_or_accuses() -> None:
    for text in texts.every_text():
        assert "!" not in text
        assert not re.search(r"\b(oops|sorry|must|breach|error|invalid|stored|failed)\b", text, re.IGNORECASE), text


def test_message_ids_are_told_apart_by_their_words() -> None:
    every = texts.every_text()
    twice = {text for text in every if every.count(text) > 1}
    assert not twice


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_text_is_translated_or_its_language_is_marked_unchecked(language: object) -> None:
    words: Words = words_of(language.code)  # type: ignore[attr-defined]  # a Language, by its id above
    missing = [text for text in texts.every_text() if not words.has(text)]
    assert not missing or not words.checked
    for text in texts.every_text():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        said = words.translate(text, **{name: VALUES[name] for name in names})
        assert all(VALUES[name] in said for name in names)
        assert "{" not in said
