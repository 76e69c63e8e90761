"""Every role over every page it sees: no link and no button leads where the role is refused."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.testclient import TestClient

from admin_web.access import Act, Page, Role, may, may_see
from admin_web.queries.handles import handle_of
from admin_web.web.app import PRIVATE
from admin_web.web.visitors import Requirement

AMARA = handle_of("amara-osei")
ROUTES = [route for router in PRIVATE for route in router.routes if isinstance(route, APIRoute)]
VALUES = {"handle": AMARA, "point": "robins", "number": "1", "id": "1", "visit": "0" * 16, "language": "pl"}


def _what(route: APIRoute) -> Page | Act | None:
    return next(one.call.what for one in route.dependant.dependencies if isinstance(one.call, Requirement))


def _allowed(role: Role, what: Page | Act | None) -> bool:
    if what is None:
        return True
    return may_see(role, what) if isinstance(what, Page) else may(role, what)


def _route(method: str, path: str) -> APIRoute:
    for route in ROUTES:
        if route.matches({"type": "http", "method": method, "path": path})[0] is Match.FULL:
            return route
    raise AssertionError(f"{method} {path} leads nowhere")


def _offers(page: str) -> Iterator[tuple[str, str]]:
    """Name what a page lets somebody do: its links, and its forms with a button that can be pressed."""
    for address in re.findall(r'<a [^>]*?href="(/[^"]*)"', page):
        yield "GET", address
    for form in re.findall(r"<form [^>]*>.*?</form>", page, re.S):
        method = re.search(r'method="(\w+)"', form.partition(">")[0])
        action = re.search(r'action="(/[^"]*)"', form.partition(">")[0])
        open_parts = re.sub(r"<fieldset[^>]*\sdisabled.*?</fieldset>", "", form, flags=re.S)
        buttons = re.findall(r"<button(?![^>]*(?:\sdisabled|type=\"button\"))[^>]*>", open_parts)
        if action is not None and buttons:
            yield ("POST" if method is not None and method[1].lower() == "post" else "GET"), action[1]


def _pages(role: Role) -> list[str]:
    found = [re.sub(r"\{(\w+)\}", lambda name: VALUES.get(name[1], "1"), one.path) for one in ROUTES
             if "GET" in (one.methods or ()) and _allowed(role, _what(one)) and one.path != "/live"]  # fmt: skip
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEADTEACHER}))  # who is refused nothing
def test_whatever_a_page_offers_its_reader_may_do(
    role: Role, busy_school: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    browser = sign_in_as(role)
    looked_at = 0
    for path in _pages(role):
        answer = browser.get(path)
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        looked_at += 1
        for method, address in set(_offers(answer.text)):
            to = re.split(r"[?#]", html.unescape(address))[0]
            if to.startswith("/static/"):
                continue
            what = _what(_route(method, to))
            assert _allowed(role, what), f"{path} offers {method} {to}, which needs {what}"
    assert looked_at >= 4
