"""Random worlds for the properties: rules, points, what went before, moments; all that a signed bundle may say."""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import seed, settings
from hypothesis import strategies as st

from policy.clock import ClockQuality, Moment
from policy.decision import NOT_NOW, Decision, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId, PersonId, PointId, holder_of
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    Entitlement,
    Permission,
    PermissionKind,
    PersonRules,
    Point,
    PointKind,
    PointLink,
    Restriction,
    Revision,
    RoomState,
    Rules,
    Settings,
    Span,
    Week,
)
from policy.standing import is_timely
from policy.state import Declaration, Declared, State
from policy.timetable import BlockRow, dated_blocks_of
from policy.walltime import wall_time

SEED = int(os.environ.get("PHONEKEEP_SEED") or random.randrange(2**32))
"""Printed with every property; PHONEKEEP_SEED repeats a run."""

ZONES = ("Europe/London", "Europe/London", "Europe/London", "Australia/Lord_Howe", "America/St_Johns", "UTC")
CENTRES = tuple(date(2026, month, day) for month, day in ((3, 29), (10, 25), (11, 24), (4, 5), (3, 8), (11, 1)))
"""Days around which the rules lie: both British clock changes, an ordinary week, and other zones' changes."""
BADGES = tuple(
    BadgeReference(f"1:{name}") for name in ("amara", "bilal", "grace", "cover", "head", "leader", "stranger")
)
PEOPLE = tuple(PersonId(name) for name in ("amara", "bilal", "grace"))
HOLDERS = tuple(HolderId(holder) for holder in (*PEOPLE, f"badge:{BADGES[3]}", "nobody"))
GROUPS = ("classroom", "catering")
SECOND = 1_000_000_000
REFUSALS = frozenset(list(Reason)[list(Reason).index(Reason.BADGE_RANDOM) :])


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
    either, chosen = (draw(day), draw(day)), draw(st.integers(0, 2**7 - 1))
    return tuple(either[chosen >> weekday & 1] for weekday in range(7))


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
    group = draw(st.sampled_from([None, None, *GROUPS]))
    return tuple(replace(block, group=group) for block in dated_blocks_of(rows, first, last))


def instants(around: date) -> st.SearchStrategy[datetime]:
    """Instants within three days, whole minutes and the last second of one."""
    middle = datetime(around.year, around.month, around.day, tzinfo=UTC)
    return st.integers(-3 * 1440, 3 * 1440).map(
        lambda minutes: middle + timedelta(minutes=minutes, seconds=59 if minutes % 3 == 0 else 0)
    )


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
    people = {
        person: PersonRules(
            person, draw(weeks()), draw(links), draw(st.sampled_from(GROUPS)), draw(st.none() | instants(around))
        )
        for person in PEOPLE
    }
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
        room_states=draw(st.lists(room_states(around), max_size=2).map(tuple)),
        room_states_ended=draw(st.none() | instants(around)),
        permissions=draw(permissions(around)),
        restrictions=draw(st.lists(restrictions(around), max_size=2).map(tuple)),
    )
    point = Point(PointId("robins"), kind, slots, draw(st.booleans()))
    now = Moment(draw(instants(around)), draw(st.sampled_from(ClockQuality)), draw(st.integers(0, 100 * SECOND)))
    return rules, point, draw(states(slots, now, zone, around)), now


@st.composite
def permissions(draw: st.DrawFn, around: date) -> tuple[Permission, ...]:
    """Permissions as they come: of anybody here, some long over, some that end before they start."""
    return tuple(
        Permission(
            f"permission-{number}",
            draw(st.sampled_from(PEOPLE)),
            draw(st.sampled_from(PermissionKind)),
            draw(instants(around)),
            draw(instants(around)),
        )
        for number in range(draw(st.integers(0, 3)))
    )


