"""People, points, restricted times and devices over the API: editions, clashes, and bodies that are not right."""

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.queries.people import read_people


def _badge(name: str) -> str:
    return "1:" + hashlib.sha256(name.encode()).hexdigest()


GRACE = {
    "name": "Grace Adeyemi",
    "group": "catering",
    "badges": [_badge("grace")],
    "points": [{"id": "kitchen", "slot": 1}, {"id": "robins", "slot": None}],
    "working_hours": {"mon": [{"from": "08:30", "until": "14:30"}], "tue": [{"from": "08:30", "until": "23:00"}]},
}


def test_a_person_reads_as_it_can_be_written(api: TestClient, school: Any) -> None:
    answer = api.get("people/ioana-marinescu")
    assert answer.json() == {
        "id": "ioana-marinescu",
        "name": "Ioana Marinescu",
        "group": "catering",
        "badges": [_badge("ioana-marinescu")],
        "points": [{"id": "kitchen", "slot": 4}],
        "working_hours": {day: [{"from": "08:15", "until": "16:00"}] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
    again = api.put("people/ioana-marinescu", json=answer.json(), headers={"If-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (200, answer.headers["ETag"])


def test_the_list_has_everybody_and_no_further_page(api: TestClient) -> None:
    body = api.get("people").json()
    assert body["next"] is None
    assert [one["name"] for one in body["items"]][:2] == ["Amara Osei", "Bilal Hussain"]
    assert len(body["items"]) == 7


def test_a_new_id_makes_a_person_and_needs_no_edition(api: TestClient) -> None:
    answer = api.put("people/grace-adeyemi", json=GRACE)
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert api.get("people/grace-adeyemi").json() == {"id": "grace-adeyemi", **GRACE}


def test_a_put_closes_what_it_does_not_name(api: TestClient) -> None:
    answer = api.put("people/amara-osei", json={"name": "A", "group": "SLT"}, headers={"If-Match": '"1"'})
    assert answer.json() == {
        "id": "amara-osei",
        "name": "A",
        "group": "SLT",
        "badges": [],
        "points": [],
        "working_hours": {},
    }
    assert answer.headers["ETag"] == '"2"'


def test_a_change_without_an_edition_is_428_and_of_an_old_one_412(api: TestClient) -> None:
    assert api.put("people/amara-osei", json=GRACE).status_code == 428
    assert api.put("people/amara-osei", json={**GRACE, "badges": []}, headers={"If-Match": '"1"'}).status_code == 200
    answer = api.put("people/amara-osei", json=GRACE, headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    assert set(answer.json()) == {"error", "field", "what_to_do"}
    assert api.put("people/amara-osei", json=GRACE, headers={"If-Match": "*"}).status_code == 200
    assert api.put("people/nobody-yet", json=GRACE, headers={"If-Match": '"1"'}).status_code == 412


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"badges": [_badge("amara-osei")]}, 409, "badges[0]"),
        ({"points": [{"id": "kitchen", "slot": 4}]}, 409, "points[0].slot"),
        ({"points": [{"id": "kitchen"}]}, 422, "points[0].slot"),
        ({"points": [{"id": "kitchen", "slot": 7}]}, 422, "points[0].slot"),
        ({"points": [{"id": "kitchen", "slot": "1"}]}, 422, "points[0].slot"),
        ({"points": [{"id": "robins", "slot": 1}]}, 422, "points[0].slot"),
        ({"points": [{"id": "nowhere"}]}, 422, "points[0].id"),
        ({"points": [{"id": "robins"}, {"id": "robins"}]}, 422, "points[1].id"),
        ({"badges": ["04a1b2c3d4e580"]}, 422, "badges[0]"),
        ({"badges": "no list"}, 422, "badges"),
        ({"group": "pirates"}, 422, "group"),
        ({"name": ""}, 422, "name"),
        ({"name": 7}, 422, "name"),
        ({"working_hours": {"mon": [{"from": "8:30", "until": "14:30"}]}}, 422, "working_hours.mon[0].from"),
        ({"working_hours": {"mon": [{"from": "14:30", "until": "08:30"}]}}, 422, "working_hours.mon[0].until"),
        ({"working_hours": {"mon": [{"from": "14:30", "until": "24:00"}]}}, 422, "working_hours.mon"),
        ({"working_hours": {"moonday": []}}, 422, "working_hours.moonday"),
        ({"working_hours": {"mon": [{"from": "08:30"}]}}, 422, "working_hours.mon[0].until"),
        ({"favourite": "colour"}, 422, "favourite"),
        ({"id": "somebody-else"}, 422, "id"),
    ],
)
def test_what_is_not_right_is_named_and_nothing_of_it_is_saved(
    api: TestClient, school: Any, changes: dict[str, Any], status: int, field: str
) -> None:
    with school.database.read() as session:
        before = read_people(session)
    answer = api.put("people/grace-adeyemi", json={**GRACE, **changes})
    assert answer.status_code == status, answer.text
    assert answer.json()["field"] == field
    assert answer.json()["what_to_do"]
    with school.database.read() as session:
        assert read_people(session) == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"name": "\\ud800", "group": "SLT"}']
)
def test_a_body_that_is_no_such_json_is_422(api: TestClient, content: bytes) -> None:
    answer = api.put("people/grace-adeyemi", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "field", "what_to_do"}


