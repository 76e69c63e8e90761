"""The page What if: a question without script, its answer, and a whole day by what is live or by a draft."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.queries.handles import handle_of
from admin_web.services.links import PointChoice
from admin_web.services.people import PersonDraft, save_person

AMARA = handle_of("amara-osei")
ASKED = f"/what-if?person={AMARA}&point=robins&gesture=take_out&day=2026-11-24"


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_a_question_is_answered_with_reason_block_clause_and_the_next_time(browser: TestClient) -> None:
    html = browser.get(f"{ASKED}&time=10:52").text
    text = _text(html)
    assert "Amara Osei would be refused at Robins: lessons until 12:00." in text
    assert "Next at 12:00" in text
    assert "Tuesday, lessons 08:50 to 12:00, rules 1." in text
    assert "Their day is not over, no permission holds, nobody has approved it" in text
    assert "School policy, Appendix 1, clause 12" in text
    assert 'aria-label="Robins: Lessons 08:50 to 12:00, break 10:30 to 10:45; Lessons 13:00 to 15:15"' in html


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("time=10:35", "Amara Osei could take a phone out at Robins: it is a break until 10:45."),
        ("time=12:30", "Amara Osei could take a phone out at Robins: nothing is restricted."),
        ("time=17:00", "Amara Osei could take a phone out at Robins: their day is over."),
        ("time=10:52&gesture=put_in", "Amara Osei could put a phone in at Robins."),
        ("time=10:52&gesture=no_phone", "Amara Osei could say that there is no phone today at Robins."),
        ("time=10:52&point=wrens", "Amara Osei would be refused at Wrens: their badge is not known there."),
    ],
)
def test_every_answer_is_a_sentence(browser: TestClient, more: str, said: str) -> None:
    asked = ASKED
    for part in more.split("&"):
        name = part.partition("=")[0]
        asked = re.sub(rf"&{name}=[^&]*", "", asked) + f"&{part}"
    assert said in _text(browser.get(asked).text)


def test_the_empty_page_asks_about_now_and_is_no_look_at_anybody(browser: TestClient, school: Any) -> None:
    html = browser.get("/what-if").text
    assert 'value="2026-11-24"' in html
    assert 'value="10:58"' in html
    assert "No question yet" in html
    browser.get("/what-if/day")
    assert _looks(school) == []


def test_every_answer_is_a_look_and_names_no_one_in_the_address(browser: TestClient, school: Any) -> None:
    browser.get(f"{ASKED}&time=10:52")
    html = browser.get("/what-if/day?point=robins&day=2026-11-24").text
    assert _looks(school) == [
        ("looked.what_if", "amara-osei", '{"point":"robins"}', 1),
        ("looked.what_if_day", None, '{"day":"2026-11-24","point":"robins"}', 3),
    ]
    addresses = re.findall(r'(?:href|action)="([^"]*)"', html)
    assert any(AMARA in address for address in addresses)
    assert not any("amara" in address for address in addresses)


def _looks(school: Any) -> list[tuple[str, str | None, str, int]]:
    with school.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.act.like("looked.what_if%")).order_by(Audit.id))
        return [(row.act, row.person_id, row.filter, row.rows) for row in rows]


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"{ASKED}&time=25:00", 422, "That is not a date and time."),
        (f"/what-if?person={AMARA}&point=robins&day=2027-03-28&time=01:30", 422, "The clocks go forward then"),
        (f"/what-if?person={AMARA}&point=nowhere&day=2026-11-24&time=10:00", 422, "There is no such place."),
        ("/what-if?person=0000000000000000&point=robins", 404, "There is no such person."),
        (f"{ASKED}&time=10:52".replace("take_out", "dance"), 422, "Nobody can ask for that."),
        ("/what-if/day?point=robins&day=soon", 422, "That is not a date."),
        ("/what-if/day?point=nowhere&day=2026-11-24", 422, "There is no such place."),
        ("/what-if/day?point=robins&day=2026-11-24&timetable=77", 422, "There is no such timetable."),
    ],
)
def test_what_cannot_be_asked_is_said_in_the_form(browser: TestClient, path: str, status: int, says: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == status
    assert says in _text(answer.text)
    assert "<form" in answer.text


def test_somebody_without_a_badge_is_told_so(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        draft = PersonDraft("Owen Castleton", "classroom", (), (PointChoice("robins", None),))
        save_person(session, "owen", draft, if_match=None, occasion=school.occasion())
    answer = browser.get(ASKED.replace(AMARA, handle_of("owen")) + "&time=10:52")
    assert answer.status_code == 409
    assert "has no badge, so there is nothing to tap with" in answer.text
    assert "no badge yet" in browser.get("/what-if/day?point=robins&day=2026-11-24").text


def test_a_day_has_a_line_for_everybody_and_the_same_in_words(browser: TestClient) -> None:
    html = browser.get("/what-if/day?point=robins&day=2026-11-24").text
    names = re.findall(r'<th scope="row"><a[^>]*>(.*?)</a>', html)
    assert names == ["Amara Osei", "Bilal Hussain", "Tom Hallworth"]
    words = "Not now: 08:50 to 10:30 lessons; 10:45 to 12:00 lessons; 13:00 to 15:15 lessons."
    assert html.count(f'aria-label="{words}"') == 3
    assert html.count(f"<dd>{words}</dd>") == 3
    assert "affected" not in _text(html).replace("Only who is affected", "")


def test_on_a_free_day_nothing_is_refused(browser: TestClient) -> None:
    html = browser.get("/what-if/day?point=robins&day=2026-11-28").text
    assert html.count("Taking out is allowed all day.") >= 3


@pytest.mark.parametrize("role", Role)
def test_only_headteacher_and_slt_see_it_and_have_it_in_their_menu(
    sign_in_as: Callable[..., TestClient], role: Role
) -> None:
    browser = sign_in_as(role)
    allowed = role in (Role.HEADTEACHER, Role.SLT)
    for path in ("/what-if", "/what-if/day"):
        assert browser.get(path).status_code == (200 if allowed else 403)
    assert ('href="/what-if"' in browser.get("/me").text) is allowed
