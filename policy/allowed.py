"""When a live badge's phone may be taken out: the ruling of the time now, and the next that allows (clauses 11, 12)."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import attrgetter

from policy.clock import ClockQuality, Moment
from policy.decision import Reason
from policy.ids import BadgeReference
from policy.rules import DatedBlock, Point, Rules, Span, Week
from policy.standing import Bearer, Standing, bearer_of
from policy.state import State
from policy.walltime import change_on, instants_of, wall_time
from policy.working_hours import LATEST_END, leaves

_DATE = attrgetter("date")


@dataclass(frozen=True, slots=True)
class TimeRuling:
    """What the time says about taking out: the first reason that holds, or `restricted`."""

    reason: Reason
    block: DatedBlock | None = None
    """The block that refuses, or whose break allows."""
    span: Span | None = None
    """Of the block when it refuses, of the break when that allows."""

    @property
    def allows(self) -> bool:
        """Whether a phone may be taken out."""
        return self.reason is not Reason.RESTRICTED


def rule_take_out(rules: Rules, hours: Week, now: Moment) -> TimeRuling:
    """Say whether somebody with these working hours may take a phone out now.

    The first that holds of `clock_untrusted`, `rules_stale`, `leaving`, `break`, `outside_formal_time`; a person's
    right stands before a rule, so `leaving` is asked before the block (policy-clauses: Reasons of a grant).
    """
    if now.quality is not ClockQuality.SYNCED:
        return TimeRuling(Reason.CLOCK_UNTRUSTED)
    wall = wall_time(rules.zone, now.utc)
    if not rules.first <= wall.date <= rules.last:
        return TimeRuling(Reason.RULES_STALE)
    if leaves(hours[wall.weekday], wall.minute):
        return TimeRuling(Reason.LEAVING)
    on_break = None
    for block in blocks_on(rules, wall.date):
        if wall.minute in block.span:
            hole = next((span for span in block.breaks if wall.minute in span), None)
            if hole is None:
                return TimeRuling(Reason.RESTRICTED, block, block.span)
            on_break = on_break or TimeRuling(Reason.BREAK, block, hole)
    return on_break or TimeRuling(Reason.OUTSIDE_FORMAL_TIME)


def blocks_on(rules: Rules, day: date) -> tuple[DatedBlock, ...]:
    """Look up the restricted blocks of one date; `rules.blocks` is kept in the order of dates."""
    first = bisect_left(rules.blocks, day, key=_DATE)
    last = first
    while last < len(rules.blocks) and rules.blocks[last].date == day:
        last += 1
    return rules.blocks[first:last]


def next_allowed(rules: Rules, point: Point, state: State, reference: BadgeReference, now: Moment) -> datetime | None:
    """Tell the first instant after `now` (UTC) at which the badge's TAKE OUT would be granted under these rules.

    Deciding at that instant does grant it. None when the badge or its link ends before and it would be refused then.
    """
    bearer = bearer_of(rules, point, state, reference, now)
    for instant in sorted(set(_turning_points(rules, bearer, now.utc))):
        then = Moment(instant, ClockQuality.SYNCED, now.boottime_ns)
        found = bearer_of(rules, point, state, reference, then)
        if found.standing is Standing.AFTER_END:
            return instant
        if found.standing is Standing.LIVE and rule_take_out(rules, found.hours, then).allows:
            return instant
    return None


def _turning_points(rules: Rules, bearer: Bearer, after: datetime) -> Iterator[datetime]:
    """Name every instant after `after`, until tomorrow's last midnight, at which a refusal could turn into a grant."""
    today = wall_time(rules.zone, after).date
    for day in (today, today + timedelta(days=1)):
        minutes = {0, LATEST_END} | {span.end for span in bearer.hours[day.weekday()]}
        for block in blocks_on(rules, day):
            minutes |= {block.span.end} | {span.start for span in block.breaks}
        changes = change_on(rules.zone, day)
        instants = {instant for minute in minutes for instant in instants_of(rules.zone, day, minute)}
        yield from (instant for instant in instants | ({changes} if changes else set()) if instant > after)
    yield from (instant for instant in _ends(rules, bearer) if instant > after)


def _ends(rules: Rules, bearer: Bearer) -> Iterator[datetime]:
    """Name when the badge and its person's links begin and end: from then on the tap may be `taken_after_end`."""
    badge = rules.badges.get(bearer.badge)
    person = None if bearer.person is None else rules.people.get(bearer.person)
    if badge is not None and badge.ends is not None:
        yield badge.ends
    for link in () if person is None else person.links:
        yield link.starts
        if link.ends is not None:
            yield link.ends
