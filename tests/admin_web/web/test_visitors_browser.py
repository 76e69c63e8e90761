"""The visitors' pages in a real Chromium: nothing cut off, live, and a roll-call without a network."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.visits import RollFact
from admin_web.services.accounts import AccountDraft, create_account
from admin_web.services.expected import ExpectedDraft, expect_visitor
from admin_web.services.passwords import hash_password
from admin_web.services.points import add_reception
from admin_web.services.reception import RegularDraft, add_regular_visitor, save_lanyard, save_settings
from admin_web.services.visitor_rules import save_draft
from admin_web.services.visitor_words import SUGGESTED
from admin_web.web.app import make_guarded_app

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PASSWORD = "violet kettle harbour nine"
LONG = "Maximiliana Alexandrina Featherstonehaugh-Wojciechowska van den Bergh-Okonkwo Jr"
VISITS = [f"{number:016x}" for number in range(1, 7)]
PATHS = (
    *("/today", "/on-site", f"/on-site/visits/{VISITS[0]}", f"/on-site/visits/{VISITS[4]}", "/on-site/roll"),
    *(f"/on-site/visits/{VISITS[2]}", "/on-site/sign-in", "/on-site/calls"),
    *("/on-site/print", "/expected", "/expected/list", "/expected/reception", "/visitor-rules", "/visitor-rules/ur"),
    *("/visitor-rules/en", "/visitor-rules/versions/1", "/my-visitors", "/log?kind=visitor"),
)
PICTURES = os.environ.get("PHONEKEEP_VISITOR_PICTURES")
"""A directory: there the pages are put as pictures, to be looked at."""
PICTURED = [(1280, "dark"), (320, "light")] if PICTURES else []

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


class Server:
    """The office over http on loopback, which a browser trusts like https; it can go away and come back."""

    def __init__(self, office: Any) -> None:
        self._office = office
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(make_guarded_app(self._office, tls=False), log_config=None, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture
def server(office: Any, school: Any) -> Iterator[Server]:
    """A running office with the headteacher's account and a reception screen."""
    with school.database.write() as session:
        draft = AccountDraft("Ruth Ashcombe", "r.ashcombe", Role.HEADTEACHER, "ruth-ashcombe")
        create_account(session, draft, hash_password(PASSWORD), occasion=school.occasion())
        add_reception(session, "reception", event_key=bytes(32), certificate_serial="9", occasion=school.occasion())
    made = Server(office)
    yield made
    made.stop()


@pytest.fixture
def address(server: Server) -> str:
    """Where it is."""
    return server.address


def come(school: Any, number: int, name: str, at: str, lanyard: str | None = None, **private: Any) -> None:
    said = {
        "name": name,
        "organisation": None,
        "reason": "professional",
        "host": "amara-osei",
        "role": None,
        "room": None,
        "needs_phone": False,
        "lanyard": lanyard,
        "badge": None,
        "ticks": [],
        "expected": None,
        "image_permission": False,
        **private,
    }
    visit, when = VISITS[number], school.at(at)
    school.events.add("reception", "visit.signed_in.v1", when, said, visit=visit)
    read = {"version": 1, "hash": "e" * 64, "language": "ur", "seconds": 24, "ticks": ["images"]}
    school.events.add("reception", "rules.acknowledged.v1", when, read, visit=visit)


def happen(school: Any) -> None:
    """A full morning at reception."""
    come(school, 0, "Helen Farrow", "10:43", "14", organisation="Educational psychologist")
    come(school, 1, "Faisal Rehman", "09:30", "11", organisation="Governors", host="ruth-ashcombe")
    come(
        school, 2, "Stefan Dumitru", "08:55", "9", organisation="Boiler service", reason="contractor", needs_phone=True
    )
    come(school, 3, "Nkechi Obi", "10:55", None, host=None, room="robins", reason="volunteer")
    come(school, 4, LONG, "10:57", "1234", organisation="O" * 80, host=None, role="office")
    come(school, 5, "Gwen Howells", "10:10", "7", host=None, reason="event")
    for number, person in ((1, "ruth-ashcombe"), (2, "amara-osei")):
        private = {"person": person, "badge": None}
        at = school.at("10:00")
        school.events.add("reception", "visit.briefed.v1", at, private, visit=VISITS[number], point=None, how="web")
    seen = {"by": "amara-osei", "ticks": ["id_seen", "escorted"], "lanyard": "9"}
    school.events.add("central", "visit.checked.v1", school.at("09:00"), seen, visit=VISITS[2])
    unsure = {"name": "Stefan Dumitru"}
    school.events.add("reception", "visit.signed_out.v1", school.at("10:50"), unsure, visit=VISITS[2], how="unsure")
    ask = {"visit": VISITS[4]}
    school.events.add("reception", "help.asked.v1", school.at("10:56"), ask, kind="need_phone", nonce="b" * 32)
    school.events.add("reception", "help.asked.v1", school.at("10:57"), ask, kind="senior", nonce="b" * 32)
    by = {"by": "amara-osei"}
    school.events.add("reception", "roll.begun.v1", school.at("10:04"), by, drill=True)
    for number, at in ((1, "10:05"), (2, "10:07:12")):
        school.events.add("reception", "roll.seen.v1", school.at(at), by, drill=True, visit=VISITS[number])
    school.events.add("reception", "roll.ended.v1", school.at("10:09"), by, drill=True)
    at = school.occasion()
    now = at.now.utc
    with school.database.write() as session:
        for name, hours, images in (("Jasvinder Gill", 1, True), (LONG, 3, False)):
            starts = now + timedelta(hours=hours)
            draft = ExpectedDraft(
                name, starts, starts + timedelta(hours=1), "Music service", "amara-osei", "event", images
            )
            expect_visitor(session, draft, occasion=at)
        save_settings(session, "01632 960143", 17 * 60 + 30, if_match=None, occasion=at)
        for lanyard, contractors in (("14", False), ("1234", True)):
            save_lanyard(session, lanyard, "green", contractors=contractors, occasion=at)
        add_regular_visitor(session, RegularDraft("1:" + "c" * 64, LONG, "W" * 80, "amara-osei"), occasion=at)
        save_draft(session, "pl", SUGGESTED["pl"], checked=True, if_match='"1001"', occasion=at)


