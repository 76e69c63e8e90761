"""The pictures of README and docs, from a running demo on a made-up Tuesday: `python -m bench.pictures [DIRECTORY]`."""

import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Page

from bench.browser import headteacher
from demo.driver import School, start_temporary

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
PAGES = {
    "today": "/today",
    "exceptions": "/exceptions",
    "timetable": "/timetable",
    "permissions": "/permissions",
    "withdraw": "/restrictions",
    "children-staying-in": "/children-in",
    "what-if": "/what-if/day",
    "on-site": "/on-site",
    "visitor-rules": "/visitor-rules",
    "expected-visitors": "/expected",
    "reception-settings": "/expected/reception",
    "registers": "/registers/school-phones",
    "access-log": "/log",
    "cabinets": "/cabinets",
    "people-and-badges": "/people",
    "restricted-times": "/restricted/points/robins",
    "accounts": "/accounts",
    "own-record": "/me",
}
SETTLED_S = 1.2
MORNING = (
    ("08:41:12", "robins", "amara-osei", "put_in"),
    ("08:43:50", "robins", "bilal-hussain", "put_in"),
    ("08:48:57", "wrens", "joanne-birtles", "put_in"),
    ("08:52:31", "kitchen", "grace-adeyemi", None),
)
"""When, at which cabinet, who, and which button."""
BREAK = (
    ("10:33:20", "robins", "bilal-hussain", "take_out"),
    ("10:44:12", "robins", "bilal-hussain", "put_in"),
    ("10:52:08", "wrens", "joanne-birtles", "take_out"),
)
VISITORS = (
    ("09:48:00", "Helen Farrow", "Willowmere Speech Therapy", "professional", "Amara Osei", "12"),
    ("10:26:00", "Stefan Dumitru", "Brightwell Boilers", "contractor", "Site team", "31"),
    ("10:52:20", "Nkechi Obi", "", "volunteer", "Robins", "14"),
)
"""When, who, where from, why, whom they see, and the lanyard."""


def badge(school: School, person: str) -> str:
    """The UID of somebody's badge."""
    return next(str(one["uid"]) for one in school.ready["badges"] if one["person"] == person)


def live_through_a_morning(school: School, page: Page) -> None:
    """Phones in, visitors, a break, a refusal, an unknown badge, a door opened with the key."""
    tap_each(school, MORNING)
    for visitor in VISITORS[:2]:
        sign_in_at_office(school, page, *visitor)
    page.get_by_role("row").filter(has_text="Helen Farrow").get_by_role("button", name="Host told them").click()
    tap_each(school, BREAK)
    school.tap("robins", "5d11a0c7", hold_ms=500)
    sign_in_at_office(school, page, *VISITORS[2])
    time.sleep(SETTLED_S)


def sign_in_at_office(
    school: School, page: Page, clock: str, name: str, organisation: str, reason: str, host: str, lanyard: str
) -> None:
    """A visitor whom the office signs in."""
    school.bench("/clock", {"now": f"2026-11-24T{clock}"})
    page.goto(f"{school.ready['web']}/on-site/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=organisation]", organisation)
    page.select_option("[name=reason]", reason)
    page.select_option("[name=host]", label=host)
    page.select_option("[name=lanyard]", lanyard)
    if reason == "contractor":
        page.check("[name=ticks][value=id_seen]")
    page.check("[name=told][value=spoken]")
    page.check("[name=images]")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/on-site?said=in")


def tap_each(school: School, story: tuple[tuple[str, str, str, str | None], ...]) -> None:
    """Taps as they come."""
    for clock, device, person, button in story:
        school.bench("/clock", {"now": f"2026-11-24T{clock}"})
        school.tap(device, badge(school, person), button, hold_ms=500)
        time.sleep(SETTLED_S)
        if button == "put_in" or button is None:
            school.on(device, "door", slot=1, open=True)
            time.sleep(0.3)
            school.on(device, "door", slot=1, open=False)


def shown_in_docs() -> frozenset[str]:
    """The names of the pictures that README and docs show."""
    pages = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    return frozenset(name for page in pages for name in re.findall(r"pictures/([a-z-]+)\.png", page.read_text()))


def main() -> None:
    """Take those that README and docs show; another directory gets all, dark and narrow ones too, for looking at."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    with start_temporary(reception=True) as school, headteacher(school) as page:
        live_through_a_morning(school, page)
        office = school.ready["web"]
        wanted = shown_in_docs() if target == PICTURES else frozenset({*PAGES, "why", "bench"})
        looks = [("", 1280, 900, "light")]
        if target != PICTURES:
            looks += [("-dark", 1280, 900, "dark"), ("-narrow", 390, 844, "light"), ("-narrow-dark", 390, 844, "dark")]
        for suffix, width, height, scheme in looks:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for name, path in PAGES.items():
                if name not in wanted:
                    continue
                page.goto(office + path)
                time.sleep(SETTLED_S)
                page.screenshot(path=target / f"{name}{suffix}.png")
            page.goto(office + "/log")
            page.get_by_role("link", name="Why?").first.click()
            time.sleep(SETTLED_S)
            page.screenshot(path=target / f"why{suffix}.png")
            page.goto(school.ready["bench"])
            time.sleep(SETTLED_S)
            page.screenshot(path=target / f"bench{suffix}.png")


if __name__ == "__main__":
    main()
