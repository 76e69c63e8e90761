"""The page Cabinets: what is known of each, what is not known, and never a name."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.events.exceptions import ExceptionKind, raise_exception
from admin_web.events.quarantine import MOST_MESSAGES, keep, kept_message


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.IT_TECHNICIAN)


def _card(html: str, name: str) -> str:
    cards = re.findall(r'<li class="card cabinet.*?(?=<li class="card cabinet|</main>)', html, re.S)
    return re.sub(r"\s+", " ", next(card for card in cards if f"<h2>{name}</h2>" in card))


def test_counts_are_of_today_only_and_out_of_everybody_who_keeps_a_phone_there(
    browser: TestClient, school: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.put_in("bilal-hussain", "robins", school.at("08:31"))
    school.events.take_out("bilal-hussain", "robins", school.at("10:31"), "break")
    school.events.put_in("tom-hallworth", "robins", school.at("08:31") - timedelta(days=1))
    school.hear("robins")
    card = _card(browser.get("/cabinets").text, "Robins")
    assert "1 of 3 declared in" in card
    assert "1 declared out" in card
    school.clock.advance(days=1)
    sign_in_as(Role.IT_TECHNICIAN)
    assert "0 of 3 declared in" in _card(browser.get("/cabinets").text, "Robins")


def test_a_cabinet_never_heard_and_one_no_longer_heard_say_so(browser: TestClient, school: Any) -> None:
    school.hear("wrens", online=False, since=school.at("10:02"))
    html = browser.get("/cabinets").text
    assert "not heard yet" in _card(html, "Robins")
    wrens = _card(html, "Wrens")
    assert "not heard since 10:02" in wrens
    assert "Door not known" in wrens
    assert "lit" not in wrens


def test_faults_queue_clock_and_lamps_are_told(browser: TestClient, school: Any) -> None:
    school.hear(
        "wrens",
        clock="floor",
        outbox_depth=1204,
        lamps={"red": "slow", "amber": "off", "green": "off"},
        doors={"1": "open"},
        health=[{"part": "reader-1", "state": "fault", "since": None, "what_to_do": "Check its cable."}],
    )
    card = _card(browser.get("/cabinets").text, "Wrens")
    for said in ("reader 1 at fault", "1,204 events to send", "Clock not set", "Door open", "red lamp blinking slowly"):
        assert said in card
    assert "Reader 1: Check its cable." in card


def test_a_phone_not_back_is_a_number_and_no_name(browser: TestClient, school: Any) -> None:
    block = {"name": "Lessons", "from": "2026-11-24T10:30:00.000Z", "until": "2026-11-24T10:45:00.000Z"}
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.take_out("amara-osei", "robins", school.at("10:31"), "break", block=block)
    private = {
        "person": "amara-osei",
        "badge": "1:" + "a" * 64,
        "slot": 1,
        "block": block,
        "due": "2026-11-24T10:50:00.000Z",
    }
    school.events.add("robins", "phone.overdue.v1", school.at("10:50"), private, point="robins")
    school.hear("robins")
    assert "1 not back" in _card(browser.get("/cabinets").text, "Robins")
    school.events.put_in("amara-osei", "robins", school.at("10:55"))
    html = browser.get("/cabinets").text
    assert "1 of 3 declared in" in _card(html, "Robins")
    assert "Amara" not in html


@pytest.mark.parametrize("kind", list(ExceptionKind))
def test_every_exception_is_said_with_what_to_do(browser: TestClient, school: Any, kind: ExceptionKind) -> None:
    school.hear("wrens")
    with school.database.write() as session:
        raise_exception(session, kind, "wrens", [], school.clock.now())
    card = _card(browser.get("/cabinets").text, "Wrens")
    assert "Noticed 10:58." in card
    assert kind.value not in card


def test_an_exception_of_no_cabinet_stands_above_them(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        raise_exception(session, ExceptionKind.CENTRAL_WENT_BACK, "central", [], school.clock.now())
    assert "Central holds events that central had lost" in browser.get("/cabinets").text


def test_a_device_of_which_no_more_unreadable_is_kept_is_named(browser: TestClient, school: Any) -> None:
    assert "could not be read than is kept" not in browser.get("/cabinets").text
    at = school.clock.utc
    with school.database.write() as session:
        keep(session, [kept_message("robins", "t", "why", b"x", at) for _ in range(MOST_MESSAGES + 1)])
    assert "Robins has sent more that could not be read than is kept (500 messages or 8 MB)." in (
        browser.get("/cabinets").text
    )


def test_the_page_says_where_the_newest_rules_have_arrived(browser: TestClient, school: Any) -> None:
    school.hear("robins")
    school.hear("wrens", online=False, since=school.at("10:02"))
    html = browser.get("/cabinets").text
    assert re.search(r"Rules ([\d.]+) applied on 2 of 3; Kitchen not yet\.", html)


def test_the_tab_shows_only_those_that_need_somebody(browser: TestClient, school: Any) -> None:
    for device in ("robins", "kitchen"):
        school.hear(device, doors={str(slot): "closed" for slot in range(1, 7)})
    html = browser.get("/cabinets?show=attention").text
    assert "Need attention 1" in html
    assert "<h2>Wrens</h2>" in html
    assert "<h2>Robins</h2>" not in html
    school.hear("wrens")
    assert "All are well" in browser.get("/cabinets?show=attention").text


def test_a_bank_shows_every_locker(browser: TestClient, school: Any) -> None:
    school.hear(
        "kitchen", doors={"1": "closed", "2": "closed", "3": "open", "4": "closed", "5": "closed", "6": "closed"}
    )
    card = _card(browser.get("/cabinets").text, "Kitchen")
    assert "Locker 3 open" in card
    assert card.count('class="door"') == 5