def until(page: Page, is_so: str) -> None:
    """Wait until an expression is true; a page's own policy forbids the polling that Playwright does inside it."""
    deadline = time.monotonic() + 10
    while not page.evaluate(is_so):
        assert time.monotonic() < deadline, is_so
        page.wait_for_timeout(20)


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(chromium: Browser, address: str) -> Iterator[SignIn]:
    """Open a browser of some size and sign in; at the end nothing may have gone wrong in any page."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def make(width: int = 1280, **more: Any) -> Page:
        context = chromium.new_context(base_url=address, viewport={"width": width, "height": 900}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda one: wrong.append(one.text) if "Content Security" in one.text else None)
        page.goto("/sign-in")
        page.fill("[name=sign_in]", "r.ashcombe")
        page.fill("[name=password]", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("full", [True, False], ids=["full", "empty"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")] + PICTURED)  # colours move nothing
def test_no_page_is_cut_off(sign_in: SignIn, school: Any, width: int, scheme: str, full: bool) -> None:
    if full:
        happen(school)
    page = sign_in(width, color_scheme=scheme)
    page.add_init_script("window.print = () => {}")
    for path in PATHS:
        answer = page.goto(path)
        assert answer is not None
        if not full and "/visits/" in path:
            continue
        assert answer.status == 200, path
        if PICTURES:
            name = path.strip("/").replace("/", "_").replace("?", "_").replace("=", "_")
            file = Path(PICTURES) / f"{name}-{width}-{scheme}-{'full' if full else 'empty'}.png"
            page.screenshot(path=str(file), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.locator("h1").count() == 1, path


def test_names_have_room_whatever_the_window(sign_in: SignIn, school: Any) -> None:
    """No name is broken into bits of four letters, and no weekday is broken at all."""
    happen(school)
    page = sign_in()
    for path, cell in (("/on-site", ".site-table td:nth-child(2)"), ("/expected", ".expected-table td:first-child")):
        page.goto(path)
        for width in (700, 768, 840, 1000, 1100, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            room = page.locator(cell).first.evaluate("cell => cell.getBoundingClientRect().width")
            assert room >= 110, (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    times = page.locator(".expected-table td[data-label=When]").first
    assert times.evaluate("cell => getComputedStyle(cell).overflowWrap") == "normal"


def test_on_site_follows_what_happens_and_the_same_names_are_one_look(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/on-site")
    expect(page.get_by_text("No visitor is signed in")).to_be_visible()
    come(school, 0, "Helen Farrow", "10:57", "14")
    expect(page.get_by_role("link", name="Helen Farrow")).to_be_visible()
    school.events.add("reception", "help.asked.v1", school.at("10:58"), {"visit": None}, kind="office", nonce="b" * 32)
    expect(page.get_by_text("Somebody at reception asks for the office", exact=True)).to_be_visible()
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_text("Reception is told that somebody comes.")).to_be_visible()
    with school.database.read() as session:
        looks = session.query(Audit).filter_by(act="looked.on_site").count()
    assert looks <= 5


def test_a_tablet_without_a_network_keeps_its_copy_and_sends_its_ticks_later(
    sign_in: SignIn, school: Any, server: Server
) -> None:
    come(school, 0, "Helen Farrow", "10:40", "14")
    come(school, 1, "Faisal Rehman", "10:45", "11")
    page = sign_in()
    page.goto("/on-site/roll")
    page.get_by_role("button", name="Begin: fire or alarm").click()
    expect(page.locator("#roll-title")).to_contain_text("alarm")
    until(page, "navigator.serviceWorker.controller !== null")
    until(
        page,
        "caches.open('phonekeep-roll').then((kept) => kept.match('/static/app.css', {ignoreSearch: true}))"
        ".then(Boolean)",
    )
    until(page, "caches.match('/on-site/roll').then(Boolean)")
    page.reload()
    server.stop()
    page.reload()
    expect(page.get_by_role("button", name="Helen Farrow")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.roll-tick')).display") == "grid"
    page.get_by_role("button", name="Helen Farrow").click()
    expect(page.locator("#roll-count")).to_have_text("1 of 2")
    expect(page.locator("#roll-line")).to_contain_text("No network")
    page.reload()
    expect(page.locator("#roll-count")).to_have_text("1 of 2")
    with school.database.read() as session:
        assert session.query(RollFact).filter_by(kind="seen").count() == 0
    server.start()
    expect(page.locator("#roll-line")).to_contain_text("Live", timeout=15_000)
    with school.database.read() as session:
        (fact,) = session.query(RollFact).filter_by(kind="seen").all()
    assert (fact.visit_id, fact.drill) == (VISITS[0], False)
    copies = page.evaluate(
        "caches.open('phonekeep-roll').then((kept) => kept.keys()).then((all) => all.map((one) => one.url))"
    )
    assert not [one for one in copies if "/on-site" in one and "/on-site/roll" not in one]
    # The worker keeps this page alone: another one is not there without a network.
    server.stop()
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.goto("/on-site")


def test_a_tablet_goes_on_while_the_server_is_down_and_follows_the_roll_call_begun_at_reception(
    sign_in: SignIn, school: Any, server: Server
) -> None:
    come(school, 0, "Helen Farrow", "10:40", "14")
    page = sign_in()
    page.goto("/on-site/roll")
    until(page, "navigator.serviceWorker.controller !== null")
    come(school, 1, "Faisal Rehman", "10:58", "11")
    page.evaluate("dispatchEvent(new Event('online'))")  # as the tablet says when its network is back
    expect(page.get_by_role("button", name="Faisal Rehman")).to_be_visible(timeout=15_000)
    server.stop()
    page.reload()
    expect(page.get_by_role("button", name="Faisal Rehman")).to_be_visible()  # who came since is in the copy
    page.get_by_role("button", name="Begin: fire or alarm").click()
    page.get_by_role("button", name="Faisal Rehman").click()
    page.reload()
    expect(page.locator("#roll-count")).to_have_text("1 of 2")
    expect(page.locator("#roll-line")).to_contain_text("1 tick is kept here")
    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#roll-line")).to_contain_text("Live", timeout=15_000)
    expect(page.locator("#roll-title")).to_contain_text("alarm")
    with school.database.read() as session:
        facts = session.query(RollFact).order_by(RollFact.kind).all()
    assert [(fact.kind, fact.drill, fact.visit_id) for fact in facts] == [
        ("begun", False, None),
        ("seen", False, VISITS[1]),
    ]


def test_a_ring_stands_on_any_page_and_what_is_typed_there_stays(sign_in: SignIn, school: Any) -> None:
    page = sign_in()
    page.goto("/expected")
    page.fill("[name=name]", "Jasvinder Gi")
    at = school.at("10:56")
    school.events.add("reception", "help.asked.v1", at, {"visit": None}, kind="need_phone", nonce="b" * 32)
    expect(page.get_by_role("heading", name="A visitor at reception needs their phone")).to_be_visible(timeout=10_000)
    expect(page).to_have_title("Reception rings · Expected visitors · Phonekeep")
    assert page.input_value("[name=name]") == "Jasvinder Gi"
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_text("Ruth Ashcombe answered at 10:58")).to_be_visible()


def test_neither_an_old_copy_nor_one_after_signing_out_is_shown(sign_in: SignIn, school: Any) -> None:
    come(school, 0, "Helen Farrow", "10:40", "14")
    page = sign_in()
    page.goto("/on-site/roll")
    until(page, "caches.match('/on-site/roll-kept-at').then(Boolean)")
    page.reload()
    page.evaluate(
        "caches.open('phonekeep-roll').then((kept) => kept.put('/on-site/roll-kept-at',"
        " new Response(String(Date.now() - 19 * 3600 * 1000))))"
    )
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_"):
        page.reload()
    page.wait_for_url("chrome-error://chromewebdata/")
    page.context.set_offline(False)
    page.goto("/on-site/roll")
    until(page, "caches.match('/on-site/roll-kept-at').then(Boolean)")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/sign-in" in url)
    until(page, "caches.keys().then((names) => names.length === 0)")
    until(page, "localStorage.length === 0")
