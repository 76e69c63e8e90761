"""Finds a badge that was at two points within the walking time, where both clocks were synced (flow 1, step 8).

Looked for by the log's index on people and time, with statements made once: this runs for every batch of a backlog.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, select, type_coerce
from sqlalchemy.orm import Session

from admin_web.database.events import Event, EventPrivate, LogRow
from admin_web.database.places import Site
from admin_web.events.day_exceptions import DayKind, Shown, name_of
from admin_web.events.inserting import as_stored
from admin_web.events.kinds import LogKind
from admin_web.events.projection import Drawn
from admin_web.events.times import TimeQuality

_TAP_KINDS = tuple(kind.value for kind in (LogKind.PUT_IN, LogKind.TAKE_OUT, LogKind.NO_PHONE, LogKind.REFUSED))
_ONE_WALK = timedelta(hours=1)
"""Taps that lie closer together than this are looked for in one question."""
_IN_ONE_QUESTION = 500

_LOG, _SITE = LogRow.__table__.c, Site.__table__.c


def _taps_near() -> Select[*tuple[Any, ...]]:
    """Begin the question for taps around a run of times, in milliseconds; the caller says whose and not where."""
    time, walking = type_coerce(_LOG.time, BigInteger), _SITE.walking_seconds * 1000
    return select(_LOG.person_id, time, _LOG.event_id, _LOG.point_id, walking).where(
        _LOG.kind.in_(_TAP_KINDS),
        time >= bindparam("first") - walking,
        time <= bindparam("last") + walking,
    )


_ELSEWHERE = _LOG.point_id != bindparam("point")
_OF_PEOPLE = _taps_near().where(_LOG.person_id.in_(bindparam("people", expanding=True)))
_NAMELESS = _taps_near().where(_LOG.person_id.is_(None))
_QUESTIONS = {
    (True, False): _OF_PEOPLE,
    (True, True): _OF_PEOPLE.where(_ELSEWHERE),
    (False, False): _NAMELESS,
    (False, True): _NAMELESS.where(_ELSEWHERE),
}
"""By whether it is of people with a name, and whether all the taps at hand are at one point, so only others count."""


class _Row(NamedTuple):
    """A tap's row in the log; times in milliseconds."""

    time: int
    id: int
    point: str | None
    walking: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A tap stored a moment ago, and one of the same person at another point within the walking time."""

    tap: Drawn
    other: int
    """The other's event id."""
    is_later: bool
    """Whether the other came after it."""


def find_pairs(session: Session, taps: Sequence[Drawn]) -> list[Pair]:
    """Find taps of the same people that nobody could walk between; of which badges is not yet looked at."""
    if not taps:
        return []
    people = _people(session, taps)
    pairs: list[Pair] = []
    for walk in _walks(taps):
        rows = _rows_near(session, {people[one.id] for one in walk}, walk)
        if rows:
            for one in walk:
                pairs += _near(rows.get(people[one.id], ()), one)
    return pairs


def badge_subject(one: Drawn) -> str | None:
    """Name what a tap would be looked at for: its badge and day; None where its badge is not known."""
    badge = (one.private or {}).get("badge")
    return None if badge is None else f"{DayKind.IMPOSSIBLE_BADGE}:{badge}/{one.time.date().isoformat()}"


def impossible_among(session: Session, pairs: Collection[Pair]) -> list[Shown]:
    """Keep the pairs of one badge whose clocks were both synced."""
    others = _others(session, {pair.other for pair in pairs})
    shown: dict[tuple[int, int], Shown] = {}
    for pair in pairs:
        one, subject = pair.tap, badge_subject(pair.tap)
        other = others.get(pair.other)
        if subject is None or other is None or other.badge != (one.private or {})["badge"]:
            continue
        cites = (name_of(one), other.name) if pair.is_later else (other.name, name_of(one))
        device, point, at = (
            (other.device, other.point, other.time) if pair.is_later else (one.device, one.point, one.time)
        )
        both = (min(one.id, pair.other), max(one.id, pair.other))
        shown.setdefault(both, Shown(DayKind.IMPOSSIBLE_BADGE, subject, device, point, at, cites))
    return list(shown.values())


def _people(session: Session, taps: Iterable[Drawn]) -> dict[int, str | None]:
    """Whose the taps are in the log: the cabinet's word, else whose badge it was."""
    said = {one.id: (one.private or {}).get("person") for one in taps}
    nameless = [id for id, person in said.items() if person is None]
    if nameless:
        question = select(LogRow.event_id, LogRow.person_id).where(LogRow.event_id.in_(nameless))
        said.update(dict(session.execute(question).all()))
    return said


def _walks(taps: Sequence[Drawn]) -> Iterator[list[Drawn]]:
    """Cut taps into runs with long pauses between them: a backlog may span a holiday."""
    ordered = sorted(taps, key=lambda one: one.time)
    walk = [ordered[0]]
    for one in ordered[1:]:
        if one.time - walk[-1].time > _ONE_WALK:
            yield walk
            walk = []
        walk.append(one)
    yield walk


def _rows_near(session: Session, people: set[str | None], walk: Sequence[Drawn]) -> dict[str | None, list[_Row]]:
    """Read the taps of people around a run, oldest first."""
    points = {one.point for one in walk}
    at_one = len(points) == 1
    about: dict[str, Any] = {"first": as_stored(walk[0].time), "last": as_stored(walk[-1].time)}
    if at_one:
        about["point"] = points.pop()
    known = sorted(person for person in people if person is not None)
    connection = session.connection()
    found: dict[str | None, list[_Row]] = {}
    for named in (True, False):
        if (named and not known) or (not named and None not in people):
            continue
        asked = {**about, "people": known} if named else about
        for person, time, id, point, walking in connection.execute(_QUESTIONS[named, at_one], asked):
            found.setdefault(person, []).append(_Row(time, id, point, walking))
    for rows in found.values():
        rows.sort()
    return found


def _near(rows: Sequence[_Row], one: Drawn) -> Iterator[Pair]:
    """Pick the taps at other points within the walking time of one."""
    if rows:
        time, walking = as_stored(one.time), rows[0].walking
        first = bisect_left(rows, time - walking, key=lambda row: row.time)
        last = bisect_right(rows, time + walking, key=lambda row: row.time)
        for row in rows[first:last]:
            if row.point != one.point:
                yield Pair(one, row.id, row.time > time)


@dataclass(frozen=True, slots=True)
class _Other:
    """The other tap of a pair."""

    badge: str | None
    name: str
    device: str
    point: str | None
    time: Any


def _others(session: Session, ids: set[int]) -> dict[int, _Other]:
    """Read the other taps, of those whose clock was synced."""
    found: dict[int, _Other] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), _IN_ONE_QUESTION):
        part = wanted[start : start + _IN_ONE_QUESTION]
        rows = session.execute(
            select(
                Event.id, Event.device, Event.epoch, Event.sequence, Event.point_id, Event.time, EventPrivate.private
            )
            .join(EventPrivate, EventPrivate.event_id == Event.id)
            .where(Event.id.in_(part), Event.time_quality == TimeQuality.EXACT.value)
        )
        for id, device, epoch, sequence, point, time, private in rows:
            said = json.loads(private) if private is not None else {}
            found[id] = _Other(said.get("badge"), f"{device}/{epoch}/{sequence}", device, point, time)
    return found
