"""What holds for every decision, over random blocks, hours, badges, clocks and zones (policy-clauses: promises)."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st

from policy.clauses import CLAUSES
from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, PersonId, PointId, holder_of
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    PersonRules,
    Point,
    PointKind,
    PointLink,
    Revision,
    Rules,
    Settings,
    Span,
    Week,
)
from policy.standing import Standing, standing
from policy.state import Declaration, Declared, State
from policy.timetable import BlockRow, dated_blocks_of
from policy.walltime import instants_of, wall_time

SEED = int(os.environ.get("PHONEKEEP_SEED") or random.randrange(2**32))
"""Printed with every test; PHONEKEEP_SEED repeats a run."""

ZONES = ("Europe/London", "Europe/London", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC")
CENTRES = tuple(date(2026, month, day) for month, day in ((3, 29), (10, 25), (11, 24), (4, 5), (3, 8), (11, 1)))
"""Days around which the rules lie: both British clock changes, an ordinary week, and other zones' changes."""
BADGES = tuple(BadgeReference(f"1:{name}") for name in ("amara", "bilal", "grace", "cover", "head", "stranger"))
PEOPLE = tuple(PersonId(name) for name in ("amara", "bilal", "grace"))
SECOND = 1_000_000_000
REFUSALS = frozenset(list(Reason)[list(Reason).index(Reason.BADGE_RANDOM) :])


@pytest.fixture(autouse=True)
def _say_the_seed() -> None:
    print(f"PHONEKEEP_SEED={SEED}")


@st.composite
def spans(draw: st.DrawFn, last: int = 24 * 60) -> Span:
    start = draw(st.integers(0, last - 1))
    return Span(start, draw(st.integers(start + 1, last)))


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Working hours as the office may save them: they end by 23:00."""
    day = st.one_of(
        st.just(()),
        st.lists(spans(last=23 * 60), max_size=3).map(tuple),
        st.just((Span(0, 23 * 60),)),
    )
    either = (draw(day), draw(day))
    return tuple(either[draw(st.integers(0, 1))] for _ in range(7))


@st.composite
def blocks(draw: st.DrawFn, first: date, last: date) -> tuple[DatedBlock, ...]:
    rows = []
    for _ in range(draw(st.integers(0, 4))):
        span = draw(spans() | st.just(Span(0, 1440)))
        holes = draw(st.lists(spans(), max_size=2))
        on = draw(st.none() | st.dates(first, last))
        weekday = draw(st.integers(0, 6)) if on is None else None
        rows.append(BlockRow(weekday, on, span, "Lessons", tuple(holes)))
    if draw(st.booleans()):
        rows += [BlockRow(weekday, None, Span(0, 1440), "Everything", ()) for weekday in range(7)]
    return dated_blocks_of(rows, first, last)


@st.composite
def instants(draw: st.DrawFn, around: date) -> datetime:
    middle = datetime(around.year, around.month, around.day, tzinfo=UTC)
    return middle + timedelta(minutes=draw(st.integers(-3 * 1440, 3 * 1440)), seconds=draw(st.sampled_from([0, 0, 59])))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Rules, Point, State, Moment]:
    """Rules, a point, what went before, and a moment; everything that a signed bundle may say."""
    around = draw(st.sampled_from(CENTRES))
    zone = draw(st.sampled_from(ZONES))
    kind = draw(st.sampled_from(PointKind))
    slots = 6 if kind is PointKind.BANK else 1
    first, last = around - timedelta(days=draw(st.integers(0, 3))), around + timedelta(days=draw(st.integers(0, 5)))
    ends = st.none() | instants(around)
    slot = st.integers(1, slots) if kind is PointKind.BANK else st.none()
    link = st.builds(PointLink, slot, st.just(datetime(2026, 1, 1, tzinfo=UTC)) | instants(around), ends)
    links = st.lists(link, max_size=2).map(tuple)
    people = {person: PersonRules(person, draw(weeks()), draw(links)) for person in PEOPLE}
    rules = Rules(
        revision=Revision(1, 1),
        issued=draw(st.just(datetime(2026, 1, 2, tzinfo=UTC)) | instants(around)),
        zone=zone,
        first=first,
        last=last,
        point=PointId("robins"),
        kind=kind,
        slots=slots,
        settings=Settings(emergency=draw(st.booleans()), cover_hours=draw(weeks())),
        blocks=draw(blocks(first, last)),
        people=people,
        badges={badge.reference: badge for badge in draw(badges(around))},
    )
    point = Point(PointId("robins"), kind, slots, draw(st.booleans()))
    now = Moment(draw(instants(around)), draw(st.sampled_from(ClockQuality)), draw(st.integers(0, 100 * SECOND)))
    return rules, point, draw(states(slots, now, zone)), now


@st.composite
def badges(draw: st.DrawFn, around: date) -> list[BadgeRules]:
    begins = st.just(datetime(2026, 1, 1, tzinfo=UTC)) | instants(around)
    often_none = st.none() | st.none() | instants(around)
    found = []
    for reference in BADGES[:-1]:
        if draw(st.integers(0, 9)):
            kind = draw(st.sampled_from(BadgeKind))
            person = draw(st.sampled_from(PEOPLE)) if kind is BadgeKind.PERSONAL else None
            found.append(
                BadgeRules(reference, kind, person, draw(begins), draw(often_none), draw(often_none), role=None)
            )
    return found


@st.composite
def states(draw: st.DrawFn, slots: int, now: Moment, zone: str) -> State:
    declarations = {}
    for person in (*PEOPLE, None):
        if draw(st.booleans()):
            badge = draw(st.sampled_from(BADGES))
            at = now.utc - timedelta(hours=draw(st.sampled_from([0, 1, 5, 30, 2000])))
            declaration = Declaration(
                holder_of(person, badge),
                badge,
                draw(st.sampled_from([Declared.IN, Declared.IN, Declared.OUT])),
                draw(st.integers(1, slots)),
                at,
                wall_time(zone, at).date,
            )
            declarations[declaration.holder] = declaration
    refused = draw(st.dictionaries(st.sampled_from(BADGES), st.integers(0, 100 * SECOND), max_size=2))
    return State(declarations, refused)


gestures = st.builds(
    Gesture,
    st.lists(st.sampled_from(BADGES), max_size=3, unique=True).map(tuple),
    st.none() | st.sampled_from(Intent),
    st.booleans(),
)

World = tuple[Rules, Point, State, Moment]
EXAMPLES = int(os.environ.get("PHONEKEEP_EXAMPLES", "120"))
some = settings(max_examples=EXAMPLES, deadline=None)
AMARA = BADGES[0]


@st.composite
def live(draw: st.DrawFn) -> World:
    """A world in which Amara's badge is live, or has a phone in the slot that was hers before."""
    rules, point, state, now = draw(worlds())
    slot = draw(st.integers(1, point.slots)) if point.kind is PointKind.BANK else None
    began = datetime(2026, 1, 1, tzinfo=UTC)
    amara = PersonRules(PEOPLE[0], rules.people[PEOPLE[0]].hours, (PointLink(slot, began),))
    badge = BadgeRules(AMARA, BadgeKind.PERSONAL, PEOPLE[0], began)
    changed = replace(rules, people={**rules.people, amara.id: amara}, badges={**rules.badges, badge.reference: badge})
    return changed, point, state, now


