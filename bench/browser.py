"""A real Chromium, signed in as the sample headteacher through the owner link."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from demo.driver import School

PASSWORD = "four unrelated words here"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def headteacher(school: School, *, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Page]:
    """A page signed in to the office; makes the first account with the owner link."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or "/usr/bin/chromium", args=FLAGS, headless=True
        )
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        page.goto(school.ready["owner_link"])
        page.fill("[name=name]", "Ruth Ashcombe")
        page.fill("[name=sign_in]", "r.ashcombe")
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        with page.expect_navigation():
            page.click("main button, form button")
        yield page
        browser.close()


def wall_ms(boottime_ns: int) -> float:
    """A CLOCK_BOOTTIME reading as milliseconds since 1970 on the machine's clock."""
    return (time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME) + boottime_ns) / 1e6
