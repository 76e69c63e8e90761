"""What if for one day: everybody who keeps a phone at a point, minute by minute, live and by a draft timetable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person, PersonPoint
from admin_web.database.places import Site
from admin_web.services.what_if import Cabinet, cabinet_at
from policy.clock import ClockQuality, Moment
from policy.decision import Decision, Outcome
from policy.gesture import Intent
from policy.ids import BadgeReference
from policy.rules import MINUTES_OF_A_DAY, BadgeKind, Span
from policy.ruling import blocks_on, room_states
from policy.walltime import instants_of, wall_time
from policy.working_hours import LATEST_END

if TYPE_CHECKING:
    from policy.school_timetable import SchoolTimetable

COVER_POOL = "A badge of the cover pool"


class Effect(StrEnum):
    """What another timetable does to a stretch of somebody's day."""

    ALLOWS = "allows"
    REFUSES = "refuses"
    RENAMES = "renames"
    """It stays refused; the reason or the block's name is another."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Minutes of wall time in which TAKE OUT is decided in one way."""

    span: Span
    decision: Decision


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch that another timetable would decide otherwise."""

    span: Span
    before: Decision
    after: Decision

    @property
    def effect(self) -> Effect:
        """What the other timetable does."""
        if self.before.outcome is self.after.outcome:
            return Effect.RENAMES
        return Effect.ALLOWS if self.after.outcome is Outcome.GRANTED else Effect.REFUSES


@dataclass(frozen=True, slots=True)
class PersonDay:
    """One person's day at the point."""

    person: str | None
    """None: the cover pool."""
    name: str
    group: str
    stretches: tuple[Stretch, ...]
    """As it would be; empty for somebody without a badge."""
    changes: tuple[Change, ...] = ()
    """Against what is live; empty where nothing is compared."""


@dataclass(frozen=True, slots=True)
class DayAsked:
    """Everybody's day at a point."""

    day: date
    people: tuple[PersonDay, ...]


def ask_day(
    session: Session, point: str, day: date, *, now: datetime, timetable: "SchoolTimetable | None" = None
) -> DayAsked:
    """Lay a day out for everybody who keeps a phone at a point now; `now` is UTC.

    With `timetable` as if that one were live, and compared with what is. Raises Invalid and Conflict as `cabinet_at`.
    """
    zone = ZoneInfo(session.scalar(select(Site.zone)) or "Europe/London")
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    live = cabinet_at(session, point, midnight, now=now)
    then = live if timetable is None else cabinet_at(session, point, midnight, now=now, timetable=timetable)
    cuts = sorted(_cuts(live, day) | _cuts(then, day))
    keepers = _keepers(session, point, live)
    return DayAsked(day, tuple(_person_day(id, name, group, live, then, day, cuts) for id, name, group in keepers))


