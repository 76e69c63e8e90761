"""GET and POST restrictions, POST restrictions/{id}/give-back: Withdraw and Restrict, and who obeys (clause 4)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.queries.restrictions import RestrictionKept, complete, read_restrictions
from admin_web.services.actor import Actor
from admin_web.services.etags import etag_of
from admin_web.services.restrictions import give_back, make_restriction, require_restriction
from admin_web.services.rule_bodies import RestrictionBody, restriction_draft
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.rule_fields import api_fields
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.office import Office
from admin_web.web.visitors import Key, TheOffice
from broker.instants import write_instant

router = APIRouter(prefix=PREFIX, tags=["restrictions"], route_class=JsonRoute)
Reader = Annotated[Actor, Depends(TokenRequirement(API_PAGES["restrictions"]))]
Editor = Annotated[Actor, Depends(TokenRequirement(API_ACTS["restrictions"]))]


class RestrictionItem(BaseModel):
    """One restriction, with the cabinets that obey its present state and those that have not confirmed it."""

    id: int
    scope: str
    person: str | None
    group: str | None
    takes: list[str]
    reason: str
    starts: Annotated[str, Field(alias="from")]
    until: str | None
    ended_at: str | None
    obeyed: list[str]
    not_obeyed: list[str]


class RestrictionList(BaseModel):
    """What is taken away now, and what was given back in the last two weeks."""

    items: list[RestrictionItem]
    next: None


@router.get("/restrictions", response_model=RestrictionList, responses=errors())
def get_restrictions(request: Request, office: TheOffice, actor: Reader) -> Response:
    """List what is taken away now, and what was given back in the last two weeks."""
    with office.database.read() as session:
        kept = read_restrictions(session, office.school_time(session), office.clock.now().utc)
    write_look(office, actor, "restrictions", len(kept))
    return answer(request, {"items": [restriction_item(one) for one in kept], "next": None})


@router.get("/restrictions/{id}", response_model=RestrictionItem, responses=errors(404))
def get_restriction(request: Request, office: TheOffice, actor: Reader, id: Key) -> Response:
    """Read one restriction; the ETag is what giving it back sends as If-Match."""
    return _answer_one(request, office, actor, id)


@router.post(
    "/restrictions",
    status_code=201,
    response_model=RestrictionItem,
    responses=errors(409, 413, 422),
)
def post_restriction(request: Request, office: TheOffice, actor: Editor, body: RestrictionBody) -> Response:
    """Withdraw (no `takes`) or restrict, from now on; 409 where that is taken away already."""
    occasion = office.occasion(actor)
    draft = restriction_draft(body)
    with api_fields(), office.database.write() as session:
        id = make_restriction(session, draft, occasion=occasion).id
    return _answer_one(request, office, actor, id, status=201)


@router.post("/restrictions/{id}/give-back", response_model=RestrictionItem, responses=errors(404, 412, 428))
def post_giving_back(request: Request, office: TheOffice, actor: Editor, id: Key, if_match: IfMatch = None) -> Response:
    """Give back what was taken away."""
    occasion = office.occasion(actor)
    with office.database.write() as session:
        give_back(session, id, if_match=if_match, occasion=occasion)
    return _answer_one(request, office, actor, id)


def _answer_one(request: Request, office: Office, actor: Actor, id: int, *, status: int = 200) -> Response:
    with office.database.read() as session:
        kept = complete(session, [require_restriction(session, id)], office.school_time(session))[0]
    write_look(office, actor, "restriction", 1, person=kept.person)
    return answer(request, restriction_item(kept), etag=etag_of(kept.etag), status=status)


def restriction_item(kept: RestrictionKept) -> dict[str, Any]:
    """Write one restriction as the API does."""
    return {
        "id": kept.id,
        "scope": kept.scope,
        "person": kept.person,
        "group": kept.group,
        "takes": sorted(entitlement.value for entitlement in kept.takes),
        "reason": kept.reason,
        "from": write_instant(kept.starts),
        "until": None if kept.ends is None else write_instant(kept.ends),
        "ended_at": None if kept.ended_at is None else write_instant(kept.ended_at),
        "obeyed": list(kept.obeyed.obeyed),
        "not_obeyed": [one.name for one in kept.obeyed.lacking],
    }
