"""The pages in a real Chromium: nothing refused by the policy, nothing cut off, live rows, keyboard, no script."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from admin_web.queries.handles import handle_of
from admin_web.services.badge_confirmations import count_taps

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PASSWORD = "violet kettle harbour nine"
AMARA = handle_of("amara-osei")
PATHS = (
    *("/today", "/today/rooms/robins", "/exceptions", "/exceptions?show=all&kind=overdue", "/exceptions/1"),
    *("/log", "/log?refused=1", "/log?kind=device", "/cabinets", "/people", "/people/new", f"/people/{AMARA}"),
    *(f"/people/{AMARA}/end", "/restricted", "/restricted/points/robins", "/restricted/hours"),
    *("/what-if", f"/what-if?person={AMARA}&point=robins&time=10:52", "/what-if/day?point=robins"),
    *("/timetable", "/timetable?of=area.robins&day=1", "/timetable?week=now", "/timetable/year", "/timetable/days"),
    *("/timetable/days/one?of=area.robins&date=2026-12-04", "/timetable/places", "/timetable/versions"),
    *(f"/restricted/hours/{AMARA}", "/accounts", "/accounts/new", "/accounts/1", "/me", "/lost-badge"),
    *(f"/registers/{page}" for page in ("school-phones", "school-phones/new", "confiscated", "confiscated/1")),
    *(f"/registers/{page}" for page in ("acknowledgements", "acknowledgements/people", "phone-checks")),
    *(f"/registers/{page}" for page in ("badge-confirmations", "badge-confirmations/1", "policy", "policy/new")),
    *("/permissions", "/trips", "/trips/new", "/restrictions", "/children-in", "/approvals", "/for-somebody"),
    *(f"/for-somebody/{AMARA}/open", "/people/groups", "/people/new-year", "/settings"),
)

if CHROMIUM is None:
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed; `make test` installs it.", pytrace=False)
    pytest.skip("Chromium is not installed: run `make test`, which installs it.", allow_module_level=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(busy_school: Any, served: str) -> str:
    """The office served over http on loopback, with a headteacher who can sign in and a long name in every list."""
    return served


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, address: str) -> Iterator[SignIn]:
    """Open a browser of some size and sign in; at the end nothing may have gone wrong in any of its pages."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def hear(page: Page, message: Any) -> None:
        """A 4xx that a test asked for is said on the console too; everything else there is a fault."""
        answered = re.search(r"status of 4\d\d", message.text)
        if message.type == "error" and (answered is None or "/static/" in message.location["url"]):
            wrong.append(f"{page.url}: {message.text}")

    def ask(url: str) -> None:
        if not url.startswith(address):
            wrong.append(f"asked {url}")

    def watch(page: Page) -> None:
        page.on("console", lambda message: hear(page, message))
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("request", lambda request: ask(request.url))

    def make(width: int = 1280, **more: Any) -> Page:
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        context.on("page", watch)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("[name=sign_in]", "r.ashcombe")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto("/log")
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])  # colours move nothing
def test_no_page_is_cut_off_or_refused_by_the_policy(sign_in: SignIn, width: int, scheme: str) -> None:
    page = sign_in(width, color_scheme=scheme)
    for path in PATHS:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path


def test_text_of_twice_the_size_is_not_cut_off(sign_in: SignIn) -> None:
    page = sign_in(1280)
    for path in PATHS:
        page.goto(path)
        page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path


def test_icons_fonts_and_drawings_are_really_there(sign_in: SignIn) -> None:
    page = sign_in()
    page.goto("/cabinets")
    widths = page.evaluate(
        "[...document.querySelectorAll('svg:has(use)')].filter((svg) => svg.checkVisibility())"
        ".map((svg) => svg.querySelector('use').getBoundingClientRect().width)"
    )
    assert widths
    assert min(widths) > 0
    for font in ("700 20px 'Phonekeep Head'", "400 16px Inter", "600 16px Inter"):
        assert page.evaluate(f'document.fonts.load("{font}").then((loaded) => loaded.length)') == 1, font