def _keepers(session: Session, point: str, cabinet: Cabinet) -> Iterator[tuple[str | None, str, str]]:
    rows = session.execute(
        select(Person.id, Person.name, Person.group)
        .join(PersonPoint, PersonPoint.person_id == Person.id)
        .where(PersonPoint.point_id == point, PersonPoint.ends.is_(None), Person.ended_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
    )
    yield from ((id, name, group) for id, name, group in rows)
    if any(badge.kind is BadgeKind.COVER and badge.lost is None for badge in cabinet.rules.badges.values()):
        yield None, COVER_POOL, ""


def _person_day(
    id: str | None, name: str, group: str, live: Cabinet, then: Cabinet, day: date, cuts: Sequence[int]
) -> PersonDay:
    stretches = _stretches(id, then, day, cuts)
    changes = () if then is live else _changes(_stretches(id, live, day, cuts), stretches)
    return PersonDay(id, name, group, _join_stretches(stretches), _join_changes(changes))


def _stretches(id: str | None, cabinet: Cabinet, day: date, cuts: Sequence[int]) -> tuple[Stretch, ...]:
    """Decide TAKE OUT from each cut to the next; nothing for somebody who has no badge."""
    found = []
    for start, end in pairwise(cuts):
        moment = Moment(instants_of(cabinet.rules.zone, day, start)[0], ClockQuality.SYNCED, 0)
        badge = _cover_badge(cabinet) if id is None else cabinet.badge_of(id, moment)
        if badge is None:
            return ()
        found.append(Stretch(Span(start, end), cabinet.decide_badge(badge, Intent.TAKE_OUT, moment)))
    return tuple(found)


def _cover_badge(cabinet: Cabinet) -> BadgeReference | None:
    """Take one badge of the pool for all: the same rules hold for each."""
    pool = (badge for badge in cabinet.rules.badges.values() if badge.kind is BadgeKind.COVER)
    return next((badge.reference for badge in pool if badge.lost is None and badge.ends is None), None)


def _changes(before: Sequence[Stretch], after: Sequence[Stretch]) -> tuple[Change, ...]:
    return tuple(
        Change(old.span, old.decision, new.decision)
        for old, new in zip(before, after, strict=False)
        if _effect(old.decision) != _effect(new.decision)
    )


def _join_stretches(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for one in stretches:
        if found and _answer(found[-1].decision) == _answer(one.decision):
            found[-1] = replace(found[-1], span=Span(found[-1].span.start, one.span.end))
        else:
            found.append(one)
    return tuple(found)


def _join_changes(changes: Sequence[Change]) -> tuple[Change, ...]:
    found: list[Change] = []
    for one in changes:
        last = found[-1] if found else None
        if (
            last is not None
            and last.span.end == one.span.start
            and _effect(last.before) == _effect(one.before)
            and _effect(last.after) == _effect(one.after)
        ):
            found[-1] = replace(last, span=Span(last.span.start, one.span.end))
        else:
            found.append(one)
    return tuple(found)


def _answer(decision: Decision) -> tuple[object, ...]:
    """What somebody is told; the same answer a minute later is the same stretch."""
    return decision.outcome, decision.reason, decision.block, decision.permission


def _effect(decision: Decision) -> tuple[object, ...]:
    """What matters of an answer where two timetables are compared: a grant is a grant, a refusal has a name."""
    if decision.outcome is Outcome.GRANTED:
        return (decision.outcome,)
    return decision.outcome, decision.reason, None if decision.block is None else decision.block.name


def _cuts(cabinet: Cabinet, day: date) -> set[int]:
    """Name every minute of wall time at which somebody's answer could change, and both midnights."""
    rules = cabinet.rules
    cuts = {0, LATEST_END, MINUTES_OF_A_DAY}
    for block in blocks_on(rules, day):
        for span in (block.span, *block.breaks):
            cuts |= {span.start, span.end}
    for week in (rules.settings.cover_hours, *(person.hours for person in rules.people.values())):
        for span in week[day.weekday()]:
            cuts |= {span.start, span.end}
    for instant in _instants(cabinet):
        wall = wall_time(rules.zone, instant)
        if wall.date == day:
            # The minute in which it lies begins as it was before; the next one is as it is after.
            cuts |= {wall.minute, min(wall.minute + 1, MINUTES_OF_A_DAY)}
    return cuts


def _instants(cabinet: Cabinet) -> Iterator[datetime]:
    """Name the moments that stand in rules and state, whoever they are about."""
    rules = cabinet.rules
    spans: list[tuple[datetime | None, datetime | None]] = []
    spans += [(one.starts, one.ends) for one in room_states(rules, cabinet.state)]
    spans += [(one.starts, one.ends) for one in rules.permissions]
    spans += [(one.starts, one.ends) for one in rules.restrictions]
    spans += [(one.starts, one.ends) for one in rules.badges.values()]
    spans += [(person.going_home, None) for person in rules.people.values()]
    spans += [(link.starts, link.ends) for person in rules.people.values() for link in person.links]
    spans += [(said, None) for said in cabinet.state.going_home.values()]
    return (instant for span in spans for instant in span if instant is not None)