@st.composite
def restricted(draw: st.DrawFn) -> World:
    """A world in which Amara's badge is live and everything is restricted while she works, but for its breaks."""
    rules, point, state, now = draw(live())
    day = wall_time(rules.zone, now.utc).date
    holes = draw(st.lists(spans(), max_size=2).map(tuple))
    everything = DatedBlock(day, Span(0, 1440), "Everything", holes)
    amara = replace(
        rules.people[PEOPLE[0]], hours=(draw(st.lists(spans(1380), min_size=1, max_size=2).map(tuple)),) * 7
    )
    changed = replace(
        rules,
        first=day,
        last=max(day, rules.last),
        blocks=(*rules.blocks, everything),
        people={**rules.people, amara.id: amara},
    )
    return changed, point, state, Moment(now.utc, ClockQuality.SYNCED, now.boottime_ns)


def sweep(test: Callable[..., None]) -> Callable[..., None]:
    """Run a property over many worlds, from the printed seed."""
    return seed(SEED)(some(test))


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


def follow(rules: Rules, state: State, decision: Decision, now: Moment) -> State:
    """What a cabinet remembers after a decision."""
    declarations, refused = dict(state.declarations), dict(state.refused_in_block)
    if decision.declares is not None and decision.holder is not None and decision.badge is not None:
        declarations[decision.holder] = Declaration(
            decision.holder,
            decision.badge,
            decision.declares,
            decision.slot or 1,
            now.utc,
            wall_time(rules.zone, now.utc).date,
        )
    if decision.reason is Reason.RESTRICTED and decision.badge is not None:
        refused[decision.badge] = now.boottime_ns
    return State(declarations, refused)


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
    inside = State({**state.declarations, holder: Declaration(holder, badge, Declared.IN, slot, now.utc, today)})
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
    assume(decision.reason is Reason.RESTRICTED)
    if decision.next_allowed is None:
        assert ends is not None, "a badge that does not end has a next time"
        then = Moment(now.utc + timedelta(minutes=ends), ClockQuality.SYNCED, now.boottime_ns)
        assert decide(rules, point, state, gesture, then).reason is Reason.BADGE_ENDED
        return
    assert decision.next_allowed > now.utc
    then = Moment(decision.next_allowed, ClockQuality.SYNCED, now.boottime_ns)
    granted = decide(rules, point, state, gesture, then)
    assert (granted.outcome, granted.declares) == (Outcome.GRANTED, Declared.OUT)
    instant = now.utc
    while instant < decision.next_allowed:
        between = decide(rules, point, state, gesture, Moment(instant, ClockQuality.SYNCED, now.boottime_ns))
        assert between.outcome is Outcome.REFUSED, f"already allowed at {instant}"
        instant += timedelta(minutes=7)


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
