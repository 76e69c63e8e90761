"""The page Access log: sentences by day, filters, paging, why, late rows, live rows, and the audit of every look."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.events import LogRow
from admin_web.queries.handles import handle_of
from admin_web.services.people import PersonDraft, save_person

LESSONS = {"name": "Lessons", "from": "2026-11-24T10:45:00.000Z", "until": "2026-11-24T12:00:00.000Z"}


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def _sentences(html: str) -> list[str]:
    found = re.findall(r'<div class="row-text">\s*<p>(.*?)</p>', html, re.S)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in found]


def _looks(school: Any) -> list[tuple[str, str | None, dict[str, Any], int]]:
    with school.database.read() as session:
        rows = session.query(Audit).where(Audit.act.like("looked.%")).order_by(Audit.id)
        return [(row.act, row.person_id, json.loads(row.filter), row.rows) for row in rows]


def test_rows_stand_newest_first_under_their_day(browser: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31:05") - timedelta(days=1))
    school.events.put_in("bilal-hussain", "robins", school.at("08:35:40"))
    html = browser.get("/log?kind=put_in").text
    assert _sentences(html) == [
        "Bilal Hussain declared a phone in at Robins.",
        "Amara Osei declared a phone in at Robins.",
    ]
    assert re.findall(r'<h2 id="d[\d-]+">(.*?)</h2>', html) == ["Tuesday 24 November", "Monday 23 November"]
    assert "08:35:40" in html
    assert "That is the first event kept that fits." in html


def test_only_one_row_stands_for_a_tap(browser: TestClient, school: Any) -> None:
    tap = school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.add("robins", "lock.energised.v1", school.at("08:31"), point="robins", tap=str(tap), slot=1, ms=300)
    school.events.add("robins", "door.opened.v1", school.at("08:31"), point="robins", tap=str(tap), slot=1)
    assert len(_sentences(browser.get("/log?point=robins&day=2026-11-24&kind=put_in").text)) == 1
    assert not _sentences(browser.get("/log?kind=door").text)


def test_filters_can_be_put_together_and_taken_away_one_by_one(browser: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    school.events.refuse("amara-osei", "wrens", school.at("09:00"), "restricted", block=LESSONS)
    school.events.refuse("joanne-birtles", "wrens", school.at("09:01"), "restricted", block=LESSONS)
    amara = handle_of("amara-osei")
    html = browser.get(f"/log?person={amara}&point=wrens&refused=1&day=2026-11-24&kind=").text
    assert _sentences(html) == ["Amara Osei was refused at Wrens: lessons until 12:00."]
    chips = re.findall(r'<span class="chip">(.*?) <a href="(.*?)"', html)
    assert [words for words, _ in chips] == ["Amara Osei", "Wrens", "Refused only", "Tuesday 24 November"]
    assert chips[0][1] == "/log?point=wrens&amp;refused=1&amp;day=2026-11-24"
    assert f'<option value="{amara}" selected>' in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("kind=nonsense", 422),
        ("day=yesterday", 422),
        ("before=x", 422),
        ("person=0000000000000000", 404),
        ("person=" + "a" * 17, 422),
        ("event=robins/x/1", 404),
        ("event=nonsense", 404),
        ("point=nowhere", 200),
        ("kind=put_in&refused=1", 200),
    ],
)
def test_a_filter_that_is_none_gets_a_sentence(browser: TestClient, query: str, status: int) -> None:
    answer = browser.get(f"/log?{query}")
    assert answer.status_code == status
    assert ("Nothing found" in answer.text) is (status == 200)


def test_an_empty_log_says_what_will_come(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        session.query(LogRow).delete()
    assert "The first tap at any cabinet shows here within a moment" in browser.get("/log").text


def test_pages_lead_to_the_first_event_and_back_to_the_newest(browser: TestClient, school: Any) -> None:
    for number in range(120):
        school.events.refuse("amara-osei", "robins", school.at("09:00") + timedelta(seconds=number), "restricted")
    seen: list[str] = []
    path = "/log?refused=1"
    while True:
        html = browser.get(path).text
        seen += re.findall(r'id="(e\d+)"', html)
        older = re.search(r'id="older" href="(.*?)"', html)
        if older is None:
            break
        path = older[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120
    assert "That is the first event kept that fits." in html
    newer = re.search(r'href="(/log\?refused=1&amp;after=[\d.]+)"', html)
    assert newer is not None
    middle = browser.get(newer[1].replace("&amp;", "&")).text
    assert re.findall(r'id="(e\d+)"', middle) == seen[50:100]
    end = browser.get("/log?refused=1&end=1").text
    assert re.findall(r'id="(e\d+)"', end)[-1] == seen[-1]
    assert ">Newest</a>" in end


def test_why_shows_reason_clause_day_and_everything_of_the_tap(browser: TestClient, school: Any) -> None:
    tap = school.events.take_out("bilal-hussain", "robins", school.at("10:33:20"), "break", block=LESSONS)
    school.events.add("robins", "lock.energised.v1", school.at("10:33:20"), point="robins", tap=str(tap), slot=1, ms=9)
    school.events.add("robins", "door.opened.v1", school.at("10:33:22"), point="robins", tap=str(tap), slot=1)
    school.events.put_in("amara-osei", "robins", school.at("10:34"))
    page = browser.get("/log?kind=take_out").text
    link = re.search(r'href="(/log\?kind=take_out&amp;event=[^"]*)#', page)
    assert link is not None
    html = browser.get(link[1].replace("&amp;", "&")).text
    panel = html[html.index('<aside class="why"') :]
    assert "Why did it open?" in panel
    assert "The lock of <b>Robins</b> was released." in panel
    assert "The door of <b>Robins</b> was opened." in panel
    assert "Amara" not in panel
    assert "School policy, Appendix 1, clause 11" in panel
    assert "Lessons 08:50 to 12:00, break 10:30 to 10:45" in panel
    assert "The clock was in step." in panel
    assert "signature covers it" in panel
    assert ("looked.event", "bilal-hussain") in [(act, person) for act, person, _, _ in _looks(school)]


def test_an_event_that_arrived_much_later_says_when(browser: TestClient, school: Any) -> None:
    school.events.add(
        "robins",
        "reader.failed.v1",
        school.at("08:00"),
        arrived=school.at("10:30"),
        point="robins",
        reader="reader-1",
        fault="stuck",
    )
    html = browser.get("/log").text
    link = re.search(r'href="/log\?event=(robins%2F[^"]*)#', html)
    assert link is not None
    assert "Arrived at 10:30." in browser.get(f"/log?event={link[1]}").text


def test_a_late_row_stands_at_its_time_and_is_marked(browser: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("10:00"))
    school.events.put_in("joanne-birtles", "wrens", school.at("08:00"), arrived=school.at("10:30"))
    html = browser.get("/log?kind=put_in").text
    assert _sentences(html)[1] == "Joanne Birtles declared a phone in at Wrens."
    assert len(re.findall(r"<li[^>]* data-late", html)) == 1


def test_an_open_page_gets_only_the_rows_that_are_new_and_fit(browser: TestClient, school: Any) -> None:
    html = browser.get("/log?point=robins").text
    since = int(re.search(r'data-since="(\d+)"', html)[1])  # type: ignore[index]  # it is there, or the test fails
    rows = re.search(r'data-rows="(.*?)"', html)[1].replace("&amp;", "&")  # type: ignore[index]  # likewise
    assert rows == "/log/rows?point=robins"
    school.events.put_in("amara-osei", "robins", school.at("10:57"))
    school.events.put_in("joanne-birtles", "wrens", school.at("10:57"))
    answer = browser.get(f"{rows}&since={since}&upto={since + 4}")
    assert _sentences(answer.text) == ["Amara Osei declared a phone in at Robins."]
    assert "fresh" in answer.text
    assert _looks(school)[-1] == ("looked.access_log", None, {"point": "robins"}, 1)
    before = len(_looks(school))
    assert browser.get(f"{rows}&since={since + 4}&upto={since + 4}").text.strip() == ""
    assert len(_looks(school)) == before


def test_a_page_that_missed_too_much_is_told_to_load_again(browser: TestClient, school: Any) -> None:
    for number in range(51):
        school.events.refuse("amara-osei", "robins", school.at("09:00") + timedelta(seconds=number), "restricted")
    assert browser.get("/log/rows?since=0&upto=9999").status_code == 205


def test_every_look_is_written_down_with_filter_and_count(browser: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("10:00"))
    browser.get("/log?kind=put_in&point=robins&day=2026-11-24")
    browser.get(f"/log?person={handle_of('amara-osei')}&kind=put_in")
    assert _looks(school) == [
        ("looked.access_log", None, {"day": "2026-11-24", "kind": "put_in", "point": "robins"}, 1),
        ("looked.access_log", "amara-osei", {"kind": "put_in"}, 1),
    ]


def test_a_name_is_escaped_wherever_it_stands(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        draft = PersonDraft("<script>alert(1)</script> O'Neil & Sons", "classroom")
        save_person(session, "p-1", draft, if_match=None, occasion=school.occasion())
    school.events.refuse("p-1", "robins", school.at("10:00"), "restricted", block={**LESSONS, "name": "<b>x</b>"})
    for path in ("/log", "/people", "/restricted/hours"):
        html = browser.get(path).text
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html
    assert "<b>x</b>" not in browser.get("/log").text


def test_an_unknown_badge_leads_to_its_assignment(browser: TestClient, school: Any) -> None:
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge="1:" + "e" * 64, intent=None)
    html = browser.get("/log?refused=1").text
    assert f'href="/people/badges/{handle_of("1:" + "e" * 64)}">Assign' in html
    assert "Whose badge is 1: XVQE XVQE?" in browser.get(f"/people/badges/{handle_of('1:' + 'e' * 64)}").text


def test_who_may_not_assign_is_not_led_there(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge="1:" + "e" * 64, intent=None)
    assert "Assign" not in sign_in_as(Role.DSL).get("/log?refused=1").text


def test_a_place_that_is_not_heard_is_said_to_hold_more(browser: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("10:00"))
    school.hear("wrens", online=False, since=school.at("10:02"))
    assert "Wrens is not heard and may hold more." in browser.get("/log").text
