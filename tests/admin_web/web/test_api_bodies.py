"""Bodies that are no JSON, too much of it, or JSON with two meanings: one shape of error, after the token is known."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.web.headers import MOST_BODY_BYTES

JSON = {"Content-Type": "application/json"}
GRACE = b'{"name": "Grace Adeyemi", "group": "catering"}'
ERROR = {"error", "field", "what_to_do"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no body"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (GRACE.decode().encode("utf-16"), "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
        (b"1" * 5000, "not JSON"),
        (b'{"name": NaN, "group": "catering"}', "NaN"),
        (b'{"name": "Grace Adeyemi", "group": "office", "group": "catering"}', "'group' stands twice"),
        (b'{"name": "Grace Adeyemi", "group": "catering", "working_hours": {"mon": [], "mon": []}}', "'mon' stands"),
        (b"[]", "object"),
    ],
)
def test_a_body_with_no_one_meaning_is_422_says_why_and_saves_nothing(
    api: TestClient, content: bytes, said: str
) -> None:
    answer = api.put("people/grace-adeyemi", content=content, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json()) == ERROR
    assert said in answer.json()["error"]
    assert api.get("people/grace-adeyemi").status_code == 404


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_body_that_is_not_sent_as_json_is_told_how_to_be_sent(api: TestClient, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = api.put("people/grace-adeyemi", content=GRACE, headers=headers)
    assert answer.status_code == 422
    assert "Content-Type: application/json" in answer.json()["what_to_do"]


def test_a_mark_of_the_byte_order_does_no_harm(api: TestClient) -> None:
    assert api.put("people/grace-adeyemi", content=b"\xef\xbb\xbf" + GRACE, headers=JSON).status_code == 201


def _chunks() -> Iterator[bytes]:
    for _ in range(MOST_BODY_BYTES // 65536 + 2):
        yield b" " * 65536


@pytest.mark.parametrize("content", [b" " * (MOST_BODY_BYTES + 1), None])
def test_a_body_that_is_too_long_is_413_in_the_one_shape(api: TestClient, content: bytes | None) -> None:
    answer = api.put("people/grace-adeyemi", content=_chunks() if content is None else content, headers=JSON)
    assert answer.status_code == 413
    assert set(answer.json()) == ERROR


@pytest.mark.parametrize("path", ["people/grace-adeyemi", "points/robins/restricted"])
@pytest.mark.parametrize("content", [b"{", b"", b"[]"])
def test_who_may_not_is_told_so_whatever_the_body(
    api: TestClient, token_of: Callable[[Role], str], path: str, content: bytes
) -> None:
    staff = {**JSON, "Authorization": f"Bearer {token_of(Role.STAFF)}"}
    assert api.put(path, content=content, headers=staff).status_code == 403
    assert api.put(path, content=content, headers={**JSON, "Authorization": "Bearer nothing"}).status_code == 401


@pytest.mark.parametrize("date", ["2026-W48-2", "20261124", "2026-11-24T00:00", "٢٠٢٦-١١-٢٤", "2026-11-24\n"])
def test_a_date_is_written_in_one_way_only(api: TestClient, date: str) -> None:
    block = {"date": date, "from": "09:00", "until": "10:00", "name": "Concert"}
    answer = api.put("points/robins/restricted", json={"blocks": [block]}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["field"]) == (422, "blocks[0].date")


def test_a_field_goes_by_its_name_in_the_document_only(api: TestClient) -> None:
    block = {"weekday": "mon", "starts": "09:00", "until": "10:00", "name": "Lessons"}
    answer = api.put("points/robins/restricted", json={"blocks": [block]}, headers={"If-Match": "*"})
    assert answer.status_code == 422


def test_words_about_a_field_are_those_of_json(api: TestClient) -> None:
    answer = api.put("people/grace-adeyemi", json={"name": "Grace Adeyemi", "group": "catering", "badges": None})
    assert answer.json()["error"] == "badges: input should be a valid list."


def test_a_filter_left_empty_is_none(api: TestClient) -> None:
    everything: dict[str, Any] = api.get("events?limit=500").json()
    assert api.get("events?limit=500&kind=&point=").json() == everything


@pytest.mark.parametrize("point", ["%00", "a%20b", "robins%25"])
def test_what_can_be_no_point_is_422(api: TestClient, point: str) -> None:
    answer = api.get(f"events?point={point}")
    assert (answer.status_code, answer.json()["field"]) == (422, "point")
