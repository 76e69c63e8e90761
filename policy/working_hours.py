"""Working hours: when a person's day is over, and what the office may enter (policy-clauses: promise 2)."""

from collections.abc import Iterable
from datetime import datetime

from policy.problem import Problem
from policy.rules import Span, Week
from policy.walltime import wall_time

LATEST_END = 23 * 60
"""Hours end by 23:00 in minutes of wall time, so that everybody's phone can come out the same day."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def leaves(spans: Iterable[Span], minute: int) -> bool:
    """Whether somebody with these hours on a day is leaving at a minute of wall time.

    No hours: all day. Else outside all of them once the first has begun, and from 23:00 in any case: also in a gap
    between two spans, since a person's right stands before a rule.
    """
    first: int | None = None
    for span in spans:
        if minute in span and minute < LATEST_END:
            return False
        first = span.start if first is None else min(first, span.start)
    return first is None or minute >= min(first, LATEST_END)


def sent_home(zone: str, said: datetime | None, now: datetime) -> bool:
    """Whether *Going home*, said at an instant (UTC), holds now: from then to the end of that local day."""
    return said is not None and said <= now and wall_time(zone, said).date == wall_time(zone, now).date


def hours_problems(week: Week, field: str = "working_hours") -> tuple[Problem, ...]:
    """List what is wrong with a person's working hours, each with the field and what to do; empty when all is well."""
    problems: list[Problem] = []
    for weekday, spans in zip(WEEKDAYS, week, strict=True):
        ordered = sorted(spans)
        if any(span.end > LATEST_END for span in ordered):
            problems.append(
                Problem(
                    f"{field}.{weekday}",
                    "Working hours end by 23:00, so that a phone can always be taken out the same day.",
                    "Let them end at 23:00 or earlier.",
                )
            )
        if any(later.start < earlier.end for earlier, later in zip(ordered, ordered[1:], strict=False)):
            problems.append(
                Problem(f"{field}.{weekday}", "Two spans of working hours overlap.", "Join them or move one of them.")
            )
    return tuple(problems)
