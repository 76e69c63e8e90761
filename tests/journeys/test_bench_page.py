"""The bench's page in Chromium: a badge is dragged, clicked and typed onto a reader, and what happens can be read."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from demo.driver import School

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
def page(school: School) -> Iterator[Page]:
    """The page at 1280 x 900; at its end no error may stand in the console and no other host may have been asked."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(school.ready["bench"])
        yield page
        browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((school.ready["bench"], "data:"))] == []


def test_a_badge_that_is_dragged_onto_a_reader_is_a_tap(page: Page) -> None:
    page.get_by_role("button", name="PUT IN").first.click()
    badge = page.get_by_role("button", name="Amara Osei").bounding_box()
    reader = page.get_by_role("button", name="Reader of Robins").bounding_box()
    assert badge is not None
    assert reader is not None
    page.mouse.move(badge["x"] + 40, badge["y"] + 60)
    page.mouse.down()
    page.mouse.move(badge["x"] + 60, badge["y"] + 20, steps=4)
    page.mouse.move(reader["x"] + 60, reader["y"] + 30, steps=8)
    expect(page.get_by_role("button", name="Reader of Robins")).to_have_text("let go to tap")
    page.mouse.up()
    expect(page.get_by_text("Robins: lock released")).to_be_visible()


def test_a_badge_and_a_reader_can_be_chosen_by_key_alone(page: Page) -> None:
    page.get_by_role("button", name="Grace Adeyemi").press("Enter")
    reader = page.get_by_role("button", name="Reader of Kitchen")
    expect(reader).to_have_text("click to tap")
    reader.press("Enter")
    expect(page.get_by_text("Kitchen: locker 1 released")).to_be_visible()


def test_doors_cables_power_and_time_obey_and_say_so(page: Page, school: School) -> None:
    wrens = page.get_by_role("region", name="Wrens")
    wrens.get_by_role("button", name="Door", exact=True).click()
    expect(wrens.get_by_text("door open")).to_be_visible()
    wrens.get_by_role("button", name="Door", exact=True).click()
    expect(wrens.get_by_text("door closed")).to_be_visible()
    wrens.get_by_role("button", name="Pull cable").click()
    expect(wrens.get_by_text("cable out")).to_be_visible()
    wrens.get_by_role("button", name="Plug in").click()
    wrens.get_by_role("button", name="Cut the power of Wrens").click()
    expect(wrens.get_by_text("no power")).to_be_visible()
    wrens.get_by_role("button", name="Give Wrens power").click()
    expect(wrens.get_by_text("ready")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="16:30 cleaning").click()
    expect(page.locator("#clock")).to_contain_text("16:30:")
    assert "T16:30:" in school.bench()["now"]


def test_a_fault_is_made_and_mended_where_it_was_chosen(page: Page, school: School) -> None:
    page.get_by_label("at", exact=True).select_option("kitchen")
    fault = page.get_by_role("button", name="Unplug the reader")
    fault.click()
    expect(page.get_by_role("button", name="Reader of Kitchen")).to_have_text("unplugged")
    expect(fault).to_have_attribute("aria-pressed", "true")
    fault.click()
    expect(page.get_by_role("button", name="Reader of Kitchen")).to_have_text("reader")
    switch = page.get_by_role("switch", name="ingest")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
