"""PUT IN, no phone, and the intent where no buttons are wired."""

from typing import TYPE_CHECKING

import pytest

from policy.decide import decide
from policy.decision import Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import PointId
from policy.rules import Point, PointKind
from policy.state import Declared

if TYPE_CHECKING:
    from tests.policy.conftest import School

SECOND = 1_000_000_000
LESSONS = "Lessons 08:50-12:00, break 10:40-10:55"


@pytest.mark.parametrize("now", ["00:00", "08:50", "10:45", "16:00", "23:59", "2026-12-25 09:00", "2027-08-01 09:00"])
@pytest.mark.parametrize("declared", list(Declared))
def test_a_live_badge_puts_in_at_any_time_whatever_was_declared(school: "School", now: str, declared: Declared) -> None:
    state = school.declared(school.amara, "amara", declared)
    decision = school.tap(school.rules(LESSONS), school.amara, school.at(now), Intent.PUT_IN, state=state)
    assert (decision.outcome, decision.reason, decision.declares) == (Outcome.GRANTED, Reason.PUT_IN, Declared.IN)
    assert decision.slot == 1


def test_putting_in_again_on_the_same_day_opens_and_is_marked_as_repeated(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN)
    decision = school.tap(school.rules(LESSONS), school.amara, school.at("09:00"), Intent.PUT_IN, state=state)
    assert (decision.outcome, decision.repeated, decision.slot) == (Outcome.GRANTED, True, 1)


def test_the_declared_state_is_unknown_from_local_midnight_on(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, at="2026-11-23 23:59")
    decision = school.tap(school.rules(), school.amara, school.at("00:00"), Intent.PUT_IN, state=state)
    assert not decision.repeated


def test_local_midnight_in_summer_is_not_midnight_utc(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, at="2026-10-20 23:40")
    same = school.tap(school.rules(), school.amara, school.at("2026-10-20 23:59"), Intent.PUT_IN, state=state)
    after = school.tap(school.rules(), school.amara, school.at("2026-10-21 00:00"), Intent.PUT_IN, state=state)
    assert (same.repeated, after.repeated) == (True, False)


def test_no_phone_is_granted_changes_nothing_and_opens_nothing(school: "School") -> None:
    decision = school.tap(school.rules(LESSONS), school.amara, school.at("09:00"), Intent.NO_PHONE)
    assert (decision.outcome, decision.reason, decision.declares, decision.slot) == (
        Outcome.GRANTED,
        Reason.NO_PHONE,
        None,
        None,
    )


def test_with_buttons_a_tap_without_one_has_no_intent(school: "School") -> None:
    decision = school.tap(school.rules(), school.amara, school.at("09:00"))
    assert (decision.outcome, decision.reason, decision.badge) == (Outcome.REFUSED, Reason.NO_INTENT, school.amara)


@pytest.mark.parametrize(
    ("declared", "now", "intent", "reason"),
    [
        (Declared.UNKNOWN, "09:00", Intent.PUT_IN, Reason.PUT_IN),
        (Declared.OUT, "09:00", Intent.PUT_IN, Reason.PUT_IN),
        (Declared.OUT, "12:30", Intent.PUT_IN, Reason.PUT_IN),
        (Declared.IN, "09:00", Intent.TAKE_OUT, Reason.RESTRICTED),
        (Declared.IN, "10:45", Intent.TAKE_OUT, Reason.BREAK),
        (Declared.IN, "12:30", Intent.TAKE_OUT, Reason.OUTSIDE_FORMAL_TIME),
        (Declared.IN, "16:00", Intent.TAKE_OUT, Reason.LEAVING),
    ],
)
def test_without_buttons_the_intent_follows_from_what_was_declared(
    school: "School", declared: Declared, now: str, intent: Intent, reason: Reason
) -> None:
    state = school.declared(school.amara, "amara", declared)
    point = school.one_door(buttons=False)
    decision = school.tap(school.rules(LESSONS), school.amara, school.at(now), state=state, point=point)
    assert (decision.intent, decision.reason) == (intent, reason)


def test_without_buttons_a_phone_declared_in_yesterday_is_put_in_today(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, at="2026-11-23 08:40")
    point = school.one_door(buttons=False)
    assert (
        school.tap(school.rules(), school.amara, school.at("08:40"), state=state, point=point).reason is Reason.PUT_IN
    )


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (1.0, Reason.RESTRICTED),
        (1.8, Reason.RESTRICTED),
        (2.0, Reason.PUT_IN),
        (10.0, Reason.PUT_IN),
        (10.001, Reason.RESTRICTED),
    ],
)
def test_without_buttons_the_same_badge_2_to_10_s_after_its_refusal_puts_in(
    school: "School", after: float, reason: Reason
) -> None:
    refused_at = 7 * SECOND
    state = school.declared(school.amara, "amara", Declared.IN, refused={school.amara: refused_at})
    now = school.at("09:00", ns=refused_at + int(after * SECOND))
    point = school.one_door(buttons=False)
    decision = school.tap(school.rules(LESSONS), school.amara, now, state=state, point=point)
    assert decision.reason is reason
    assert decision.repeated is (reason is Reason.PUT_IN)


def test_the_second_tap_puts_in_also_when_the_block_has_ended_in_between(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, refused={school.amara: 0})
    now = school.at("12:00:03", ns=5 * SECOND)
    point = school.one_door(buttons=False)
    assert school.tap(school.rules(LESSONS), school.amara, now, state=state, point=point).reason is Reason.PUT_IN


def test_with_buttons_nothing_is_inferred_from_a_refusal(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, refused={school.amara: 0})
    now = school.at("09:00", ns=5 * SECOND)
    assert school.tap(school.rules(LESSONS), school.amara, now, state=state).reason is Reason.NO_INTENT


def test_a_bank_opens_the_persons_own_slot_and_no_other(school: "School") -> None:
    rules = school.rules(kind=PointKind.BANK)
    for badge, slot in ((school.amara, 2), (school.bilal, 4)):
        assert school.tap(rules, badge, school.at("09:00"), point=school.bank()).slot == slot


def test_two_badges_known_here_at_a_bank_are_asked_to_be_held_one_at_a_time(school: "School") -> None:
    rules = school.rules(kind=PointKind.BANK)
    gesture = Gesture((school.amara, school.bilal), None)
    decision = decide(
        rules, school.bank(), school.declared(school.amara, "amara", Declared.OUT), gesture, school.at("09:00")
    )
    assert (decision.outcome, decision.reason, decision.slot, decision.badge) == (
        Outcome.REFUSED,
        Reason.HOLD_ONE_BADGE,
        None,
        None,
    )


def test_a_stranger_beside_a_badge_known_here_does_not_count(school: "School") -> None:
    rules = school.rules(kind=PointKind.BANK)
    gesture = Gesture((school.stranger, school.amara), None)
    decision = decide(
        rules, school.bank(), school.declared(school.bilal, "bilal", Declared.IN), gesture, school.at("09:00")
    )
    assert (decision.outcome, decision.badge, decision.slot) == (Outcome.GRANTED, school.amara, 2)


@pytest.mark.parametrize(("kind", "clause"), [(PointKind.ONE_DOOR, "7"), (PointKind.BANK, "9"), (PointKind.BOX, "10")])
def test_putting_in_cites_the_clause_of_the_place(school: "School", kind: PointKind, clause: str) -> None:
    rules = school.rules(kind=kind)
    point = Point(PointId("place"), kind, 6 if kind is PointKind.BANK else 1, True)
    assert school.tap(rules, school.amara, school.at("09:00"), Intent.PUT_IN, point=point).clause == clause
