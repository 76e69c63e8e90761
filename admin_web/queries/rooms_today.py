"""How many phones are declared in at each room of those expected there: numbers (clause 7, promise 3).

Names are read by `room_names` only, for a page of its own whose every look is written down.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate, LogRow
from admin_web.database.people import Badge, DeclaredState, Person, PersonPoint, WorkingHours
from admin_web.database.places import Point
from admin_web.errors import NotFound
from admin_web.events.kinds import LogKind
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.blocks import dated_blocks
from admin_web.rules.days import going_home_since, without_phone
from admin_web.rules.groups import group_rules
from admin_web.rules.timetables import live_timetable
from policy.declared import DeclaredCount, Keeper, count_declared, has_formal_time, is_expected
from policy.rules import DatedBlock, Span, Week
from policy.state import Declared
from policy.timetable import format_minutes

GRANTED, GOING_HOME = "tap.granted.v1", "person.going_home.v1"
_GOING_HOME_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class RoomToday:
    """A room's numbers now; no person is in them."""

    point: str
    name: str
    count: DeclaredCount
    more_in: int
    """Declared in and not expected at this time: early, after hours, or a badge of the cover pool."""
    expected_later: int
    """Of those who keep a phone here and are at work today: expected from a later time on."""
    by: str | None
    """By when the first of those are expected."""
    keepers: int
    """Who keep a phone here by a tap, at work today or not."""


@dataclass(frozen=True, slots=True)
class NameInRoom:
    """Somebody of a room, with what is declared: shown on a second click that is written down."""

    person: str | None
    name: str
    state: Declared
    at: datetime | None
    expected: bool
    no_phone: bool


@dataclass(frozen=True, slots=True)
class _Held:
    """Somebody at a point, with the name left out until it is asked for."""

    person: str | None
    holder: str
    keeper: Keeper
    at: datetime | None


class SchoolDay:
    """What is restricted where on the present day; whether there is any formal time at all."""

    def __init__(self, session: Session, times: SchoolTime) -> None:
        self.points = session.scalars(select(Point).order_by(func.lower(Point.name), Point.id)).all()
        today, timetable = times.today, live_timetable(session)
        self.blocks: Mapping[str, tuple[DatedBlock, ...]] = {
            point.id: dated_blocks(session, point.id, today, today, timetable) for point in self.points
        }
        self.has_formal_time = any(has_formal_time(blocks, today) for blocks in self.blocks.values())


def read_rooms(session: Session, day: SchoolDay, times: SchoolTime, now: datetime) -> list[RoomToday]:
    """Count every room where phones are declared by a tap, by name."""
    held = _held(session, times)
    rooms = [_room(point, held.get(point.id, []), day, times, now) for point in day.points]
    return [room for room in rooms if room.keepers or room.more_in]


def room_names(
    session: Session, point_id: str, day: SchoolDay, times: SchoolTime, now: datetime
) -> tuple[str, list[NameInRoom]]:
    """Read the room's name and who is who there, those who declared nothing first. Raises NotFound."""
    point = next((one for one in day.points if one.id == point_id), None)
    if point is None:
        raise NotFound("There is no such room.", what_to_do="Look at the page Today.", field="point")
    held = _held(session, times).get(point_id, [])
    people = {one.person for one in held if one.person is not None}
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(people))).all())
    badges = {one.holder.removeprefix("badge:") for one in held if one.person is None}
    labels = dict(session.execute(select(Badge.reference, Badge.label).where(Badge.reference.in_(badges))).all())
    shown = [
        NameInRoom(
            person=one.person,
            name=names.get(one.person, "")
            if one.person is not None
            else labels.get(one.holder.removeprefix("badge:")) or "A cover badge",
            state=one.keeper.declared,
            at=one.at,
            expected=day.has_formal_time and is_expected(times.zone.key, one.keeper, now),
            no_phone=one.keeper.no_phone,
        )
        for one in held
    ]
    order = {Declared.UNKNOWN: 0, Declared.OUT: 1, Declared.IN: 2}
    return point.name, sorted(shown, key=lambda one: (not one.expected, order[one.state], one.name.lower()))


def _room(point: Point, held: Sequence[_Held], day: SchoolDay, times: SchoolTime, now: datetime) -> RoomToday:
    zone = times.zone.key
    tapping = [one.keeper for one in held if one.person is not None and one.keeper.duty.declares]
    count = count_declared(zone, tapping, now) if day.has_formal_time else DeclaredCount()
    declared_in = sum(one.keeper.declared is Declared.IN for one in held)
    later = [minute for keeper in tapping if (minute := _expected_later(keeper, times, now)) is not None]
    waits = bool(later) and day.has_formal_time
    return RoomToday(
        point=point.id,
        name=point.name,
        count=count,
        more_in=declared_in - count.declared_in,
        expected_later=len(later) if waits else 0,
        by=format_minutes(min(later)) if waits else None,
        keepers=len(tapping),
    )


