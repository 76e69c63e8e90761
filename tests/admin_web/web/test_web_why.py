"""Why, of everything in the log: rule, block, permission, approval, clause and revision, told in order."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from admin_web.access import Role
from admin_web.database.events import Event
from admin_web.queries import why_otherwise
from admin_web.queries.event_detail import read_detail
from admin_web.queries.school_time import school_time
from admin_web.services.badges import assign_badge
from admin_web.services.permissions import grant_permission
from admin_web.services.restrictions import RestrictionDraft, make_restriction
from admin_web.services.room_states import RoomStateDraft, set_room_state
from broker.messages.catalogue import MESSAGES
from policy.clauses import CLAUSES
from policy.decision import Reason
from policy.permission import GrantKind, PermissionDraft
from policy.rules import Entitlement

LESSONS = {"name": "Lessons", "from": "2026-11-24T08:50:00.000Z", "until": "2026-11-24T12:00:00.000Z"}
BREAK = {"name": "Lessons", "from": "2026-11-24T10:30:00.000Z", "until": "2026-11-24T10:45:00.000Z"}
NEXT = "2026-11-24T12:00:00.000Z"
RUTH = "1:" + "7" * 64


@pytest.fixture
def browser(sign_in_as: Callable[..., TestClient]) -> TestClient:
    return sign_in_as(Role.HEADTEACHER)


@pytest.fixture
def ruth(school: Any) -> str:
    """The headteacher's second badge, by which she approves."""
    with school.database.write() as session:
        assign_badge(session, RUTH, "ruth-ashcombe", occasion=school.occasion())
    return RUTH


def _panel(browser: TestClient, school: Any, device: str, sequence: int) -> str:
    """The panel Why of an event as text."""
    name = f"{device}/{_epoch(device)}/{sequence}"
    html = browser.get("/log", params={"event": name}).text
    panel = html[html.index('<aside class="why"') :]
    return " ".join(re.sub(r"<[^>]+>", " ", panel).split())


def _epoch(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:16]


def _acts(school: Any, type: str) -> str:
    """The panel-less detail of central's newest act of a type: its steps as one text."""
    with school.database.read() as session:
        row = session.scalars(select(Event).where(Event.type == type).order_by(Event.id.desc()).limit(1)).one()
        detail = read_detail(
            session, f"{row.device}/{row.epoch}/{row.sequence}", school_time(session, school.clock.now().utc)
        )
        clause = "no clause" if detail.clause is None else f"clause {detail.clause.id}"
        return "; ".join([*(f"{step.title}: {step.text}" for step in detail.why.steps), clause])


def test_a_refusal_tells_badge_wish_block_exceptions_and_the_next_time_in_order(
    browser: TestClient, school: Any
) -> None:
    tap = school.events.refuse(
        "joanne-birtles", "wrens", school.at("10:52:08"), "restricted", block=LESSONS, next_allowed=NEXT
    )
    text = _panel(browser, school, "wrens", tap)
    assert "Wrens was in lessons until 12:00, and nothing made an exception." in text
    assert "Joanne Birtles can take a phone out there from 12:00" in text
    order = (
        "The badge is live Joanne Birtles, classroom staff, may use Wrens",
        "TAKE OUT was asked for",
        "Phones stay away at this time Tuesday, lessons 08:50 to 12:00, rules 1.42",
        "No exception applies Their day is not over, no permission holds, nobody approved it",
        "It is allowed again From 12:00",
        "School policy, Appendix 1, clause 12",
        "Event 1 of wrens, run",
    )
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_an_approval_names_who_approved_and_after_how_long(browser: TestClient, school: Any, ruth: str) -> None:
    at = school.at("10:52:08")
    refused = school.events.refuse("joanne-birtles", "wrens", at, "restricted", block=LESSONS, next_allowed=NEXT)
    badge = {"badge": _badge(school, "joanne-birtles"), "person": "joanne-birtles"}
    asked = {**badge, "reason": "restricted", "block": LESSONS}
    school.events.add("wrens", "approval.asked.v1", at, asked, point="wrens", tap=str(refused), nonce="a" * 32)
    text = _panel(browser, school, "wrens", refused)
    assert "a senior leader was asked, and nobody has answered yet" in text
    later = at + timedelta(seconds=14)
    opened = school.events.take_out("joanne-birtles", "wrens", later, "approval")
    given = {**badge, "approver": None, "approver_badge": ruth, "reason": "badge"}
    school.events.add("wrens", "approval.given.v1", later, given, point="wrens", tap=str(refused))
    text = _panel(browser, school, "wrens", opened)
    assert "A senior leader approved Ruth Ashcombe approved, 14 seconds after it was asked" in text
    assert "Joanne Birtles was refused at Wrens" in text, "the tap that asked belongs to it"
    assert "no permission holds, Ruth Ashcombe approved, 14 seconds after it was asked" in _panel(
        browser, school, "wrens", refused
    )


