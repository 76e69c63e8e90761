"""A real window under Xvfb with real X input: what is pressed is what is heard, what is measured is what is shown."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter

from kiosk.reception.flow.screen import Screen
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Target
from kiosk.screens.panel import PANELS

Pages = Callable[..., dict[str, Screen]]
MATRIX = [(*two, *more) for *two, more in product(("800x480", "720x1280"), ("en", "ur"), ((), ("bigger",)))]
LANGUAGES = ("en", "pl", "ur", "pa", "ar", "ro", "uk", "hi")
CASES: list[Any] = [("720x1280", "ur")]
CASES += [pytest.param(one, marks=pytest.mark.long) for one in (*MATRIX, *(("1280x800", code) for code in LANGUAGES))]
SHORT_PAGES = ("welcome", "name", "phone_rules", "done", "more_time", "name_hostile", "check_hostile")


def middle(target: Target) -> tuple[float, float]:
    return target.box.x + target.box.width / 2, target.box.y + target.box.height / 2


def heard_as(target: Target) -> str:
    return f"typed:{target.typed}" if target.typed is not None else target.id


def unlike(shown: Path, sheet: Any) -> float:
    """How much of the glass differs from what the layout says, in per cent; soft edges do not count."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("paint_a_sheet", Path(__file__).with_name("paint.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    wanted = module.paint(sheet).filter(ImageFilter.GaussianBlur(1.5))
    with Image.open(shown) as picture:
        found = picture.convert("RGB").filter(ImageFilter.GaussianBlur(1.5))
    different = ImageChops.difference(wanted, found).convert("L").point(lambda value: 255 if value > 48 else 0)
    return 100 * different.histogram()[255] / (different.width * different.height)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case))
def test_every_page_is_shown_as_it_was_measured_and_hears_every_target(
    open_stage: Any, pages: Pages, case: tuple[str, ...], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    panel, language, *bigger = case
    whole = request.node.get_closest_marker("long") is not None
    stage = open_stage(*case)
    wrong = {}
    for name, screen in pages(language, panel, bool(bigger)).items():
        if not whole and name not in SHORT_PAGES:
            continue
        stage.show(name)
        sheet = compose(screen, PANELS[panel])
        difference = unlike(stage.picture(tmp_path / f"{name}.png"), sheet)
        if difference > 0.1:
            wrong[name] = f"{difference:.2f} % of the glass differ"
        for target in _some(sheet.targets, whole):
            stage.tap(*middle(target), hold_s=0.02)
            if target.id == "shift":
                stage.tap(*middle(target), hold_s=0.02)
                continue
            if target.enabled:
                # The keys go small after the first letter; a page that stands here does not say so.
                assert stage.told("heard").lower() == heard_as(target).lower(), name
    assert wrong == {}


def _some(targets: tuple[Target, ...], whole: bool) -> tuple[Target, ...]:
    """Every target; on a keyboard every sixth key, since keys differ by their place alone."""
    keys = [target for target in targets if target.role == "key"]
    others = tuple(target for target in targets if target.role != "key")
    return (*others, *keys[:: 6 if whole else 15])


class Visitor:
    """Somebody at the flow itself, in a window: presses targets by id and waits for pages by name."""

    def __init__(self, stage: Any, pages: Pages) -> None:
        self.stage, self._pages = stage, pages

    def sees(self, page: str) -> None:
        while self.stage.told("shown") != page:
            pass

    def press(self, on: str, id: str, language: str = "en") -> None:
        sheet = compose(self._pages(language, "800x480")[on], PANELS["800x480"])
        self.stage.tap(*middle(next(target for target in sheet.targets if target.id == id)), hold_s=0.02)

    def begins_to_write(self, text: str) -> None:
        self.press("welcome", "sign_in")
        self.sees("name")
        for letter in text.lower():
            self.press("name", f"key:{letter}")
        while self.stage.told("text") != text:
            pass
        assert self.keeps(text), "the test can find what is there"

    def keeps(self, text: str) -> list[str]:
        """Where the window keeps a text."""
        self.stage.say(tree=text)
        found: list[str] = self.stage.told("tree")
        return found


def test_after_any_reset_nothing_that_was_typed_is_left(open_stage: Any, pages: Pages) -> None:
    stage = open_stage("800x480", "play")
    visitor = Visitor(stage, pages)
    assert stage.told("shown") == "welcome"

    visitor.begins_to_write("Quiz")  # a name begins with a capital
    stage.say(wait=100)
    visitor.sees("welcome")
    assert visitor.keeps("Quiz") == [], "by time-out"

    visitor.begins_to_write("Quiz")
    stage.say(wait=66)
    visitor.sees("more_time")
    visitor.press("more_time", "start_again")
    visitor.sees("welcome")
    assert visitor.keeps("Quiz") == [], "by the button"

    visitor.begins_to_write("Quiz")
    visitor.press("name", "back")
    visitor.sees("welcome")
    visitor.press("welcome", "language:pl")
    visitor.sees("welcome")
    assert visitor.keeps("Quiz") == [], "by going back, and another language"
    stage.say(wait=121)
    visitor.sees("welcome")
    assert set(visitor.keeps("Wejście")) == {"textures", "_length"}, "English again; words of ours may be kept"

    visitor.begins_to_write("Quiz")
    stage.say(**{"break": 1})
    visitor.sees("welcome")
    assert visitor.keeps("Quiz") == [], "by a failure of the window"

    kept = [path for path in stage.home.rglob("*") if path.is_file() and b"Quiz" in path.read_bytes()]
    assert kept == [], "no file of the window's"
    assert "Quiz" not in stage.said_aside()


def test_a_long_press_offers_accents_and_a_second_finger_is_not_heard_twice(open_stage: Any, pages: Pages) -> None:
    stage = open_stage("1280x800", "en")
    stage.show("name")
    targets = {target.id: target for target in compose(pages("en", "1280x800")["name"], PANELS["1280x800"]).targets}
    stage.tap(*middle(targets["key:l"]), hold_s=0.8)
    x, y = middle(targets["key:l"])
    # The accents stand over the key: ł is the first of three.
    stage.tap(x - 105, y - 105, hold_s=0.05)
    assert stage.told("heard") == "typed:ł"
    stage.tap(*middle(targets["back"]))
    assert stage.told("heard") == "back", "one touch is heard once"


def test_ten_quick_taps_are_ten_presses_and_no_harm(open_stage: Any, pages: Pages) -> None:
    stage = open_stage("800x480", "play")
    welcome = compose(pages("en", "800x480")["welcome"], PANELS["800x480"])
    x, y = middle(next(target for target in welcome.targets if target.id == "sign_in"))
    stage.x("mousemove", str(round(x)), str(round(y)), "click", "--repeat", "10", "--delay", "10", "1")
    while stage.told("shown") != "name":
        pass
    assert stage.process.poll() is None


def test_the_window_outlives_a_failure_and_ends_when_there_are_too_many(open_stage: Any, pages: Pages) -> None:
    stage = open_stage("800x480", "play")
    assert stage.told("shown") == "welcome"
    stage.say(**{"break": 1})
    assert stage.told("shown") == "welcome", "the first page is drawn anew"
    welcome = compose(pages("en", "800x480")["welcome"], PANELS["800x480"])
    stage.tap(*middle(next(target for target in welcome.targets if target.id == "sign_in")))
    while stage.told("shown") != "name":
        pass
    stage.say(**{"break": 6})
    assert stage.process.wait(20) == 1
    said = stage.said_aside()
    assert said.count("IndexError at stage.py") >= 6
    assert "again and again" in said.splitlines()[-1]
