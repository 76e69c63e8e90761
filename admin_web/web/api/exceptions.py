"""GET exceptions and POST exceptions/{id}/review: what a person should look at, and what somebody found."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.queries.exceptions import ExceptionFilter, ExceptionKept, exceptions_after, read_exception
from admin_web.services.actor import Actor
from admin_web.services.bodies import Body, Text
from admin_web.services.etags import etag_of
from admin_web.services.reviews import review_exception
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.events import PersonNamed
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.visitors import Key, TheOffice
from broker.instants import write_instant

router = APIRouter(prefix=PREFIX, tags=["exceptions"], route_class=JsonRoute)
MOST, DEFAULT = 500, 100


class ReviewItem(BaseModel):
    """One review."""

    code: str
    by: str
    at: str


class ExceptionItem(BaseModel):
    """One exception; `id` is a number in text."""

    id: str
    kind: str
    point: str | None
    device: str | None
    time: str
    solved_at: str | None
    person: PersonNamed | None
    events: list[str]
    sentence: str
    open: bool
    reviews: list[ReviewItem]


class ExceptionList(BaseModel):
    """A page of exceptions; `next` is always there to go on from."""

    items: list[ExceptionItem]
    next: str


class ReviewBody(Body):
    """What somebody found: a code, and never a word besides."""

    code: Text


@router.get("/exceptions", response_model=ExceptionList, responses=errors(422))
def get_exceptions(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["exceptions"]))],
    after: Annotated[str, Query(pattern=r"^[0-9]{1,18}$", description="`next` of the page before.")] = "0",
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT,
    open: Annotated[bool | None, Query(description="Only those nobody has reviewed, or only the others.")] = None,
) -> Response:
    """List exceptions in the order they were raised, from a cursor on."""
    with office.database.read() as session:
        times = office.school_time(session)
        filter = ExceptionFilter(is_open=open)
        items, next = exceptions_after(session, filter, times, int(after), limit=limit)
    write_look(office, actor, "exceptions", len(items), {} if open is None else {"open": open})
    return answer(request, {"items": [exception_item(one) for one in items], "next": str(next)})


@router.post(
    "/exceptions/{id}/review",
    response_model=ExceptionItem,
    status_code=201,
    responses=errors(404, 412, 413, 422),
)
def post_review(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_ACTS["exceptions"]))],
    id: Key,
    body: ReviewBody,
    if_match: IfMatch = None,
) -> Response:
    """Add a review beside those that are there; with If-Match only where nobody has reviewed it since it was read."""
    occasion = office.occasion(actor)
    with office.database.write() as session:
        times = office.school_time(session)
        person = read_exception(session, id, times).kept.person
        review_exception(session, id, body.code, person=person, if_match=if_match, occasion=occasion)
        kept = read_exception(session, id, times).kept
    return answer(request, exception_item(kept), etag=etag_of(kept.edition), status=201)


def exception_item(kept: ExceptionKept) -> dict[str, Any]:
    """Write one exception as the API does."""
    return {
        "id": str(kept.id),
        "kind": kept.kind,
        "point": kept.point,
        "device": kept.device,
        "time": write_instant(kept.raised_at),
        "solved_at": None if kept.solved_at is None else write_instant(kept.solved_at),
        "person": None if kept.person is None else {"id": kept.person, "name": kept.person_name},
        "events": list(kept.cites),
        "sentence": kept.sentence.text,
        "open": kept.is_open,
        "reviews": [{"code": one.code, "by": one.by, "at": write_instant(one.at)} for one in kept.reviews],
    }
