"""What is to be reviewed: exceptions by filter and cursor, one with its events, and the form that adds a review."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Invalid, Refused
from admin_web.queries.exceptions import ExceptionFilter, newest_exceptions, read_exception
from admin_web.queries.people import read_points
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.exceptions import KIND_WORDS, kind_words
from admin_web.services.etags import etag_of
from admin_web.services.reviews import codes_of, review_exception
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

ROWS = 50
STATES = {"open": "To review", "reviewed": "Reviewed", "all": "All"}
SAID = {"reviewed": "Your review is added."}

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.EXCEPTIONS))]
Reviewer = Annotated[SignedIn, Depends(Requirement(Act.REVIEW_EXCEPTIONS))]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    show: str = "open"
    kind: str = ""
    point: str = ""
    day: str = ""

    def query(self, **more: str | None) -> str:
        """Write the address of the same question with something more, or less where None."""
        parts: dict[str, str | None] = {
            "show": None if self.show == "open" else self.show,
            "kind": self.kind,
            "point": self.point,
            "day": self.day,
            **more,
        }
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"/exceptions?{query}" if query else "/exceptions"

    def filter(self) -> ExceptionFilter:
        """Turn it into the question. Raises Invalid."""
        return ExceptionFilter(
            is_open={"open": True, "reviewed": False}.get(self.show),
            kind=_kind(self.kind),
            point=self.point or None,
            day=_day(self.day),
        )


def asked(
    show: Annotated[str, Query(max_length=16)] = "open",
    kind: Annotated[str, Query(max_length=32)] = "",
    point: Annotated[str, Query(max_length=40)] = "",
    day: Annotated[str, Query(max_length=10)] = "",
) -> Asked:
    """Read the filter of an address; an empty field of the form is no filter."""
    return Asked(show if show in STATES else "open", kind, point, day)


@router.get("/exceptions")
def show_exceptions(
    request: Request,
    office: TheOffice,
    signed: Reader,
    what: Annotated[Asked, Depends(asked)],
    before: Key | None = None,
    after: Key | None = None,
) -> Response:
    """Show a page of exceptions, newest first."""
    filter = what.filter()
    with office.database.read() as session:
        times = office.school_time(session)
        page = newest_exceptions(session, filter, times, before=before, after=after, limit=ROWS)
        points = {point.id: point.name for point in read_points(session)}
    looked = {"show": what.show, "kind": filter.kind, "point": filter.point, "day": what.day or None}
    write_look(
        office,
        signed,
        "exceptions",
        len(page.items),
        {name: value for name, value in looked.items() if value is not None},
    )
    return render(
        request,
        "exceptions/list.html",
        what=what,
        page=page,
        times=times,
        states=STATES,
        kinds=KIND_WORDS,
        points=points,
        chips=list(_chips(what, filter, points, times)),
    )


@router.get("/exceptions/{number}")
def show_exception(
    request: Request,
    office: TheOffice,
    signed: Reader,
    number: Key,
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show one exception with the events it cites and its reviews."""
    return _show(request, office, signed, number, said=SAID.get(said))


@router.post("/exceptions/{number}/review")
def review(request: Request, office: TheOffice, signed: Reviewer, form: Form, number: Key) -> Response:
    """Add a review; whoever did not see the newest one is shown it first."""
    code, etag = text_of(form, "code"), text_of(form, "etag")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            person = read_exception(session, number, office.school_time(session)).kept.person
            review_exception(session, number, code, person=person, if_match=etag, occasion=occasion)
    except Refused as refused:
        if refused.status == 404:
            raise
        problem = FieldProblem.of(refused)
        return _show(request, office, signed, number, problems=(problem,), chosen=code, status=refused.status)
    return go_to(f"/exceptions/{number}?said=reviewed")


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    number: int,
    *,
    problems: tuple[FieldProblem, ...] = (),
    chosen: str = "",
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        detail = read_exception(session, number, times)
    write_look(office, signed, "exception", 1, {"exception": number}, person=detail.kept.person)
    return render(
        request,
        "exceptions/one.html",
        status=status,
        problems=problems,
        detail=detail,
        kept=detail.kept,
        kind=kind_words(detail.kept.kind),
        codes=codes_of(detail.kept.kind),
        etag=etag_of(detail.kept.edition),
        chosen=chosen,
        times=times,
        said=said,
    )


def _chips(
    what: Asked, filter: ExceptionFilter, points: dict[str, str], times: SchoolTime
) -> Iterator[tuple[str, str]]:
    """Each part of the filter in words, with the address that does without it."""
    if filter.kind is not None:
        yield kind_words(filter.kind), what.query(kind=None)
    if filter.point is not None:
        yield points.get(filter.point, filter.point), what.query(point=None)
    if filter.day is not None:
        yield times.day(filter.day), what.query(day=None)


def _kind(text: str) -> str | None:
    if text and text not in KIND_WORDS:
        raise Invalid("That is not a kind of exception.", what_to_do="Choose one from the list.", field="kind")
    return text or None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("That is not a date.", what_to_do="Write it like 2026-11-24.", field="day") from None
