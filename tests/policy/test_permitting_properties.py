"""What permissions, withdrawals, room states and approvals never do, over random worlds (policy-clauses: promises)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policy.approval import SENIOR_LEADERS
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import APPROVABLE, NOT_NOW, Outcome, Reason
from policy.declared import Keeper, count_declared
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId, PersonId
from policy.overdue import find_overdue
from policy.room_state import until
from policy.rules import Entitlement, PointKind, Restriction
from policy.staff_groups import StorageDuty
from policy.standing import Standing, standing
from policy.state import Declared
from policy.walltime import wall_time
from tests.policy.worlds import (
    AMARA,
    BADGES,
    HOLDERS,
    PEOPLE,
    SEED,
    World,
    begun,
    close,
    ended,
    follow,
    gestures,
    instants,
    live,
    over,
    restricted,
    sweep,
    taking_out,
    weeks,
    worlds,
)

TAKEN_OUT_BY_RIGHT = frozenset(
    {
        Reason.EMERGENCY,
        Reason.TAKEN_AFTER_END,
        Reason.CLOCK_UNTRUSTED,
        Reason.RULES_STALE,
        Reason.LEAVING,
        Reason.OUTSIDE_FORMAL_TIME,
        Reason.OPENED_FOR,
    }
)
"""Reasons that rest on nobody's permission: a break, a permission and an approval are the others."""

close_by = st.integers(0, 240)
affected = st.none() | st.just(PEOPLE[0]) | st.sampled_from(PEOPLE)
"""Whom something is taken from: mostly everybody or Amara."""
MIDDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)

NEVER_TAKEN = TAKEN_OUT_BY_RIGHT | {Reason.PUT_IN, Reason.NO_PHONE}


@pytest.fixture(autouse=True)
def _say_the_seed() -> None:
    print(f"PHONEKEEP_SEED={SEED}")


@sweep
@given(restricted() | restricted() | worlds(), taking_out | taking_out | gestures)
def test_every_refused_take_out_names_its_block_and_every_allowed_one_what_allows_it(
    world: World, gesture: Gesture
) -> None:
    rules, point, state, now = world
    decision = decide(rules, point, state, gesture, now)
    if decision.reason in NOT_NOW:
        assert decision.block is not None
        assert decision.block.name
        assert decision.block.starts <= now.utc or decision.block.starts <= rules.issued
        assert (decision.intent, decision.clause in {"4", "6", "12"}) == (Intent.TAKE_OUT, True)
    if decision.declares is Declared.OUT:
        assert (decision.block is not None) is (decision.reason is Reason.BREAK)
        assert (decision.permission is not None) is (decision.reason is Reason.PERMISSION)
        assert decision.reason in TAKEN_OUT_BY_RIGHT | {Reason.BREAK, Reason.PERMISSION, Reason.APPROVAL}
    if decision.permission is not None:
        at = max(now.utc, rules.issued)
        named = [one for one in rules.permissions if one.id == decision.permission and one.starts <= at < one.ends]
        assert {one.person for one in named} == {decision.person}
    assert decision.asks_approval <= (decision.reason in APPROVABLE)


@sweep
@given(restricted() | restricted() | live(), taking_out | taking_out | gestures, affected, st.data())
def test_withdrawing_only_ever_shrinks_what_is_allowed_and_never_the_end_of_the_day(
    world: World, gesture: Gesture, person: PersonId | None, data: st.DataObject
) -> None:
    rules, point, state, now = world
    takes = data.draw(st.just(frozenset(Entitlement)) | st.frozensets(st.sampled_from(Entitlement)))
    more = Restriction(person, takes, data.draw(begun(now)), data.draw(st.none() | over(now)))
    stricter = replace(rules, restrictions=(*rules.restrictions, more))
    before = decide(rules, point, state, gesture, now)
    after = decide(stricter, point, state, gesture, now)
    if after.outcome is Outcome.GRANTED:
        assert before.outcome is Outcome.GRANTED
    if before.reason in NEVER_TAKEN:
        assert after == before
    if before.outcome is Outcome.REFUSED and before.reason not in NOT_NOW:
        assert after == before
    if before.next_allowed is not None and after.next_allowed is not None:
        assert after.next_allowed >= before.next_allowed


@sweep
@given(restricted(), st.data())
def test_withdrawing_everything_leaves_the_same_end_of_the_day(world: World, data: st.DataObject) -> None:
    rules, point, state, now = world
    withdrawn = replace(rules, restrictions=(Restriction(None, frozenset(Entitlement), now.utc - timedelta(days=9)),))
    then = Moment(data.draw(close(now)), ClockQuality.SYNCED, now.boottime_ns)
    gesture = Gesture((AMARA,), Intent.TAKE_OUT)
    free = decide(replace(rules, restrictions=()), point, state, gesture, then)
    bound = decide(withdrawn, point, state, gesture, then)
    assert (free.reason is Reason.LEAVING) is (bound.reason is Reason.LEAVING)
    assert bound.reason not in {Reason.BREAK, Reason.PERMISSION, Reason.APPROVAL}


