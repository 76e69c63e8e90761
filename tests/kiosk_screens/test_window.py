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
LANGUAGES = ("pl", "pa", "ar", "ro", "uk", "hi")
CASES: list[Any] = [("720x1280", "ur")]
CASES += [pytest.param(one, marks=pytest.mark.long) for one in (*MATRIX, *(("1280x800", code) for code in LANGUAGES))]
SHORT_PAGES = ("welcome", "name", "phone_rules", "done", "more_time")


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
                assert stage.told("heard") == heard_as(target), name
    assert wrong == {}


def _some(targets: tuple[Target, ...], whole: bool) -> tuple[Target, ...]:
    """Every target; on a keyboard every sixth key, since keys differ by their place alone."""
    keys = [target for target in targets if target.role == "key"]
    others = tuple(target for target in targets if target.role != "key")
    return (*others, *keys[:: 6 if whole else 15])


def test_after_a_reset_nothing_that_was_typed_is_left(open_stage: Any, pages: Pages) -> None:
    stage = open_stage("800x480", "play")
    welcome = compose(pages("en", "800x480")["welcome"], PANELS["800x480"])
    stage.tap(*middle(next(target for target in welcome.targets if target.id == "sign_in")))
    while stage.told("shown") != "name":
        pass
    name = compose(pages("en", "800x480")["name"], PANELS["800x480"])
    keys = {target.id: target for target in name.targets}
    written = ""
    for letter in "quiz":
        stage.tap(*middle(keys[f"key:{letter}"]), hold_s=0.02)
        written += stage.told("heard").removeprefix("typed:")
    assert written == "Quiz", "a name begins with a capital"
    while stage.told("text") != "Quiz":
        pass
    stage.say(tree="Quiz")
    assert stage.told("tree"), "the test can find what is there"
    stage.say(wait=100)
    while stage.told("shown") != "welcome":
        pass
    stage.say(tree="Quiz")
    assert stage.told("tree") == []


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
    assert stage.told("shown") == "welcome", "the page is drawn anew"
    welcome = compose(pages("en", "800x480")["welcome"], PANELS["800x480"])
    stage.tap(*middle(next(target for target in welcome.targets if target.id == "sign_in")))
    while stage.told("shown") != "name":
        pass
    stage.say(**{"break": 6})
    assert stage.process.wait(20) == 1
    said = stage.process.stderr.read()
    assert said.count("IndexError at stage.py") >= 6
    assert "again and again" in said.splitlines()[-1]
