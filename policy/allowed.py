"""The next time at which a live badge's TAKE OUT would be granted (clause 12)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference
from policy.rules import Point, Rules
from policy.ruling import blocks_on, is_for, room_states, rule_take_out
from policy.standing import Bearer, Standing, bearer_of
from policy.state import State
from policy.walltime import change_on, instants_of, wall_time
from policy.working_hours import LATEST_END


def next_allowed(rules: Rules, point: Point, state: State, reference: BadgeReference, now: Moment) -> datetime | None:
    """Tell the first instant after `now` (UTC) at which the badge's TAKE OUT would be granted under these rules.

    Deciding at that instant does grant it. None when the badge or its link ends before and it would be refused then.
    """
    bearer = bearer_of(rules, point, state, reference, now)
    for instant in sorted(set(_turning_points(rules, state, bearer, now.utc))):
        then = Moment(instant, ClockQuality.SYNCED, now.boottime_ns)
        found = bearer_of(rules, point, state, reference, then)
        if found.standing is Standing.AFTER_END:
            return instant
        if found.standing is Standing.LIVE and rule_take_out(rules, state, found, then).allows:
            return instant
    return None


def _turning_points(rules: Rules, state: State, bearer: Bearer, after: datetime) -> Iterator[datetime]:
    """Name every instant after `after`, until tomorrow's last midnight, at which a refusal could turn into a grant."""
    today = wall_time(rules.zone, after).date
    for day in (today, today + timedelta(days=1)):
        minutes = {0, LATEST_END} | {span.end for span in bearer.hours[day.weekday()]}
        for block in blocks_on(rules, day):
            if is_for(rules, block, bearer.person):
                minutes |= {block.span.end} | {span.start for span in block.breaks}
        changes = change_on(rules.zone, day)
        instants = {instant for minute in minutes for instant in instants_of(rules.zone, day, minute)}
        yield from (instant for instant in instants | ({changes} if changes else set()) if instant > after)
    for instant in (*_ends(rules, bearer), *_said(rules, state, bearer)):
        if instant is not None and instant > after:
            yield instant


def _ends(rules: Rules, bearer: Bearer) -> Iterator[datetime | None]:
    """Name when the badge and its person's links begin and end: from then on the tap may be `taken_after_end`."""
    badge = rules.badges.get(bearer.badge)
    person = None if bearer.person is None else rules.people.get(bearer.person)
    yield None if badge is None else badge.ends
    for link in () if person is None else person.links:
        yield link.starts
        yield link.ends


def _said(rules: Rules, state: State, bearer: Bearer) -> Iterator[datetime | None]:
    """Name when what somebody has said begins to allow, or ceases to refuse."""
    for room_state in room_states(rules, state):
        yield room_state.ends
    person = None if bearer.person is None else rules.people.get(bearer.person)
    yield None if person is None else person.going_home
    yield None if bearer.holder is None else state.going_home.get(bearer.holder)
    for permission in () if bearer.person is None else rules.permissions_of.get(bearer.person, ()):
        yield permission.starts
    for restriction in (*rules.restrictions_of.get(None, ()), *rules.restrictions_of.get(bearer.person, ())):
        yield restriction.ends
