"""The page Accounts: accounts and tokens made, changed and ended; a secret is shown once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Account
from admin_web.queries.handles import handle_of

PASSWORD = "violet kettle harbour nine"
TYPED = {
    "name": "Grace Adeyemi",
    "sign_in": "g.adeyemi",
    "role": "dsl",
    "person": handle_of("amara-osei"),
    "password": PASSWORD,
    "again": PASSWORD,
}


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


def _account(school: Any, name: str) -> Account:
    with school.database.read() as session:
        account: Account = session.scalars(select(Account).where(Account.name == name)).one()
    return account


def test_an_account_is_made_and_can_sign_in(browser: TestClient, school: Any) -> None:
    assert browser.post("/accounts/new", data=TYPED).headers["location"] == "/accounts?said=made"
    account = _account(school, "Grace Adeyemi")
    assert (account.role, account.person_id) == ("dsl", "amara-osei")
    assert browser.post("/sign-in", data={"sign_in": "g.adeyemi", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"sign_in": "a b"}, "sign_in"),
        ({"role": "owner"}, "role"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": "different"}, "again"),
        ({"person": "0" * 16}, "person"),
    ],
)
def test_what_cannot_be_made_is_said_at_its_field(
    browser: TestClient, school: Any, changes: dict[str, str], field: str
) -> None:
    answer = browser.post("/accounts/new", data={**TYPED, **changes})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert PASSWORD not in answer.text
    with school.database.read() as session:
        assert session.scalars(select(Account).where(Account.name == "Grace Adeyemi")).first() is None


def test_role_and_password_are_changed_and_the_account_ended(browser: TestClient, school: Any) -> None:
    browser.post("/accounts/new", data=TYPED)
    number = _account(school, "Grace Adeyemi").id
    browser.post(f"/accounts/{number}/role", data={"role": "slt"})
    assert _account(school, "Grace Adeyemi").role == "slt"
    old = _account(school, "Grace Adeyemi").password_hash
    new = "another harbour entirely green"
    browser.post(f"/accounts/{number}/password", data={"password": new, "again": new})
    assert _account(school, "Grace Adeyemi").password_hash != old
    browser.post(f"/accounts/{number}/end")
    assert _account(school, "Grace Adeyemi").ended_at is not None
    assert browser.get(f"/accounts/{number}").status_code == 404


def test_the_last_headteacher_can_neither_be_ended_nor_given_another_role(
    browser: TestClient, account_of: Callable[..., int], school: Any
) -> None:
    number = account_of(Role.HEADTEACHER)
    for path, data in ((f"/accounts/{number}/end", {}), (f"/accounts/{number}/role", {"role": "staff"})):
        answer = browser.post(path, data=data)
        assert answer.status_code == 422
        assert "This is the last account of a headteacher." in answer.text


def test_a_token_is_shown_once_and_opens_the_api_until_it_is_ended(browser: TestClient) -> None:
    html = browser.post("/tokens", data={"token_name": "The report", "token_role": "it_technician"}).text
    secret = re.search(r'<p class="secret">([\w-]{40,})</p>', html)
    assert secret is not None
    assert "The report" in browser.get("/accounts").text
    assert secret[1] not in browser.get("/accounts").text
    headers = {"Authorization": f"Bearer {secret[1]}"}
    assert browser.get("/api/v1/devices", headers=headers).status_code == 200
    assert browser.get("/api/v1/people", headers=headers).status_code == 403
    browser.post("/tokens/1/end")
    assert browser.get("/api/v1/devices", headers=headers).status_code == 401


def test_a_token_without_a_name_is_not_made(browser: TestClient) -> None:
    answer = browser.post("/tokens", data={"token_name": " ", "token_role": "staff"})
    assert answer.status_code == 422
    assert 'href="#f-token_name"' in answer.text
    assert "No program has one." in answer.text
