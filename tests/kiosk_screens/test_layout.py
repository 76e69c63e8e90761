"""Every page fits: no word leaves its place, no target is too small, nothing lies over anything else."""

from collections.abc import Callable
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest

from kiosk.reception.flow.screen import Page, Screen
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Box, Drawing, Ribbon, Sheet, Target, Words
from kiosk.screens.measuring import ink_of
from kiosk.screens.panel import CAPITALS, PANELS, SMALLEST_MM, TARGET_MM, Panel

Pages = Callable[..., dict[str, Screen]]
LANGUAGES = ("en", "pl", "ur", "pa", "ar", "ro", "uk", "hi")
SHORT = (
    *product(("en", "ur"), ("800x480", "720x1280"), (False, True)),
    *((language, "1280x800", False) for language in LANGUAGES),
)
LONG = tuple(one for one in product(LANGUAGES, PANELS, (False, True)) if one not in SHORT)
CASES = [*SHORT, *(pytest.param(*one, marks=pytest.mark.long) for one in LONG)]


LEAST_BIGGER_MM, LEAST_WHERE_MM = 4.2, 3.1
"""Capitals of what stands beside the words that have 6.1 mm, where a page would be cut into many parts otherwise
(0.5 degrees), and of the words that say where the visitor is."""
KEPT_SMALL = frozenset(
    {"name_long", "name_badge", "delivery", "sign_out_lanyard", "sign_out_no_reader", "more_time", "done"}
)
"""Long sentences over a keyboard, a main button beside keys, the colour on the picture of the lanyard: they keep the
size that fits there."""


def ink(words: Words) -> Box:
    """Where the pixels of a line are."""
    left, top, width, height = extent(words.text, words.face, words.bold, words.px, words.right_to_left)
    return Box(round(words.box.x) + left, round(words.baseline) + top, width, height)


@cache
def extent(*key: Any) -> tuple[int, int, int, int]:
    """The same words come on many pages; Urdu takes its time."""
    drawn = ink_of(*key)
    return drawn.left, drawn.top, drawn.width, drawn.height


def wrong_words(sheet: Sheet, panel: Panel) -> list[str]:
    """Words that leave the panel, or the button or field they belong to."""
    glass = Box(0, 0, panel.width, panel.height)
    wrong = []
    for shape in sheet.shapes:
        parts = shape.shapes if isinstance(shape, Target) else (shape,)
        for part in parts:
            if not isinstance(part, Words):
                continue
            place = shape.box if isinstance(shape, Target) else glass
            if not place.holds(ink(part), slack=2.0):
                wrong.append(f"{part.text!r} leaves {place} with {ink(part)}")
            across = Box(part.within.x, -10_000, part.within.width, 30_000)
            if not across.holds(ink(part), slack=0.2 * part.px):
                wrong.append(f"{part.text!r} is wider than its place")
    return wrong


def wrong_targets(sheet: Sheet, panel: Panel) -> list[str]:
    """Targets that are too small, too near or off the glass."""
    wrong = []
    glass, mm = Box(0, 0, panel.width, panel.height), panel.px_per_mm
    for target in sheet.targets:
        least = TARGET_MM if target.role == "main" else SMALLEST_MM
        if min(target.box.width, target.box.height) < least * mm - 0.5:
            wrong.append(f"{target.id} is only {target.box.width / mm:.1f} x {target.box.height / mm:.1f} mm")
        if not glass.holds(target.box):
            wrong.append(f"{target.id} leaves the glass")
        below = target.box.bottom - max(target.box.y, panel.height / 2)
        if panel.portrait and below < min(target.box.height, TARGET_MM * mm) - 2:
            wrong.append(f"{target.id} is above the middle: a sentence with its box may begin there, no more")
    for one, other in combinations(sheet.targets, 2):
        across = one.box.x < other.box.right - 1 and other.box.x < one.box.right - 1
        if across and one.box.y < other.box.bottom - 1 and other.box.y < one.box.bottom - 1:
            wrong.append(f"{one.id} lies over {other.id}")
    return wrong


