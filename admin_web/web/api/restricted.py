"""GET and PUT points/{id}/restricted: a point's restricted blocks and breaks as a whole."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.queries.restricted import read_times
from admin_web.services.actor import Actor
from admin_web.services.bodies import RestrictedBody, block_rows_of, blocks_json
from admin_web.services.etags import etag_of
from admin_web.services.restricted import require_times, save_restricted_times
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.visitors import TheOffice

router = APIRouter(prefix=PREFIX, tags=["restricted"], route_class=JsonRoute)


@router.get("/points/{id}/restricted", response_model=RestrictedBody, responses=errors(404))
def get_restricted(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["restricted"]))],
    id: str,
) -> Response:
    """Read the blocks of a point, or this week's where it follows the timetable; a PUT sends the ETag as If-Match."""
    with office.database.read() as session:
        require_times(session, id)
        times = read_times(session, id, office.school_time(session).today)
    return answer(request, blocks_json(times.rows), etag=etag_of(times.etag))


@router.put("/points/{id}/restricted", response_model=RestrictedBody, responses=errors(404, 412, 413, 422, 428))
def put_restricted(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_ACTS["restricted"]))],
    id: str,
    body: RestrictedBody,
    if_match: IfMatch = None,
) -> Response:
    """Let a point's blocks be exactly these, its own; rows of a date replace that date's weekday rows."""
    rows = block_rows_of(body)
    occasion = office.occasion(actor)
    with office.database.write() as session:
        save_restricted_times(session, id, rows, if_match=if_match, occasion=occasion)
        times = read_times(session, id)
    return answer(request, blocks_json(times.rows), etag=etag_of(times.etag))