def _badge(school: Any, person: str) -> str:
    return "1:" + hashlib.sha256(person.encode()).hexdigest()


def test_an_asking_that_nobody_answered_says_so(browser: TestClient, school: Any) -> None:
    at = school.at("10:52:08")
    refused = school.events.refuse("joanne-birtles", "wrens", at, "restricted", block=LESSONS, next_allowed=NEXT)
    badge = {"badge": _badge(school, "joanne-birtles"), "person": "joanne-birtles"}
    ended = school.events.add(
        "wrens",
        "approval.expired.v1",
        at + timedelta(seconds=120),
        {**badge, "reason": "time"},
        point="wrens",
        tap=str(refused),
    )
    assert "nobody approved within 120 seconds" in _panel(browser, school, "wrens", refused)
    assert "School policy, Appendix 1, clause 16" in _panel(browser, school, "wrens", ended)


def test_a_permission_is_named_with_purpose_end_and_granter(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        draft = PermissionDraft(GrantKind.TRIP, ("amara-osei",), "swimming", school.at("10:50"), school.at("14:30"))
        given = grant_permission(session, draft, although=True, occasion=school.occasion()).id
    tap = school.events.take_out("amara-osei", "robins", school.at("10:55"), "permission")
    used = {"badge": _badge(school, "amara-osei"), "person": "amara-osei", "permission": given}
    event = school.events.add("robins", "permission.used.v1", school.at("10:55"), used, point="robins", tap=str(tap))
    said = "A permission holds Off-site visit: swimming lessons, until 14:30, given by Somebody at the server"
    assert said in _panel(browser, school, "robins", tap)
    assert "clause 15" in _panel(browser, school, "robins", event)
    assert "Off-site visit: Swimming lessons" in _acts(school, "permission.granted.v1")
    assert _acts(school, "permission.granted.v1").endswith("In force on 0 of 3; clause 15")


def test_what_was_withdrawn_is_named_with_whom_and_by_whom(browser: TestClient, school: Any) -> None:
    with school.database.write() as session:
        draft = RestrictionDraft("group", frozenset(Entitlement), "event", group="classroom")
        make_restriction(session, draft, occasion=school.occasion())
    tap = school.events.refuse("amara-osei", "robins", school.at("11:00"), "withdrawn", block=BREAK, next_allowed=NEXT)
    text = _panel(browser, school, "robins", tap)
    assert "the headteacher has withdrawn what would allow it" in text
    assert "Everyone in Classroom: breaks, permissions and approvals, until it is given back" in text
    act = _acts(school, "restriction.made.v1")
    assert "Everything that can be is taken from everyone in classroom" in act
    assert "Putting in and the end of the day stay" in act
    assert act.endswith("clause 4")


def test_what_was_withdrawn_from_somebody_else_explains_nothing_about_a_cover_badge(
    browser: TestClient, school: Any
) -> None:
    with school.database.write() as session:
        for draft in (
            RestrictionDraft("person", frozenset(Entitlement), "event", person="bilal-hussain"),
            RestrictionDraft("everyone", frozenset({Entitlement.APPROVALS}), "event"),
        ):
            make_restriction(session, draft, occasion=school.occasion())
    tap = school.events.refuse(None, "robins", school.at("11:00"), "withdrawn", block=BREAK, next_allowed=NEXT)
    text = _panel(browser, school, "robins", tap)
    assert "A break or a permission would have allowed it" in text
    assert "Bilal" not in text


def test_children_staying_in_are_hatched_on_the_day_and_named(browser: TestClient, school: Any, ruth: str) -> None:
    block = {"name": "Children staying in", "from": "2026-11-24T12:10:00.000Z", "until": "2026-11-24T12:40:00.000Z"}
    said = school.events.add(
        "robins",
        "room.children_in.v1",
        school.at("12:10"),
        {"badge": ruth, "until": block["until"]},
        point="robins",
    )
    tap = school.events.refuse("amara-osei", "robins", school.at("12:20"), "children_present", block=block)
    assert "Children were staying in at Robins until 12:40" in _panel(browser, school, "robins", tap)
    html = browser.get("/log", params={"event": f"robins/{_epoch('robins')}/{tap}"}).text
    assert 'class="children"' in html
    text = _panel(browser, school, "robins", said)
    assert "A senior leader’s badge was held for 3 seconds Ruth Ashcombe" in text
    assert "It ends by itself At 12:40" in text
    with school.database.write() as session:
        draft = RoomStateDraft((), school.at("13:00"), None, ("robins",))
        set_room_state(session, draft, occasion=school.occasion())
    assert _acts(school, "room_state.set.v1").endswith("clause 6")


def test_going_home_by_badge_names_both(browser: TestClient, school: Any, ruth: str) -> None:
    tap = school.events.take_out("amara-osei", "robins", school.at("10:58"), "leaving")
    home = {"badge": _badge(school, "amara-osei"), "person": "amara-osei", "by": ruth}
    said = school.events.add("robins", "person.going_home.v1", school.at("10:58"), home, point="robins", tap=str(tap))
    assert "Their day is over Ruth Ashcombe said Going home by badge" in _panel(browser, school, "robins", tap)
    assert "Ruth Ashcombe, at most 5 seconds before" in _panel(browser, school, "robins", said)


@pytest.mark.parametrize(
    ("block", "due", "says", "clause"),
    [
        (BREAK, "2026-11-24T10:50:00.000Z", "5 minutes of grace Until 10:50", "11"),
        (
            {"name": "Off-site visit", "from": "2026-11-24T09:00:00.000Z", "until": "2026-11-24T10:30:00.000Z"},
            "2026-11-24T10:45:00.000Z",
            "It was taken out for a visit Off-site visit, 09:00 to 10:30",
            "15",
        ),
    ],
)
def test_a_phone_not_back_says_what_allowed_it_and_the_grace(
    browser: TestClient, school: Any, block: dict[str, str], due: str, says: str, clause: str
) -> None:
    private = {
        "badge": _badge(school, "bilal-hussain"),
        "person": "bilal-hussain",
        "slot": 1,
        "block": block,
        "due": due,
    }
    event = school.events.add("robins", "phone.overdue.v1", school.at("10:50"), private, point="robins")
    text = _panel(browser, school, "robins", event)
    assert says in text
    assert f"Appendix 1, clause {clause}:" in text


def test_a_door_without_an_unlock_cites_how_phones_are_kept_there(browser: TestClient, school: Any) -> None:
    event = school.events.add(
        "kitchen", "door.opened_unreleased.v1", school.at("09:12"), {"slot": 4}, point="kitchen", slot=None, tap=None
    )
    text = _panel(browser, school, "kitchen", event)
    assert "No lock had been released So it was opened with the key, or by force" in text
    assert "Appendix 1, clause 9: Catering lockers" in text


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_an_explanation_of_its_own(browser: TestClient, school: Any, reason: Reason) -> None:
    granted = reason in (
        *(Reason.PUT_IN, Reason.NO_PHONE, Reason.EMERGENCY, Reason.TAKEN_AFTER_END, Reason.CLOCK_UNTRUSTED),
        *(Reason.RULES_STALE, Reason.LEAVING, Reason.PERMISSION, Reason.BREAK, Reason.OUTSIDE_FORMAL_TIME),
        *(Reason.APPROVAL, Reason.OPENED_FOR),
    )
    if granted:
        tap = school.events.take_out("amara-osei", "robins", school.at("10:00"), reason.value, block=BREAK)
    else:
        tap = school.events.refuse("amara-osei", "robins", school.at("10:00"), reason.value, block=LESSONS)
    text = _panel(browser, school, "robins", tap)
    steps = text[text.index("in order") :]
    assert len(steps.split("What belongs to it")[0]) > 60, steps
    assert "None" not in text
    assert "School policy, Appendix 1, clause" in text


def test_a_part_of_an_event_that_is_gone_leaves_a_page_that_says_less(browser: TestClient, school: Any) -> None:
    for more in ({"sealed": True}, {"erased": True}):
        private: dict[str, Any] = {
            "badge": _badge(school, "amara-osei"),
            "person": "amara-osei",
            "reason": "restricted",
            "clause": "12",
        }
        private |= {"intent": "take_out", "block": LESSONS}
        tap = school.events.add("robins", "tap.refused.v1", school.at("10:00"), private, point="robins", **more)
        text = _panel(browser, school, "robins", tap)
        assert "Amara" not in text
        assert "looked at" not in text


def test_the_link_to_what_if_is_there_for_those_who_may_ask(sign_in_as: Callable[..., TestClient], school: Any) -> None:
    tap = school.events.refuse("amara-osei", "robins", school.at("10:52"), "restricted", block=LESSONS)
    address = f"/log?event=robins/{_epoch('robins')}/{tap}"
    link = re.search(r'href="(/what-if\?[^"]*)"', sign_in_as(Role.SLT).get(address).text)
    assert link is not None
    assert "amara" not in link[1]
    answered = sign_in_as(Role.SLT).get(link[1].replace("&amp;", "&")).text
    assert "Amara Osei</b> would be refused at" in answered
    assert "/what-if" not in sign_in_as(Role.DSL).get(address).text


def test_every_clause_that_an_explanation_cites_exists() -> None:
    kinds = {name.rpartition(".")[0] for name in MESSAGES}
    assert set(why_otherwise._CLAUSES.values()) <= set(CLAUSES)
    ahead = {*why_otherwise._CLAUSES, *why_otherwise._EXPLAINED, *why_otherwise._NOTED} - kinds
    assert ahead == set(), "these events are in no catalogue"