def wordless_corners(screen: Screen, sheet: Sheet) -> list[str]:
    """Back or the office with an icon alone: what a bell means must be said."""
    corners = {button.id for button in (screen.back, screen.help) if button is not None}
    own = [target for target in sheet.targets if target.id in corners and screen.countdown_s is None]
    bare = [target for target in own if not any(isinstance(shape, Words) for shape in target.shapes)]
    return [f"{target.id} has no word" for target in bare]


@pytest.mark.parametrize(("language", "panel", "bigger"), CASES)
def test_every_page_fits(pages: Pages, language: str, panel: str, bigger: bool) -> None:
    wrong = {}
    for name, screen in pages(language, panel, bigger).items():
        sheet = compose(screen, PANELS[panel])
        found = wrong_words(sheet, PANELS[panel]) + wrong_targets(sheet, PANELS[panel])
        found += wordless_corners(screen, sheet)
        if not sheet.fits:
            found.append("it does not fit")
        if found:
            wrong[name] = found
    assert wrong == {}


def test_no_page_is_left_out(pages: Pages) -> None:
    assert {screen.page for screen in pages("en", "1280x800").values()} == set(Page)


@pytest.mark.parametrize("panel", PANELS)
def test_bigger_text_has_capitals_of_6_1_mm_wherever_something_is_read(pages: Pages, panel: str) -> None:
    """The keys, the corner buttons and the row of helps under the first page keep what fits their targets."""
    profile = PANELS[panel]
    small = {}
    for name, screen in pages("en", panel, True).items():
        if not screen.bigger or screen.page in (Page.WELCOME, Page.HOST_NAME) or name in KEPT_SMALL:
            continue
        sheet = compose(screen, profile)
        read = [shape for shape in sheet.shapes if isinstance(shape, Words) and not shape.private]
        where = [shape for shape in read if screen.progress is not None and shape.text == screen.progress.text]
        assert all(words.px * CAPITALS / profile.px_per_mm >= LEAST_WHERE_MM for words in where), name
        read = [words for words in read if words not in where]
        read += [
            part
            for target in sheet.targets
            if target.role in ("choice", "main")
            for part in target.shapes
            if isinstance(part, Words) and not part.private
        ]
        least = min((words.px * CAPITALS / profile.px_per_mm for words in read), default=99.0)
        if least < LEAST_BIGGER_MM:
            small[name] = round(least, 1)
    assert small == {}


@pytest.mark.parametrize("panel", PANELS)
def test_high_contrast_moves_nothing(pages: Pages, panel: str) -> None:
    for name, screen in pages("en", panel).items():
        plain, high = compose(screen, PANELS[panel]), compose(pages("en", panel, False, True)[name], PANELS[panel])
        places = [(target.id, target.box) for target in plain.targets if target.id != "contrast"]
        assert places == [(target.id, target.box) for target in high.targets if target.id != "contrast"], name


def test_a_page_from_right_to_left_is_mirrored_and_its_keys_are_not(pages: Pages) -> None:
    panel = PANELS["1280x800"]
    english = {target.id: target.box for target in compose(pages("en", "1280x800")["name"], panel).targets}
    urdu = {target.id: target.box for target in compose(pages("ur", "1280x800")["name"], panel).targets}
    assert english["back"].x < panel.width / 2 < urdu["back"].x
    assert english["help"].x > panel.width / 2 > urdu["help"].x
    assert english["next"].x > panel.width / 2 > urdu["next"].x
    for key in ("key:q", "key:p", "key:a", "erase"):
        assert urdu[key].x == pytest.approx(english[key].x), key


def test_a_name_is_written_from_left_to_right_in_every_language(pages: Pages) -> None:
    for language in ("en", "ur", "ar"):
        sheet = compose(pages(language, "1280x800")["name"], PANELS["1280x800"])
        written = next(shape for shape in sheet.plain() if isinstance(shape, Words) and shape.private)
        assert written.text == "Aleksandra Kowalczyk"
        assert written.face == "latin"
        assert not written.right_to_left
        assert written.box.x < 100