@sweep
@given(ended() | worlds(), st.sampled_from([AMARA, AMARA, *BADGES]), st.lists(gestures, min_size=1, max_size=6))
def test_a_badge_that_is_not_live_never_puts_in_and_takes_out_at_most_once(
    world: World, badge: BadgeReference, made: list[Gesture]
) -> None:
    rules, point, state, now = world
    assume(standing(rules, point, state, badge, now) is not Standing.LIVE)
    out: set[HolderId | None] = set()
    for gesture in made:
        if standing(rules, point, state, badge, now) is Standing.LIVE:
            # Its phone lay in a slot of before and is out, and it is good for the slot of its link.
            assert point.kind is PointKind.BANK
            assert out
            return
        decision = decide(rules, point, state, gesture._replace(badges=(badge,)), now)
        assert decision.declares is not Declared.IN
        if decision.declares is Declared.OUT:
            assert decision.reason is Reason.TAKEN_AFTER_END
            assert decision.holder not in out, "the same phone cannot come out twice"
            out.add(decision.holder)
        state = follow(rules, state, decision, now)


@sweep
@given(restricted(), taking_out | gestures)
def test_only_another_persons_live_senior_badge_or_an_account_approves(world: World, gesture: Gesture) -> None:
    rules, point, state, now = world
    gesture = gesture._replace(badges=(AMARA,), intent=Intent.TAKE_OUT)
    decision = decide(rules, point, state, gesture, now)
    if decision.approver is None:
        if decision.reason is Reason.APPROVAL:
            assert gesture.approved
        return
    badge = rules.badges[decision.approver]
    assert decision.approver != AMARA
    assert badge.person != PEOPLE[0]
    assert badge.lost is None
    assert badge.ends is None or badge.ends > now.utc
    assert badge.role in SENIOR_LEADERS or (decision.reason, badge.role) == (Reason.LEAVING, "office")


@sweep
@given(worlds() | restricted(), st.sampled_from(HOLDERS))
def test_the_office_opens_for_everybody_whose_phone_is_in(world: World, holder: HolderId) -> None:
    rules, point, state, now = world
    decision = decide(rules, point, state, Gesture((), Intent.TAKE_OUT, opened_for=holder), now)
    before = state.declarations.get(holder)
    if before is not None and before.state is Declared.IN:
        assert (decision.reason, decision.declares, decision.holder) == (Reason.OPENED_FOR, Declared.OUT, holder)
        assert decision.slot == before.slot
    elif decision.outcome is Outcome.GRANTED:
        assert decision.slot is not None
        assert 1 <= decision.slot <= point.slots
    else:
        assert decision.reason is Reason.BADGE_NOT_KNOWN_HERE


@sweep
@given(restricted(), st.integers(0, 1440))
def test_going_home_holds_to_the_end_of_that_day_and_no_longer(world: World, later: int) -> None:
    rules, point, state, now = world
    home = replace(rules.people[PEOPLE[0]], going_home=now.utc)
    changed = replace(rules, people={**rules.people, home.id: home}, issued=min(rules.issued, now.utc))
    assume(standing(changed, point, state, AMARA, now) is Standing.LIVE)
    then = Moment(now.utc + timedelta(minutes=later), ClockQuality.SYNCED, now.boottime_ns)
    gesture = Gesture((AMARA,), Intent.TAKE_OUT)
    decision = decide(changed, point, state, gesture, then)
    if wall_time(rules.zone, then.utc).date == wall_time(rules.zone, now.utc).date:
        assert decision.reason is Reason.LEAVING
    else:
        nothing_said = replace(home, going_home=None)
        unsaid = replace(changed, people={**rules.people, home.id: nothing_said})
        assert decision == decide(unsaid, point, state, gesture, then)


@sweep
@given(restricted(), st.sampled_from(ClockQuality), close_by, close_by)
def test_what_is_overdue_was_due_before_now_and_may_not_be_out(
    world: World, quality: ClockQuality, before: int, after: int
) -> None:
    rules, point, state, now = world
    now = replace(now, quality=quality)
    taken = decide(rules, point, state, Gesture((AMARA,), Intent.TAKE_OUT), now)
    assume(taken.outcome is Outcome.GRANTED)
    state = follow(rules, state, taken, now)
    later = Moment(now.utc + timedelta(minutes=before + after), ClockQuality.SYNCED, now.boottime_ns)
    for one in find_overdue(rules, state, later):
        assert one.block.ends < one.due <= later.utc
        assert state.declarations[one.holder].state is Declared.OUT
        assert rules.issued <= later.utc
        if one.holder == taken.holder:
            assert taken.reason in {Reason.BREAK, Reason.PERMISSION, Reason.TAKEN_AFTER_END}


@sweep
@given(worlds() | restricted())
def test_children_staying_in_ends_by_itself(world: World) -> None:
    rules, _, _, now = world
    ends = until(rules, now)
    assert now.utc < ends <= now.utc + timedelta(hours=26)


@sweep
@given(
    st.lists(
        st.builds(
            Keeper,
            st.sampled_from(StorageDuty),
            st.none() | st.integers(0, 1439),
            weeks(),
            st.sampled_from(Declared),
            st.booleans(),
            st.none() | instants(MIDDAY.date()),
        ),
        max_size=4,
    ),
)
def test_a_count_adds_up_and_holds_nobody_who_is_not_expected(keepers: list[Keeper]) -> None:
    count = count_declared("Europe/London", keepers, MIDDAY)
    assert 0 <= count.expected <= len([keeper for keeper in keepers if keeper.duty.declares and not keeper.no_phone])
    assert min(count.declared_in, count.declared_out, count.not_declared) >= 0
    assert count.declared_in + count.declared_out + count.not_declared == count.expected
