"""The pictures of README and docs, from a running demo on a made-up Tuesday: `python -m bench.pictures [DIRECTORY]`."""

import sys
import time
from pathlib import Path

from bench.browser import headteacher
from demo.driver import School, start_temporary

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
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


def badge(school: School, person: str) -> str:
    """The UID of somebody's badge."""
    return next(str(one["uid"]) for one in school.ready["badges"] if one["person"] == person)


def live_through_a_morning(school: School) -> None:
    """Taps as they come: phones in, a break, a refusal, an unknown badge, a door opened with the key."""
    story = (
        ("08:41:12", "robins", "amara-osei", "put_in"),
        ("08:43:50", "robins", "bilal-hussain", "put_in"),
        ("08:48:57", "wrens", "joanne-birtles", "put_in"),
        ("08:52:31", "kitchen", "grace-adeyemi", None),
        ("10:33:20", "robins", "bilal-hussain", "take_out"),
        ("10:44:12", "robins", "bilal-hussain", "put_in"),
        ("10:52:08", "wrens", "joanne-birtles", "take_out"),
    )
    for clock, device, person, button in story:
        school.bench("/clock", {"now": f"2026-11-24T{clock}"})
        school.tap(device, badge(school, person), button, hold_ms=500)
        time.sleep(SETTLED_S)
        if button == "put_in" or button is None:
            school.on(device, "door", slot=1, open=True)
            time.sleep(0.3)
            school.on(device, "door", slot=1, open=False)
    school.tap("robins", "5d11a0c7", hold_ms=500)
    time.sleep(SETTLED_S)


def main() -> None:
    """Take them all; another directory also gets dark and narrow ones, for looking at."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    target.mkdir(parents=True, exist_ok=True)
    with start_temporary(reception=True) as school, headteacher(school) as page:
        live_through_a_morning(school)
        office = school.ready["web"]
        looks = [("", 1280, 900, "light")]
        if target != PICTURES:
            looks += [("-dark", 1280, 900, "dark"), ("-narrow", 390, 844, "light"), ("-narrow-dark", 390, 844, "dark")]
        for suffix, width, height, scheme in looks:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            for name, path in PAGES.items():
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
