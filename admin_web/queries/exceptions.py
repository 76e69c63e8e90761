"""Exceptions as people review them: newest first by cursor, each told from the events it cites, with its reviews."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from admin_web.database.events import Event, ExceptionRow
from admin_web.database.reviews import ExceptionReview
from admin_web.errors import NotFound
from admin_web.events.day_exceptions import GROUPED, DayKind
from admin_web.queries.names import Names, actor_names, names_for
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences import exceptions as sentences
from admin_web.queries.sentences import visits
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import StoredEvent, read_events, stored_events
from admin_web.services.reviews import CODES

_EVENTS_EACH = 2
"""A sentence needs no more of them; the page of one exception reads all."""


@dataclass(frozen=True, slots=True)
class ExceptionFilter:
    """Which exceptions are wanted; an empty filter wants all."""

    is_open: bool | None = None
    """Not yet reviewed by anybody; None: either."""
    kind: str | None = None
    point: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewKept:
    """One review."""

    code: str
    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExceptionKept:
    """One exception, ready to be shown."""

    id: int
    kind: str
    device: str | None
    point: str | None
    raised_at: datetime
    solved_at: datetime | None
    cites: tuple[str, ...]
    sentence: Sentence
    person: str | None
    person_name: str | None
    reviews: tuple[ReviewKept, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has reviewed it yet."""
        return not self.reviews

    @property
    def edition(self) -> int:
        """What an ETag names: one more with each review."""
        return 1 + len(self.reviews)


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """Exceptions newest first, and whether there are more on either side."""

    items: tuple[ExceptionKept, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class ExceptionDetail:
    """One exception with the events it cites, each as a sentence."""

    kept: ExceptionKept
    events: tuple[tuple[StoredEvent, Sentence], ...]


def newest_exceptions(
    session: Session,
    filter: ExceptionFilter,
    times: SchoolTime,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int,
) -> ExceptionPage:
    """Find a page of exceptions, newest first: the newest, or those straight before or after an id."""
    question = select(ExceptionRow).where(*_conditions(filter, times))
    if after is not None:
        question = question.where(ExceptionRow.id > after).order_by(ExceptionRow.id)
    elif before is not None:
        question = question.where(ExceptionRow.id < before).order_by(ExceptionRow.id.desc())
    else:
        question = question.order_by(ExceptionRow.id.desc())
    found = list(session.scalars(question.limit(limit + 1)))
    more = len(found) > limit
    rows = found[:limit]
    if after is not None:
        if not more:
            return newest_exceptions(session, filter, times, limit=limit)
        rows.reverse()
    return ExceptionPage(
        tuple(_keep(session, rows, times)),
        has_newer=before is not None or (after is not None and more),
        has_older=more or after is not None,
    )


def exceptions_after(
    session: Session, filter: ExceptionFilter, times: SchoolTime, after: int, *, limit: int
) -> tuple[list[ExceptionKept], int]:
    """Find the exceptions after an id in the order they were raised, and the id to go on from."""
    question = select(ExceptionRow).where(ExceptionRow.id > after, *_conditions(filter, times))
    rows = list(session.scalars(question.order_by(ExceptionRow.id).limit(limit)))
    return _keep(session, rows, times), rows[-1].id if rows else after


def read_exception(session: Session, id: int, times: SchoolTime) -> ExceptionDetail:
    """Read one exception. Raises NotFound."""
    row = session.get(ExceptionRow, id)
    if row is None:
        raise NotFound("There is no such exception.", what_to_do="Look at the list of what is to be reviewed.")
    (kept,) = _keep(session, [row], times)
    events = list(_events(session, {*kept.cites, *([row.solved_by] if row.solved_by else [])}).values())
    events.sort(key=lambda event: (event.time, event.id))
    names = names_for(session, events)
    return ExceptionDetail(kept, tuple((event, tell(event, names, times)) for event in events))


def person_of(session: Session, id: int, times: SchoolTime) -> str | None:
    """Name the person an exception has to do with; None for a device or a badge that is nobody's. Raises NotFound."""
    return read_exception(session, id, times).kept.person


def _conditions(filter: ExceptionFilter, times: SchoolTime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filter.is_open is not None:
        conditions.append(
            ExceptionRow.reviewed_at.is_(None) if filter.is_open else ExceptionRow.reviewed_at.is_not(None)
        )
    if filter.kind is not None:
        conditions.append(ExceptionRow.kind == filter.kind)
    if filter.point is not None:
        conditions.append(ExceptionRow.point_id == filter.point)
    if filter.day is not None:
        starts, ends = times.bounds(filter.day)
        conditions += [ExceptionRow.raised_at >= starts, ExceptionRow.raised_at < ends]
    return conditions


def _keep(session: Session, rows: Sequence[ExceptionRow], times: SchoolTime) -> list[ExceptionKept]:
    cites = {row.id: tuple(json.loads(row.cites)) for row in rows}
    events = _events(session, {name for of in cites.values() for name in of[:_EVENTS_EACH]})
    names = names_for(session, events.values())
    reviews = _reviews(session, [row.id for row in rows])
    kept = []
    for row in rows:
        told = [Told(events[name], names, times) for name in cites[row.id][:_EVENTS_EACH] if name in events]
        person = told[0].event.person if told and row.kind not in (GROUPED - {DayKind.IMPOSSIBLE_BADGE}) else None
        kept.append(
            ExceptionKept(
                id=row.id,
                kind=row.kind,
                device=row.device,
                point=row.point_id,
                raised_at=told[-1].event.time if told else row.raised_at,
                solved_at=row.ended_at,
                cites=cites[row.id],
                sentence=_sentence(row, told, len(cites[row.id]), names),
                person=person,
                person_name=names.people.get(person or ""),
                reviews=reviews.get(row.id, ()),
            )
        )
    return kept


def _sentence(row: ExceptionRow, told: Sequence[Told], events: int, names: Names) -> Sentence:
    if row.kind not in set(DayKind) or not told:
        name = "Central" if row.device == "central" else names.place(row.point_id, row.device) or "Central"
        return sentences.of_device(name, row.kind)
    match DayKind(row.kind):
        case DayKind.OVERDUE:
            return sentences.overdue(told[0], row.ended_at)
        case DayKind.IMPOSSIBLE_BADGE if len(told) > 1:
            return sentences.two_places(told[0], told[1])
        case DayKind.CLOCK_UNTRUSTED | DayKind.RULES_STALE:
            return sentences.grouped(told[0], row.kind, events, row.ended_at)
        case DayKind.HELD_OPEN:
            return sentences.held_open(told[0], row.ended_at)
        case DayKind.NOT_BRIEFED:
            return visits.not_briefed(told[0], row.ended_at)
        case _:
            return tell(told[0].event, told[0].names, told[0].times)


def _events(session: Session, cited: Iterable[str]) -> Mapping[str, StoredEvent]:
    """Read events by their ids device/epoch/sequence; what central does not hold is left out."""
    parts = [name.split("/") for name in sorted(cited)]
    wanted = [(one[0], one[1], int(one[2])) for one in parts if len(one) == 3 and one[2].isdecimal()]
    found: dict[str, StoredEvent] = {}
    place = tuple_(Event.device, Event.epoch, Event.sequence)
    for start in range(0, len(wanted), 200):
        for event in read_events(session, stored_events().where(place.in_(wanted[start : start + 200]))):
            found[event.name] = event
    return found


def _reviews(session: Session, ids: Sequence[int]) -> dict[int, tuple[ReviewKept, ...]]:
    if not ids:
        return {}
    rows = session.scalars(
        select(ExceptionReview).where(ExceptionReview.exception_id.in_(ids)).order_by(ExceptionReview.id)
    ).all()
    names = actor_names(session, {row.reviewed_by for row in rows})
    found: dict[int, tuple[ReviewKept, ...]] = {}
    for row in rows:
        by = names.get(row.reviewed_by, "Somebody whose account is no longer kept")
        one = ReviewKept(row.code, CODES.get(row.code, row.code.replace("_", " ")), by, row.reviewed_at)
        found[row.exception_id] = (*found.get(row.exception_id, ()), one)
    return found
