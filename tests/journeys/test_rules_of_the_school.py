"""The school's rules across real processes: what the office says, and what the cabinet then does by it."""

import random
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.driver import Json, School, SchoolFailed, call, wait_until

AMARA, BILAL = "04a1b2c3d4e580", "9c41d07e"
"""At Robins."""
JOANNE, KATARZYNA = "04a1b2ffeedd81", "0461d4e2335c84"
"""At Wrens."""
DAY = "2026-12-01"
"""A Tuesday: lessons, a break from 10:30 to 10:45, lunch from 12:00 to 13:00."""

HOLD_MS = 400
"""Long enough to be read on a machine that has much else to do."""

pause = threading.Event().wait
"""Time for a hand to open a door."""


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The sample school, by its own timetable."""
    with School.start(tmp_path_factory.mktemp("rules")) as started:
        yield started


def post(school: School, path: str, body: Json | None = None, if_match: str | None = None) -> Json:
    """POST `/api/v1/` + path as the headteacher, and wait until the rules that follow are in force."""
    url = f"{school.ready['web']}/api/v1/{path}"
    answer = call(url, body, token=school.ready["api_token"], method="POST", if_match=if_match)
    settle(school)
    return answer


def what_if(school: School, person: str, point: str, gesture: str, at: str) -> Json:
    """Ask what the cabinet of a point would decide."""
    asked = {"person": person, "point": point, "gesture": gesture, "at": at}
    return call(f"{school.ready['web']}/api/v1/what-if", asked, token=school.ready["api_token"])


def settle(school: School) -> None:
    """Wait until the cabinets go by the newest rules; what-if names their revision."""

    def is_settled() -> bool:
        newest = what_if(school, "amara-osei", "robins", "put_in", f"{DAY}T10:00")["rules"]
        return {device["rules_applied"] for device in school.api("devices")["items"]} == {newest}

    wait_until(is_settled, within_s=15, what="the newest rules at every cabinet", every_s=0.1)


def at(school: School, time: str, day: str = DAY) -> None:
    """Make it that time of the day at the school."""
    school.bench("/clock", {"now": f"{day}T{time}:00"})


def tap(school: School, point: str, uid: str, button: str | None) -> Json:
    """Let somebody tap, and open and close a door that was released; the tap as the office tells it."""
    list(school.events())
    cursor = school.cursor
    school.tap(point, uid, button, hold_ms=HOLD_MS)
    told = wait_until(lambda: list(school.events(cursor, kind="tap", point=point)), within_s=10, what="the tap")[-1]
    if told["slot"] is not None:
        school.on(point, "door", slot=told["slot"], open=True)
        pause(0.2)
        school.on(point, "door", slot=told["slot"], open=False)
    return dict(told)


def reasons(school: School, point: str, uid: str) -> tuple[str, str]:
    """Why somebody may put in, which nothing may ever refuse, and why they may take out again or not."""
    return tap(school, point, uid, "put_in")["reason"], tap(school, point, uid, "take_out")["reason"]


def test_wet_play_takes_the_break_from_its_room_alone_and_ends_by_itself(school: School) -> None:
    at(school, "11:58")
    body = {"areas": ["robins"], "from": f"{DAY}T12:00:00Z", "until": f"{DAY}T12:50:00Z"}
    post(school, "room-states", body)
    at(school, "12:20")
    asked = what_if(school, "amara-osei", "robins", "take_out", f"{DAY}T12:20")
    assert (asked["reason"], asked["clause"], asked["block"]["name"]) == (
        "children_present",
        "6",
        "Children staying in",
    )
    assert reasons(school, "robins", AMARA) == ("put_in", "children_present")
    assert reasons(school, "wrens", JOANNE) == ("put_in", "break")
    assert what_if(school, "amara-osei", "robins", "take_out", asked["next"])["decision"] == "granted"
    at(school, "12:51")
    assert reasons(school, "robins", AMARA) == ("put_in", "break")
    assert school.api("room-states")["items"] == []


def test_what_is_withdrawn_goes_at_once_and_who_has_not_heard_is_named(school: School) -> None:
    at(school, "10:31")
    school.on("wrens", "network", up=False)
    url = f"{school.ready['web']}/api/v1/restrictions"
    made = call(url, {"scope": "everyone", "reason": "event"}, token=school.ready["api_token"])
    wait_until(lambda: "Robins" in school.api(f"restrictions/{made['id']}")["obeyed"], within_s=5, what="Robins obeys")
    assert "Wrens" in school.api(f"restrictions/{made['id']}")["not_obeyed"]
    assert reasons(school, "robins", BILAL) == ("put_in", "withdrawn")
    school.on("wrens", "network", up=True)
    wait_until(lambda: not school.api(f"restrictions/{made['id']}")["not_obeyed"], within_s=30, what="Wrens obeys too")
    assert reasons(school, "wrens", KATARZYNA) == ("put_in", "withdrawn")
    at(school, "16:01")
    assert reasons(school, "robins", BILAL) == ("put_in", "leaving")  # the end of the day is nobody's to withdraw
    at(school, "10:32")
    post(school, f"restrictions/{made['id']}/give-back", if_match='"1"')
    assert reasons(school, "robins", BILAL) == ("put_in", "break")


def test_a_trip_lets_a_phone_go_and_its_end_is_the_end(school: School) -> None:
    at(school, "09:10")
    trip = {
        "kind": "trip",
        "purpose": "swimming",
        "people": ["amara-osei"],
        "from": f"{DAY}T09:30:00Z",
        "until": f"{DAY}T11:00:00Z",
        "destination": "Tideway Baths",
    }
    with pytest.raises(SchoolFailed, match="No school phone goes on this visit"):
        post(school, "permissions", trip)
    given = post(school, "permissions", {**trip, "although": True})
    assert reasons(school, "robins", AMARA) == ("put_in", "restricted")
    at(school, "09:31")
    taken = tap(school, "robins", AMARA, "take_out")
    assert (taken["reason"], taken["clause"]) == ("permission", "15")
    assert reasons(school, "robins", BILAL) == ("put_in", "restricted")
    at(school, "11:16")
    overdue = school.wait_event("phone.overdue.v1", point="robins")[-1]
    assert overdue["person"]["id"] == "amara-osei"
    assert reasons(school, "robins", AMARA) == ("put_in", "restricted")
    assert school.api(f"permissions/{given['id']}")["state"] == "expired"


def test_a_club_is_drafted_published_and_rolled_back_with_one_click_each(school: School, office: Page) -> None:
    at(school, "15:30")
    office.goto(f"{school.ready['web']}/timetable?of=area.robins&day=1&from=15:15&until=15:50")
    office.get_by_label("Name").fill("Gardening club")
    office.get_by_role("button", name="Save in the draft").click()
    expect(office.get_by_text("Saved in the draft.")).to_be_visible()
    assert reasons(school, "robins", AMARA) == ("put_in", "outside_formal_time")  # a draft changes nothing
    office.goto(f"{school.ready['web']}/timetable/versions")
    expect(office.get_by_text("Tuesday 15:15-15:50 Robins: Gardening club added")).to_be_visible()
    office.get_by_role("button", name="Publish").click()
    expect(office.get_by_text("Published. Rules")).to_be_visible()
    settle(school)
    at(school, "15:40")
    assert tap(school, "robins", AMARA, "put_in")["reason"] == "put_in"
    refused = tap(school, "robins", AMARA, "take_out")
    assert refused["reason"] == "restricted"
    assert "gardening club until 15:50" in refused["sentence"]
    assert reasons(school, "wrens", JOANNE) == ("put_in", "outside_formal_time")
    office.get_by_role("button", name="Roll back to it").first.click()
    expect(office.get_by_text("Rolled back. Rules")).to_be_visible()
    settle(school)
    assert reasons(school, "robins", AMARA) == ("put_in", "outside_formal_time")


def test_the_office_opens_for_somebody_by_name_once(school: School, office: Page) -> None:
    at(school, "11:30")
    assert reasons(school, "wrens", KATARZYNA) == ("put_in", "restricted")
    before = int(school.device("wrens")["releases"]["1"])
    office.goto(f"{school.ready['web']}/for-somebody")
    office.fill("[name=name]", "Katarzyna Wójcik")
    office.get_by_role("button", name="Open for").click()
    office.select_option("[name=reason]", "badge_forgotten")
    office.get_by_role("button", name="Open once").click()
    expect(office.get_by_text("Ordered.")).to_be_visible()
    wait_until(lambda: school.device("wrens")["releases"]["1"] == before + 1, within_s=8, what="Wrens opens")
    opened = school.wait_event("tap.granted.v1", point="wrens", reason="opened_for")[-1]
    assert (opened["person"]["id"], opened["clause"]) == ("katarzyna-wojcik", "1")


def test_what_if_says_what_the_cabinet_then_does(school: School) -> None:
    seed = random.randrange(1_000_000)
    choose = random.Random(seed)
    people = [("robins", "amara-osei", AMARA), ("robins", "bilal-hussain", BILAL), ("wrens", "joanne-birtles", JOANNE)]
    for _ in range(5):
        point, person, uid = choose.choice(people)
        hour, minute = choose.randrange(8, 17), choose.randrange(60)
        at(school, f"{hour:02}:{minute:02}", day=choose.choice(("2026-12-03", "2026-12-04", "2026-12-24")))
        asked = what_if(school, person, point, "take_out", school.bench()["now"])
        told = tap(school, point, uid, "take_out")
        assert (told["reason"], told["clause"]) == (asked["reason"], asked["clause"]), f"seed {seed}"
