"""Every page of the office under axe-core in a real Chromium, in the light and in the dark, at both widths."""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from admin_web.database.school_phones import SchoolPhone
from admin_web.queries.handles import handle_of
from admin_web.services.areas import save_area
from admin_web.services.permissions import grant_permission
from admin_web.services.points import add_reception
from admin_web.services.restricted import follow_timetable
from admin_web.services.restrictions import RestrictionDraft, make_restriction
from admin_web.services.room_states import RoomStateDraft, set_room_state
from admin_web.services.timetable import publish_timetable
from admin_web.web.app import PRIVATE, PUBLIC
from policy.permission import GrantKind, PermissionDraft
from policy.rules import Entitlement
from tests.policy.timetables import MORNING, ROBINS, a_timetable, weekly

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
VISIT = "00000000000000aa"
AMARA = handle_of("amara-osei")
VALUES = {
    "handle": AMARA,
    "point": "robins",
    "number": "1",
    "id": "1",
    "visit": VISIT,
    "language": "pl",
    "secret": "no-such-link",
}
NO_PAGES = {"/", "/live", "/bell", "/log/rows", "/on-site/roll-worker.js"}
"""A redirection, a stream, parts of a page, a script."""
ELSEWHERE = {
    "/people/badges/{handle}": f"/people/badges/{handle_of('1:' + 'e' * 64)}",
    "/on-site/calls/{handle}": "/on-site",
}
STATES = (
    *("/sign-in?out=1", "/nowhere", "/log?refused=1", "/log?kind=no_phone", "/exceptions?show=all"),
    *(f"/what-if?person={AMARA}&point=robins&time=10:52", "/what-if/day?point=robins", "/timetable?week=now"),
    *("/timetable/days/one?of=area.robins&date=2026-12-04",),
)

if CHROMIUM is None:
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed; `make test` installs it.", pytrace=False)
    pytest.skip("Chromium is not installed: run `make test`, which installs it.", allow_module_level=True)


def _paths(known: Mapping[str, str]) -> list[str]:
    """Every address that answers with a page: a new page is looked at without being named here."""
    routes = [one for router in (*PUBLIC, *PRIVATE) for one in router.routes]
    pages = [one.path for one in routes if isinstance(one, APIRoute) and "GET" in (one.methods or ())]
    found = [known.get(path) or re.sub(r"\{(\w+)\}", lambda name: VALUES[name[1]], path) for path in pages]
    return list(dict.fromkeys([*(path for path in found if path not in NO_PAGES), *STATES]))


def _fill(school: Any) -> Mapping[str, str]:
    """What the busy school still lacks: a timetable, a permission, visitors. Gives the addresses that are known now."""
    at, now = school.occasion(), school.clock.now().utc
    visitor: dict[str, Any] = {
        "name": "Helen Farrow",
        "organisation": "Speech therapy",
        "reason": "professional",
        "host": "amara-osei",
        "role": None,
        "room": None,
        "needs_phone": True,
        "lanyard": "14",
        "badge": None,
        "ticks": [],
        "expected": None,
        "image_permission": False,
    }
    with school.database.write() as session:
        trip = PermissionDraft(
            GrantKind.TRIP, ("p-1",), "educational_visit", now + timedelta(hours=1), now + timedelta(hours=4)
        )
        permission = grant_permission(session, trip, destination="Ashgrove Woods", although=True, occasion=at).id
        save_area(session, "hall", "Hall", phone_free=False, if_match=None, occasion=at)
        for days in (4, 5):  # the first one can then be rolled back to
            week = weekly(*(MORNING,) * days)
            publish_timetable(session, a_timetable().with_week(ROBINS, week), if_match="*", occasion=at)
        follow_timetable(session, "robins", if_match="*", occasion=at)
        taken = frozenset({Entitlement.BREAKS})
        make_restriction(session, RestrictionDraft("person", taken, "under_review", "p-1"), occasion=at)
        set_room_state(session, RoomStateDraft((), now + timedelta(hours=1), points=("robins",)), occasion=at)
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="9", occasion=at)
    school.events.add("reception", "visit.signed_in.v1", now, visitor, visit=VISIT)
    ask = {"visit": VISIT}
    school.events.add("reception", "help.asked.v1", now, ask, kind="office", nonce="b" * 32)
    with school.database.read() as session:
        phone = session.scalar(select(SchoolPhone.id))
    return {
        **ELSEWHERE,
        "/permissions/{id}": f"/permissions/{permission}",
        "/registers/school-phones/{id}": f"/registers/school-phones/{phone}",
    }


def _signed_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("[name=sign_in]", "r.ashcombe")
    page.fill("[name=password]", "violet kettle harbour nine")
    page.click("main button")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_axe_finds_nothing_serious_or_critical_on_any_page(
    busy_school: Any, served: str, axe: Callable[..., list[str]]
) -> None:
    known = _fill(busy_school)
    found: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(base_url=served, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.add_init_script("window.print = () => {}")
        _signed_in(page)
        for path in _paths(known):
            answer = page.goto(path)
            assert answer is not None
            if answer.status >= 500 or answer.status == 404 and path not in ("/nowhere", "/owner/no-such-link"):
                found.append(f"{path} answered {answer.status}")
            found += axe(page)
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size({"width": 320, "height": 900})
            found += axe(page, "color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
            page.set_viewport_size({"width": 1280, "height": 900})
            page.emulate_media(color_scheme="light")
        page.emulate_media(color_scheme="dark")
        found += axe(page)  # the menu stands beside the page only where there is room
        browser.close()
    assert not found, "\n".join(found)
