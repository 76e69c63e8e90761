"""What the rules say of taking out at one moment: the first reason that holds (clauses 4, 6, 11, 12, 15, 20)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter

from policy.clock import ClockQuality, Moment
from policy.decision import NOT_NOW, BlockNamed, Reason
from policy.ids import PersonId
from policy.rules import DatedBlock, Entitlement, Permission, RoomState, Rules, Span
from policy.standing import Bearer, ruling_time
from policy.state import State
from policy.walltime import WallTime, instants_of, wall_time
from policy.working_hours import leaves, sent_home

CHILDREN_IN = "Children staying in"
"""The name under which a room state refuses."""

_NOTHING: frozenset[Entitlement] = frozenset()


@dataclass(frozen=True, slots=True)
class Ruling:
    """Why a phone may be taken out, or why not now."""

    reason: Reason
    block: DatedBlock | None = None
    """The block that refuses, or whose break allows."""
    span: Span | None = None
    """Of the block when it refuses, of the break when that allows or is withdrawn."""
    room_state: RoomState | None = None
    """Children staying in, which refuses."""
    permission: Permission | None = None
    """The permission that allows."""

    @property
    def allows(self) -> bool:
        """Whether a phone may be taken out."""
        return self.reason not in NOT_NOW

    def named(self, zone: str) -> BlockNamed | None:
        """Name the block or break it rests on, with its times; None where it rests on neither."""
        if self.room_state is not None:
            return BlockNamed(CHILDREN_IN, self.room_state.starts, self.room_state.ends)
        if self.block is None or self.span is None:
            return None
        day = self.block.date
        return BlockNamed(
            name=self.block.name,
            starts=instants_of(zone, day, self.span.start)[0],
            ends=instants_of(zone, day, self.span.end)[-1],
        )


# Those that rest on nothing but their reason, made once.
_CLOCK_UNTRUSTED, _RULES_STALE = Ruling(Reason.CLOCK_UNTRUSTED), Ruling(Reason.RULES_STALE)
_LEAVING, _OUTSIDE_FORMAL_TIME = Ruling(Reason.LEAVING), Ruling(Reason.OUTSIDE_FORMAL_TIME)


def rule_take_out(rules: Rules, state: State, bearer: Bearer, now: Moment) -> Ruling:
    """Say whether the bearer of a live badge may take a phone out now.

    The first that holds of `clock_untrusted`, `rules_stale`, `leaving`, `permission`, `children_present`, `restricted`
    or `withdrawn`, `break`, `outside_formal_time`; a person's right stands before a rule, so `leaving` is asked before
    the block (policy-clauses: Reasons of a grant).
    """
    return rule_as_of(rules, state, bearer, now, ruling_time(rules, now))


def rule_as_of(rules: Rules, state: State, bearer: Bearer, now: Moment, at: datetime) -> Ruling:
    """Rule as `rule_take_out` does, with `at` as the instant that what starts and ends is held against."""
    if now.quality is not ClockQuality.SYNCED:
        return _CLOCK_UNTRUSTED
    wall = wall_time(rules.zone, now.utc)
    if not rules.first <= wall.date <= rules.last:
        return _RULES_STALE
    if leaves(bearer.hours[wall.weekday], wall.minute) or _is_sent_home(rules, state, bearer, at):
        return _LEAVING
    permission = _permission_now(rules, bearer.person, at)
    taken = taken_from(rules, bearer.person, at)
    if permission is not None and Entitlement.PERMISSIONS not in taken:
        return Ruling(Reason.PERMISSION, permission=permission)
    room_state = children_in(rules, state, at)
    if room_state is not None:
        ruling = Ruling(Reason.CHILDREN_PRESENT, room_state=room_state)
    else:
        ruling = _rule_by_blocks(rules, bearer.person, wall, Entitlement.BREAKS in taken)
    # A permission was there and was taken away: that is why, and the block stays named.
    return ruling if permission is None or ruling.allows else replace(ruling, reason=Reason.WITHDRAWN)


def taken_from(rules: Rules, person: PersonId | None, at: datetime) -> frozenset[Entitlement]:
    """Tell what Withdraw and Restrict take from a person now, or from the cover pool (clause 4)."""
    if not rules.restrictions_of:
        return _NOTHING
    everybody, own = rules.restrictions_of.get(None, ()), rules.restrictions_of.get(person, ())
    holding = (one for one in (*everybody, *own) if one.starts <= at and (one.ends is None or at < one.ends))
    return _NOTHING.union(*(one.takes for one in holding))


def children_in(rules: Rules, state: State, at: datetime) -> RoomState | None:
    """Look up the room state that holds here at an instant, the one that ends last (clause 6)."""
    holding = [one for one in room_states(rules, state) if one.starts <= at < one.ends]
    return max(holding, key=attrgetter("ends")) if holding else None


def room_states(rules: Rules, state: State) -> Iterable[RoomState]:
    """Give the office's room states and the one said by a badge here, unless the office has ended that since."""
    said, ended = state.room_state, rules.room_states_ended
    if said is None or (ended is not None and said.starts < ended):
        return rules.room_states
    return (*rules.room_states, said)


def blocks_on(rules: Rules, day: date) -> tuple[DatedBlock, ...]:
    """Look up the restricted blocks of one date, earliest first."""
    return rules.blocks_of.get(day, ())


def is_for(rules: Rules, block: DatedBlock, person: PersonId | None) -> bool:
    """Whether a block is for a person, or for the cover pool, which is in no group."""
    if block.group is None:
        return True
    known = None if person is None else rules.people.get(person)
    return known is not None and known.group == block.group


def _rule_by_blocks(rules: Rules, person: PersonId | None, wall: WallTime, breaks_taken: bool) -> Ruling:
    on_break = None
    for block in blocks_on(rules, wall.date):
        if wall.minute in block.span and is_for(rules, block, person):
            hole = next((span for span in block.breaks if wall.minute in span), None)
            if hole is None:
                return Ruling(Reason.RESTRICTED, block, block.span)
            on_break = on_break or Ruling(Reason.WITHDRAWN if breaks_taken else Reason.BREAK, block, hole)
    return on_break or _OUTSIDE_FORMAL_TIME


def _is_sent_home(rules: Rules, state: State, bearer: Bearer, at: datetime) -> bool:
    """Whether *Going home* was said for the bearer today, in the office or by a badge here."""
    if bearer.holder is not None and sent_home(rules.zone, state.going_home.get(bearer.holder), at):
        return True
    person = None if bearer.person is None else rules.people.get(bearer.person)
    return person is not None and sent_home(rules.zone, person.going_home, at)


def _permission_now(rules: Rules, person: PersonId | None, at: datetime) -> Permission | None:
    """Look up the permission that holds, the one that ends first."""
    if person is None or not rules.permissions_of:
        return None
    return next((one for one in rules.permissions_of.get(person, ()) if one.starts <= at < one.ends), None)