def _expected_later(keeper: Keeper, times: SchoolTime, now: datetime) -> int | None:
    """From which minute of today a phone will be expected that is not yet."""
    local = times.local(now)
    minute = local.hour * 60 + local.minute
    if keeper.no_phone or keeper.going_home is not None:
        return None
    for span in keeper.hours[local.weekday()]:
        at = max(span.start, keeper.expected_by or 0)
        if at < span.end and minute < at:
            return at
    return None


def _held(session: Session, times: SchoolTime) -> dict[str, list[_Held]]:
    """Gather by point who keeps a phone there and what is declared today; each person at one point only.

    Somebody with a place at two points is counted where something is declared, else where the first place is.
    """
    begins, _ = times.bounds(times.today)
    declared = _declared(session, begins)
    links: dict[str, list[str]] = defaultdict(list)
    groups: dict[str, str] = {}
    for person, group, point in session.execute(
        select(Person.id, Person.group, PersonPoint.point_id)
        .join(PersonPoint, PersonPoint.person_id == Person.id)
        .where(PersonPoint.ends.is_(None), Person.ended_at.is_(None))
        .order_by(PersonPoint.id)
    ):
        links[person].append(point)
        groups[person] = group
    rules, hours = group_rules(session), _hours(session)
    away = going_home_since(session, begins) | _sent_home(session, begins)
    without = set(without_phone(session, times.today)) | _said_no_phone(session, begins)
    found: dict[str, list[_Held]] = defaultdict(list)
    for person, points in links.items():
        said_at = [point for point in points if (point, person) in declared]
        rule = rules[groups[person]] if groups[person] in rules else rules["classroom"]
        for point in said_at or points[:1]:
            state, at = declared.pop((point, person), (Declared.UNKNOWN, None))
            keeper = Keeper(
                duty=rule.duty,
                expected_by=rule.expected_by,
                hours=hours.get(person, ((),) * 7),
                declared=state,
                no_phone=state is Declared.UNKNOWN and person in without,
                going_home=away.get(person),
            )
            found[point].append(_Held(person, person, keeper, at))
    for (point, holder), (state, at) in declared.items():
        if holder.startswith("badge:"):
            keeper = Keeper(duty=rules["agency"].duty, expected_by=None, hours=((),) * 7, declared=state)
            found[point].append(_Held(None, holder, keeper, at))
    return found


def _declared(session: Session, begins: datetime) -> dict[tuple[str, str], tuple[Declared, datetime]]:
    rows = session.execute(
        select(DeclaredState.point_id, DeclaredState.holder, DeclaredState.state, DeclaredState.at).where(
            DeclaredState.at >= begins
        )
    )
    return {
        (point, holder): (Declared(state), at)
        for point, holder, state, at in rows
        if state in (Declared.IN, Declared.OUT)
    }


def _hours(session: Session) -> dict[str, Week]:
    spans: dict[str, list[list[Span]]] = defaultdict(lambda: [[] for _ in range(7)])
    for row in session.scalars(select(WorkingHours).order_by(WorkingHours.start)):
        spans[row.person_id][row.weekday].append(Span(row.start, row.end))
    return {person: tuple(tuple(day) for day in week) for person, week in spans.items()}


def _said_no_phone(session: Session, begins: datetime) -> set[str]:
    """Who pressed both buttons today: that counts as done."""
    return set(
        _people(
            session.scalars(
                select(LogRow.person_id)
                .join(Event, Event.id == LogRow.event_id)
                .where(LogRow.kind == LogKind.NO_PHONE.value, LogRow.time >= begins, Event.type == GRANTED)
            )
        )
    )


def _sent_home(session: Session, begins: datetime) -> dict[str, datetime]:
    """For whom a badge said *Going home* at a cabinet today."""
    rows = session.execute(
        select(Event.time, EventPrivate.private)
        .join(EventPrivate, EventPrivate.event_id == Event.id)
        .where(Event.type == GOING_HOME)
        .order_by(Event.id.desc())
        .limit(_GOING_HOME_LOOKED_AT)
    )
    found: dict[str, datetime] = {}
    for time, private in rows:
        person = json.loads(private).get("person") if private is not None else None
        if isinstance(person, str) and time >= begins:
            found.setdefault(person, time)
    return found


def _people(ids: Iterable[str | None]) -> list[str]:
    return [id for id in ids if id is not None]
