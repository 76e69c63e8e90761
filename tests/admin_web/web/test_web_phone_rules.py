"""The phone rules in a browser: read, confirmed, published, counted, and confirmed by a tap (clauses 1 and 25)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.policy_texts import Acknowledgement
from admin_web.queries.acknowledgements import confirmed_by
from admin_web.queries.handles import handle_of
from admin_web.services.acknowledgements import confirm_policy_text
from admin_web.services.policy_texts import hash_of, policy_text_now, publish_policy_text

RULES = "/registers/policy"
CONFIRMED = "/registers/acknowledgements"
TAPS = "/registers/badge-confirmations"
AMARA = handle_of("amara-osei")
WORDS = "Phones are here at own risk."
SignIn = Callable[..., TestClient]


@pytest.fixture
def office_browser(sign_in_as: SignIn) -> TestClient:
    return sign_in_as(Role.OFFICE)


def publish(school: Any, words: str = WORDS) -> None:
    with school.database.write() as session:
        before = policy_text_now(session)
        etag = None if before is None else f'"{before.version}"'
        publish_policy_text(session, words, if_match=etag, occasion=school.occasion())


def looks(school: Any, page: str) -> list[Audit]:
    with school.database.read() as session:
        return list(session.scalars(select(Audit).where(Audit.act == f"looked.{page}").order_by(Audit.id)))


def etag_in(html: str) -> str:
    found = re.search(r"name=\"etag\" value=[\"']((?:&#34;|\").*?(?:&#34;|\"))[\"']", html)
    assert found is not None, html
    return found[1].replace("&#34;", '"')


def test_clause_25_somebody_reads_confirms_and_is_asked_again_for_a_new_version(
    school: Any, sign_in_as: SignIn
) -> None:
    publish(school)
    browser = sign_in_as(Role.STAFF, "amara-osei")
    html = browser.get(RULES).text
    assert "at own risk" in html
    etag = etag_in(html)
    unread = browser.post(f"{RULES}/confirm", data={"etag": etag})
    assert unread.status_code == 422
    assert 'href="#f-read">The box is not ticked.' in unread.text
    answer = browser.post(f"{RULES}/confirm", data={"etag": etag, "read": "yes"})
    assert answer.headers["location"] == f"{RULES}?said=confirmed"
    html = browser.get(RULES).text
    assert "You confirmed version 1, 10:58" in html
    assert 'name="read"' not in html
    publish(school, f"{WORDS} And silent.")
    html = browser.get(RULES).text
    assert "Version 2 is new" in html
    assert "you confirmed it, 10:58" in html
    old = browser.get(f"{RULES}/versions/1").text
    assert hash_of(WORDS) in old


def test_clause_25_a_version_published_while_somebody_reads_is_shown_and_not_confirmed(
    school: Any, sign_in_as: SignIn
) -> None:
    publish(school)
    browser = sign_in_as(Role.STAFF, "amara-osei")
    etag = etag_in(browser.get(RULES).text)
    publish(school, f"{WORDS} And silent.")
    answer = browser.post(f"{RULES}/confirm", data={"etag": etag, "read": "yes"})
    assert answer.status_code == 412
    assert "Version 2 was published while you read." in answer.text
    assert "And silent." in answer.text
    with school.database.read() as session:
        assert confirmed_by(session, "amara-osei") == {}


def test_an_account_without_a_person_reads_and_is_told_why_it_cannot_confirm(school: Any, sign_in_as: SignIn) -> None:
    publish(school)
    browser = sign_in_as(Role.STAFF)
    html = browser.get(RULES).text
    assert "belongs to no person" in html
    answer = browser.post(f"{RULES}/confirm", data={"etag": '"1"', "read": "yes"})
    assert answer.status_code == 409
    with school.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Acknowledgement)) == 0


def test_clause_25_the_headteacher_publishes_from_the_school_s_own_clauses(school: Any, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    html = browser.get(f"{RULES}/new").text
    assert "entirely at the staff member" in html
    assert browser.post(f"{RULES}/new", data={"words": WORDS}).headers["location"] == f"{RULES}?said=published"
    seen = etag_in(browser.get(f"{RULES}/new").text)
    publish(school, "At own risk: theirs.")
    answer = browser.post(f"{RULES}/new", data={"words": "At own risk: mine.", "etag": seen})
    assert answer.status_code == 412
    assert "Published meanwhile: version 2" in answer.text
    assert "At own risk: theirs." in answer.text
    assert "At own risk: mine." in answer.text
    again = {"words": "At own risk: mine.", "etag": etag_in(answer.text)}
    assert browser.post(f"{RULES}/new", data=again).status_code == 303


def test_clause_1_a_text_without_own_risk_asks_before_it_is_published(school: Any, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    answer = browser.post(f"{RULES}/new", data={"words": "Phones stay away."})
    assert answer.status_code == 409
    assert 'name="although"' in answer.text
    assert browser.post(f"{RULES}/new", data={"words": "Phones stay away.", "although": "yes"}).status_code == 303


def test_markup_in_the_text_is_words(school: Any, sign_in_as: SignIn) -> None:
    publish(school, "At own risk. <script>alert(1)</script>\n\n# <img src=x>\n</textarea><b>")
    browser = sign_in_as(Role.HEADTEACHER)
    for path in (RULES, f"{RULES}/new", f"{RULES}/versions/1"):
        html = browser.get(path).text
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


def test_clause_25_counts_first_and_names_on_a_second_click_that_is_logged(school: Any, sign_in_as: SignIn) -> None:
    publish(school)
    with school.database.write() as session:
        confirm_policy_text(session, "amara-osei", if_match='"1"', occasion=school.occasion())
    browser = sign_in_as(Role.SLT)
    counts = browser.get(CONFIRMED).text
    assert "1 of 7 have confirmed version 1" in counts
    assert "1 of 4" in counts
    assert "Amara" not in counts
    assert looks(school, "acknowledgements") == []
    names = browser.get(f"{CONFIRMED}/people").text
    assert "Bilal Hussain" in names
    assert "Amara Osei" not in names
    everybody = browser.get(f"{CONFIRMED}/people?show=all&group=classroom").text
    assert "Amara Osei" in everybody
    assert [row.rows for row in looks(school, "acknowledgements")] == [6, 4]
    assert looks(school, "acknowledgements")[1].filter == '{"group":"classroom","show":"all"}'


def test_clause_25_the_office_waits_for_a_tap_and_sees_that_none_came(school: Any, office_browser: TestClient) -> None:
    publish(school)
    html = office_browser.get(f"{TAPS}?person={AMARA}").text
    assert f'<option value="{AMARA}" selected>Amara Osei' in html
    answer = office_browser.post(TAPS, data={"person": AMARA, "point": "robins"})
    where = answer.headers["location"]
    page = office_browser.get(where).text
    assert 'data-state="waiting"' in page
    assert "by 11:00:00" in page
    school.clock.advance(minutes=2, seconds=1)
    assert "No tap came in time" in office_browser.get(where).text
    with school.database.write() as session:
        confirm_policy_text(session, "amara-osei", if_match='"1"', occasion=school.occasion())
    assert 'data-state="done"' in office_browser.get(where).text


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"person": "", "point": "robins"}, "person"),
        ({"person": AMARA, "point": ""}, "point"),
        ({"person": AMARA, "point": "../etc"}, "point"),
        ({"person": "nonsense", "point": "robins"}, "person"),
    ],
)
def test_a_tap_nobody_can_give_is_not_waited_for(
    school: Any, office_browser: TestClient, data: dict[str, str], field: str
) -> None:
    publish(school)
    answer = office_browser.post(TAPS, data=data)
    assert answer.status_code == 404
    assert f'href="#f-{field}"' in answer.text
