"""POST what-if: the cabinet's own answer for a program, with everything it rests on; it changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.accounts import Audit
from admin_web.database.events import Event
from admin_web.services.badges import mark_badge_lost
from admin_web.services.restrictions import RestrictionDraft, make_restriction
from policy.rules import Entitlement

ASKED = {"person": "amara-osei", "point": "robins", "gesture": "take_out", "at": "2026-11-24T10:52"}


def test_a_refusal_names_clause_block_and_the_next_time(api: TestClient) -> None:
    answer = api.post("what-if", json=ASKED)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    rules = body.pop("rules")
    assert rules.count(".") == 1
    assert body == {
        "decision": "refused",
        "reason": "restricted",
        "clause": "12",
        "next": "2026-11-24T12:00:00.000Z",
        "block": {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"},
        "permission": None,
        "repeated": False,
        "asks_approval": True,
        "at": "2026-11-24T10:52:00.000Z",
        "sentence": "Amara Osei would be refused at Robins: lessons until 12:00.",
    }


@pytest.mark.parametrize(
    ("change", "decision", "reason"),
    [
        ({"at": "2026-11-24T10:35"}, "granted", "break"),
        ({"at": "2026-11-24T12:30"}, "granted", "outside_formal_time"),
        ({"at": "2026-11-24T16:00"}, "granted", "leaving"),
        ({"at": "2026-11-28T10:52"}, "granted", "leaving"),
        ({"at": "2027-03-02T10:52:00+00:00"}, "refused", "restricted"),
        ({"at": "2027-06-08T09:52:00Z"}, "refused", "restricted"),
        ({"gesture": "put_in"}, "granted", "put_in"),
        ({"gesture": "no_phone"}, "granted", "no_phone"),
        ({"point": "wrens"}, "refused", "badge_not_known_here"),
        ({"person": "ruth-ashcombe"}, "refused", "badge_not_known_here"),
    ],
)
def test_the_same_question_changed_has_another_answer(
    api: TestClient, change: dict[str, str], decision: str, reason: str
) -> None:
    body = api.post("what-if", json={**ASKED, **change}).json()
    assert (body["decision"], body["reason"]) == (decision, reason)


def test_what_badges_said_at_the_cabinet_counts_as_it_does_there(api: TestClient, school: Any) -> None:
    at = school.at("12:10")
    said = {"badge": "1:" + "a" * 64, "until": "2026-11-24T12:40:00.000Z"}
    school.events.add("robins", "room.children_in.v1", at, said, point="robins")
    body = api.post("what-if", json={**ASKED, "at": "2026-11-24T12:20"}).json()
    assert (body["reason"], body["clause"], body["next"]) == ("children_present", "6", "2026-11-24T12:40:00.000Z")
    home = {"badge": "1:" + "b" * 64, "person": "amara-osei", "by": "1:" + "a" * 64}
    school.events.add("robins", "person.going_home.v1", at + timedelta(minutes=5), home, point="robins", tap="1")
    later = api.post("what-if", json={**ASKED, "at": "2026-11-24T12:20"}).json()
    assert later["reason"] == "leaving"


def test_put_in_by_somebody_declared_in_is_granted_and_said_to_be_repeated(api: TestClient, school: Any) -> None:
    school.events.put_in("amara-osei", "robins", school.at("08:41"))
    body = api.post("what-if", json={**ASKED, "gesture": "put_in"}).json()
    assert (body["decision"], body["repeated"]) == ("granted", True)


def test_a_lost_badge_is_refused_and_a_withdrawn_break_too(api: TestClient, school: Any) -> None:
    with school.database.write() as session:
        draft = RestrictionDraft("person", frozenset({Entitlement.BREAKS}), "under_review", person="amara-osei")
        make_restriction(session, draft, occasion=school.occasion())
    body = api.post("what-if", json={**ASKED, "at": "2026-11-24T10:35"}).json()
    assert (body["reason"], body["clause"], body["asks_approval"]) == ("withdrawn", "4", False)
    person = api.get("people/amara-osei").json()
    with school.database.write() as session:
        mark_badge_lost(session, person["badges"][0], occasion=school.occasion())
    assert api.post("what-if", json=ASKED).json()["reason"] == "badge_lost"


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({**ASKED, "person": "nobody"}, 422, "person"),
        ({**ASKED, "point": "nowhere"}, 422, "point"),
        ({**ASKED, "gesture": "not_opened"}, 422, "gesture"),
        ({**ASKED, "at": "tomorrow"}, 422, "at"),
        ({**ASKED, "at": "2027-03-28T01:30"}, 422, "at"),
        ({**ASKED, "badge": "x"}, 422, "badge"),
        ({"person": "amara-osei"}, 422, "point"),
    ],
)
def test_a_question_that_is_none_is_refused_at_its_field(
    api: TestClient, body: dict[str, str], status: int, field: str
) -> None:
    answer = api.post("what-if", json=body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["what_to_do"]


def test_asking_changes_nothing_but_the_audit(api: TestClient, school: Any) -> None:
    with school.database.read() as session:
        before = len(session.scalars(select(Event.id)).all())
    api.post("what-if", json=ASKED)
    api.post("what-if", json={**ASKED, "at": "2026-11-24T11:00"})
    with school.database.read() as session:
        assert len(session.scalars(select(Event.id)).all()) == before
        looks = session.scalars(select(Audit).where(Audit.act == "looked.what_if")).all()
        assert [(look.person_id, look.filter, look.count) for look in looks] == [
            ("amara-osei", '{"point":"robins"}', 2)
        ]


@pytest.mark.parametrize("role", Role)
def test_only_headteacher_and_slt_may_ask(web: TestClient, token_of: Callable[[Role], str], role: Role) -> None:
    answer = web.post("/api/v1/what-if", json=ASKED, headers={"Authorization": f"Bearer {token_of(role)}"})
    assert answer.status_code == (200 if role in (Role.HEADTEACHER, Role.SLT) else 403)