@st.composite
def restrictions(draw: st.DrawFn, around: date) -> Restriction:
    return Restriction(
        draw(st.none() | st.sampled_from(PEOPLE)),
        draw(st.frozensets(st.sampled_from(Entitlement)) | st.just(frozenset(Entitlement))),
        draw(instants(around)),
        draw(st.none() | instants(around)),
    )


def room_states(around: date) -> st.SearchStrategy[RoomState]:
    return st.builds(RoomState, instants(around), instants(around))


@st.composite
def badges(draw: st.DrawFn, around: date) -> list[BadgeRules]:
    begins = st.just(datetime(2026, 1, 1, tzinfo=UTC)) | instants(around)
    often_none = st.none() | st.none() | instants(around)
    found = []
    for reference in BADGES[:-1]:
        if draw(st.integers(0, 9)):
            kind = draw(st.sampled_from(BadgeKind))
            person = draw(st.sampled_from(PEOPLE)) if kind is BadgeKind.PERSONAL else None
            role = (
                draw(st.sampled_from([None, "SLT", "headteacher", "office"])) if kind is not BadgeKind.COVER else None
            )
            found.append(
                BadgeRules(reference, kind, person, draw(begins), draw(often_none), draw(often_none), role=role)
            )
    return found


@st.composite
def states(draw: st.DrawFn, slots: int, now: Moment, zone: str, around: date) -> State:
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
    home = draw(st.dictionaries(st.sampled_from(HOLDERS), instants(around), max_size=1))
    return State(declarations, refused, home, draw(st.none() | room_states(around)))


gestures = st.builds(
    Gesture,
    st.lists(st.sampled_from(BADGES), max_size=3, unique=True).map(tuple),
    st.none() | st.sampled_from(Intent),
    st.booleans(),
    approver=st.none() | st.sampled_from(BADGES),
    approved=st.booleans(),
    sent_home_by=st.none() | st.sampled_from(BADGES),
    opened_for=st.none() | st.sampled_from(HOLDERS),
)
"""Every gesture that a cabinet may put together, and some that none would."""

taking_out = st.builds(
    Gesture,
    st.just((BADGES[0],)),
    st.just(Intent.TAKE_OUT),
    approver=st.none() | st.sampled_from(BADGES) | st.just(BADGES[5]),
    approved=st.booleans(),
)
"""Amara's TAKE OUT, approved or not."""

World = tuple[Rules, Point, State, Moment]
EXAMPLES = int(os.environ.get("PHONEKEEP_EXAMPLES", "120"))
some = settings(max_examples=EXAMPLES, deadline=None)
AMARA, LEADER = BADGES[0], BADGES[5]


@st.composite
def live(draw: st.DrawFn) -> World:
    """A world in which Amara's badge is live, or has a phone in the slot that was hers before."""
    rules, point, state, now = draw(worlds())
    slot = draw(st.integers(1, point.slots)) if point.kind is PointKind.BANK else None
    began = datetime(2026, 1, 1, tzinfo=UTC)
    amara = replace(rules.people[PEOPLE[0]], links=(PointLink(slot, began),))
    badge = BadgeRules(AMARA, BadgeKind.PERSONAL, PEOPLE[0], began)
    changed = replace(rules, people={**rules.people, amara.id: amara}, badges={**rules.badges, badge.reference: badge})
    return changed, point, state, now


