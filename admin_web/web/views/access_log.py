"""The access log: sentences newest first, by cursor and filter, live; beside it why one of them happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin_web.access import Page
from admin_web.errors import Invalid
from admin_web.events.kinds import LogKind
from admin_web.queries import access_log as log
from admin_web.queries.api_events import last_event_id
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.event_detail import EventDetail, read_detail
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.names import Names, names_for
from admin_web.queries.people import person_choices, read_points
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.sentences.sentence import Sentence
from admin_web.queries.stored_events import StoredEvent, events_by_id
from admin_web.services.audit import Filter, record_look
from admin_web.services.sessions import SignedIn
from admin_web.web.office import Office
from admin_web.web.pages import render
from admin_web.web.visitors import Key, Requirement, TheOffice

ROWS = 50
LIVE_ROWS = 50
"""More than this at once, and an open page loads itself again instead."""
LATE = timedelta(seconds=3)
"""A row that was committed longer than this after it happened arrived late."""

KIND_WORDS = {
    LogKind.PUT_IN: "Phone declared in",
    LogKind.TAKE_OUT: "Phone declared out",
    LogKind.NO_PHONE: "No phone today",
    LogKind.REFUSED: "Refused",
    LogKind.PUT_IN_REPEATED: "Put in again",
    LogKind.NOT_BACK: "Phone not back",
    LogKind.DOOR: "Door without a badge",
    LogKind.FAULT: "Fault of a part",
    LogKind.CHANGE: "Change in the office",
    LogKind.VISITOR: "Visitors and roll-calls",
    LogKind.DEVICE: "Noticed by central",
}

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ACCESS_LOG))]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; the person stands in it by handle only."""

    person: str = ""
    point: str = ""
    kind: str = ""
    refused: bool = False
    day: str = ""

    def query(self, **more: str | None) -> str:
        """Write the address of the same question with something more, or less where None."""
        parts: dict[str, str | None] = {
            "person": self.person,
            "point": self.point,
            "kind": self.kind,
            "refused": "1" if self.refused else "",
            "day": self.day,
            **more,
        }
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/log?{query}" if query else "/log"

    def filter(self, session: Session) -> log.LogFilter:
        """Turn it into the question. Raises Invalid, NotFound."""
        return log.LogFilter(
            person=find_person_id(session, self.person) if self.person else None,
            point=self.point or None,
            kind=_kind(self.kind),
            refused=self.refused,
            day=_day(self.day),
        )


