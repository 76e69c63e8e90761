"""A running school for the journeys: the real programs, set up and started by `phonekeep-demo`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from demo.driver import School

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The sample school, started once for all tests of a file, which have to leave it as they found it."""
    with School.start(tmp_path_factory.mktemp("school")) as started:
        yield started


@pytest.fixture(scope="module")
def office(school: School) -> Iterator[Page]:
    """The headteacher's pages, signed in by the owner link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(15_000)
        page.goto(school.ready["owner_link"])
        words = "four unrelated words here"
        for field, typed in (
            ("name", "Ruth Ashcombe"),
            ("sign_in", "r.ashcombe"),
            ("password", words),
            ("again", words),
        ):
            page.fill(f"[name={field}]", typed)
        with page.expect_navigation():
            page.click("main button, form button")
        yield page
        browser.close()
