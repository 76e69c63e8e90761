"""The API's timetable and calendar: read and replaced as a whole, published at once, never over somebody else's."""

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from admin_web.queries.restricted import read_times
from admin_web.rules.blocks import dated_blocks
from admin_web.services.restricted import follow_timetable
from policy.school_timetable_document import calendar_document, document_of
from tests.policy.timetables import TUESDAY, a_timetable

LESSONS = {"kind": "lesson", "from": "09:00", "until": "10:00"}
MIDNIGHT = LESSONS | {"from": "22:00", "until": "02:00"}
BACKWARDS = {"name": "t", "first": "2027-01-04", "last": "2027-01-03"}
DOCUMENT = document_of(a_timetable(plans=a_timetable().plans[:1]))


def test_a_school_without_a_timetable_has_an_empty_one_with_an_etag(api: TestClient) -> None:
    answer = api.get("timetable")
    assert answer.json() == {"years": [], "closures": [], "plans": [], "one_offs": []}
    assert answer.headers["etag"] == '"0"'


def test_a_timetable_reads_as_it_was_put_and_is_live_at_once(api: TestClient, school: Any) -> None:
    with school.database.write() as session:
        follow_timetable(session, "robins", if_match="*", occasion=school.occasion())
    answer = api.put("timetable", json=DOCUMENT, headers={"If-Match": '"0"'})
    assert answer.status_code == 200
    assert answer.json() == api.get("timetable").json() == DOCUMENT
    with school.database.read() as session:
        assert len(dated_blocks(session, "robins", TUESDAY, TUESDAY)) == 3
    week = api.get("points/robins/restricted")
    assert {block["weekday"] for block in week.json()["blocks"]} == {"mon", "tue", "wed", "thu"}


def test_the_etag_of_what_is_live_is_needed_once_there_is_one(api: TestClient) -> None:
    first = api.put("timetable", json=DOCUMENT)
    assert first.status_code == 200
    assert api.put("timetable", json=DOCUMENT).status_code == 428
    assert api.put("timetable", json=DOCUMENT, headers={"If-Match": '"0"'}).status_code == 412
    etag = first.headers["etag"]
    same = api.put("timetable", json=DOCUMENT, headers={"If-Match": etag})
    assert (same.status_code, same.headers["etag"]) == (200, etag)
    changed = api.put("timetable", json={**DOCUMENT, "closures": []}, headers={"If-Match": etag})
    assert changed.headers["etag"] != etag


def test_the_calendar_alone_is_replaced_and_the_plans_stay(api: TestClient) -> None:
    etag = api.put("timetable", json=DOCUMENT).headers["etag"]
    calendar = calendar_document(a_timetable())
    assert api.get("calendar").json() == calendar
    calendar["closures"].append({"name": "Good Friday", "kind": "bank_holiday", "first": "2027-03-26"})
    answer = api.put("calendar", json=calendar, headers={"If-Match": etag})
    assert answer.status_code == 200
    assert answer.json()["closures"][-1]["last"] == "2027-03-26"
    assert api.get("timetable").json()["plans"] == DOCUMENT["plans"]
    assert api.put("calendar", json=calendar, headers={"If-Match": etag}).status_code == 412


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"plans": [{"area": "attic", "days": {"mon": [LESSONS]}}]}, "plans[0].area"),
        ({"plans": [{"group": "pirates", "days": {}}]}, "plans[0].group"),
        (
            {
                "plans": [
                    {
                        "area": "robins",
                        "days": {
                            "mon": [
                                LESSONS,
                                {"kind": "break", "from": "09:30", "until": "10:30"},
                            ]
                        },
                    }
                ]
            },
            "plans[0].days.mon[1]",
        ),
        ({"plans": [{"area": "robins", "days": {"mon": [MIDNIGHT]}}]}, "plans[0].days.mon[0].until"),
        ({"years": [{"name": "x", "terms": [BACKWARDS]}]}, "years[0].terms[0].last"),
        ({"closures": [{"name": "x", "kind": "party", "first": "2027-01-04"}]}, "closures[0].kind"),
        ({"terms": []}, "terms"),
    ],
)  # fmt: skip
def test_what_is_wrong_names_its_field_and_nothing_is_saved(
    api: TestClient, document: dict[str, Any], field: str
) -> None:
    answer = api.put("timetable", json=document)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert api.get("timetable").headers["etag"] == '"0"'


def test_put_restricted_gives_a_point_times_of_its_own_and_get_follows_before(api: TestClient, school: Any) -> None:
    api.put("timetable", json={**DOCUMENT, "plans": [{"area": "kitchen", "days": DOCUMENT["plans"][0]["days"]}]})
    before = api.get("points/kitchen/restricted")
    assert len(before.json()["blocks"]) == 12
    own = {"blocks": [{"weekday": "mon", "from": "09:00", "until": "10:00", "name": "Cooking", "breaks": []}]}
    answer = api.put("points/kitchen/restricted", json=own, headers={"If-Match": before.headers["etag"]})
    assert answer.json() == api.get("points/kitchen/restricted").json() == own
    with school.database.read() as session:
        assert read_times(session, "kitchen", TUESDAY).own
        assert [one.name for one in dated_blocks(session, "kitchen", date(2026, 12, 28), date(2026, 12, 28))] == [
            "Cooking"
        ]
    stale = api.put("points/kitchen/restricted", json=own, headers={"If-Match": before.headers["etag"]})
    assert stale.status_code == 412


def test_what_a_follower_gives_can_be_put_back(api: TestClient) -> None:
    api.put("timetable", json={**DOCUMENT, "plans": [{"area": "kitchen", "days": DOCUMENT["plans"][0]["days"]}]})
    week = api.get("points/kitchen/restricted")
    answer = api.put("points/kitchen/restricted", json=week.json(), headers={"If-Match": week.headers["etag"]})
    assert answer.status_code == 200
    assert sorted(answer.json()["blocks"], key=str) == sorted(week.json()["blocks"], key=str)
