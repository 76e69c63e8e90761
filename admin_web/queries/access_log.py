"""The access log by cursor: any filter at any depth is a short walk along an index (flow 1, step 10)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, select, tuple_, union_all
from sqlalchemy.orm import Session

from admin_web.database.base import EPOCH, LARGEST_KEY
from admin_web.database.events import LogRow
from admin_web.errors import Invalid
from admin_web.events.kinds import LogKind
from admin_web.queries.school_time import SchoolTime


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which rows are wanted; an empty filter wants all."""

    person: str | None = None
    point: str | None = None
    kind: LogKind | None = None
    refused: bool = False
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether every row is wanted."""
        return self == LogFilter()

    def kinds(self) -> tuple[LogKind, ...] | None:
        """The kinds to walk: None for one walk over all of them, () where nothing can be found.

        An index on a person or a point goes on with the kind, so those filters walk each kind by itself.
        """
        if self.refused:
            return (LogKind.REFUSED,) if self.kind in (None, LogKind.REFUSED) else ()
        if self.kind is not None:
            return (self.kind,)
        return tuple(LogKind) if self.person is not None or self.point is not None else None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row's place in the log: by corrected time, then by id."""

    time: datetime
    event_id: int

    def __str__(self) -> str:
        return f"{(self.time - EPOCH) // timedelta(milliseconds=1)}.{self.event_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor from a URL. Raises Invalid."""
        milliseconds, _, event_id = text.partition(".")
        try:
            if len(text) > 40 or int(event_id) > LARGEST_KEY:
                raise ValueError("too long")
            return cls(EPOCH + timedelta(milliseconds=int(milliseconds)), int(event_id))
        except (ValueError, OverflowError):
            raise Invalid(
                "This is not a place in the log.",
                what_to_do="Go to the newest events and on from there.",
                field="before",
            ) from None


@dataclass(frozen=True, slots=True)
class LogPage:
    """Rows newest first, and whether there is more on either side."""

    places: tuple[Cursor, ...]
    has_newer: bool
    has_older: bool


def newest_rows(session: Session, filter: LogFilter, times: SchoolTime, *, limit: int) -> LogPage:
    """Find the newest rows."""
    found = _walk(session, filter, times, limit + 1, newest_first=True, beyond=None)
    return LogPage(tuple(found[:limit]), has_newer=False, has_older=len(found) > limit)


def older_rows(session: Session, filter: LogFilter, times: SchoolTime, than: Cursor, *, limit: int) -> LogPage:
    """Find the rows straight before a place."""
    found = _walk(session, filter, times, limit + 1, newest_first=True, beyond=than)
    return LogPage(tuple(found[:limit]), has_newer=True, has_older=len(found) > limit)


def newer_rows(session: Session, filter: LogFilter, times: SchoolTime, than: Cursor, *, limit: int) -> LogPage:
    """Find the rows straight after a place; the newest page where there are not enough of them to fill one."""
    found = _walk(session, filter, times, limit + 1, newest_first=False, beyond=than)
    if len(found) <= limit:
        return newest_rows(session, filter, times, limit=limit)
    return LogPage(tuple(reversed(found[:limit])), has_newer=True, has_older=True)


def oldest_rows(session: Session, filter: LogFilter, times: SchoolTime, *, limit: int) -> LogPage:
    """Find the first rows that are kept."""
    found = _walk(session, filter, times, limit + 1, newest_first=False, beyond=None)
    return LogPage(tuple(reversed(found[:limit])), has_newer=len(found) > limit, has_older=False)


def rows_since(
    session: Session, filter: LogFilter, times: SchoolTime, event_id: int, *, upto: int, limit: int
) -> list[Cursor]:
    """Find rows that were committed after an event, newest first; `limit` + 1 of them mean that there are more."""
    if filter.kinds() == ():
        return []
    question = (
        select(LogRow.time, LogRow.event_id)
        .where(LogRow.event_id > event_id, LogRow.event_id <= upto, *_conditions(filter, times, filter.kinds()))
        .order_by(LogRow.event_id)
        .limit(limit + 1)
    )
    found = [Cursor(time, id) for time, id in session.execute(question)]
    return sorted(found, key=lambda place: (place.time, place.event_id), reverse=True)


def _walk(
    session: Session, filter: LogFilter, times: SchoolTime, limit: int, *, newest_first: bool, beyond: Cursor | None
) -> list[Cursor]:
    kinds = filter.kinds()
    if kinds is None or len(kinds) == 1:
        question: Any = _one_walk(filter, times, kinds, limit, newest_first, beyond)
    elif not kinds:
        return []
    else:
        walks = [_one_walk(filter, times, (kind,), limit, newest_first, beyond).subquery() for kind in kinds]
        merged = union_all(*(select(walk.c.time, walk.c.event_id) for walk in walks)).subquery()
        time, event_id = merged.c.time, merged.c.event_id
        order = (time.desc(), event_id.desc()) if newest_first else (time, event_id)
        question = select(time, event_id).order_by(*order).limit(limit)
    return [Cursor(time, id) for time, id in session.execute(question)]


def _one_walk(
    filter: LogFilter,
    times: SchoolTime,
    kinds: tuple[LogKind, ...] | None,
    limit: int,
    newest_first: bool,
    beyond: Cursor | None,
) -> Select[*tuple[Any, ...]]:
    conditions = _conditions(filter, times, kinds)
    place = tuple_(LogRow.time, LogRow.event_id)
    if beyond is not None:
        there = (beyond.time, beyond.event_id)  # a plain tuple takes over the columns' types
        conditions.append(place < there if newest_first else place > there)
    order = (LogRow.time.desc(), LogRow.event_id.desc()) if newest_first else (LogRow.time, LogRow.event_id)
    return select(LogRow.time, LogRow.event_id).where(*conditions).order_by(*order).limit(limit)


def _conditions(filter: LogFilter, times: SchoolTime, kinds: tuple[LogKind, ...] | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filter.person is not None:
        conditions.append(LogRow.person_id == filter.person)
    if filter.point is not None:
        conditions.append(LogRow.point_id == filter.point)
    if kinds is not None and len(kinds) == 1:
        conditions.append(LogRow.kind == kinds[0].value)
    if filter.day is not None:
        starts, ends = times.bounds(filter.day)
        conditions += [LogRow.time >= starts, LogRow.time < ends]
    return conditions
