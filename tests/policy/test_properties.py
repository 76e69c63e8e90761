"""What holds for every decision, over random rules, hours, badges, clocks and zones (policy-clauses: promises)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy.clauses import CLAUSES
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import NOT_NOW, Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference
from policy.rules import Point
from policy.standing import Standing, bearer_of, standing
from policy.state import Declaration, Declared
from policy.walltime import instants_of, wall_time
from tests.policy.worlds import (
    AMARA,
    BADGES,
    REFUSALS,
    SECOND,
    SEED,
    World,
    follow,
    gestures,
    live,
    restricted,
    sweep,
    worlds,
)


@pytest.fixture(autouse=True)
def _say_the_seed() -> None:
    print(f"PHONEKEEP_SEED={SEED}")


@sweep
@given(worlds(), gestures)
def test_every_decision_has_an_outcome_a_reason_that_fits_it_and_a_clause(world: World, gesture: Gesture) -> None:
    rules, point, state, now = world
    decision = decide(rules, point, state, gesture, now)
    assert (decision.outcome is Outcome.REFUSED) is (decision.reason in REFUSALS)
    assert decision.clause in CLAUSES
    if decision.outcome is Outcome.REFUSED:
        assert (decision.slot, decision.declares, decision.repeated) == (None, None, False)
    else:
        assert decision.badge is not None
        assert decision.holder is not None
        assert decision.next_allowed is None
        assert (decision.slot is None) is (decision.reason is Reason.NO_PHONE)
        assert decision.slot is None or 1 <= decision.slot <= point.slots
    assert decide(rules, point, state, gesture, now) == decision


@sweep
@given(worlds(), gestures)
def test_a_bearer_that_was_found_before_changes_no_decision(world: World, gesture: Gesture) -> None:
    rules, point, state, now = world
    alone = gesture._replace(badges=gesture.badges[:1])
    assume(alone.badges)
    bearer = bearer_of(rules, point, state, alone.badges[0], now)
    assert decide(rules, point, state, alone, now, bearer) == decide(rules, point, state, alone, now)


@sweep
@given(worlds(), st.datetimes(timezones=st.just(UTC)), gestures)
def test_no_clock_however_far_astray_makes_a_decision_fail(world: World, utc: datetime, gesture: Gesture) -> None:
    rules, point, state, now = world
    decision = decide(rules, point, state, gesture, Moment(utc, now.quality, now.boottime_ns))
    assert decision.clause in CLAUSES


@sweep
@given(live())
def test_putting_in_is_never_refused_to_a_live_badge(world: World) -> None:
    rules, point, state, now = world
    assume(standing(rules, point, state, AMARA, now) is Standing.LIVE)
    decision = decide(rules, point, state, Gesture((AMARA,), Intent.PUT_IN), now)
    assert (decision.outcome, decision.reason) == (Outcome.GRANTED, Reason.PUT_IN)


@sweep
@given(live(), st.booleans())
def test_a_live_badge_puts_in_with_at_most_two_taps(world: World, buttons: bool) -> None:
    rules, point, state, now = world
    point = Point(point.id, point.kind, point.slots, buttons)
    gesture = Gesture((AMARA,), Intent.PUT_IN if buttons else None)
    first = decide(rules, point, state, gesture, now)
    if first.reason is Reason.PUT_IN:
        return
    later = Moment(now.utc + timedelta(seconds=5), now.quality, now.boottime_ns + 5 * SECOND)
    assert decide(rules, point, follow(rules, state, first, now), gesture, later).reason is Reason.PUT_IN


@sweep
@given(worlds() | live() | restricted(), st.sampled_from(BADGES), st.sampled_from(ClockQuality))
def test_everybody_declared_in_can_take_out_the_same_day(
    world: World, badge: BadgeReference, quality: ClockQuality
) -> None:
    rules, point, state, now = world
    assume(standing(rules, point, state, badge, now).known)
    today = wall_time(rules.zone, now.utc).date
    holder = decide(rules, point, state, Gesture((badge,), Intent.PUT_IN), now).holder
    assert holder is not None
    before = state.declarations.get(holder)
    slot = 1 if before is None else before.slot
    declared = Declaration(holder, badge, Declared.IN, slot, now.utc, today)
    inside = replace(state, declarations={**state.declarations, holder: declared})
    taken = []
    for minute in range(24 * 60 - 1, -1, -1):
        for instant in instants_of(rules.zone, today, minute):
            then = Moment(instant, quality, now.boottime_ns)
            decision = decide(rules, point, inside, Gesture((badge,), Intent.TAKE_OUT), then)
            taken += [decision] if decision.outcome is Outcome.GRANTED and decision.declares is Declared.OUT else []
        if taken:
            return
    raise AssertionError(f"{badge} cannot take out at any minute of {today}")


@sweep
@given(restricted(), st.none() | st.integers(1, 1440))
def test_the_next_allowed_time_is_true_and_the_first(world: World, ends: int | None) -> None:
    rules, point, state, now = world
    if ends is not None:
        badge = replace(rules.badges[AMARA], ends=now.utc + timedelta(minutes=ends))
        rules = replace(rules, badges={**rules.badges, AMARA: badge}, issued=min(now.utc, rules.issued))
    gesture = Gesture((AMARA,), Intent.TAKE_OUT)
    decision = decide(rules, point, state, gesture, now)
    assume(decision.reason in NOT_NOW)
    if decision.next_allowed is None:
        assert ends is not None, "a badge that does not end has a next time"
        then = Moment(now.utc + timedelta(minutes=ends), ClockQuality.SYNCED, now.boottime_ns)
        assert decide(rules, point, state, gesture, then).reason is Reason.BADGE_ENDED
        return
    assert decision.next_allowed > now.utc
    then = Moment(decision.next_allowed, ClockQuality.SYNCED, now.boottime_ns)
    granted = decide(rules, point, state, gesture, then)
    assert (granted.outcome, granted.declares) == (Outcome.GRANTED, Declared.OUT)
    said = {one.ends for one in rules.room_states} | {one.starts for one in rules.permissions}
    said |= {one.ends for one in rules.restrictions if one.ends is not None}
    for instant in said | {now.utc + timedelta(minutes=minutes) for minutes in range(0, 2 * 1440, 7)}:
        if now.utc <= instant < decision.next_allowed:
            between = decide(rules, point, state, gesture, Moment(instant, ClockQuality.SYNCED, now.boottime_ns))
            assert between.outcome is Outcome.REFUSED, f"already allowed at {instant}"


@sweep
@given(worlds(), st.sampled_from(BADGES))
def test_a_lost_badge_and_a_stranger_open_nothing(world: World, badge: BadgeReference) -> None:
    rules, point, state, now = world
    what = standing(rules, point, state, badge, now)
    assume(not what.known)
    for intent in (None, *Intent):
        for emergency in (False, True):
            decision = decide(rules, point, state, Gesture((badge,), intent, emergency), now)
            assert (decision.outcome, decision.slot) == (Outcome.REFUSED, None)
