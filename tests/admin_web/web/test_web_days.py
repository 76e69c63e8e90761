"""Approve, Going home, open for, no phone, staff groups and a new year, on their pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.days import GoingHome, NoPhone
from admin_web.database.groups import GroupRule
from admin_web.database.orders import CommandOrder
from admin_web.database.people import Badge, Person
from admin_web.queries.handles import handle_of
from admin_web.services.restrictions import EVERYTHING, RestrictionDraft, make_restriction

AMARA = handle_of("amara-osei")
BADGE = "1:" + "a" * 64


def all_of(school: Any, table: Any) -> list[Any]:
    with school.database.read() as session:
        return list(session.scalars(select(table)))


def ask(school: Any, person: str = "amara-osei", seconds: int = 20) -> str:
    """Let somebody wait for a senior leader at Robins since some seconds."""
    private = {"badge": BADGE, "person": person, "reason": "restricted"}
    at = school.clock.utc - timedelta(seconds=seconds)
    sequence = school.events.add("robins", "approval.asked.v1", at, private, point="robins", tap="1", nonce="ab" * 16)
    return f"robins/{sequence}"


def test_whoever_waits_is_approved_once_and_the_second_is_told_so(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    ask(school)
    slt = sign_in_as(Role.SLT)
    page = slt.get("/approvals").text
    assert "Amara Osei at Robins" in page
    assert '<span data-left="100">100</span> seconds left' in page
    tap = re.search(r'name="tap" value="([^"]+)"', page)
    assert tap is not None
    assert slt.post("/approvals", data={"tap": tap[1]}).status_code == 303
    assert "Approved by The slt. On its way to the cabinet." in slt.get("/approvals").text
    again = sign_in_as(Role.HEADTEACHER).post("/approvals", data={"tap": tap[1]})
    assert again.status_code == 409
    assert "answered already" in again.text
    assert [order.nonce for order in all_of(school, CommandOrder)] == ["ab" * 16]


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("withdrawn", "It is over. The headteacher has withdrawn approvals meanwhile. The door stayed shut."),
        ("another_asked", "It is over. Somebody else asked at the same cabinet since."),
        ("put_in", "It is over. Not needed any more: the phone was put in."),
        (None, "It is over. Nobody approved it at the cabinet in time."),
    ],
)
def test_an_asking_that_ended_meanwhile_is_refused_with_what_ended_it(
    sign_in_as: Callable[..., TestClient], school: Any, reason: str | None, says: str
) -> None:
    ask(school)
    slt = sign_in_as(Role.SLT)
    tap = re.search(r'name="tap" value="([^"]+)"', slt.get("/approvals").text)
    assert tap is not None
    private = {"badge": BADGE, "person": "amara-osei", "reason": reason}
    school.events.add("robins", "approval.expired.v1", school.clock.utc, private, point="robins", tap="1")
    refused = slt.post("/approvals", data={"tap": tap[1]})
    assert refused.status_code == 409
    assert says in refused.text
    assert 'name="tap"' not in refused.text
    assert all_of(school, CommandOrder) == []


@pytest.mark.parametrize(
    "draft",
    [
        RestrictionDraft("person", EVERYTHING, "under_review", "amara-osei"),
        RestrictionDraft("group", EVERYTHING, "event", group="classroom"),
        RestrictionDraft("everyone", EVERYTHING, "event"),
    ],
)
def test_approvals_withdrawn_in_the_office_are_known_here_before_the_cabinet_says_so(
    sign_in_as: Callable[..., TestClient], school: Any, draft: RestrictionDraft
) -> None:
    ask(school)
    slt = sign_in_as(Role.SLT)
    tap = re.search(r'name="tap" value="([^"]+)"', slt.get("/approvals").text)
    assert tap is not None
    with school.database.write() as session:
        make_restriction(session, draft, occasion=school.occasion())
    refused = slt.post("/approvals", data={"tap": tap[1]})
    assert refused.status_code == 409
    assert "The headteacher has withdrawn approvals from them" in refused.text
    assert all_of(school, CommandOrder) == []


def test_what_is_over_has_no_button(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    ask(school, seconds=130)
    page = sign_in_as(Role.SLT).get("/approvals").text
    assert "The 120 seconds are over. The door stayed shut." in page
    assert 'name="tap"' not in page


def test_going_home_is_said_by_the_exact_name_and_no_list_is_shown(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    slt = sign_in_as(Role.SLT)
    assert "Osei" not in slt.get("/for-somebody").text
    wrong = slt.post("/for-somebody", data={"name": "Amara", "do": "home"})
    assert wrong.status_code == 404
    assert "Nobody has exactly this name." in wrong.text
    assert slt.post("/for-somebody", data={"name": "Amara Osei", "do": "home"}).headers["location"].endswith("home")
    assert slt.post("/for-somebody", data={"name": "Amara Osei", "do": "home"}).headers["location"].endswith("before")
    assert [row.person_id for row in all_of(school, GoingHome)] == ["amara-osei"]


def test_open_for_asks_first_and_orders_once(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    school.hear("robins")
    office = sign_in_as(Role.OFFICE)
    asked = office.post("/for-somebody", data={"name": "Amara Osei", "do": "open"}).text
    assert "Open Robins for Amara Osei?" in asked
    assert "The door opens once. That you did it, and why, goes in the log." in asked
    address = f"/for-somebody/{AMARA}/open"
    assert "No reason is chosen." in office.post(address, data={"point": "robins"}).text
    assert office.post(address, data={"point": "robins", "reason": "badge_lost"}).status_code == 303
    assert "Robins for Amara Osei" in office.get("/for-somebody").text
    assert [(order.command, order.holder) for order in all_of(school, CommandOrder)] == [("open_for", "amara-osei")]


def test_a_cabinet_that_is_not_heard_is_opened_with_the_key(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    answer = sign_in_as(Role.OFFICE).post(
        f"/for-somebody/{AMARA}/open", data={"point": "robins", "reason": "badge_lost"}
    )
    assert "Robins is not heard at present" in answer.text
    assert all_of(school, CommandOrder) == []


def test_everybody_says_no_phone_of_themselves_and_takes_it_back(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    amara = sign_in_as(Role.STAFF, "amara-osei")
    assert "No phone with me" in amara.get("/me").text
    assert amara.post("/me/no-phone", data={"for": "today"}).status_code == 303
    assert "no phone today" in amara.get("/me").text
    assert amara.post("/me/no-phone", data={"for": "none"}).status_code == 303
    assert [row.ended_at is not None for row in all_of(school, NoPhone)] == [True]
    assert amara.post("/me/no-phone", data={"for": "ever"}).status_code == 422
    assert amara.post("/me/storage").status_code == 404, "classroom staff declare at a cabinet"


def test_an_account_that_is_nobodys_says_nothing_of_a_phone(sign_in_as: Callable[..., TestClient]) -> None:
    assert sign_in_as(Role.STAFF).post("/me/no-phone", data={"for": "today"}).status_code == 404


def test_the_office_says_it_on_the_persons_page(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    office = sign_in_as(Role.OFFICE)
    assert office.post(f"/people/{AMARA}/no-phone", data={"for": "standing"}).status_code == 303
    assert office.post(f"/people/{AMARA}/going-home").status_code == 303
    page = office.get(f"/people/{AMARA}").text
    assert "no phone, standing" in page
    assert "going home" in page


def test_a_badge_becomes_temporary_and_the_list_says_until_when(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    office = sign_in_as(Role.OFFICE)
    badge = re.search(r'name="badge" value="([0-9a-f]{16})"', office.get(f"/people/{AMARA}").text)
    assert badge is not None
    form = {"badge": badge[1], "ends": "2026-11-24", "ends-time": "18:00"}
    assert office.post(f"/people/{AMARA}/badges/until", data=form).status_code == 303
    assert "until 18:00" in office.get("/people").text
    assert office.post(f"/people/{AMARA}/badges/until", data={**form, "ends-time": "08:00"}).status_code == 422
    assert office.post(f"/people/{AMARA}/badges/until", data={"badge": badge[1], "do": "open"}).status_code == 303
    assert all(one.ends is None for one in all_of(school, Badge))


def test_a_badge_is_given_with_an_end(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    school.events.refuse(None, "robins", school.at("08:52"), "badge_not_known_here", badge=BADGE, intent=None)
    office = sign_in_as(Role.OFFICE)
    address = f"/people/badges/{handle_of(BADGE)}"
    assert "has passed already" in office.post(address, data={"to": AMARA, "ends": "2026-11-20"}).text
    assert office.post(address, data={"to": AMARA, "ends": "2026-11-27"}).status_code == 303
    assert "until the end of 27 Nov" in office.get("/people").text


def test_two_offices_change_a_group_at_once_and_the_second_sees_both_versions(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    office = sign_in_as(Role.OFFICE)
    form = {"group": "volunteer", "duty": "cabinet", "expected_by": "09:00", "etag": '"1"'}
    assert office.post("/people/groups", data=form).status_code == 303
    second = office.post("/people/groups", data={**form, "duty": "none", "expected_by": ""})
    assert second.status_code == 412
    assert "Saved meanwhile: In a room’s cabinet, by 09:00" in second.text
    assert '<option value="none" selected>' in second.text, "what was typed stays"
    assert [(row.storage_duty, row.expected_by) for row in all_of(school, GroupRule)] == [("cabinet", 540)]


def test_a_new_year_is_previewed_saved_and_refused_as_a_whole(
    sign_in_as: Callable[..., TestClient], school: Any
) -> None:
    office = sign_in_as(Role.OFFICE)
    wrong = "name,leaves,group,places\nBilal Hussain,yes,,\nAmara Osei,,classroom,Wren\n"
    refused = office.post("/people/new-year", data={"do": "list", "list": wrong})
    assert refused.status_code == 422
    assert "Did you mean Wrens?" in refused.text
    assert "Nothing has been brought in yet." in refused.text
    shown = office.post("/people/new-year", data={"do": "list", "list": wrong.replace("Wren\n", "Wrens\n")}).text
    assert "Bilal Hussain" in shown
    assert "Amara Osei: from Robins to Wrens" in shown
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown))
    with school.database.read() as session:
        assert session.get_one(Person, "bilal-hussain").ended_at is None, "a preview saves nothing"
    saved = office.post("/people/new-year", data={**hidden, "do": "save"})
    assert saved.headers["location"] == "/people?said=year"
    with school.database.read() as session:
        assert session.get_one(Person, "bilal-hussain").ended_at is not None
    again = office.post("/people/new-year", data={**hidden, "do": "save"})
    assert again.status_code in (412, 422)


@pytest.mark.parametrize("path", ["/approvals", "/for-somebody", "/people/groups", "/people/new-year", "/children-in"])
def test_the_pages_are_whole_in_an_empty_school(path: str, sign_in_as: Callable[..., TestClient]) -> None:
    assert sign_in_as(Role.HEADTEACHER).get(path).status_code == 200