def test_the_question_about_time_shows_nothing_that_was_typed(pages: Pages) -> None:
    sheet = compose(pages("en", "1280x800")["more_time"], PANELS["1280x800"])
    assert not any("Wolfe" in shape.text for shape in sheet.plain() if isinstance(shape, Words))
    assert [target.id for target in sheet.targets] == ["more_time", "start_again", "help"]


def test_back_and_the_office_stand_in_one_place(pages: Pages) -> None:
    for panel in PANELS:
        corners = set()
        for name, screen in pages("en", panel).items():
            if screen.back is None or screen.countdown_s is not None or name == "done":
                continue
            sheet = compose(screen, PANELS[panel])
            back = next(target for target in sheet.targets if target.id == "back")
            corners.add((back.box.x < PANELS[panel].width / 4, back.box.y < PANELS[panel].height / 4))
        assert corners == {(True, not PANELS[panel].portrait)}, panel


def test_the_office_can_be_asked_on_every_page(pages: Pages) -> None:
    for name, screen in pages("en", "1280x800").items():
        if screen.page in (Page.HELP, Page.SAVING):
            continue
        ids = [target.id for target in compose(screen, PANELS["1280x800"]).targets]
        assert "help" in ids, name


def words_of(sheet: Sheet) -> str:
    """Everything that can be read on a page, as one text."""
    return " ".join(shape.text for shape in sheet.plain() if isinstance(shape, Words))


@pytest.mark.parametrize(("language", "panel"), [*product(("en", "ur"), ("800x480", "720x1280"))])
def test_with_bigger_text_who_is_signed_in_still_sees_the_lanyard_the_english_and_who_checked_the_words(
    pages: Pages, language: str, panel: str
) -> None:
    screen = pages(language, panel, True)["done"]
    sheet = compose(screen, PANELS[panel])
    assert any(isinstance(shape, Ribbon) for shape in sheet.shapes)
    expected = [line.english for line in screen.lines if line.english] + (
        [screen.unchecked] if screen.unchecked else []
    )
    assert len(expected) == (0 if language == "en" else 4)
    assert [text for text in expected if text not in words_of(sheet)] == []


def test_upright_all_answers_stand_on_one_page_and_each_is_changed_in_the_lower_half(pages: Pages) -> None:
    panel = PANELS["720x1280"]
    for language in ("en", "ur"):
        screen = pages(language, panel.name)["check"]
        assert len(screen.rows) == 5
        sheet = compose(screen, panel)
        changes = [target for target in sheet.targets if target.id.startswith("change:")]
        assert len(changes) == 5
        assert min(target.box.y for target in changes) >= panel.height / 2
        for target, row in zip(changes, screen.rows, strict=True):
            assert row.label in " ".join(shape.text for shape in target.shapes if isinstance(shape, Words))
            assert any(isinstance(shape, Drawing) for shape in target.shapes), "a pencil says what the button does"


@pytest.mark.parametrize("panel", ["800x480", "720x1280"])
def test_bigger_text_cuts_the_rules_into_few_parts(pages: Pages, panel: str) -> None:
    parts = [pages(language, panel, True)["phone_rules"].part for language in ("en", "ur")]
    english, urdu = (part.of if part is not None else 1 for part in parts)
    assert english <= 3
    assert urdu <= 7, "with English beside each line: no part has less than a rule"


def test_a_telephone_number_stands_in_one_line(pages: Pages) -> None:
    for language, panel in product(("en", "ur"), ("800x480", "720x1280")):
        sheet = compose(pages(language, panel, True)["help_unanswered"], PANELS[panel])
        lines = [shape.text for shape in sheet.plain() if isinstance(shape, Words) and "01632" in shape.text]
        assert lines, language
        assert [line for line in lines if "01632 960 155" not in line] == [], language
