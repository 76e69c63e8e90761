"""GET and POST permissions, POST permissions/{id}/withdraw: what the headteacher permits, until when."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.queries.permissions import PermissionKept, read_permission, read_permissions
from admin_web.services.actor import Actor
from admin_web.services.etags import etag_of
from admin_web.services.permissions import grant_permission, require_permission, withdraw_permission
from admin_web.services.rule_bodies import PermissionBody, permission_draft
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors, write_look
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.rule_fields import api_fields
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.office import Office
from admin_web.web.visitors import TheOffice
from broker.instants import write_instant

router = APIRouter(prefix=PREFIX, tags=["permissions"], route_class=JsonRoute)
Reader = Annotated[Actor, Depends(TokenRequirement(API_PAGES["permissions"]))]
Editor = Annotated[Actor, Depends(TokenRequirement(API_ACTS["permissions"]))]


class PermissionItem(BaseModel):
    """One permission."""

    id: str
    kind: str
    purpose: str
    people: list[str]
    areas: list[str]
    starts: Annotated[str, Field(alias="from")]
    until: str
    destination: str | None
    school_phone: str | None
    state: str
    granted_by: str
    granted_at: str
    withdrawn_at: str | None
    used: list[str]
    arrived_on: int | None
    of_cabinets: int | None


class PermissionList(BaseModel):
    """What holds now or later, and what ended in the last two weeks."""

    items: list[PermissionItem]
    next: None


@router.get("/permissions", response_model=PermissionList, responses=errors())
def get_permissions(request: Request, office: TheOffice, actor: Reader) -> Response:
    """List the permissions that hold now or later, and those that ended in the last two weeks."""
    with office.database.read() as session:
        kept = read_permissions(session, office.school_time(session), office.clock.now().utc)
    write_look(office, actor, "permissions", len(kept))
    return answer(request, {"items": [permission_item(one) for one in kept], "next": None})


@router.get("/permissions/{id}", response_model=PermissionItem, responses=errors(404))
def get_permission(request: Request, office: TheOffice, actor: Reader, id: str) -> Response:
    """Read one permission; the ETag is what a withdrawal sends back as If-Match."""
    return _answer_one(request, office, actor, id)


@router.post(
    "/permissions",
    status_code=201,
    response_model=PermissionItem,
    responses=errors(409, 413, 422),
)
def post_permission(request: Request, office: TheOffice, actor: Editor, body: PermissionBody) -> Response:
    """Give a permission; 409 for what `although` would save, like a trip without a school phone."""
    occasion = office.occasion(actor)
    draft = permission_draft(body, occasion.now.utc)
    with api_fields(), office.database.write() as session:
        id = grant_permission(
            session, draft, destination=body.destination, although=body.although, occasion=occasion
        ).id
    return _answer_one(request, office, actor, id, status=201)


@router.post("/permissions/{id}/withdraw", response_model=PermissionItem, responses=errors(404, 409, 412, 428))
def post_withdrawal(request: Request, office: TheOffice, actor: Editor, id: str, if_match: IfMatch = None) -> Response:
    """Take a permission back before its end."""
    occasion = office.occasion(actor)
    with office.database.write() as session:
        withdraw_permission(session, id, if_match=if_match, occasion=occasion)
    return _answer_one(request, office, actor, id)


def _answer_one(request: Request, office: Office, actor: Actor, id: str, *, status: int = 200) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        kept = read_permission(session, require_permission(session, id), times, office.clock.now().utc)
    for person in kept.people:
        write_look(office, actor, "permission", 1, person=person.id)
    return answer(request, permission_item(kept), etag=etag_of(kept.etag), status=status)


def permission_item(kept: PermissionKept) -> dict[str, Any]:
    """Write one permission as the API does."""
    return {
        "id": kept.id,
        "kind": kept.kind.value,
        "purpose": kept.purpose,
        "people": [person.id for person in kept.people],
        "areas": list(kept.areas),
        "from": write_instant(kept.starts),
        "until": write_instant(kept.ends),
        "destination": kept.destination,
        "school_phone": kept.school_phone,
        "state": kept.state,
        "granted_by": kept.granter,
        "granted_at": write_instant(kept.granted_at),
        "withdrawn_at": None if kept.withdrawn_at is None else write_instant(kept.withdrawn_at),
        "used": [write_instant(used) for used in kept.used],
        "arrived_on": None if kept.arrived is None else len(kept.arrived.obeyed),
        "of_cabinets": None if kept.arrived is None else kept.arrived.total,
    }
