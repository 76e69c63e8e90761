"""Every route over every role: the table of admin_web/access.py is obeyed, and docs/routes.md says what there is."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from admin_web.access import Act, Page, Role, may, may_see
from admin_web.queries.handles import handle_of
from admin_web.services.tokens import end_token
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.routes import ROUTERS as API
from admin_web.web.app import PRIVATE, PUBLIC
from admin_web.web.visitors import Requirement

DOCS = Path(__file__).parents[3] / "docs" / "routes.md"

PARAMETERS = {
    "handle": handle_of("amara-osei"),
    "point": "robins",
    "number": "1",
    "secret": "no-such-link",
    "id": "amara-osei",
    "visit": "00000000000000aa",
    "nonce": "b" * 32,
    "language": "pl",
}


def _routes(routers: tuple[Any, ...]) -> Iterator[tuple[str, APIRoute]]:
    for router in routers:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route


def _requirements(route: APIRoute) -> list[Requirement | TokenRequirement]:
    return [
        dependency.call
        for dependency in route.dependant.dependencies
        if isinstance(dependency.call, Requirement | TokenRequirement)
    ]


PAGES = [(method, route) for method, route in _routes(PRIVATE)]
CALLS = [(method, route) for method, route in _routes(API)]
OPEN = [(method, route) for method, route in _routes(PUBLIC)]


def _named(routes: list[tuple[str, APIRoute]]) -> list[Any]:
    return [pytest.param(method, route, id=f"{method} {route.path}") for method, route in routes]


def _address(route: APIRoute) -> str:
    path = route.path.replace("/people/badges/{handle}", f"/people/badges/{handle_of('1:nothing')}")
    return re.sub(r"\{(\w+)\}", lambda found: PARAMETERS[found[1]], path)


def _allowed(role: Role, what: Page | Act | None) -> bool:
    if what is None:
        return True
    return may_see(role, what) if isinstance(what, Page) else may(role, what)


@pytest.mark.parametrize(("method", "route"), _named(PAGES + CALLS))
def test_every_private_route_asks_for_exactly_one_thing(method: str, route: APIRoute) -> None:
    assert len(_requirements(route)) == 1


@pytest.mark.parametrize(("method", "route"), _named(OPEN))
def test_only_signing_in_and_the_owner_link_ask_for_nobody(method: str, route: APIRoute) -> None:
    assert route.path in {"/sign-in", "/owner/{secret}"}
    assert _requirements(route) == []


@pytest.mark.parametrize(("method", "route"), _named(PAGES + CALLS))
def test_whoever_changes_something_needs_an_act_and_not_only_a_page(method: str, route: APIRoute) -> None:
    what = _requirements(route)[0].what
    # `what-if` is a POST because its question names people; it changes nothing.
    if method not in {"GET", "HEAD"} and route.path not in {"/sign-out", "/api/v1/what-if"}:
        assert isinstance(what, Act)


@pytest.mark.parametrize(("method", "route"), _named([one for one in PAGES if one[1].path != "/live"]))
def test_a_page_answers_every_role_as_the_table_says(
    method: str, route: APIRoute, sign_in_as: Callable[..., TestClient]
) -> None:
    what = _requirements(route)[0].what
    for role in Role:
        answer = sign_in_as(role).request(method, _address(route))
        assert answer.status_code < 500, answer.text
        assert (answer.status_code == 403) is not _allowed(role, what), (role, answer.status_code)


@pytest.mark.parametrize(("method", "route"), _named(PAGES))
def test_a_page_shows_nothing_to_somebody_who_is_not_signed_in(method: str, route: APIRoute, web: TestClient) -> None:
    answer = web.request(method, _address(route))
    assert answer.status_code == (303 if method == "GET" else 401)
    assert "Amara" not in answer.text
    if method == "GET":
        assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("method", "route"), _named(CALLS))
def test_a_call_answers_every_role_as_the_table_says(
    method: str, route: APIRoute, web: TestClient, token_of: Callable[[Role], str]
) -> None:
    what = _requirements(route)[0].what
    for role in Role:
        answer = web.request(method, _address(route), headers={"Authorization": f"Bearer {token_of(role)}"})
        assert answer.status_code < 500, answer.text
        assert (answer.status_code == 403) is not _allowed(role, what), (role, answer.status_code)


@pytest.mark.parametrize(("method", "route"), _named(CALLS))
@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic cnV0aDp4"])
def test_a_call_without_a_valid_token_is_401_and_says_what_to_do(
    method: str, route: APIRoute, header: str | None, web: TestClient
) -> None:
    answer = web.request(method, _address(route), headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"error", "field", "what_to_do"}


def test_a_session_cookie_opens_no_api_call(sign_in_as: Callable[..., TestClient]) -> None:
    assert sign_in_as(Role.HEADTEACHER).get("/api/v1/people").status_code == 401


def test_an_ended_token_opens_nothing(api: TestClient, school: Any) -> None:
    assert api.get("people").status_code == 200
    with school.database.write() as session:
        end_token(session, 1, occasion=school.occasion())
    assert api.get("people").status_code == 401


def test_the_documented_routes_are_the_routes_there_are() -> None:
    documented = {
        (method, path, what)
        for method, path, what in re.findall(r"^\| `(\w+)` \| `([^`]+)` \| `?([a-z_ ]+?)`? \|", DOCS.read_text(), re.M)
    }
    there = set()
    for method, route in PAGES + CALLS + OPEN:
        requirements = _requirements(route)
        what = "nobody" if not requirements else str(requirements[0].what or "signed in")
        there.add((method, route.path, what))
    assert documented == there


def test_no_address_of_a_page_has_a_name_or_a_badge_in_it(school: Any, sign_in_as: Callable[..., TestClient]) -> None:
    at: datetime = school.at("09:00")
    school.events.put_in("amara-osei", "robins", at)
    school.events.refuse(None, "robins", at, "badge_not_known_here", intent=None)
    browser = sign_in_as(Role.HEADTEACHER)
    for path in ("/log", "/people", "/cabinets", "/restricted", "/restricted/hours", "/accounts", "/accounts/new"):
        html = browser.get(path).text
        for address in re.findall(r'(?:href|action|src|data-rows)="([^"]*)"', html):
            assert not re.search(r"amara|osei|hussain|1:[0-9a-f]{8}|1%3A", address, re.I), address
        for value in re.findall(r'<option value="([^"]*)"', html):
            assert not re.search(r"amara|osei|hussain", value, re.I), value
