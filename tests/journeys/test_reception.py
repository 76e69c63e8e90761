"""Visitors at the reception's own window, by touch: what the office, the host and the disk then know."""

import importlib.util
import json
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from broker.messages.reception_bundle import ReceptionBundle
from demo.driver import School, SchoolFailed, wait_until
from kiosk.reception.content import read_content
from kiosk.reception.flow.inputs import HostFound, RollHeard, RollRead
from kiosk.screens.layout.cutting import capacity
from kiosk.screens.layout.pages import compose
from kiosk.screens.layout.shapes import Target
from kiosk.screens.panel import DEFAULT_PANEL as PANEL

AMARA = "04a1b2c3d4e580"
"""Her cabinet is at Robins."""
RUTH = "04f03c8be59a82"
HOLD_MS = 3600
"""A hold is 3 s; a moment more for the reader to see it."""
TURNED_S, TWICE_S = 0.27, 0.55
"""A press within 250 ms of a page's turning belongs to the page before, and the same one within 500 ms is one: a hand
is slower than that."""
AGAIN_S, TRIES = 3.0, 4
"""When a hand presses again, and how often."""

pause = threading.Event().wait
"""Time that a hand takes."""


def load_hand() -> Any:
    """The flow under a hand, beside the tests of the reception."""
    source = Path(__file__).parents[1] / "kiosk" / "reception" / "conftest.py"
    spec = importlib.util.spec_from_file_location("reception_journey_hand", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reception_journey_hand"] = module
    spec.loader.exec_module(module)
    return module.Hand


HAND = load_hand()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The sample school with its reception, on a display that nobody sees."""
    with School.start(tmp_path_factory.mktemp("reception"), reception=True) as started:
        yield started


@pytest.fixture(scope="module")
def office(office: Page, school: School) -> Page:
    """The headteacher's page On site."""
    office.goto(f"{school.ready['web']}/on-site")
    return office


class Visitor:
    """A finger that presses by id: where that is, the same flow says, moved along here by the rules in force."""

    def __init__(self, school: School) -> None:
        self._school = school
        self._hand = HAND(_rules_in_force(school), capacity=lambda screen: capacity(screen, PANEL))
        self.sees("welcome")

    def press(self, *ids: str) -> None:
        """Press one after the other; each turns the page, or ticks a box on it."""
        for before, id in pairwise(("", *ids)):
            pause(TWICE_S if id == before else 0)
            x, y = self.place(lambda target, id=id: target.id == id)  # type: ignore[misc]  # no type for such a default
            page = self._hand.page
            self._hand.press(id)
            self._tap(x, y)
            if self._hand.page != page:
                self._turn_to(self._hand.page.value, x, y)

    def touch_keys(self, text: str) -> None:
        """Type on the screen's own keys."""
        for letter in text:
            self._tap(*self.place(lambda target, letter=letter: target.typed == letter))  # type: ignore[misc]  # as above
            self._hand.type(letter)

    def write(self, text: str) -> None:
        """Type on a keyboard beside the screen, which is quicker."""
        self._school.bench("/kiosk/type", {"text": text})
        self._hand.type(text)

    def sees(self, page: str) -> None:
        """Wait for a page."""
        wait_until(lambda: _screen(self._school)["page"] == page, within_s=15, what=f"the page {page}")
        pause(TURNED_S)

    def answer_all(self, name: str) -> None:
        """From the first page to the last question."""
        self.press("sign_in")
        self.write(name)
        self.press("next", "next", "reason:meeting", "room:robins", "tick:images", "read", "need:no")

    def goes_on(self, *ids: str) -> None:
        """Somebody else has pressed these."""
        self._hand.press(*ids)

    def is_signed_out_by(self, lanyard: str) -> None:
        """Somebody has held this lanyard to the reader."""
        badge = next(one.reference for one in self._hand.content.lanyards if one.number == lanyard)
        self._hand.here = {badge}
        self._hand.hold(badge)
        self.sees("signed_out")

    def holds_badge_of(self, person: str, roll: RollRead) -> None:
        """Somebody of the staff has held a badge while the roll is called, and goes on with it."""
        badge = next(one.reference for one in self._hand.content.badges.values() if one.person == person)
        self._hand.hold(badge)
        self._hand.take(HostFound((), roll.drill, "08:00"))
        self.sees("staff")
        x, y = self.place(lambda target: target.id == "go_on")
        self._hand.press("go_on")
        self._hand.take(roll)
        self._tap(x, y)
        self._turn_to("roll", x, y)
        self._hand.take(RollHeard(replace(roll, is_over=True)))

    def place(self, wanted: Callable[[Target], bool]) -> tuple[float, float]:
        """Where a target of this page is, as fractions of the screen."""
        box = next(target.box for target in compose(self._hand.screen, PANEL).targets if wanted(target))
        return (box.x + box.width / 2) / PANEL.width, (box.y + box.height / 2) / PANEL.height

    def _tap(self, x: float, y: float) -> None:
        self._school.bench("/kiosk/tap", {"x": x, "y": y})

    def _turn_to(self, page: str, x: float, y: float) -> None:
        """Wait for the page that follows; press again where the screen was still busy with what was typed."""
        for _ in range(TRIES):
            try:
                wait_until(lambda: _screen(self._school)["page"] == page, within_s=AGAIN_S, what=f"the page {page}")
            except SchoolFailed:
                self._tap(x, y)
            else:
                break
        self.sees(page)


def _screen(school: School) -> dict[str, Any]:
    return dict(school.device("reception")["screen"])


def _rules_in_force(school: School) -> Any:
    """What the reception knows by, as it keeps it."""
    database = _home(school) / "reception" / "reception.db"
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        kept = connection.execute("SELECT value FROM kept WHERE name = 'rules'").fetchone()[0]
    finally:
        connection.close()
    return read_content(ReceptionBundle.model_validate_json(json.loads(kept)["body"]))


def _home(school: School) -> Path:
    return school.directory / "data" / "devices" / "reception"


def _picture(school: School) -> bytes:
    with urlopen(f"{school.ready['bench']}/api/bench/kiosk.png", timeout=20) as answer:
        return bytes(answer.read())


def _row_of(office: Page, name: str) -> Any:
    return office.get_by_role("row").filter(has_text=name)


def _count(school: School, kind: str) -> int:
    return len(list(school.events(kind=kind)))


def test_who_signs_in_by_touch_in_urdu_is_met_by_the_host_and_signs_out_by_lanyard(
    school: School, office: Page
) -> None:
    visitor = Visitor(school)
    visitor.press("language:ur", "sign_in")
    visitor.touch_keys("Sana Iqbal")
    visitor.press("next", "next", "reason:meeting", "type_name")
    visitor.touch_keys("Ama")
    visitor.press("person:amara-osei", "tick:images", "read", "need:no", "sign_in")
    school.wait_event("visit.signed_in")
    [read] = school.wait_event("rules.acknowledged")
    assert "Urdu" in json.dumps(read, ensure_ascii=False)
    row = _row_of(office, "Sana Iqbal")
    expect(row).to_contain_text("waiting for host")
    lanyard = row.locator(".lanyard").inner_text().split()[-1]
    visitor.press("finish")

    wait_until(
        lambda: school.device("robins")["lamps"]["amber"] == "double", within_s=10, what="the host's cabinet's signal"
    )
    school.tap("robins", AMARA, hold_ms=HOLD_MS)
    school.wait_event("visit.briefed")
    expect(row).to_contain_text("with their host")
    wait_until(lambda: school.device("robins")["lamps"]["amber"] != "double", within_s=10, what="the signal's end")

    badge = next(one for one in school.ready["visitor_badges"] if one["label"] == f"Lanyard {lanyard}")
    school.tap("reception", badge["uid"])
    visitor.is_signed_out_by(lanyard)
    school.wait_event("visit.signed_out")
    expect(row).to_have_count(0)
    visitor.press("finish")


def test_who_asks_for_the_office_is_told_that_it_comes(school: School, office: Page) -> None:
    visitor = Visitor(school)
    visitor.press("help")
    ring = office.get_by_role("heading", name="Somebody at reception asks for the office").first
    expect(ring).to_be_visible()
    before = _picture(school)
    office.get_by_role("button", name="I am coming").first.click()
    wait_until(lambda: _picture(school) != before, within_s=10, what="the screen saying that the office comes")
    visitor.sees("help")
    office.goto(f"{school.ready['web']}/on-site")
    expect(ring).to_have_count(0)
    visitor.press("back")


def test_the_benchs_page_shows_the_screen_and_hands_clicks_and_keys_on(school: School, office: Page) -> None:
    visitor = Visitor(school)
    browser = office.context.browser
    assert browser is not None
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(school.ready["bench"])
    glass = page.get_by_role("application", name="Screen of Reception, showing the page welcome. Click it, or type")
    expect(glass.locator("img")).to_have_js_property("naturalWidth", PANEL.width)
    page.get_by_role("button", name="Larger").click()
    box = glass.bounding_box()
    assert box is not None
    x, y = visitor.place(lambda target: target.id == "sign_in")
    page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    glass = page.get_by_role("application", name="Screen of Reception, showing the page name. Click it, or type")
    expect(glass).to_be_focused()
    pause(TURNED_S)
    empty = _picture(school)
    page.keyboard.type("Ioan")
    wait_until(lambda: _picture(school) != empty, within_s=10, what="the letters on the screen")
    for _ in "Ioan":
        page.keyboard.press("Backspace")
    wait_until(lambda: _picture(school) == empty, within_s=10, what="the empty field again")
    page.get_by_role("button", name="Reader of Reception").click()
    expect(page.get_by_text("Pick a badge first")).to_be_visible()
    page.close()
    visitor.goes_on("sign_in")
    visitor.press("back")


def test_without_a_network_everything_goes_on_and_arrives_once(school: School, office: Page) -> None:
    signed_in, signed_out = _count(school, "visit.signed_in"), _count(school, "visit.signed_out")
    school.on("reception", "network", up=False)
    visitor = Visitor(school)
    visitor.answer_all("Bronwen Shea-Pugh")
    visitor.press("sign_in")
    visitor.press("finish")
    assert _count(school, "visit.signed_in") == signed_in
    school.on("reception", "network", up=True)
    school.wait_event("visit.signed_in", signed_in + 1, within_s=45)
    expect(_row_of(office, "Bronwen Shea-Pugh")).to_have_count(1)
    wait_until(
        lambda: school.api("devices")["items"] and not _waiting(school), within_s=30, what="everything acknowledged"
    )
    assert _count(school, "visit.signed_in") == signed_in + 1
    assert _count(school, "visit.signed_out") == signed_out


def test_a_drill_begun_in_the_web_view_is_the_screens_too_with_every_tick_and_its_end(
    school: School, office: Page
) -> None:
    visitor = Visitor(school)
    office.goto(f"{school.ready['web']}/on-site/roll")
    office.get_by_role("button", name="Begin: a drill").click()
    expect(office.locator("#roll-title")).to_contain_text("in the web view")
    school.tap("reception", RUTH)
    visitor.holds_badge_of("ruth-ashcombe", RollRead((), drill=True))
    empty = _picture(school)
    office.locator(".roll-tick").first.click()
    wait_until(lambda: _picture(school) != empty, within_s=10, what="the web view's tick on the screen")
    ticked = _picture(school)
    office.get_by_role("button", name="End the drill").click()
    wait_until(lambda: _picture(school) != ticked, within_s=10, what="the end on the screen")
    visitor.press("finish")
    office.goto(f"{school.ready['web']}/on-site")
    expect(office.get_by_text("found", exact=False).first).to_be_visible()
    assert (_count(school, "roll.begun"), _count(school, "roll.seen"), _count(school, "roll.ended")) == (1, 1, 1)


def test_the_power_cut_keeps_nothing_unfinished_and_loses_nothing_finished(school: School) -> None:
    signed_in = _count(school, "visit.signed_in")
    visitor = Visitor(school)
    visitor.answer_all("Quilla Vantongeren")
    _cut_and_wait(school)
    assert _files_with(school, b"Vantongeren", b"Quilla") == []
    visitor = Visitor(school)
    visitor.answer_all("Mirela Dumitrescu")
    visitor.press("sign_in")
    _cut_and_wait(school)
    school.wait_event("visit.signed_in", signed_in + 1)
    assert _count(school, "visit.signed_in") == signed_in + 1
    assert _files_with(school, b"Vantongeren", b"Quilla") == []
    assert _files_with(school, b"Dumitrescu") != [], "what is looked for would be found"


def _cut_and_wait(school: School) -> None:
    before = school.program("reception", "reception")
    school.kill("reception", "reception")
    wait_until(
        lambda: _screen(school)["page"] == "welcome" and school.program("reception", "reception") != before,
        within_s=20,
        what="the first page after the kill",
    )


def _waiting(school: School) -> int:
    """Events that central has not acknowledged."""
    connection = sqlite3.connect(f"file:{_home(school) / 'reception' / 'reception.db'}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM outbox_event WHERE archived_at IS NULL").fetchone()[0])
    finally:
        connection.close()


def _files_with(school: School, *words: bytes) -> list[Path]:
    """The files of the reception, and the demo's logs, in which one of the words stands."""
    data = school.directory / "data"
    files = [file for folder in (_home(school), data / "logs") for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if any(word in file.read_bytes() for word in words)]