@pytest.mark.parametrize("id", ["nobody", "%00", "a%2Fb", "x" * 50, "%F0%9F%98%80"])
def test_an_id_that_nobody_has_is_404_and_one_that_nobody_can_have_is_422(api: TestClient, id: str) -> None:
    assert api.get(f"people/{id}").status_code == 404
    expected = {201} if id == "nobody" else {404, 422}
    assert api.put(f"people/{id}", json=GRACE).status_code in expected


def test_a_slot_whose_last_holder_is_still_declared_in_counts_as_held(api: TestClient, school: Any) -> None:
    school.events.put_in("ioana-marinescu", "kitchen", school.at("08:40"), slot=4)
    api.put("people/ioana-marinescu", json={"name": "I", "group": "catering"}, headers={"If-Match": '"1"'})
    taken = {**GRACE, "points": [{"id": "kitchen", "slot": 4}]}
    assert api.put("people/grace-adeyemi", json=taken).status_code == 409
    school.events.take_out("ioana-marinescu", "kitchen", school.at("08:50"), "taken_after_end", slot=4)
    assert api.put("people/grace-adeyemi", json=taken).status_code == 201


def test_points_carry_what_is_declared_in_today(api: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:31"))
    assert api.get("points").json() == {
        "items": [
            {"id": "kitchen", "name": "Kitchen", "kind": "bank", "slots": 6, "declared_in": 0},
            {"id": "robins", "name": "Robins", "kind": "one_door", "slots": 1, "declared_in": 1},
            {"id": "wrens", "name": "Wrens", "kind": "one_door", "slots": 1, "declared_in": 0},
        ],
        "next": None,
    }


def test_restricted_times_read_as_they_can_be_written(api: TestClient) -> None:
    answer = api.get("points/robins/restricted")
    assert answer.json()["blocks"][0] == {
        "weekday": "mon",
        "from": "08:50",
        "until": "12:00",
        "name": "Lessons",
        "breaks": [{"from": "10:30", "until": "10:45"}],
    }
    body = {
        "blocks": [
            {"weekday": "tue", "from": "08:50", "until": "24:00", "name": "Lessons", "breaks": []},
            {"date": "2026-12-18", "from": "09:00", "until": "10:00", "name": "Concert", "breaks": []},
        ]
    }
    saved = api.put("points/robins/restricted", json=body, headers={"If-Match": answer.headers["ETag"]})
    assert saved.status_code == 200
    assert saved.json() == api.get("points/robins/restricted").json() == body
    assert saved.headers["ETag"] != answer.headers["ETag"]


@pytest.mark.parametrize(
    ("block", "field"),
    [
        ({"from": "08:00", "until": "09:00", "name": "x", "breaks": []}, "blocks[0].weekday"),
        ({"weekday": "mon", "date": "2026-12-18", "from": "08:00", "until": "09:00", "name": "x"}, "blocks[0].weekday"),
        ({"weekday": "mon", "from": "08:00", "until": "08:00", "name": "x"}, "blocks[0].until"),
        ({"weekday": "mon", "from": "08:00", "until": "24:01", "name": "x"}, "blocks[0].until"),
        ({"weekday": "mon", "from": "08:00", "until": "09:00", "name": ""}, "blocks[0].name"),
        ({"date": "2026-02-30", "from": "08:00", "until": "09:00", "name": "x"}, "blocks[0].date"),
        ({"weekday": "monday", "from": "08:00", "until": "09:00", "name": "x"}, "blocks[0].weekday"),
        (
            {
                "weekday": "mon",
                "from": "08:00",
                "until": "09:00",
                "name": "x",
                "breaks": [{"from": "08:30", "until": "09:30"}],
            },
            "blocks[0].breaks[0]",
        ),
    ],
)
def test_a_block_that_is_not_right_is_named_and_nothing_is_saved(
    api: TestClient, block: dict[str, Any], field: str
) -> None:
    before = api.get("points/robins/restricted")
    answer = api.put("points/robins/restricted", json={"blocks": [block]}, headers={"If-Match": before.headers["ETag"]})
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert api.get("points/robins/restricted").json() == before.json()


def test_restricted_times_need_their_edition_and_a_point(api: TestClient) -> None:
    assert api.put("points/robins/restricted", json={"blocks": []}).status_code == 428
    assert api.put("points/robins/restricted", json={"blocks": []}, headers={"If-Match": '"77"'}).status_code == 412
    for call in (api.get("points/nowhere/restricted"), api.put("points/nowhere/restricted", json={"blocks": []})):
        assert call.status_code == 404


def test_a_device_that_is_heard_tells_everything(api: TestClient, school: Any) -> None:
    school.hear(
        "robins",
        outbox_depth=3,
        lamps={"red": "off", "amber": "steady", "green": "off"},
        health=[{"part": "reader-1", "state": "ok", "since": "2026-11-24T08:00:00.000Z", "what_to_do": None}],
    )
    devices = {one["id"]: one for one in api.get("devices").json()["items"]}
    assert set(devices) == {"kitchen", "robins", "wrens"}
    robins = devices["robins"]
    assert robins == {
        "id": "robins",
        "kind": "cabinet",
        "point": "robins",
        "online": True,
        "outbox_depth": 3,
        "rules_applied": robins["rules_applied"],
        "clock": "synced",
        "health": [{"part": "reader-1", "state": "ok", "since": "2026-11-24T08:00:00.000Z", "what_to_do": None}],
        "lamps": {"red": "off", "amber": "steady", "green": "off"},
        "doors": {"1": "closed"},
    }
    assert devices["wrens"]["online"] is False
    assert devices["wrens"]["rules_applied"] is None
    assert devices["kitchen"]["doors"] == {str(slot): "unknown" for slot in range(1, 7)}


def test_lamps_and_doors_of_a_device_that_is_not_heard_are_unknown(api: TestClient, school: Any) -> None:
    school.hear("robins", online=False, outbox_depth=3)
    robins = next(one for one in api.get("devices").json()["items"] if one["id"] == "robins")
    assert set(robins["lamps"].values()) == set(robins["doors"].values()) == {"unknown"}
    assert robins["outbox_depth"] == 3


@pytest.mark.parametrize("path", ["devices", "points", "people", "people/amara-osei", "points/robins/restricted"])
def test_what_has_not_changed_need_not_be_sent_again(api: TestClient, path: str) -> None:
    answer = api.get(path)
    again = api.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_address_that_leads_nowhere_answers_json(api: TestClient) -> None:
    answer = api.get("nothing")
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "field", "what_to_do"}
    assert api.delete("people/amara-osei").status_code == 405
