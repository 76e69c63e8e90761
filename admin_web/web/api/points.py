"""GET points: the storage points, and how many phones are declared in at each today."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.access import API_PAGES
from admin_web.queries.cabinets import Counts, count_declared
from admin_web.queries.people import read_points
from admin_web.services.actor import Actor
from admin_web.web.api.answer import PREFIX, answer, errors
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.visitors import TheOffice

router = APIRouter(prefix=PREFIX, tags=["points"])


class PointItem(BaseModel):
    """One storage point."""

    id: str
    name: str
    kind: str
    slots: int
    declared_in: int


class PointList(BaseModel):
    """Every storage point."""

    items: list[PointItem]
    next: None


@router.get("/points", response_model=PointList, responses=errors())
def get_points(
    request: Request,
    office: TheOffice,
    actor: Annotated[Actor, Depends(TokenRequirement(API_PAGES["points"]))],
) -> Response:
    """List the storage points with their counts of the present school day."""
    with office.database.read() as session:
        points = read_points(session)
        counts = count_declared(session, office.school_time(session))
    items = [
        {
            "id": point.id,
            "name": point.name,
            "kind": point.kind,
            "slots": point.slots,
            "declared_in": counts.get(point.id, Counts()).declared_in,
        }
        for point in points
    ]
    return answer(request, {"items": items, "next": None})
