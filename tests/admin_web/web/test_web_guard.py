"""What stands around every answer: the security headers, no store, no change for another site, no change by a GET."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.people import Badge
from admin_web.database.schema import METADATA
from admin_web.queries.handles import handle_of
from admin_web.web.headers import CSP, MOST_BODY_BYTES, Guarded, is_same_origin
from admin_web.web.redirect import redirect_for

PATHS = ("/sign-in", "/", "/log", "/nothing-here", "/static/app.css", "/static/nothing", "/api/v1/events", "/api/v1/no")
GETS = (
    *("/", "/log", "/log?kind=refused", "/log?end=1", "/log/rows?since=0&upto=999", "/cabinets", "/people"),
    *("/people/new", "/restricted", "/restricted/points/robins", "/restricted/hours", "/accounts", "/accounts/new"),
    *("/accounts/1", "/me", "/lost-badge", "/sign-in", f"/people/{handle_of('amara-osei')}"),
    *(f"/people/{handle_of('amara-osei')}/end", f"/restricted/hours/{handle_of('amara-osei')}"),
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policy(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers


def test_the_policy_allows_nothing_but_our_own_files() -> None:
    assert CSP.startswith("default-src 'none'")
    assert "unsafe" not in CSP
    assert not [source for source in CSP.replace(";", "").split() if source.startswith(("http", "*", "data", "blob"))]


def test_an_unexpected_error_carries_the_policy_and_no_traceback(
    sign_in_as: Callable[..., TestClient], office: Any
) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    object.__setattr__(office, "clock", None)
    object.__setattr__(office, "machine_now", None)
    answer = browser.get("/log")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["cache-control"] == "no-store"
    assert "Traceback" not in answer.text
    assert "Nothing of what you asked was saved." in answer.text


def test_pages_are_never_stored_and_static_files_are_kept(web: TestClient) -> None:
    assert web.get("/sign-in").headers["cache-control"] == "no-store"
    assert web.get("/nothing").headers["cache-control"] == "no-store"
    assert "immutable" in web.get("/static/app.css").headers["cache-control"]


def test_a_page_has_no_inline_style_and_no_inline_script(sign_in_as: Callable[..., TestClient]) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    for path in GETS:
        html = browser.get(path).text
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick" not in html
        assert "<script>" not in html
        assert "http://" not in html.replace("http://www.w3.org", "").replace("http://testserver", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "https://testserver"},
        {},
    ],
)
def test_a_change_asked_for_by_another_site_is_refused(
    sign_in_as: Callable[..., TestClient], school: Any, headers: dict[str, str]
) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    for name in ("Sec-Fetch-Site", "Origin"):
        del browser.headers[name]
    answer = browser.post("/lost-badge", data={"name": "Amara Osei"}, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert _counts(school)["badge"] == 7
    with school.database.read() as session:
        assert session.scalar(select(func.count()).where(Badge.lost_at.is_not(None))) == 0


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_our_own_page_may_change_something_with_either_header(
    sign_in_as: Callable[..., TestClient], headers: dict[str, str]
) -> None:
    browser = sign_in_as(Role.STAFF)
    for name in ("Sec-Fetch-Site", "Origin"):
        del browser.headers[name]
    assert browser.post("/lost-badge", data={"name": "Amara Osei"}, headers=headers).status_code == 200


def test_the_origin_is_compared_whole() -> None:
    def scope(origin: str) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "https",
            "headers": [(b"host", b"office.school"), (b"origin", origin.encode())],
        }

    assert is_same_origin(scope("https://office.school"))
    assert not is_same_origin(scope("https://office.school.elsewhere.example"))
    assert not is_same_origin(scope("http://office.school"))


def test_no_get_changes_anything_but_the_audit(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    browser = sign_in_as(Role.HEADTEACHER)
    before = _counts(school)
    for path in GETS:
        assert browser.get(path).status_code in {200, 303}, path
    after = _counts(school)
    assert after.pop("audit") > before.pop("audit")
    assert after == before


def _counts(school: Any) -> dict[str, int]:
    with school.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables
        }


def test_a_body_that_is_too_long_is_refused_before_it_is_read(web: TestClient) -> None:
    answer = web.post("/sign-in", content=b"x" * (MOST_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert "more than this page takes" in answer.text


def test_a_body_that_says_no_length_is_cut_off(web: TestClient) -> None:
    def chunks() -> Any:
        for _ in range(20):
            yield b"sign_in=" + b"x" * 100_000 + b"&"

    assert web.post("/sign-in", content=chunks()).status_code >= 400


def test_transport_security_is_asked_for_only_over_tls(web: TestClient) -> None:
    assert "strict-transport-security" not in web.get("/sign-in").headers
    browser = TestClient(Guarded(PlainTextResponse("x"), tls=True), base_url="https://testserver")
    assert "max-age" in browser.get("/").headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"GET /log?a=1 HTTP/1.1\r\nHost: office.school\r\n\r\n", b"Location: https://office.school/log?a=1\r\n"),
        (b"GET / HTTP/1.1\r\nHost: office.school:80\r\n\r\n", b"Location: https://office.school/\r\n"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400 Bad Request"),
        (b"nonsense\r\n\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", b"400 Bad Request"),
    ],
)
def test_plain_http_only_says_where_https_is(head: bytes, answer: bytes) -> None:
    assert answer in redirect_for(head)


@pytest.mark.parametrize(
    "path",
    [
        f"/accounts/{2**63}",
        f"/log/rows?since={2**63}&upto=1",
        f"/log/rows?since=0&upto={2**63}",
        f"/log?before=1.{2**63}",
        "/log?event=robins/ab/" + "9" * 30,
    ],
)
def test_a_number_that_no_database_has_is_a_clear_error(sign_in_as: Callable[..., TestClient], path: str) -> None:
    assert sign_in_as(Role.HEADTEACHER).get(path).status_code in {404, 422}


def test_a_number_that_no_database_has_is_a_clear_error_in_a_change_too(sign_in_as: Callable[..., TestClient]) -> None:
    assert sign_in_as(Role.HEADTEACHER).post(f"/tokens/{2**63}/end").status_code == 422


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        # such a press is none: what the form holds is to be saved, and it does not say what it was made from
        ("/restricted/points/robins", {"do": "break-" + "9" * 5000}, 412),
        ("/people/new", {"name": "Grace Adeyemi", "group": "catering", "place-kitchen": "9" * 5000}, 422),
    ],
)
def test_a_number_of_thousands_of_digits_in_a_form_is_a_clear_error(
    sign_in_as: Callable[..., TestClient], path: str, form: dict[str, str], status: int
) -> None:
    assert sign_in_as(Role.HEADTEACHER).post(path, data=form).status_code == status