@st.composite
def restricted(draw: st.DrawFn) -> World:
    """A world in which Amara's badge is live and it is restricted time while she works, but for what was said.

    The whole day or a short while; breaks, permissions, restrictions and room states lie close to the moment, so that
    each is met often.
    """
    rules, point, state, now = draw(live())
    day = wall_time(rules.zone, now.utc).date
    minute = wall_time(rules.zone, now.utc).minute
    running = Span(max(0, minute - 10), min(1440, minute + 10))
    holes = draw(st.lists(spans() | st.just(running), max_size=2).map(tuple))
    span = draw(st.just(Span(0, 1440)) | st.just(running))
    group = draw(st.sampled_from([None, rules.people[PEOPLE[0]].group]))
    everything = DatedBlock(day, span, "Everything", holes, group)
    hours = st.lists(spans(1380), min_size=1, max_size=2).map(tuple)
    all_day = st.just((Span(0, 1380),))
    amara = replace(
        rules.people[PEOPLE[0]],
        hours=(draw(all_day | all_day | hours),) * 7,
        going_home=draw(seldom(close(now))),
    )
    who = st.sampled_from([None, amara.id])
    kinds = st.sampled_from(PermissionKind)
    takes = st.just(frozenset(Entitlement)) | st.frozensets(st.sampled_from(Entitlement))
    permission = st.builds(Permission, st.just("close"), st.just(amara.id), kinds, begun(now), over(now))
    restriction = st.builds(Restriction, who, takes, begun(now), st.none() | over(now))
    changed = replace(
        rules,
        first=day,
        last=max(day, rules.last),
        blocks=(*rules.blocks, everything),
        people={**rules.people, amara.id: amara},
        badges={
            **rules.badges,
            LEADER: BadgeRules(LEADER, BadgeKind.ROLE, None, rules.badges[AMARA].starts, role="SLT"),
        },
        permissions=draw(st.lists(permission, max_size=2).map(tuple)),
        restrictions=draw(st.lists(restriction, max_size=1).map(tuple)),
        room_states=draw(st.lists(st.builds(RoomState, begun(now), over(now)), max_size=1).map(tuple)),
    )
    return changed, point, state, Moment(now.utc, ClockQuality.SYNCED, now.boottime_ns)


def begun(now: Moment) -> st.SearchStrategy[datetime]:
    """Instants close to a moment, and often an hour before it: what is said or given mostly holds."""
    return st.just(now.utc - timedelta(hours=1)) | close(now)


def over(now: Moment) -> st.SearchStrategy[datetime]:
    """Instants close to a moment, and often an hour after it."""
    return st.just(now.utc + timedelta(hours=1)) | close(now)


def seldom(drawn: st.SearchStrategy[datetime]) -> st.SearchStrategy[datetime | None]:
    """Mostly nothing."""
    return st.none() | st.none() | st.none() | drawn


def close(now: Moment) -> st.SearchStrategy[datetime]:
    """Instants within four hours of a moment, at the moment itself among them."""
    return st.integers(-240, 240).map(lambda minutes: now.utc + timedelta(minutes=minutes))


def sweep(test: Callable[..., None]) -> Callable[..., None]:
    """Run a property over many worlds, from the printed seed."""
    return seed(SEED)(some(test))


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
            is_timely(rules, now),
        )
    if decision.reason in NOT_NOW and decision.badge is not None:
        refused[decision.badge] = now.boottime_ns
    return replace(state, declarations=declarations, refused_in_block=refused)


@st.composite
def ended(draw: st.DrawFn) -> World:
    """A world in which Amara's badge or her link has ended, and her phone may be in."""
    rules, point, state, now = draw(live())
    over = min(now.utc, rules.issued)
    badge, amara = rules.badges[AMARA], rules.people[PEOPLE[0]]
    if draw(st.booleans()):
        badge = replace(badge, ends=over)
    else:
        amara = replace(amara, links=(replace(amara.links[0], ends=over),))
    changed = replace(rules, people={**rules.people, amara.id: amara}, badges={**rules.badges, AMARA: badge})
    day = wall_time(rules.zone, now.utc).date - timedelta(days=draw(st.sampled_from([0, 0, 40])))
    declared = draw(st.sampled_from([Declared.IN, Declared.IN, Declared.OUT]))
    mine = Declaration(HolderId(amara.id), AMARA, declared, draw(st.integers(1, point.slots)), now.utc, day)
    return changed, point, replace(state, declarations={**state.declarations, mine.holder: mine}), now
