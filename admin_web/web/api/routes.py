"""Puts the API together, and describes it: /api/v1/openapi.json."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from admin_web.services.actor import Actor
from admin_web.web.api import (
    devices,
    events,
    exceptions,
    people,
    permissions,
    points,
    restricted,
    restrictions,
    room_states,
    timetable,
    what_if,
)
from admin_web.web.api.answer import PREFIX, answer, errors
from admin_web.web.api.bearer import TokenRequirement

document = APIRouter(prefix=PREFIX)


@document.get("/openapi.json", responses=errors(), tags=["this document"])
def get_document(request: Request, actor: Annotated[Actor, Depends(TokenRequirement(None))]) -> Response:
    """Describe the API (OpenAPI 3.1)."""
    return answer(request, _describe())


ROUTERS: tuple[APIRouter, ...] = (
    events.router,
    exceptions.router,
    devices.router,
    points.router,
    people.router,
    restricted.router,
    timetable.router,
    permissions.router,
    restrictions.router,
    room_states.router,
    what_if.router,
    document,
)


@cache
def _describe() -> dict[str, Any]:
    described = get_openapi(
        title="Phonekeep",
        version="1",
        summary="What happened at the cabinets, how they are, and the rules they work by.",
        routes=[route for router in ROUTERS for route in router.routes],
    )
    _strip_default_errors(described)
    return described


def _strip_default_errors(described: dict[str, Any]) -> None:
    """Take out FastAPI's own shape of a 422: this API answers with its own."""
    schemas = described["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path in described["paths"].values():
        for call in path.values():
            invalid = call["responses"].get("422")
            if invalid is not None and "HTTPValidationError" in str(invalid):
                invalid["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/ErrorBody"}
                invalid["description"] = "The request is not right; nothing was saved"
