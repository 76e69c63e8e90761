"""Children staying in: until when a senior leader's badge says it at a cabinet (clause 6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from policy.clock import ClockQuality, Moment
from policy.rules import Rules
from policy.ruling import blocks_on
from policy.walltime import instants_of, wall_time

SOON = timedelta(minutes=90)
"""A break that ends within this time is the one that is meant before it has begun."""
OTHERWISE = timedelta(minutes=60)


def until(rules: Rules, now: Moment) -> datetime:
    """Tell when children staying in from now ends by itself, UTC.

    At the end of the break that runs, else of the next one that ends within 90 minutes, else in 60 minutes. Breaks of
    a staff group say nothing about the children, and a clock or rules that are not to be trusted nothing at all.
    """
    running: list[datetime] = []
    soon: list[datetime] = []
    for starts, ends in _breaks(rules, now):
        if starts <= now.utc < ends:
            running.append(ends)
        elif now.utc < starts and ends - now.utc <= SOON:
            soon.append(ends)
    if running:
        return max(running)
    return min(soon, default=now.utc + OTHERWISE)


def _breaks(rules: Rules, now: Moment) -> Iterator[tuple[datetime, datetime]]:
    """Give the room's breaks of today as instants."""
    today = wall_time(rules.zone, now.utc).date
    if now.quality is not ClockQuality.SYNCED or not rules.first <= today <= rules.last:
        return
    for block in blocks_on(rules, today):
        for hole in block.breaks if block.group is None else ():
            yield instants_of(rules.zone, today, hole.start)[0], instants_of(rules.zone, today, hole.end)[-1]