def asked(
    person: Annotated[str, Query(max_length=16)] = "",
    point: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=16)] = "",
    refused: Annotated[str, Query(max_length=5)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> Asked:
    """Read the filter of an address; an empty field of the form is no filter."""
    return Asked(person, point, kind, refused not in ("", "0"), day)


TheAsked = Annotated[Asked, Depends(asked)]


@dataclass(frozen=True, slots=True)
class Row:
    """One row ready to be shown."""

    event: StoredEvent
    sentence: Sentence
    place: log.Cursor
    clock: str
    day: date
    late: bool
    assign: str | None
    """The handle of the unknown badge, where somebody may give it a name."""

    @property
    def why(self) -> str:
        """The word of the link to the detail."""
        return "Why?" if self.sentence.question.startswith("Why") else "More"


@router.get("/log")
def show_log(
    request: Request,
    office: TheOffice,
    signed: Reader,
    what: TheAsked,
    before: str = "",
    after: str = "",
    end: bool = False,
    event: str = "",
) -> Response:
    """Show a page of the log, and the detail of one event beside it."""
    with office.database.read() as session:
        times = office.school_time(session)
        filter = what.filter(session)
        upto = last_event_id(session)
        page = _page(session, filter, times, before, after, end)
        rows, _ = _rows(session, page.places, times)
        detail = read_detail(session, event, times) if event else None
        people, points = person_choices(session), read_points(session)
        silent = [cabinet.name for cabinet in read_cabinets(session, times) if cabinet.since and not cabinet.online]
    _write_look(office, signed, filter, len(rows), detail)
    newest = not page.has_newer
    place = {"before": before or None, "after": after or None, "end": "1" if end else None}
    return render(
        request,
        "access_log/page.html",
        what=what,
        filter=filter,
        days=_by_day(rows),
        times=times,
        page=page,
        newest=newest,
        upto=upto,
        first=rows[0].place if rows else None,
        last=rows[-1].place if rows else None,
        people=[(handle_of(id), name) for id, name in people],
        points=[(point.id, point.name) for point in points],
        kinds=[(kind.value, word) for kind, word in KIND_WORDS.items()],
        chips=_chips(what, filter, people, {point.id: point.name for point in points}, times),
        silent=silent if newest else [],
        detail=detail,
        selected=event,
        here=place,
    )


@router.get("/log/rows")
def show_new_rows(
    request: Request, office: TheOffice, signed: Reader, what: TheAsked, since: Key, upto: Key
) -> Response:
    """Give an open page the rows that were committed after an event, for its script to put where they belong."""
    with office.database.read() as session:
        times = office.school_time(session)
        filter = what.filter(session)
        places = log.rows_since(session, filter, times, since, upto=upto, limit=LIVE_ROWS)
        if len(places) > LIVE_ROWS:
            return Response(status_code=HTTPStatus.RESET_CONTENT)
        rows, _ = _rows(session, places, times)
    if rows:
        _write_look(office, signed, filter, len(rows), None)
    return render(
        request, "access_log/rows.html", days=_by_day(rows), times=times, what=what, selected="", here={}, fresh=True
    )


def _page(
    session: Session, filter: log.LogFilter, times: SchoolTime, before: str, after: str, end: bool
) -> log.LogPage:
    if before:
        return log.older_rows(session, filter, times, log.Cursor.parse(before), limit=ROWS)
    if after:
        return log.newer_rows(session, filter, times, log.Cursor.parse(after), limit=ROWS)
    if end:
        return log.oldest_rows(session, filter, times, limit=ROWS)
    return log.newest_rows(session, filter, times, limit=ROWS)


def _rows(
    session: Session, places: tuple[log.Cursor, ...] | list[log.Cursor], times: SchoolTime
) -> tuple[list[Row], Names]:
    events = events_by_id(session, [place.event_id for place in places])
    names = names_for(session, events)
    by_id = {event.id: event for event in events}
    rows = [_row(by_id[place.event_id], place, names, times) for place in places if place.event_id in by_id]
    return rows, names


def _row(event: StoredEvent, place: log.Cursor, names: Names, times: SchoolTime) -> Row:
    badge = event.text("badge")
    waits = badge is not None and badge in names.unassigned and event.type == "tap.refused.v1"
    return Row(
        event=event,
        sentence=tell(event, names, times),
        place=place,
        clock=times.second(event.time),
        day=times.day_of(event.time),
        late=event.committed_at - event.time > LATE,
        assign=handle_of(badge) if waits and badge is not None else None,
    )


def _by_day(rows: list[Row]) -> list[tuple[date, list[Row]]]:
    return [(day, list(of_day)) for day, of_day in groupby(rows, key=lambda row: row.day)]


def _write_look(office: Office, signed: SignedIn, filter: log.LogFilter, rows: int, detail: EventDetail | None) -> None:
    """Write down who looked, with what filter and how many rows; an opened detail is a look of its own."""
    asked: dict[str, str | int | bool | None] = {
        name: value
        for name, value in {
            "point": filter.point,
            "kind": filter.kind,
            "refused": filter.refused or None,
            "day": None if filter.day is None else filter.day.isoformat(),
        }.items()
        if value is not None
    }
    now = office.machine_now()
    with office.database.write() as session:
        record_look(session, "access_log", asked, rows, actor=signed.actor, machine_now=now, person_id=filter.person)
        if detail is not None:
            looked: Filter = {"event": detail.event.name}
            record_look(session, "event", looked, 1, actor=signed.actor, machine_now=now, person_id=detail.event.person)


def _chips(
    what: Asked, filter: log.LogFilter, people: list[tuple[str, str]], points: dict[str, str], times: SchoolTime
) -> Iterator[tuple[str, str]]:
    """Each part of the filter in words, with the address that does without it."""
    if filter.person is not None:
        yield dict(people).get(filter.person, "Somebody who has ended"), what.query(person=None)
    if filter.point is not None:
        yield points.get(filter.point, filter.point), what.query(point=None)
    if filter.kind is not None:
        yield KIND_WORDS[filter.kind], what.query(kind=None)
    if filter.refused:
        yield "Refused only", what.query(refused=None)
    if filter.day is not None:
        yield times.day(filter.day), what.query(day=None)


def _kind(text: str) -> LogKind | None:
    try:
        return LogKind(text) if text else None
    except ValueError:
        raise Invalid("That is not a kind of event.", what_to_do="Choose one from the list.", field="kind") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("That is not a date.", what_to_do="Write it like 2026-11-24.", field="day") from None