def test_a_tap_shows_on_every_open_page_and_one_stream_serves_the_browser(
    sign_in: SignIn, school: Any, office: Any
) -> None:
    page = sign_in()
    other = page.context.new_page()
    other.goto("/log?point=wrens")
    older = page.context.new_page()
    older.goto("/log?end=1")
    for one in (page, other, older):
        expect(one.locator("#live")).to_have_attribute("data-state", "live")
    school.events.put_in("joanne-birtles", "wrens", school.at("10:58"))
    for one in (page, other):
        expect(one.locator(".row").first).to_contain_text("Joanne Birtles declared a phone in at Wrens.")
        expect(one.locator(".row.fresh")).to_have_count(1)
    assert office.changes._pages == 1
    page.close()
    school.events.put_in("sian-pritchard", "wrens", school.at("10:59"))
    expect(other.locator(".row").first).to_contain_text("Siân Pritchard")
    assert office.changes._pages == 1


def test_late_rows_stand_at_their_time_and_the_live_line_says_how_many(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    for minutes in (1, 2, 3):
        at = school.at("09:00") + timedelta(minutes=minutes)
        school.events.put_in("bilal-hussain", "robins", at, arrived=school.at("10:58"))
    school.events.put_in("amara-osei", "robins", school.at("08:31:05") - timedelta(days=2), arrived=school.at("10:58"))
    expect(page.locator("#live")).to_have_text("Live 4 arrived late")
    places = page.evaluate(
        "[...document.querySelectorAll('.row')].map((row) => row.dataset.place.split('.').map(Number))"
    )
    assert places == sorted(places, reverse=True)
    assert page.locator("h2", has_text="Sunday 22 November").count() == 1


def test_the_first_row_of_an_empty_log_appears(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/log?kind=no_phone")
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    private = {"badge": "1:" + "a" * 64, "person": "amara-osei", "slot": None, "reason": "no_phone", "clause": "7"}
    school.events.add(
        "robins", "tap.granted.v1", school.at("10:58"), private, point="robins", intent="no_phone", opens=False
    )
    expect(page.locator(".row")).to_contain_text("Amara Osei declared no phone today at Robins.")
    expect(page.locator(".empty")).to_have_count(0)


def test_a_page_whose_session_has_ended_shows_nothing_more(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    school.clock.advance(minutes=16)
    school.events.put_in("amara-osei", "robins", school.at("11:14"))
    page.wait_for_url(re.compile("/sign-in"))
    assert page.locator(".row").count() == 0


def test_the_cabinets_page_follows_the_cabinets(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/cabinets")
    expect(page.locator("#live")).to_be_visible()
    school.clock.advance(seconds=1)
    school.hear("robins", doors={"1": "open"})
    expect(page.locator(".cabinet", has_text="Robins")).to_contain_text("Door open")


def test_today_follows_what_happens_and_its_ring_counts_down(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/today")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator(".rooms")).to_contain_text("1 of 3 declared in")
    page.click("summary")
    school.events.put_in("bilal-hussain", "robins", school.at("10:57"))
    expect(page.locator(".rooms")).to_contain_text("2 of 3 declared in")
    expect(page.locator("details")).to_have_attribute("open", "")
    lesson = {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"}
    tap = school.events.refuse("bilal-hussain", "robins", school.at("10:57:30"), "restricted", block=lesson)
    private = {"badge": "1:" + "b" * 64, "person": "bilal-hussain"}
    asked = {"point": "robins", "tap": str(tap), "nonce": "0" * 32}
    school.events.add("robins", "approval.asked.v1", school.at("10:57:30"), private, **asked)
    ring = page.locator(".ring b")
    expect(page.locator("h1")).to_contain_text("need somebody")
    expect(ring).to_have_text(re.compile("8[0-8]"))  # it steps by itself: the school's clock stands
    school.events.add("robins", "approval.given.v1", school.at("10:58"), private, point="robins", tap=str(tap))
    expect(page.locator(".ring")).to_have_count(0)


def test_an_asking_that_ends_loses_its_button_on_the_open_page_also_under_the_keyboard(
    sign_in: SignIn, school: Any
) -> None:
    private = {"badge": "1:" + "b" * 64, "person": "bilal-hussain"}
    at = school.at("10:57:30")
    school.events.add("robins", "approval.asked.v1", at, private, point="robins", tap="7", nonce="0" * 32)
    page = sign_in()
    page.goto("/approvals")
    expect(page.locator("[data-left]")).to_have_text(re.compile("8[0-9]"))  # it counts by itself
    page.get_by_role("button", name="Approve").focus()
    ended = {**private, "reason": "withdrawn"}
    school.events.add("robins", "approval.expired.v1", school.at("10:58"), ended, point="robins", tap="7")
    expect(page.locator("#asked")).to_contain_text("The headteacher has withdrawn approvals meanwhile.")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.locator("#asked")).to_be_focused()


def test_the_page_that_waits_for_a_tap_sees_it_come(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/registers/badge-confirmations/1")
    expect(page.locator("h1")).to_have_text("Waiting for the tap")
    school.clock.advance(seconds=10)
    school.events.refuse("amara-osei", "robins", school.clock.now().utc, "restricted")
    with school.database.write() as session:
        count_taps(session, ["robins"], school.clock.now(), school.clock.machine_now())
    expect(page.locator("h1")).to_have_text("Confirmed")


def test_the_keyboard_reaches_the_content_first_and_every_row(sign_in: SignIn) -> None:
    page = sign_in()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Go to the content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"f-person", "f-point", "f-kind", "f-day"} <= reached


def test_focus_is_visible_wherever_it_is(sign_in: SignIn) -> None:
    page = sign_in()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_an_error_takes_the_focus_and_leads_to_its_field(sign_in: SignIn) -> None:
    page = sign_in()
    page.goto("/people/new")
    page.fill("[name=name]", "Grace Adeyemi")
    page.fill("[name=mon-0-from]", "nine")
    page.click("main .button-main")
    expect(page.locator(".summary")).to_be_focused()
    page.click(".summary a")
    expect(page.locator("[id='f-working_hours.mon']")).to_be_focused()


def test_the_menu_and_the_filters_open_on_a_small_screen(sign_in: SignIn) -> None:
    page = sign_in(390)
    expect(page.locator("nav[aria-label=Pages]")).to_be_hidden()
    page.click("text=Menu")
    page.click("nav[aria-label=Pages] >> text=Cabinets")
    page.wait_for_url("**/cabinets")
    page.goto("/log")
    expect(page.locator("#filters")).to_be_hidden()
    page.click("text=Filter")
    page.select_option("#f-point", "wrens")
    page.click("#filters button")
    page.wait_for_url("**/log?**point=wrens**")
    expect(page.locator(".chip")).to_contain_text("Wrens")


def test_everything_but_live_works_without_script(sign_in: SignIn, school: Any) -> None:
    page = sign_in(java_script_enabled=False)
    assert "Not live" in page.inner_text("#live")
    page.select_option("#f-kind", "refused")
    page.click("#filters button")
    page.click(".row-more a >> nth=0")
    assert "Why was this refused?" in page.inner_text(".why")
    page.goto("/restricted/points/robins")
    page.click("text=Block on one day")
    page.fill("[name=b2-name]", "Sports day")
    page.fill("[name=b2-from]", "09:00")
    page.fill("[name=b2-until]", "12:00")
    page.fill("[name=b2-date]", "2027-06-18")
    page.click(".form-actions .button-main")
    assert "Saved." in page.inner_text("main")


def test_signing_out_leaves_nothing_to_go_back_to(sign_in: SignIn) -> None:
    page = sign_in()
    page.click("text=Sign out")
    page.wait_for_url("**/sign-in?out=1")
    page.go_back()
    page.wait_for_url(re.compile("/sign-in"))
    assert page.locator(".row").count() == 0
    assert [cookie for cookie in page.context.cookies() if cookie["name"] == "__Host-phonekeep"] == []
