"""What is to be reviewed: sentences by filter and cursor, reviews side by side, each look written down."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.events import ExceptionRow
from admin_web.database.reviews import ExceptionReview
from admin_web.events.day_exceptions import DayKind
from admin_web.events.exceptions import ExceptionKind, raise_exception
from admin_web.queries.sentences.exceptions import KIND_WORDS

BLOCK = {"name": "Lessons", "from": "2026-11-24T10:30:00.000Z", "until": "2026-11-24T10:45:00.000Z"}


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def overdue(school: Any, person: str = "amara-osei", point: str = "robins", at: str = "10:50") -> None:
    private = {"person": person, "badge": "1:" + "a" * 64, "slot": 1, "block": BLOCK, "due": "2026-11-24T10:50:00.000Z"}
    school.events.add(point, "phone.overdue.v1", school.at(at), private, point=point)


def granted(school: Any, person: str, point: str, at: str, reason: str) -> None:
    private = {"badge": "1:" + "b" * 64, "person": person, "slot": 1, "reason": reason, "clause": "19"}
    school.events.add(point, "tap.granted.v1", school.at(at), private, point=point, intent="take_out", opens=True)


def door(school: Any, name: str, at: str = "09:12", tap: str | None = None) -> None:
    school.events.add("robins", f"door.{name}.v1", school.at(at), point="robins", slot=1, tap=tap)


def sentences(html: str) -> list[str]:
    found = re.findall(r'<div class="row-text">\s*<p>(.*?)</p>', html, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in found]


def test_every_kind_has_words_in_the_filter() -> None:
    assert set(KIND_WORDS) == {*DayKind, *ExceptionKind}


def test_every_kind_is_told_in_a_sentence(browser: TestClient, school: Any) -> None:
    overdue(school)
    door(school, "opened_unreleased")
    door(school, "held_open", tap="1")
    door(school, "not_opened", tap="1")
    phone = {"badge": "1:" + "c" * 64, "person": "bilal-hussain", "slot": 1}
    school.events.add("robins", "put_in.repeated.v1", school.at("09:30"), phone, point="robins", tap="1")
    granted(school, "amara-osei", "robins", "09:40", "emergency")
    for point, at in (("robins", "10:20:00"), ("wrens", "10:20:23")):
        school.events.refuse("tom-hallworth", point, school.at(at), "restricted", block=BLOCK)
    for _ in range(2):
        granted(school, "amara-osei", "wrens", "09:50", "clock_untrusted")
    granted(school, "amara-osei", "wrens", "09:51", "rules_stale")
    with school.database.write() as session:
        raise_exception(session, ExceptionKind.STORAGE_WENT_BACK, "wrens", [], school.clock.now())
    assert sentences(browser.get("/exceptions").text) == [
        "Wrens’s storage was put back to an earlier state.",
        "Wrens let phones be taken out once while its rules did not cover the time.",
        "Wrens let phones be taken out 2 times while its clock was not trusted.",
        "A badge of Tom Hallworth was tapped at Robins and at Wrens, 23 seconds apart.",
        "Amara Osei opened Robins in an emergency, by holding TAKE OUT.",
        "Bilal Hussain put in again at Robins, already declared in.",
        "The door of Robins was released and not opened.",
        "The door of Robins was held open for 20 seconds.",
        "The door of Robins opened with no unlock.",
        "Amara Osei’s phone was not back at Robins by 10:50.",
    ]


def test_a_solved_one_says_when_and_still_waits(browser: TestClient, school: Any) -> None:
    overdue(school)
    school.events.put_in("amara-osei", "robins", school.at("10:55"))
    html = browser.get("/exceptions").text
    assert "declared in again at 10:55" in html
    one = browser.get("/exceptions/1").text
    assert "solved at 10:55" in one
    assert "Amara Osei</b>’s phone is declared in at <b>Robins</b>" in one, "the event that solved it stands there"
    assert "Save the review" in one


def test_what_is_over_by_itself_says_so_and_still_waits(browser: TestClient, school: Any) -> None:
    door(school, "held_open", at="09:12", tap="1")
    granted(school, "amara-osei", "robins", "09:40", "clock_untrusted")
    granted(school, "amara-osei", "wrens", "09:50", "rules_stale")
    first = browser.get("/exceptions").text
    for words in ("not closed since", "Check its network", "Check whether it is heard"):
        assert words in first
    door(school, "closed", at="09:16", tap="1")
    anchored = {"from_quality": "floor", "utc": "2026-11-24T10:00:00.000Z", "monotonic": "1"}
    school.events.add("robins", "clock.anchored.v1", school.at("10:00"), **anchored)
    school.events.add("wrens", "rules.applied.v1", school.at("10:05"), revision="1.2")
    html = browser.get("/exceptions").text
    assert "The door of <b>Robins</b> stood open for 4 minutes." in html
    for words in ("closed at 09:16", "its clock has been set again at 10:00", "new rules arrived at 10:05"):
        assert words in html
    assert len(sentences(html)) == 3
    assert "solved at 09:16" in browser.get("/exceptions/1").text
    today = browser.get("/today").text
    assert "All quiet" in today, "nobody is needed now"
    for words in ("Closed since.", "The clock has been set since.", "New rules have arrived since."):
        assert words in today


def test_a_review_is_saved_named_and_dated_and_leaves_the_list(browser: TestClient, school: Any) -> None:
    overdue(school)
    answer = browser.post("/exceptions/1/review", data={"code": "explained", "etag": '"1"'})
    assert answer.status_code == 303
    html = browser.get(answer.headers["location"]).text
    assert "Your review is added." in html
    assert re.search(r"<b>Explained</b></p><p class=\"second\">The headteacher, .*10:58", html)
    assert "Nothing to review" in browser.get("/exceptions").text
    assert "Explained" in browser.get("/exceptions?show=reviewed").text
    assert "reviewed “Phone not back”" in browser.get("/log").text


def test_two_reviewers_see_each_other_and_both_stay(
    browser: TestClient, school: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    overdue(school)
    browser.post("/exceptions/1/review", data={"code": "explained", "etag": '"1"'})
    other = sign_in_as(Role.SLT)
    told = other.post("/exceptions/1/review", data={"code": "follow_up", "etag": '"1"'})
    assert told.status_code == 412
    assert "Somebody else reviewed this in the meantime." in told.text
    assert "<b>Explained</b>" in told.text, "what is saved stands beside what was chosen"
    assert re.search(r'value="follow_up" required checked', told.text)
    etag = re.search(r'name="etag" value="(.*?)"', told.text)
    assert etag is not None
    assert other.post("/exceptions/1/review", data={"code": "follow_up", "etag": '"2"'}).status_code == 303
    html = other.get("/exceptions/1").text
    assert html.index("<b>Explained</b>") < html.index("<b>Follow-up</b>")


@pytest.mark.parametrize("code", ["", "guilty", "no_school_phone"])
def test_a_code_that_does_not_fit_is_said_at_the_field(browser: TestClient, school: Any, code: str) -> None:
    overdue(school)
    answer = browser.post("/exceptions/1/review", data={"code": code, "etag": '"1"'})
    assert answer.status_code == 422
    assert 'href="#f-code"' in answer.text
    with school.database.read() as session:
        assert session.scalars(select(ExceptionReview)).all() == []


def test_no_school_phone_is_offered_for_an_emergency_only(browser: TestClient, school: Any) -> None:
    overdue(school)
    granted(school, "bilal-hussain", "robins", "09:40", "emergency")
    assert "No school phone was at hand" not in browser.get("/exceptions/1").text
    assert "No school phone was at hand" in browser.get("/exceptions/2").text
    assert browser.post("/exceptions/2/review", data={"code": "no_school_phone", "etag": '"1"'}).status_code == 303


def test_there_is_no_field_for_words_and_no_way_to_delete(browser: TestClient, school: Any) -> None:
    overdue(school)
    html = browser.get("/exceptions/1").text
    assert "<textarea" not in html
    assert re.findall(r'<input[^>]*name="(\w+)"', html) == ["etag", "code", "code", "code"]
    assert browser.delete("/exceptions/1").status_code == 405
    assert browser.request("DELETE", "/exceptions/1/review").status_code == 405


def test_who_may_look_may_not_always_review(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    overdue(school)
    dsl = sign_in_as(Role.DSL)
    assert "Save the review" not in dsl.get("/exceptions/1").text
    assert dsl.post("/exceptions/1/review", data={"code": "explained"}).status_code == 403


def test_filters_are_kind_place_day_and_state(browser: TestClient, school: Any) -> None:
    overdue(school)
    overdue(school, "joanne-birtles", "wrens")
    door(school, "opened_unreleased")
    browser.post("/exceptions/1/review", data={"code": "no_action", "etag": '"1"'})
    assert len(sentences(browser.get("/exceptions").text)) == 2
    assert len(sentences(browser.get("/exceptions?show=all").text)) == 3
    assert sentences(browser.get("/exceptions?kind=overdue").text) == [
        "Joanne Birtles’s phone was not back at Wrens by 10:50."
    ]
    assert sentences(browser.get("/exceptions?show=all&point=robins&kind=overdue&day=2026-11-24").text) == [
        "Amara Osei’s phone was not back at Robins by 10:50."
    ]
    assert "Nothing found" in browser.get("/exceptions?day=2026-11-23").text
    for wrong in ("kind=guilty", "day=yesterday", "before=-1", "before=nonsense"):
        assert browser.get(f"/exceptions?{wrong}").status_code == 422


def test_pages_by_cursor_lose_nothing_and_show_nothing_twice(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        session.add_all(
            ExceptionRow(kind="overdue", device="robins", point_id="robins", raised_at=school.at("10:50"), cites="[]")
            for _ in range(120)
        )
    seen: list[str] = []
    address: str | None = "/exceptions"
    while address is not None:
        html = browser.get(address).text
        seen += re.findall(r'href="/exceptions/(\d+)"', html)
        older = re.search(r'href="([^"]*before=[^"]*)"', html)
        address = older[1].replace("&amp;", "&") if older else None
    assert seen == [str(number) for number in range(120, 0, -1)]
    back = browser.get("/exceptions?after=20").text
    assert re.findall(r'href="/exceptions/(\d+)"', back) == [str(number) for number in range(70, 20, -1)]


def test_every_look_is_written_down_with_whom_it_showed(browser: TestClient, school: Any) -> None:
    overdue(school)
    browser.get("/exceptions?kind=overdue")
    browser.get("/exceptions/1")
    browser.post("/exceptions/1/review", data={"code": "explained", "etag": '"1"'})
    with school.database.read() as session:
        audit = {row.act: row for row in session.scalars(select(Audit).order_by(Audit.id))}
    assert (audit["looked.exceptions"].rows, audit["looked.exceptions"].filter) == (
        1,
        '{"kind":"overdue","show":"open"}',
    )
    assert audit["looked.exception"].person_id == "amara-osei"
    assert audit["changed.exception_reviewed"].person_id == "amara-osei"


def test_what_was_erased_names_nobody_and_still_shows(browser: TestClient, school: Any) -> None:
    phone = {"badge": "1:" + "c" * 64, "person": "bilal-hussain", "slot": 1}
    school.events.add("robins", "put_in.repeated.v1", school.at("09:30"), phone, erased=True, point="robins", tap="1")
    assert sentences(browser.get("/exceptions").text) == [
        "A person, erased, put in again at Robins, already declared in."
    ]


def test_an_exception_that_does_not_exist_is_not_found(browser: TestClient) -> None:
    assert browser.get("/exceptions/77").status_code == 404
    assert browser.post("/exceptions/77/review", data={"code": "explained"}).status_code == 404
    assert browser.get("/exceptions/99999999999999999999").status_code == 422


# --- the API ---


def test_the_api_lists_by_cursor_and_by_what_is_open(api: TestClient, school: Any) -> None:
    overdue(school)
    school.events.put_in("amara-osei", "robins", school.at("10:55"))
    door(school, "opened_unreleased")
    page = api.get("exceptions?limit=1").json()
    (item,) = page["items"]
    assert item["kind"] == "overdue"
    assert item["person"] == {"id": "amara-osei", "name": "Amara Osei"}
    assert item["solved_at"] == "2026-11-24T10:55:00.000Z"
    assert item["open"] is True
    assert re.fullmatch(r"robins/[0-9a-f]{16}/1", item["events"][0])
    after = api.get(f"exceptions?after={page['next']}").json()
    assert [one["kind"] for one in after["items"]] == ["opened_unreleased"]
    assert api.get(f"exceptions?after={after['next']}").json() == {"items": [], "next": after["next"]}
    assert api.post("exceptions/1/review", json={"code": "explained"}).status_code == 201
    assert [one["id"] for one in api.get("exceptions?open=true").json()["items"]] == ["2"]
    assert [one["id"] for one in api.get("exceptions?open=false").json()["items"]] == ["1"]
    assert api.get("exceptions?open=perhaps").status_code == 422


def test_the_api_adds_a_review_and_says_who(api: TestClient, school: Any) -> None:
    overdue(school)
    answer = api.post("exceptions/1/review", json={"code": "follow_up"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"2"'
    (review,) = answer.json()["reviews"]
    assert (review["code"], review["by"]) == ("follow_up", "The program A program for headteacher")
    assert api.post("exceptions/1/review", json={"code": "explained"}, headers={"If-Match": '"1"'}).status_code == 412
    assert api.post("exceptions/1/review", json={"code": "explained"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": "guilty"}, 422),
        ({"code": "no_school_phone"}, 422),
        ({"code": "explained", "notes": "she was ill"}, 422),
        ({}, 422),
        ({"code": 3}, 422),
    ],
)
def test_the_api_refuses_what_is_no_review(api: TestClient, school: Any, body: Any, status: int) -> None:
    overdue(school)
    answer = api.post("exceptions/1/review", json=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "field", "what_to_do"}
    assert api.get("exceptions").json()["items"][0]["open"] is True


def test_the_api_obeys_the_table(web: TestClient, school: Any, token_of: Callable[[Role], str]) -> None:
    overdue(school)
    for name in ("Sec-Fetch-Site", "Origin"):
        del web.headers[name]
    for role in Role:
        headers = {"Authorization": f"Bearer {token_of(role)}"}
        seen = web.get("/api/v1/exceptions", headers=headers).status_code
        reviewed = web.post("/api/v1/exceptions/1/review", json={"code": "explained"}, headers=headers).status_code
        assert seen == (200 if role in (Role.HEADTEACHER, Role.SLT, Role.DSL) else 403), role
        assert reviewed == (201 if role in (Role.HEADTEACHER, Role.SLT) else 403), role
