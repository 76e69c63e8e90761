"""GET events: the order central committed, cursors that never skip or repeat, kinds by whole parts, and every field."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit

BLOCK = {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"}


def _walk(api: TestClient, limit: int, query: str = "") -> list[dict[str, Any]]:
    items, after = [], ""
    while True:
        page = api.get(f"events?limit={limit}{after}{query}").json()
        items += page["items"]
        after = f"&after={page['next']}"
        if not page["items"]:
            return items


def test_an_event_has_every_field_of_the_contract(api: TestClient, school: Any) -> None:
    after = api.get("events?limit=500").json()["next"]
    school.events.refuse(
        "joanne-birtles",
        "wrens",
        school.at("10:52:08"),
        "restricted",
        block=BLOCK,
        next_allowed="2026-11-24T12:00:00.000Z",
    )
    (item,) = api.get(f"events?after={after}").json()["items"]
    assert item == {
        "id": item["id"],
        "type": "tap.refused.v1",
        "time": "2026-11-24T10:52:08.000Z",
        "point": "wrens",
        "slot": None,
        "person": {"id": "joanne-birtles", "name": "Joanne Birtles"},
        "badge": item["badge"],
        "reason": "restricted",
        "clause": "12",
        "sentence": "Joanne Birtles was refused at Wrens: lessons until 12:00.",
    }
    device, epoch, sequence = item["id"].split("/")
    assert (device, len(epoch), sequence) == ("wrens", 16, "1")
    assert item["badge"].startswith("1:")


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_pages_of_any_size_give_every_event_once_in_the_order_of_commits(
    api: TestClient, school: Any, limit: int
) -> None:
    for minutes in (5, 3, 9, 1):  # their times are in another order than their commits
        school.events.put_in("amara-osei", "robins", school.at("09:00") + timedelta(minutes=minutes))
    items = _walk(api, limit)
    assert len(items) == len({item["id"] for item in items})
    mine = [item["time"][14:16] for item in items if item["type"] == "tap.granted.v1"]
    assert mine == ["05", "03", "09", "01"]
    assert items[0]["type"] == "log.epoch_started.v1"


def test_next_is_a_cursor_on_an_empty_page_and_goes_on_from_there(api: TestClient, school: Any) -> None:
    last = api.get("events?limit=500").json()["next"]
    page = api.get(f"events?after={last}").json()
    assert page == {"items": [], "next": last}
    school.events.put_in("amara-osei", "robins", school.at("09:00"))
    assert len(api.get(f"events?after={last}").json()["items"]) == 2


def test_a_filter_without_hits_moves_its_cursor_past_what_it_looked_at(api: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("09:00"))
    page = api.get("events?kind=phone.overdue").json()
    assert page["items"] == []
    assert page["next"] == api.get("events?limit=500").json()["next"]


def test_a_cursor_from_the_future_stays_where_it_is(api: TestClient) -> None:
    assert api.get("events?after=99999999").json() == {"items": [], "next": "99999999"}


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        ("tap", {"tap.granted.v1", "tap.refused.v1"}),
        ("tap.granted", {"tap.granted.v1"}),
        ("tap.granted.v1", {"tap.granted.v1"}),
        ("phone", {"phone.declared.v1"}),
        ("ta", set()),
        ("tap.grant", set()),
        ("granted", set()),
    ],
)
def test_a_kind_matches_whole_dotted_parts(api: TestClient, school: Any, kind: str, types: set[str]) -> None:
    school.events.put_in("amara-osei", "robins", school.at("09:00"))
    school.events.refuse("amara-osei", "wrens", school.at("09:01"), "restricted", block=BLOCK)
    assert {item["type"] for item in _walk(api, 2, f"&kind={kind}")} == types


def test_a_point_and_a_kind_can_be_asked_for_together(api: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("09:00"))
    school.events.put_in("joanne-birtles", "wrens", school.at("09:01"))
    items = _walk(api, 1, "&kind=tap&point=wrens")
    assert [(item["point"], item["type"]) for item in items] == [("wrens", "tap.granted.v1")]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "limit=x", "after=x", "after=-1", "after=", "kind=Tap", "kind=tap.", "kind=%25", "limit="],
)
def test_a_question_that_makes_no_sense_is_422_with_field_and_what_to_do(api: TestClient, query: str) -> None:
    answer = api.get(f"events?{query}")
    assert answer.status_code == 422
    body = answer.json()
    assert set(body) == {"error", "field", "what_to_do"}
    assert body["field"] == query.split("=")[0]
    assert all(isinstance(body[name], str) and body[name] for name in body)


def test_a_slot_is_one_at_one_door_the_locker_at_a_bank_and_null_where_nothing_could_open(
    api: TestClient, school: Any
) -> None:
    after = api.get("events?limit=500").json()["next"]
    at = school.at("09:00")
    tap = school.events.put_in("amara-osei", "robins", at)
    school.events.add("robins", "lock.energised.v1", at, point="robins", tap=str(tap), slot=1, ms=300)
    tap = school.events.put_in("ioana-marinescu", "kitchen", at, slot=4)
    school.events.add("kitchen", "lock.energised.v1", at, {"slot": 4}, point="kitchen", tap=str(tap), slot=None, ms=300)
    school.events.refuse("amara-osei", "robins", at, "restricted", block=BLOCK)
    no_phone = {"badge": "1:" + "a" * 64, "person": "amara-osei", "slot": None, "reason": "no_phone", "clause": "7"}
    school.events.add("robins", "tap.granted.v1", at, no_phone, point="robins", intent="no_phone", opens=False)
    school.events.add("robins", "device.started.v1", at, unclean=False, version="0.1.0")
    items = api.get(f"events?after={after}").json()["items"]
    assert [item["slot"] for item in items] == [1, 1, 1, 4, 4, 4, None, None, None]


def test_what_is_sealed_or_nobodys_is_null(api: TestClient, school: Any) -> None:
    after = api.get("events?limit=500").json()["next"]
    school.events.put_in("amara-osei", "robins", school.at("09:00"), sealed=True)
    school.events.put_in(None, "robins", school.at("09:01"))
    items = api.get(f"events?after={after}").json()["items"]
    assert [item["person"] for item in items] == [None] * 4
    assert [item["badge"] is None for item in items] == [True, True, False, False]


def test_a_tokens_looks_are_one_audit_row_a_filter_and_hour(api: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("09:00"))
    for _ in range(3):
        api.get("events?kind=tap")
    api.get("events?kind=phone")
    api.get("events?kind=phone.overdue")  # nothing was seen
    school.clock.advance(hours=1)
    api.get("events?kind=tap")
    with school.database.read() as session:
        rows = session.query(Audit).where(Audit.act == "looked.events").order_by(Audit.id)
        looks = [(json.loads(row.filter), row.count, row.rows) for row in rows]
    assert looks == [({"kind": "tap"}, 3, 3), ({"kind": "phone"}, 1, 1), ({"kind": "tap"}, 1, 1)]


def test_events_obey_the_access_log(web: TestClient, token_of: Callable[[Role], str]) -> None:
    for role, status in ((Role.DSL, 200), (Role.OFFICE, 403)):
        answer = web.get("/api/v1/events", headers={"Authorization": f"Bearer {token_of(role)}"})
        assert answer.status_code == status
