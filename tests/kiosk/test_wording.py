"""What a decision is written as: the bytes are those of the catalogue's models, which are not asked on the way."""

import json
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker.messages.catalogue import MESSAGES
from broker.messages.draft import Draft
from kiosk.cabinet.messages import Wording
from policy.decision import BlockNamed, Decision, Outcome, Reason
from policy.gesture import Intent
from policy.ids import BadgeReference, HolderId, PersonId, PointId
from policy.rules import Point, PointKind
from policy.state import Declaration, Declared

WORDING = Wording(Point(PointId("robins"), PointKind.ONE_DOOR, 1, buttons=True))
BADGE = BadgeReference("1:" + "0a" * 32)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
persons = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).map(PersonId)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
blocks = st.none() | st.builds(BlockNamed, names, instants, instants)
clauses = st.integers(1, 26).map(str)
reasons = st.sampled_from(Reason)
slots = st.none() | st.integers(1, 200)


def grants() -> st.SearchStrategy[Decision]:
    return st.builds(
        Decision,
        outcome=st.just(Outcome.GRANTED),
        reason=reasons,
        clause=clauses,
        badge=st.just(BADGE),
        person=persons,
        intent=st.sampled_from(Intent),
        slot=slots,
        repeated=st.booleans(),
        block=blocks,
    )


def refusals() -> st.SearchStrategy[Decision]:
    return st.builds(
        Decision,
        outcome=st.just(Outcome.REFUSED),
        reason=reasons,
        clause=clauses,
        badge=st.none() | st.just(BADGE),
        person=persons,
        intent=st.none() | st.sampled_from(Intent),
        block=blocks,
        next_allowed=st.none() | instants,
    )


def assert_written_as_the_models_are(draft: Draft) -> None:
    assert MESSAGES[draft.kind.type] is draft.kind
    data, private = draft.data.encode(), draft.private.encode()
    assert draft.kind.from_bytes(data).to_bytes() == data
    assert draft.kind.Private is not None
    assert draft.kind.Private.from_bytes(private).to_bytes() == private


@given(grants(), st.integers(1, 5))
def test_a_grant_is_written_as_its_model_is(decision: Decision, offered: int) -> None:
    assert_written_as_the_models_are(WORDING.granted(decision, offered))


@given(refusals())
def test_a_refusal_is_written_as_its_model_is(decision: Decision) -> None:
    assert_written_as_the_models_are(WORDING.refused(decision))


@given(grants(), st.integers(1, 2**53 - 1), st.sampled_from(Declared), st.integers(1, 200))
def test_a_declaration_is_written_as_its_model_is(decision: Decision, tap: int, state: Declared, slot: int) -> None:
    declaration = Declaration(HolderId("amara-osei"), BADGE, state, slot, NOON, date(2026, 11, 24))
    assert_written_as_the_models_are(WORDING.declared(tap, decision, declaration))


@given(grants(), st.integers(1, 2**53 - 1))
def test_a_put_in_repeated_is_written_as_its_model_is(decision: Decision, tap: int) -> None:
    assert_written_as_the_models_are(WORDING.repeated(tap, decision))


def test_every_field_of_a_grant_is_the_decisions() -> None:
    block = BlockNamed("Maths", NOON, NOON + timedelta(hours=1))
    decision = Decision(
        Outcome.GRANTED, Reason.BREAK, "11", BADGE, HolderId("amara-osei"), PersonId("amara-osei"), Intent.TAKE_OUT,
        slot=3, block=block,
    )  # fmt: skip
    draft = WORDING.granted(decision, 2)
    assert json.loads(draft.data) == {"point": "robins", "intent": "take_out", "opens": True}
    assert json.loads(draft.private) == {
        "badge": BADGE,
        "person": "amara-osei",
        "slot": 3,
        "reason": "break",
        "clause": "11",
        "block": {"name": "Maths", "from": "2026-11-24T12:00:00.000Z", "until": "2026-11-24T13:00:00.000Z"},
        "repeated": False,
        "offered": 2,
    }
