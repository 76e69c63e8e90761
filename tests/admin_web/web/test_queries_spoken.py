"""What is said at a cabinet by badge reads as a sentence: approvals, going home, children staying in."""

from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.events import Event
from admin_web.database.people import BadgePerson
from admin_web.queries.api_events import last_event_id
from admin_web.queries.names import names_for
from admin_web.queries.school_time import school_time
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.stored_events import read_events, stored_events

BADGE, SENIOR = "1:" + "a" * 64, "1:" + "b" * 64
WHO = {"badge": BADGE, "person": "amara-osei"}


def told(school: Any, kind: str, private: dict[str, Any], **data: Any) -> Sentence:
    """Let Robins write an event at 10:33, and tell it."""
    school.events.add("robins", kind, school.at("10:33"), private, point="robins", **data)
    with school.database.read() as session:
        event = read_events(session, stored_events().where(Event.id == last_event_id(session)))[0]
        return tell(event, names_for(session, [event]), school_time(session, school.clock.now().utc))


def test_an_asking(school: Any) -> None:
    sentence = told(school, "approval.asked.v1", {**WHO, "reason": "restricted"}, tap="2", nonce="0" * 32)
    assert sentence.text == "Amara Osei asked for a senior leader at Robins."
    assert sentence.second_text == "clause 16"


@pytest.mark.parametrize(("how", "second"), [("badge", "clause 16"), ("account", "Approved in the office · clause 16")])
def test_an_approval_says_whether_it_was_given_in_the_office(school: Any, how: str, second: str) -> None:
    sentence = told(school, "approval.given.v1", {**WHO, "reason": how}, tap="2")
    assert sentence.text == "Amara Osei was allowed by a senior leader at Robins."
    assert sentence.second_text == second


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("time", "and nobody came in time at Robins."),
        ("put_in", "and put the phone in again at Robins."),
        ("taken_out", "and took the phone out without one at Robins."),
        ("asked_again", "asked for a senior leader again at Robins."),
        ("another_asked", "and then somebody else asked at Robins."),
        ("withdrawn", "and approvals were withdrawn at Robins."),
        ("badge_ended", "and the badge was lost or ended at Robins."),
    ],
)
def test_an_asking_that_ended_says_why(school: Any, why: str, words: str) -> None:
    sentence = told(school, "approval.expired.v1", {**WHO, "reason": why}, tap="2")
    assert sentence.text.startswith("Amara Osei asked for a senior leader")
    assert sentence.text.endswith(words)


def test_a_permission_that_was_used(school: Any) -> None:
    sentence = told(school, "permission.used.v1", {**WHO, "permission": "7"}, tap="2")
    assert sentence.text == "Amara Osei used a permission at Robins."


def test_children_staying_in(school: Any) -> None:
    sentence = told(school, "room.children_in.v1", {"badge": SENIOR, "until": "2026-11-24T13:00:00.000Z"})
    assert sentence.text == "Children are staying in at Robins, until 13:00."
    assert sentence.second_text == "Said at the cabinet, by a senior leader’s badge · clause 6"


def test_somebody_going_home(school: Any) -> None:
    sentence = told(school, "person.going_home.v1", {**WHO, "by": SENIOR}, tap="2")
    assert sentence.text == "Amara Osei is going home, said at Robins."


def test_a_host_who_told_a_visitor_by_a_badge_of_this_room_or_of_another(school: Any) -> None:
    own = told(school, "visit.briefed.v1", WHO, visit=None, how="cabinet")
    assert own.text == "Amara Osei said that whoever waited for them has been told the phone rules."
    assert own.second_text == "by badge at Robins · clause 21"
    with school.database.read() as session:
        badge = session.scalars(select(BadgePerson.badge).where(BadgePerson.person_id == "bilal-hussain")).one()
    other = told(school, "visit.briefed.v1", {"badge": badge, "person": None}, visit=None, how="cabinet")
    assert other.text.startswith("Bilal Hussain said that whoever waited for them")
