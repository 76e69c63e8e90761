"""The registers in a browser: lists, forms, two offices at once, hostile names, and each look written down."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit, WebSession
from admin_web.database.school_phones import SchoolPhone
from admin_web.queries.handles import handle_of
from admin_web.queries.school_phones import read_school_phones
from admin_web.services.confiscated import HoldDraft, hold_phone, release_phone
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.phone_checks import CheckDraft, record_phone_check
from admin_web.services.policy_texts import policy_text_now, publish_policy_text
from admin_web.services.school_phones import add_school_phone, change_school_phone
from admin_web.services.secrets import hash_secret
from admin_web.web.pages import menu_of

PHONES = "/registers/school-phones"
PUPILS = "/registers/confiscated"
RULES = "/registers/policy"
CONFIRMED = "/registers/acknowledgements"
TAPS = "/registers/badge-confirmations"
CHECKS = "/registers/phone-checks"
AMARA, BILAL, JOANNE, RUTH = (
    handle_of(id) for id in ("amara-osei", "bilal-hussain", "joanne-birtles", "ruth-ashcombe")
)
WORDS = "Phones are here at own risk."
HOSTILE = '<b onmouseover="alert(1)">Zoë & “Co” 👩‍🏫</b> O’Neill-Featherstonehaugh van den B'
SignIn = Callable[..., TestClient]


@pytest.fixture
def office_browser(sign_in_as: SignIn) -> TestClient:
    return sign_in_as(Role.OFFICE)


@pytest.fixture
def phones(school: Any) -> list[str]:
    """The ids of two school phones."""
    with school.database.write() as session:
        return [
            add_school_phone(session, "CC-01", "04:AA:17", occasion=school.occasion()).id,
            add_school_phone(session, "CC-02", occasion=school.occasion()).id,
        ]


def publish(school: Any, words: str = WORDS) -> None:
    with school.database.write() as session:
        before = policy_text_now(session)
        etag = None if before is None else f'"{before.version}"'
        publish_policy_text(session, words, if_match=etag, occasion=school.occasion())


def loan(**more: str) -> dict[str, str]:
    return {"phone": "cc-01", "person": BILAL, "purpose": "families", "day": "2026-11-24", "clock": "15:30", **more}


def looks(school: Any, page: str) -> list[Audit]:
    with school.database.read() as session:
        return list(session.scalars(select(Audit).where(Audit.act == f"looked.{page}").order_by(Audit.id)))


def etag_in(html: str) -> str:
    found = re.search(r"name=\"etag\" value=[\"']((?:&#34;|\").*?(?:&#34;|\"))[\"']", html)
    assert found is not None, html
    return found[1].replace("&#34;", '"')


def test_every_empty_page_says_what_would_stand_there(sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    for path in (PHONES, PUPILS, RULES, CONFIRMED, TAPS, CHECKS):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert 'class="card empty"' in answer.text, path


def test_clause_14_the_page_gives_a_phone_out_shows_when_it_is_due_and_takes_it_back(
    school: Any, phones: list[str], office_browser: TestClient
) -> None:
    answer = office_browser.post(f"{PHONES}/take", data=loan())
    assert answer.headers["location"] == f"{PHONES}?said=taken"
    html = office_browser.get(PHONES).text
    assert "1 of 2 here" in html
    assert "Bilal Hussain" in html
    assert "15:30" in html
    assert "not back" not in html
    school.clock.advance(hours=5)
    html = office_browser_again(office_browser, school).get(PHONES).text
    assert "1 not back" in html
    answer = office_browser.post(f"{PHONES}/{phones[0]}/return", data={"etag": etag_in(html)})
    assert answer.headers["location"] == f"{PHONES}?said=returned"
    html = office_browser.get(PHONES).text
    assert "2 of 2 here" in html
    assert "back after it was due" in html


def office_browser_again(browser: TestClient, school: Any) -> TestClient:
    """Sign in anew where the session has been idle too long."""
    token = browser.headers["Cookie"].partition("=")[2]
    with school.database.write() as session:
        session.get_one(WebSession, hash_secret(token)).seen_at = school.clock.machine_now()
    return browser


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"phone": "CC-99"}, "phone", "No school phone is called “CC-99”."),
        ({"phone": ""}, "phone", "The number is empty."),
        ({"person": ""}, "person", "There is no such person now."),
        ({"person": "feedfacefeedface"}, "person", "There is no such person."),
        ({"purpose": ""}, "purpose", "It is not said what for."),
        ({"clock": "half three"}, "due", "That is not a time."),
        ({"clock": "25:00"}, "due", "That is not a time."),
        ({"day": "tomorrow"}, "due", "That is not a day."),
        ({"day": "0001-01-01"}, "due", "That is not a day."),
        ({"day": "9999-12-31"}, "due", "That is not a day."),
        ({"clock": "08:00"}, "due", "That time is over."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    phones: list[str], office_browser: TestClient, change: dict[str, str], field: str, says: str
) -> None:
    answer = office_browser.post(f"{PHONES}/take", data=loan(**change))
    assert answer.status_code == 422
    assert f'href="#f-{field}">{says}' in answer.text
    assert f'id="f-{field}"' in answer.text
    assert f'value="{change.get("clock", "15:30")}"' in answer.text


def test_clause_14_out_twice_is_refused_and_said(phones: list[str], office_browser: TestClient) -> None:
    office_browser.post(f"{PHONES}/take", data=loan())
    answer = office_browser.post(f"{PHONES}/take", data=loan(person=AMARA))
    assert answer.status_code == 422
    assert "CC-01 is out already: Bilal Hussain has it." in answer.text


def test_whoever_publishes_the_first_version_second_sees_the_one_that_is_there(sign_in_as: SignIn, school: Any) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    publish(school)
    answer = browser.post(f"{RULES}/new", data={"etag": "", "words": f"{WORDS} Mine."})
    assert answer.status_code == 412
    assert "Published meanwhile: version 1" in answer.text
    assert f"{WORDS} Mine." in answer.text
    assert "If-Match" not in answer.text


def test_two_offices_that_change_a_phone_at_once_see_both_versions(
    school: Any, phones: list[str], office_browser: TestClient
) -> None:
    seen = etag_in(office_browser.get(f"{PHONES}/{phones[0]}").text)
    with school.database.write() as session:
        change_school_phone(session, phones[0], "CC-11", "new tag", if_match="*", occasion=school.occasion())
    mine = {"asset": "CC-12", "tag": "my tag", "etag": seen}
    answer = office_browser.post(f"{PHONES}/{phones[0]}", data=mine)
    assert answer.status_code == 412
    assert "Saved meanwhile:</b> CC-11, tag new tag" in answer.text
    assert 'value="CC-12"' in answer.text
    with school.database.read() as session:
        assert session.get_one(SchoolPhone, phones[0]).asset == "CC-11", "nothing is overwritten silently"
    mine["etag"] = etag_in(answer.text)
    assert office_browser.post(f"{PHONES}/{phones[0]}", data=mine).status_code == 303
    with school.database.read() as session:
        assert session.get_one(SchoolPhone, phones[0]).asset == "CC-12"


def test_a_return_of_a_page_that_is_old_says_so(school: Any, phones: list[str], office_browser: TestClient) -> None:
    office_browser.post(f"{PHONES}/take", data=loan())
    old = etag_in(office_browser.get(PHONES).text)
    office_browser.post(f"{PHONES}/{phones[0]}/return", data={"etag": old})
    answer = office_browser.post(f"{PHONES}/{phones[0]}/return", data={"etag": old})
    assert answer.status_code == 422
    assert "was changed by somebody else in the meantime" in answer.text


def test_a_phone_that_is_no_more_is_a_page_that_says_so(office_browser: TestClient) -> None:
    for path in (f"{PHONES}/phone-0", f"{PHONES}/%00", f"{PUPILS}/999", f"{PUPILS}/9223372036854775807"):
        assert office_browser.get(path).status_code == 404, path


def test_clause_24_hold_and_release_in_the_office(school: Any, office_browser: TestClient) -> None:
    draft = {"school_class": "Robins", "initials": "J. B.", "description": "black", "slot": "Drawer 3", "staff": JOANNE}
    assert office_browser.post(PUPILS, data=draft).headers["location"] == f"{PUPILS}?said=held"
    html = office_browser.get(PUPILS).text
    assert "1 phone held" in html
    assert "Joanne Birtles" in html
    form = office_browser.get(f"{PUPILS}/1").text
    data = {"etag": etag_in(form), "relationship": "", "staff": RUTH}
    assert "It is not said to whom." in office_browser.post(f"{PUPILS}/1", data=data).text
    data["relationship"] = "parent"
    assert office_browser.post(f"{PUPILS}/1", data=data).headers["location"] == f"{PUPILS}?said=released"
    again = office_browser.post(f"{PUPILS}/1", data=data)
    assert again.status_code == 409
    assert "has been released already" in again.text
    assert "by Ruth Ashcombe" in again.text, "who was first stands beside it"


def test_clause_24_the_dsl_sees_and_changes_nothing(school: Any, sign_in_as: SignIn) -> None:
    with school.database.write() as session:
        hold_phone(session, HoldDraft("Wrens", "AB", "red", "1", "amara-osei"), occasion=school.occasion())
    browser = sign_in_as(Role.DSL)
    html = browser.get(PUPILS).text
    assert "AB" in html
    assert "Hold it" not in html
    assert "Release" not in html.replace("Released", "")
    assert browser.get(f"{PUPILS}/1").status_code == 403


def test_a_hold_that_is_refused_keeps_what_was_typed(office_browser: TestClient) -> None:
    draft = {"school_class": HOSTILE[:40], "initials": "Jamie Barnes", "description": "x", "slot": "1", "staff": JOANNE}
    answer = office_browser.post(PUPILS, data=draft)
    assert answer.status_code == 422
    assert 'href="#f-initials"' in answer.text
    assert "&lt;b onmouseover" in answer.text
    assert "<b onmouseover" not in answer.text


def test_clause_2_every_view_of_the_phone_checks_is_itself_an_audit_row(school: Any, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    data = {"person": AMARA, "authorised_by": RUTH, "witness": BILAL, "day": "2026-11-24"}
    data |= {"basis": "reasonable_suspicion", "outcome": "passed_to_dsl", "etag": etag_in(browser.get(CHECKS).text)}
    assert browser.post(CHECKS, data=data).headers["location"] == f"{CHECKS}?said=recorded"
    html = browser.get(CHECKS).text
    assert "Passed to the DSL" in html
    browser.get(CHECKS)
    assert [row.rows for row in looks(school, "phone_checks")] == [0, 1, 1]
    assert {row.person_id for row in looks(school, "phone_checks")} == {None}


def test_clause_2_the_form_has_no_field_to_write_in(sign_in_as: SignIn) -> None:
    html = sign_in_as(Role.HEADTEACHER).get(CHECKS).text
    form = html[html.index(f'action="{CHECKS}"') :]
    assert "<textarea" not in form
    assert set(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="(\w+)"', form)) == {("day", "date")}


def test_clause_2_a_second_press_shows_what_was_recorded_and_records_nothing(school: Any, sign_in_as: SignIn) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    data = {"person": AMARA, "authorised_by": RUTH, "witness": BILAL, "day": "2026-11-24"}
    data |= {"basis": "routine_monitoring", "outcome": "nothing_found", "etag": '"0"'}
    assert browser.post(CHECKS, data=data).status_code == 303
    answer = browser.post(CHECKS, data=data)
    assert answer.status_code == 412
    assert "Recorded meanwhile:</b> number 1, Amara Osei" in answer.text


def test_clause_2_no_other_role_learns_of_a_phone_check(
    school: Any, sign_in_as: SignIn, web: TestClient, token_of: Callable[[Role], str]
) -> None:
    with school.database.write() as session:
        draft = CheckDraft(
            school.at("09:00").date(),
            "amara-osei",
            "ruth-ashcombe",
            "bilal-hussain",
            "routine_monitoring",
            "not_agreed",
        )
        record_phone_check(session, draft, today=draft.day, if_match="*", occasion=school.occasion())
    for role in Role:
        browser = sign_in_as(role, "amara-osei") if role is Role.STAFF else sign_in_as(role)
        if role is Role.HEADTEACHER:
            continue
        assert browser.get(CHECKS).status_code == 403
        assert browser.post(CHECKS, data={}).status_code == 403
        for path in ("/log", "/me", "/people"):
            assert "phone check" not in browser.get(path).text.lower(), (role, path)
    answer = web.get("/api/v1/events?kind=phone_check", headers={"Authorization": f"Bearer {token_of(Role.SLT)}"})
    assert "amara" not in answer.text
    assert "not_agreed" not in answer.text


def test_hostile_names_are_shown_as_they_are_on_every_page(school: Any, phones: list[str], sign_in_as: SignIn) -> None:
    assert len(HOSTILE) == 80
    publish(school)
    with school.database.write() as session:
        save_person(session, "h-1", PersonDraft(HOSTILE, "agency"), if_match=None, occasion=school.occasion())
        held = hold_phone(session, HoldDraft("<i>Wrens", "Æ", HOSTILE, "<1>", "h-1"), occasion=school.occasion())
        other = hold_phone(session, HoldDraft("W", "B", "x", "2", "h-1"), occasion=school.occasion())
        release_phone(session, other.id, "carer", "h-1", if_match="*", occasion=school.occasion())
        draft = CheckDraft(
            school.at("09:00").date(), "h-1", "ruth-ashcombe", "amara-osei", "routine_monitoring", "nothing_found"
        )
        record_phone_check(session, draft, today=draft.day, if_match="*", occasion=school.occasion())
    browser = sign_in_as(Role.HEADTEACHER)
    browser.post(f"{PHONES}/take", data=loan(person=handle_of("h-1")))
    paths = (
        PHONES,
        f"{PHONES}/{phones[0]}",
        PUPILS,
        f"{PUPILS}/{held.id}",
        f"{CONFIRMED}/people",
        TAPS,
        CHECKS,
        "/log",
    )
    for path in (*paths, "/log"):
        html = browser.get(path).text
        assert "Zoë &amp; “Co” 👩‍🏫" in html, path
        assert "<b onmouseover" not in html, path


def test_no_address_of_a_register_names_anybody(school: Any, phones: list[str], sign_in_as: SignIn) -> None:
    publish(school)
    browser = sign_in_as(Role.HEADTEACHER)
    browser.post(f"{PHONES}/take", data=loan())
    for path in (PHONES, PUPILS, f"{CONFIRMED}/people", TAPS, CHECKS):
        html = browser.get(path).text
        for address in re.findall(r'(?:href|action|src|option value)="([^"]*)"', html):
            assert not re.search(r"amara|osei|hussain|CC-0", address, re.I), (path, address)


def test_every_look_at_people_is_written_down(school: Any, phones: list[str], sign_in_as: SignIn) -> None:
    publish(school)
    browser = sign_in_as(Role.HEADTEACHER, "ruth-ashcombe")
    pages = {PHONES: "school_phones", f"{PHONES}/{phones[0]}": "school_phones", PUPILS: "confiscated"}
    pages |= {f"{CONFIRMED}/people": "acknowledgements", TAPS: "people", CHECKS: "phone_checks"}
    pages |= {RULES: "own_acknowledgements", CONFIRMED: "acknowledgement_counts"}
    for path, page in pages.items():
        before = len(looks(school, page))
        browser.get(path)
        assert len(looks(school, page)) == before + 1, path


def test_somebody_sees_on_their_record_what_the_registers_noted_of_them(
    school: Any, phones: list[str], sign_in_as: SignIn
) -> None:
    publish(school)
    sign_in_as(Role.OFFICE).post(f"{PHONES}/take", data=loan(person=AMARA))
    html = sign_in_as(Role.STAFF, "amara-osei").get("/me").text
    assert "gave you a school phone" in html
    assert "took the school phone" in html


def test_the_registers_are_one_group_of_the_menu_with_its_heading_for_every_role() -> None:
    for role in Role:
        headings = [(entry.path, entry.heading) for entry in menu_of(role)]
        registers = [(path, heading) for path, heading in headings if path.startswith("/registers/") and path != RULES]
        if registers:
            assert registers[0][1] == "Registers", (role, headings)
            assert all(heading is None for _, heading in registers[1:])


def test_a_due_time_is_wall_time_also_across_the_change_of_clocks(
    school: Any, phones: list[str], office_browser: TestClient
) -> None:
    office_browser.post(f"{PHONES}/take", data=loan(day="2027-03-29", clock="09:00"))
    with school.database.read() as session:
        out = read_school_phones(session, school.clock.now().utc)[0].loan
        assert out is not None
        assert out.due.hour == 8
        assert out.due - school.clock.now().utc < timedelta(days=125)
