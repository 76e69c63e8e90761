"""Signing in and out: the owner link, the session's cookie and its end, throttling, and a way back that stays here."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Account, WebSession
from admin_web.services.accounts import AccountDraft, create_account
from admin_web.services.owner_link import create_owner_link
from admin_web.services.passwords import hash_password

PASSWORD = "violet kettle harbour nine"


@pytest.fixture
def headteacher(school: Any) -> str:
    with school.database.write() as session:
        draft = AccountDraft("Ruth Ashcombe", "r.ashcombe", Role.HEADTEACHER)
        create_account(session, draft, hash_password(PASSWORD), occasion=school.occasion())
    return "r.ashcombe"


def _sign_in(web: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    return web.post("/sign-in", data={"sign_in": name, "password": password, "next": "/", **more})


def test_the_owner_link_makes_the_first_headteacher_and_signs_in_once(web: TestClient, school: Any) -> None:
    with school.database.write() as session:
        secret = create_owner_link(session, machine_now=school.clock.machine_now())
    assert "Make the first account" in web.get(f"/owner/{secret}").text
    typed = {"name": "Ruth Ashcombe", "sign_in": "R.Ashcombe", "password": PASSWORD, "again": PASSWORD}
    answer = web.post(f"/owner/{secret}", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/today")
    assert answer.headers["set-cookie"].startswith("__Host-phonekeep=")
    with school.database.read() as session:
        assert [(one.name, one.role) for one in session.query(Account)] == [("Ruth Ashcombe", "headteacher")]
    assert web.get(f"/owner/{secret}").status_code == 404
    assert web.post(f"/owner/{secret}", data=typed).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("again", "something else entirely", "The two passwords differ."),
        ("password", "short", "15"),
        ("name", "   ", "The name is empty."),
        ("sign_in", "two words", "That cannot be a sign-in name."),
    ],
)
def test_a_wrong_field_of_the_owner_form_is_said_at_the_field_and_uses_nothing_up(
    web: TestClient, school: Any, field: str, value: str, says: str
) -> None:
    with school.database.write() as session:
        secret = create_owner_link(session, machine_now=school.clock.machine_now())
    typed = {"name": "Ruth Ashcombe", "sign_in": "r.ashcombe", "password": PASSWORD, "again": PASSWORD, field: value}
    if field == "password":
        typed["again"] = value
    answer = web.post(f"/owner/{secret}", data=typed)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert re.search(rf'id="f-{field}"[^>]*aria-invalid="true"', answer.text, re.S)
    assert web.get(f"/owner/{secret}").status_code == 200


def test_the_cookie_is_for_this_host_only(web: TestClient, headteacher: str) -> None:
    cookie = _sign_in(web, headteacher).headers["set-cookie"]
    assert re.match(r"__Host-phonekeep=[\w-]{40,};", cookie)
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_a_new_sign_in_is_a_new_session_and_only_its_hash_is_kept(
    web: TestClient, school: Any, headteacher: str
) -> None:
    tokens = [_sign_in(web, headteacher).headers["set-cookie"].split("=", 1)[1].split(";")[0] for _ in range(2)]
    assert tokens[0] != tokens[1]
    with school.database.read() as session:
        kept = [row.token_hash for row in session.query(WebSession)]
    assert not {token.encode() for token in tokens} & set(kept)


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(web: TestClient, headteacher: str) -> None:
    wrong, unknown = _sign_in(web, headteacher, "wrong"), _sign_in(web, "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(headteacher, "") == unknown.text.replace("nobody", "")
    assert "set-cookie" not in wrong.headers


def test_many_wrong_tries_are_held_back_also_for_the_right_password(web: TestClient, headteacher: str) -> None:
    answers = [_sign_in(web, headteacher, "wrong").status_code for _ in range(11)]
    assert answers[-1] == 429
    held = _sign_in(web, headteacher)
    assert held.status_code == 429
    assert "Wait 15 minutes" in held.text


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ("/cabinets?show=attention", "/cabinets?show=attention"),
        ("//elsewhere.example", "/today"),
        ("https://elsewhere.example", "/today"),
        ("/\\elsewhere.example", "/today"),
        ("", "/today"),
    ],
)
def test_after_signing_in_the_way_leads_back_but_never_to_another_site(
    web: TestClient, headteacher: str, asked: str, gone: str
) -> None:
    assert _sign_in(web, headteacher, next=asked).headers["location"] == gone


def test_a_page_asked_for_before_signing_in_is_the_one_that_comes_after(web: TestClient) -> None:
    answer = web.get("/log?kind=refused&point=robins")
    assert answer.headers["location"] == "/sign-in?next=/log%3Fkind=refused%26point=robins"
    form = web.get(answer.headers["location"]).text
    assert 'value="/log?kind=refused&amp;point=robins"' in form


def test_signing_out_ends_the_session_here_and_in_the_browser(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    browser = sign_in_as(Role.STAFF)
    answer = browser.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?out=1"
    assert "cookies" in answer.headers["clear-site-data"]
    assert browser.get("/me").status_code == 303
    assert "You are signed out." in browser.get("/sign-in?out=1").text


def test_a_session_ends_after_fifteen_idle_minutes(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.STAFF)
    school.clock.advance(minutes=14)
    assert browser.get("/me").status_code == 200
    school.clock.advance(minutes=14)
    assert browser.get("/me").status_code == 200
    school.clock.advance(minutes=15)
    assert browser.get("/me").status_code == 303


def test_what_a_page_asks_by_itself_keeps_no_session_alive(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    for _ in range(3):
        school.clock.advance(minutes=5)
        answer = browser.get("/log/rows?since=0&upto=0", headers={"Sec-Fetch-Dest": "empty"})
    assert answer.status_code == 401


def test_a_session_ends_after_twelve_hours_however_busy(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.STAFF)
    begun = school.clock.machine_now()
    while school.clock.machine_now() - begun < timedelta(hours=12):
        assert browser.get("/me").status_code == 200
        school.clock.advance(minutes=10)
    assert browser.get("/me").status_code == 303


def test_an_account_that_has_ended_is_out_at_once(
    sign_in_as: Callable[..., TestClient], account_of: Callable[..., int], school: Any
) -> None:
    browser = sign_in_as(Role.OFFICE)
    number = account_of(Role.OFFICE)
    assert sign_in_as(Role.HEADTEACHER).post(f"/accounts/{number}/end").headers["location"] == "/accounts?said=ended"
    assert browser.get("/people").status_code == 200  # the headteacher's cookie is the browser's now
    with school.database.read() as session:
        assert {row.account_id for row in session.query(WebSession)} == {account_of(Role.HEADTEACHER)}
