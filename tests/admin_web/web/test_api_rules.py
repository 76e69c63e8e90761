"""Permissions, restrictions and room states over the API: as the document says, with ends, editions and fields."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.permissions import PermissionGiven

PERMISSION = {
    "kind": "site_team",
    "purpose": "lone_working",
    "people": ["tom-hallworth"],
    "areas": ["robins"],
    "until": "2027-07-17T16:00:00+01:00",
}


def test_a_permission_is_given_read_and_withdrawn_by_its_edition(api: TestClient) -> None:
    given = api.post("permissions", json=PERMISSION)
    assert given.status_code == 201
    item = given.json()
    assert (item["kind"], item["people"], item["areas"]) == ("site_team", ["tom-hallworth"], ["robins"])
    assert (item["from"], item["until"]) == ("2026-11-24T10:58:00.000Z", "2027-07-17T15:00:00.000Z")
    assert (item["state"], item["arrived_on"], item["of_cabinets"]) == ("running", 0, 2)
    address = f"permissions/{item['id']}"
    etag = api.get(address).headers["etag"]
    assert [one["id"] for one in api.get("permissions").json()["items"]] == [item["id"]]
    assert api.post(f"{address}/withdraw").status_code == 428
    withdrawn = api.post(f"{address}/withdraw", headers={"If-Match": etag})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert api.post(f"{address}/withdraw", headers={"If-Match": etag}).status_code == 412
    assert api.get("permissions/perm-none").status_code == 404


def test_a_permission_without_effect_is_answered_409_and_although_saves_it(api: TestClient) -> None:
    without = PERMISSION | {"people": ["ruth-ashcombe"]}
    refused = api.post("permissions", json=without)
    assert (refused.status_code, refused.json()["field"]) == (409, "people")
    assert "nobody it names keeps one at a cabinet" in refused.json()["error"]
    assert api.post("permissions", json=without | {"although": True}).json()["of_cabinets"] == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": None}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"until": "2027-07-17T16:00:00"}, "until"),
        ({"until": "2020-01-01T00:00:00Z"}, "until"),
        ({"from": "2027-08-01T00:00:00Z"}, "until"),
        ({"kind": "holiday"}, "kind"),
        ({"purpose": "because"}, "purpose"),
        ({"people": ["nobody"]}, "people"),
        ({"areas": ["attic"]}, "areas"),
        ({"colour": "green"}, "colour"),
    ],
)
def test_bad_input_is_a_clear_error_at_the_field_and_saves_nothing(
    api: TestClient, school: Any, changes: dict[str, Any], field: str
) -> None:
    answer = api.post("permissions", json={**PERMISSION, **changes})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    with school.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PermissionGiven)) == 0


def test_a_trip_without_a_school_phone_is_409_until_although_is_said(api: TestClient) -> None:
    trip = {
        "kind": "trip",
        "purpose": "swimming",
        "people": ["amara-osei"],
        "destination": "Pool",
        "until": "2026-11-25T14:00:00Z",
    }
    assert (api.post("permissions", json=trip).status_code, api.post("permissions", json=trip).json()["field"]) == (
        409,
        "school_phone",
    )
    assert api.post("permissions", json={**trip, "although": True}).status_code == 201


def test_withdraw_and_give_back_with_the_cabinets_that_obey(api: TestClient, school: Any) -> None:
    made = api.post("restrictions", json={"scope": "everyone", "reason": "event"})
    assert made.status_code == 201
    assert made.json()["takes"] == ["approvals", "breaks", "permissions"]
    assert made.json()["not_obeyed"] == ["Kitchen", "Robins", "Wrens"]
    school.hear("robins")
    address = f"restrictions/{made.json()['id']}"
    read = api.get(address)
    assert read.json()["obeyed"] == ["Robins"]
    assert api.post("restrictions", json={"scope": "everyone", "reason": "event"}).status_code == 409
    back = api.post(f"{address}/give-back", headers={"If-Match": read.headers["etag"]})
    assert back.json()["ended_at"] == "2026-11-24T10:58:00.000Z"
    assert api.post(f"{address}/give-back", headers={"If-Match": read.headers["etag"]}).status_code == 412
    wrong = api.post("restrictions", json={"scope": "everyone", "reason": "event", "takes": ["lunch"]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "takes[0]")


def test_children_stay_in_and_are_let_out(api: TestClient, school: Any) -> None:
    body = {"areas": ["robins"], "points": ["wrens"], "until": "2026-11-24T13:00:00Z"}
    made = api.post("room-states", json=body)
    assert made.status_code == 201
    items = made.json()["items"]
    assert [(one["area"], one["point"], one["running"]) for one in items] == [
        ("robins", None, True),
        (None, "wrens", True),
    ]
    shorter = {"areas": ["robins"], "until": "2026-11-24T12:00:00Z"}
    refused = api.post("room-states", json=shorter)
    assert (refused.status_code, refused.json()["field"]) == (412, "until")
    named = {"replaces": [{"id": items[0]["id"], "etag": items[0]["etag"]}]}
    again = api.post("room-states", json={**shorter, **named}).json()["items"]
    items = [one for one in again if one["area"] == "robins"]
    assert [one["until"] for one in items] == ["2026-11-24T12:00:00.000Z"]
    ended = api.post(f"room-states/{items[0]['id']}/end", headers={"If-Match": items[0]["etag"]})
    assert [one["point"] for one in ended.json()["items"]] == ["wrens"]
    school.hear("kitchen", children_in_until="2026-11-24T12:00:00.000Z")
    assert [one["id"] is None for one in api.get("room-states").json()["items"]] == [False, True]
    assert api.post("room-states/points/kitchen/end").status_code == 200
    assert api.post("room-states/points/attic/end").status_code == 404
    assert api.post("room-states", json={"areas": ["robins"]}).json()["field"] == "until"


def test_roles_may_as_the_table_says(web: TestClient, token_of: Callable[[Role], str]) -> None:
    def status(role: Role, method: str, path: str, body: Any = None) -> int:
        headers = {"Authorization": f"Bearer {token_of(role)}"}
        return int(web.request(method, f"/api/v1/{path}", headers=headers, json=body).status_code)

    room = {"areas": ["robins"], "until": "2026-11-24T13:00:00Z"}
    assert status(Role.OFFICE, "GET", "permissions") == 200
    assert status(Role.OFFICE, "POST", "permissions", PERMISSION) == 403
    assert status(Role.OFFICE, "POST", "room-states", room) == 201
    assert status(Role.BUSINESS_MANAGER, "POST", "room-states", room) == 403
    assert status(Role.IT_TECHNICIAN, "GET", "restrictions") == 403
