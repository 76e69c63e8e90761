"""The week in a real Chromium: arrows and Enter, a click on a free stretch, a block dragged, and none of it needed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from admin_web.rules.timetables import draft_timetable
from admin_web.services.timetable import publish_timetable
from tests.admin_web.web.test_pages_browser import address, chromium, sign_in
from tests.policy.timetables import MORNING, ROBINS, a_timetable, weekly

__all__ = ["address", "chromium", "sign_in"]

BASE = a_timetable(plans=()).with_week(ROBINS, weekly(*(MORNING,) * 5))
WEEK = "/timetable?of=area.robins"
SignIn = Callable[..., Page]


@pytest.fixture
def week(sign_in: SignIn, school: Any) -> Page:  # the fixture of the same name
    """The usual week of Robins, open as the headteacher."""
    with school.database.write() as session:
        publish_timetable(session, BASE, if_match="*", occasion=school.occasion())
    page = sign_in()
    page.goto(WEEK)
    return page


def block(page: Page, words: str) -> Locator:
    return page.locator(f'a.block[aria-label^="{words}"]')


def drafted(school: Any) -> list[tuple[int, int]]:
    with school.database.read() as session:
        draft = draft_timetable(session)
    assert draft is not None
    return [(one.span.start, one.span.end) for one in draft.week_of(ROBINS)[1]]


def test_arrows_move_and_enter_opens(week: Page, school: Any) -> None:
    block(week, "Monday, Lessons 08:50").focus()
    week.keyboard.press("ArrowDown")
    expect(block(week, "Monday, Break")).to_be_focused()
    week.keyboard.press("ArrowDown")
    week.keyboard.press("ArrowRight")
    expect(block(week, "Tuesday, Lessons 10:45")).to_be_focused()
    week.keyboard.press("ArrowLeft")
    week.keyboard.press("ArrowUp")
    week.keyboard.press("ArrowUp")
    week.keyboard.press("ArrowUp")
    expect(block(week, "Monday, Lessons 08:50")).to_be_focused()
    week.keyboard.press("ArrowRight")
    week.keyboard.press("Enter")
    expect(week.locator("#block-title")).to_have_text("Tuesday, lessons")
    expect(week.locator("#f-from")).to_have_value("08:50")
    week.fill("#f-from", "08:45")
    week.keyboard.press("Enter")
    expect(week.locator("#effect")).to_contain_text("Tuesday 08:45-10:30 Robins: lessons moved, was 08:50-10:30")
    week.click("text=Save in the draft")
    expect(week.locator(".banner")).to_contain_text("Saved in the draft")
    assert drafted(school)[0] == (525, 630)


def test_what_is_typed_shows_in_the_week_before_it_is_saved(week: Page) -> None:
    block(week, "Tuesday, Lessons 10:45").click()
    week.fill("#f-until", "12:30")
    week.locator("#f-until").blur()
    expect(block(week, "Tuesday, Lessons 10:45 to 12:30")).to_have_class("block away changed selected")
    expect(week.locator("#effect")).to_contain_text("lessons moved, was 10:45-12:00")
    week.fill("#f-from", "10:00")
    week.locator("#f-from").blur()
    expect(week.locator("#effect")).to_contain_text("overlaps")
    expect(week.locator("a.block.conflict")).to_have_count(3)
    expect(week.locator("#f-from")).to_have_value("10:00")


def test_a_click_on_a_free_stretch_opens_a_new_block_there(week: Page) -> None:
    free = week.locator("g.day[data-day='2'] .free").bounding_box()
    assert free is not None
    week.mouse.click(free["x"] + 40, free["y"] + free["height"] * (14.6 - 8) / 9)
    expect(week.locator("#block-title")).to_have_text("A new block")
    expect(week.locator("#f-from")).to_have_value("14:30")
    expect(week.locator("#f-until")).to_have_value("15:30")
    expect(week.get_by_label("Wednesday", exact=True)).to_be_checked()


def test_a_block_is_dragged_by_its_end_and_nothing_is_saved_yet(week: Page, school: Any) -> None:
    box = block(week, "Tuesday, Lessons 10:45").locator("rect").bounding_box()
    assert box is not None
    hour = box["height"] / 1.25
    week.mouse.move(box["x"] + 40, box["y"] + box["height"] - 3)
    week.mouse.down()
    week.mouse.move(box["x"] + 40, box["y"] + box["height"] - 3 + hour / 2, steps=4)
    week.mouse.up()
    expect(week.locator("#f-until")).to_have_value("12:30")
    expect(week.locator("#f-from")).to_have_value("10:45")
    expect(week.locator("#effect")).to_contain_text("lessons moved, was 10:45-12:00")
    with school.database.read() as session:
        assert draft_timetable(session) is None


def test_everything_works_without_script(sign_in: SignIn, school: Any) -> None:  # the fixture
    with school.database.write() as session:
        publish_timetable(session, BASE, if_match="*", occasion=school.occasion())
    page = sign_in(java_script_enabled=False)
    page.goto(WEEK)
    block(page, "Tuesday, Lessons 10:45").click()
    page.fill("#f-until", "12:10")
    page.click("text=Save in the draft")
    assert drafted(school)[-1] == (645, 730)
    page.click("text=1 change, not live")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".banner")).to_contain_text("Published.")
    page.click("text=Roll back to it")
    expect(page.locator(".banner")).to_contain_text("Rolled back.")
