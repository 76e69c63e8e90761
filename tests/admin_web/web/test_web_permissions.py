"""The pages of permissions, trips, restrictions and children staying in: read, given, refused at the field."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.permissions import PermissionGiven
from admin_web.database.restrictions import RestrictionMade
from admin_web.database.room_states import RoomStateSet
from admin_web.queries.handles import handle_of

AMARA, TOM = handle_of("amara-osei"), handle_of("tom-hallworth")


@pytest.fixture
def head(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER, "ruth-ashcombe")


def count(school: Any, table: Any) -> int:
    with school.database.read() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def give(head: TestClient, **changes: str) -> Any:
    form = {"person": AMARA, "purpose": "adjustment.agreed_adjustment", "ends": "2027-07-17", **changes}
    return head.post("/permissions", data=form)


def test_a_permission_without_an_end_date_is_refused_at_that_field_and_keeps_what_was_typed(
    head: TestClient, school: Any
) -> None:
    answer = give(head, ends="")
    assert answer.status_code == 422
    assert "A permission without an end cannot be saved." in answer.text
    assert 'id="e-ends"' in answer.text
    assert f'<option value="{AMARA}" selected>' in answer.text
    assert count(school, PermissionGiven) == 0


def test_a_permission_is_given_listed_and_withdrawn_once(head: TestClient, school: Any) -> None:
    assert give(head).status_code == 303
    page = head.get("/permissions").text
    assert "Agreed adjustment" in page
    assert "17 Jul 2027" in page
    assert "0 of 1" in page, "the cabinet she keeps it at has not said anything yet"
    one = re.search(r'href="(/permissions/perm-[0-9a-f]+)"', page)
    assert one is not None
    detail = head.get(one[1]).text
    assert "The headteacher" in detail
    assert head.post(f"{one[1]}/withdraw", data={"etag": '"1"'}).status_code == 303
    again = head.post(f"{one[1]}/withdraw", data={"etag": '"1"'})
    assert again.status_code == 412
    assert "changed by somebody else" in again.text
    assert "Withdrawn" in again.text, "what is there now is shown beside it"


def test_one_that_no_cabinet_would_act_on_warns_before_it_is_saved(head: TestClient, school: Any) -> None:
    leader = handle_of("ruth-ashcombe")
    warned = give(head, person=leader)
    assert warned.status_code == 409
    assert "No cabinet would give a phone out by this" in warned.text
    assert f'<option value="{leader}" selected>' in warned.text
    assert 'href="#f-person"' in warned.text
    assert count(school, PermissionGiven) == 0
    assert give(head, person=leader, although="yes").status_code == 303
    assert "no cabinet: none keeps it" in head.get("/permissions").text


def test_it_ends_at_the_end_of_that_day_by_the_wall_clock_of_summer(head: TestClient, school: Any) -> None:
    give(head)
    with school.database.read() as session:
        ends = session.scalars(select(PermissionGiven.ends)).one()
    assert ends.isoformat() == "2027-07-17T23:00:00+00:00", "24:00 of British summer time"


def test_looking_at_permissions_is_an_audit_row_with_the_number(head: TestClient, school: Any) -> None:
    give(head)
    head.get("/permissions")
    with school.database.read() as session:
        rows = session.scalars(select(Audit.rows).where(Audit.act == "looked.permissions")).all()
    assert rows[-1] == 1


def trip(head: TestClient, **changes: Any) -> Any:
    form = {
        "destination": "Hartley Farm",
        "purpose": "educational_visit",
        "people": [AMARA, TOM],
        "starts": "2026-11-25",
        "starts-time": "09:00",
        "ends": "2026-11-25",
        "ends-time": "14:30",
        **changes,
    }
    return head.post("/trips/new", data=form)


def test_a_trip_without_a_school_phone_warns_and_is_saved_when_that_is_meant(head: TestClient, school: Any) -> None:
    warned = trip(head)
    assert warned.status_code == 409
    assert "No school phone goes on this visit." in warned.text
    assert warned.text.count("checked") == 2, "the people stay chosen"
    assert count(school, PermissionGiven) == 0
    assert trip(head, although="yes").status_code == 303
    page = head.get("/trips").text
    assert "Hartley Farm" in page
    assert "Amara Osei, Tom Hallworth" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends-time": "08:00"}, "would end before it starts"),
        ({"people": []}, "Nobody is named."),
        ({"destination": ""}, "The trip has no name."),
        ({"ends": "soon"}, "That is not a date."),
        ({"ends-time": "25:99"}, "That is not a time of the day."),
        ({"people": ["0123456789abcdef"]}, "There is no such person."),
        ({"ends": "9999-12-31"}, ""),
    ],
)
def test_a_trip_that_cannot_be_is_refused_and_nothing_is_saved(
    head: TestClient, school: Any, changes: dict[str, Any], says: str
) -> None:
    answer = trip(head, although="yes", **changes) if says else trip(head, **changes)
    assert answer.status_code in (404, 409, 422)
    assert says in answer.text
    assert count(school, PermissionGiven) == 0


def test_withdraw_takes_everything_and_names_who_has_not_obeyed_until_it_is_given_back(
    head: TestClient, school: Any
) -> None:
    school.hear("robins")
    school.hear("wrens", online=False, since=school.at("10:02"))
    made = head.post(
        "/restrictions",
        data={"scope": "group", "group": "classroom", "person": "", "reason": "event", "do": "withdraw"},
    )
    assert made.status_code == 303
    page = head.get(made.headers["location"]).text
    assert "Obeyed by 0 of 3" in page
    assert "Wrens not since 10:02" in page
    assert "Robins not yet" in page
    school.hear("robins")
    assert "Obeyed by 1 of 3" in head.get(made.headers["location"]).text
    assert head.post(f"{made.headers['location']}/give-back", data={"etag": '"1"'}).status_code == 303
    assert "Given back on 0 of 3" in head.get(made.headers["location"]).text


def test_restrict_takes_what_is_chosen_and_without_a_choice_or_reason_nothing(head: TestClient, school: Any) -> None:
    form = {"scope": "person", "person": AMARA, "group": "classroom", "reason": "under_review", "do": "restrict"}
    assert "Nothing would be taken away." in head.post("/restrictions", data=form).text
    without = head.post("/restrictions", data={**form, "takes": "breaks", "reason": ""})
    assert "No reason is chosen." in without.text
    assert count(school, RestrictionMade) == 0
    assert head.post("/restrictions", data={**form, "takes": "breaks"}).status_code == 303
    with school.database.read() as session:
        made = session.scalars(select(RestrictionMade)).one()
    assert (made.breaks, made.permissions, made.approvals, made.person_id) == (True, False, False, "amara-osei")


def test_children_stay_in_until_a_time_of_today_and_end_now(head: TestClient, school: Any) -> None:
    assert "No end is given." in head.post("/children-in", data={"areas": "robins"}).text
    assert "already" in head.post("/children-in", data={"areas": "robins", "ends": "08:00"}).text
    assert head.post("/children-in", data={"areas": ["robins", "wrens"], "ends": "13:00"}).status_code == 303
    page = head.get("/children-in").text
    assert page.count("until 13:00") == 2
    with school.database.read() as session:
        first, second = session.scalars(select(RoomStateSet.id).order_by(RoomStateSet.id)).all()
    assert head.post(f"/children-in/{first}/end", data={"etag": '"1"'}).status_code == 303
    assert head.post(f"/children-in/{first}/end", data={"etag": '"1"'}).status_code == 412
    assert head.get("/children-in").text.count("until 13:00") == 1
    assert second != first


def test_the_second_office_sees_what_the_first_said_and_decides(head: TestClient, school: Any) -> None:
    said = {"areas": "robins", "ends": "13:00"}
    assert head.post("/children-in", data=said).status_code == 303
    shorter = {"areas": ["robins", "wrens"], "ends": "12:30"}
    told = head.post("/children-in", data=shorter)
    assert told.status_code == 412
    assert "Robins: it was said already that children stay in for longer." in told.text
    assert "Robins: until <b>13:00</b>, by The headteacher" in told.text
    assert "until <b>12:30</b>" in told.text
    assert 'value="12:30"' in told.text, "what was typed stays"
    assert head.get("/children-in").text.count("until 13:00") == 1
    seen = re.findall(r'name="replaces" value="([^"]+)"', told.text)
    assert head.post("/children-in", data={**shorter, "replaces": seen}).status_code == 303
    assert head.get("/children-in").text.count("until 12:30") == 2
    assert head.post("/children-in", data=said).status_code == 303, "a later end takes nothing away"


def test_what_a_badge_said_shows_from_the_cabinets_status_and_is_ended_here(head: TestClient, school: Any) -> None:
    school.hear("kitchen", children_in_until="2026-11-24T12:30:00.000Z")
    assert "until 12:30, said by a badge at the cabinet" in head.get("/children-in").text
    assert head.post("/children-in/points/kitchen/end").status_code == 303
    assert "has not confirmed it yet" in head.get("/children-in").text
    school.clock.advance(seconds=1)
    school.hear("kitchen")
    assert "No children are staying in" in head.get("/children-in").text


def test_the_last_days_of_a_permission_are_counted_and_then_it_is_over(
    head: TestClient, school: Any, sign_in_as: Callable[..., TestClient]
) -> None:
    give(head, ends="2026-11-25")
    page = head.get("/permissions").text
    assert "25 Nov" in page
    assert "ends tomorrow" in page
    school.clock.utc += timedelta(days=2)
    assert "<b>ended</b>" in sign_in_as(Role.SLT).get("/permissions").text
