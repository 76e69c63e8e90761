"""GET and POST room-states, POST room-states/{id}/end: children staying in, until when (clause 6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.queries.room_states import RoomStateKept, SaidByBadge, read_room_states, read_said_by_badge
from admin_web.services.actor import Actor
from admin_web.services.etags import etag_of
from admin_web.services.room_states import end_room_state, end_said_by_badge, set_room_state
from admin_web.services.rule_bodies import RoomStateBody, room_state_draft
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.rule_fields import api_fields
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.office import Office
from admin_web.web.visitors import Key, TheOffice
from broker.instants import write_instant

router = APIRouter(prefix=PREFIX, tags=["room-states"], route_class=JsonRoute)
Reader = Annotated[Actor, Depends(TokenRequirement(API_PAGES["room-states"]))]
Editor = Annotated[Actor, Depends(TokenRequirement(API_ACTS["room-states"]))]


class RoomStateItem(BaseModel):
    """Children staying in at one area or point; without an id a badge said it at that point's cabinet."""

    id: int | None
    etag: str | None
    area: str | None
    point: str | None
    starts: Annotated[str | None, Field(alias="from")]
    until: str
    running: bool


class RoomStateList(BaseModel):
    """Every room in which children stay in, now or later."""

    items: list[RoomStateItem]
    next: None


@router.get("/room-states", response_model=RoomStateList, responses=errors())
def get_room_states(request: Request, office: TheOffice, _: Reader) -> Response:
    """List where children stay in, now or later; `etag` is what ending one sends as If-Match."""
    return _answer(request, office)


@router.post("/room-states", status_code=201, response_model=RoomStateList, responses=errors(409, 412, 413, 422))
def post_room_state(request: Request, office: TheOffice, actor: Editor, body: RoomStateBody) -> Response:
    """Let children stay in, one room state for each area and point.

    What was said already ends earlier by it only where `replaces` names its `id` and `etag`; else 412.
    """
    occasion = office.occasion(actor)
    draft = room_state_draft(body)
    with api_fields(), office.database.write() as session:
        set_room_state(session, draft, occasion=occasion)
    return _answer(request, office, status=201)


@router.post("/room-states/{id}/end", response_model=RoomStateList, responses=errors(404, 412, 428))
def post_end(request: Request, office: TheOffice, actor: Editor, id: Key, if_match: IfMatch = None) -> Response:
    """End one room state now."""
    occasion = office.occasion(actor)
    with office.database.write() as session:
        end_room_state(session, id, if_match=if_match, occasion=occasion)
    return _answer(request, office)


@router.post("/room-states/points/{point}/end", response_model=RoomStateList, responses=errors(404))
def post_end_at_point(request: Request, office: TheOffice, actor: Editor, point: str) -> Response:
    """End what a badge said at a point's cabinet."""
    occasion = office.occasion(actor)
    with office.database.write() as session:
        end_said_by_badge(session, point, occasion=occasion)
    return _answer(request, office)


def _answer(request: Request, office: Office, *, status: int = 200) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        kept = read_room_states(session, office.school_time(session), now)
        said = read_said_by_badge(session, now)
    items = [*map(room_state_item, kept), *map(badge_item, said)]
    return answer(request, {"items": items, "next": None}, status=status)


def room_state_item(kept: RoomStateKept) -> dict[str, Any]:
    """Write one room state as the API does."""
    return {
        "id": kept.id,
        "etag": etag_of(kept.etag),
        "area": kept.area,
        "point": kept.point,
        "from": write_instant(kept.starts),
        "until": write_instant(kept.ends),
        "running": kept.running,
    }


def badge_item(said: SaidByBadge) -> dict[str, Any]:
    """Write what a badge said as the API does."""
    return {
        "id": None,
        "etag": None,
        "area": None,
        "point": said.point,
        "from": None,
        "until": write_instant(said.ends),
        "running": not said.ending,
    }
