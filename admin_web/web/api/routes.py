"""Puts the API together, and describes it: /api/v1/openapi.json."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import Response

from admin_web.services.actor import Actor
from admin_web.web.api import devices, events, people, points, restricted
from admin_web.web.api.answer import answer, errors
from admin_web.web.api.bearer import TokenRequirement

PREFIX = "/api/v1"
_NOUNS = (events.router, devices.router, points.router, people.router, restricted.router)
document = APIRouter()


@document.get("/openapi.json", responses=errors(), tags=["this document"])
def get_document(request: Request, actor: Annotated[Actor, Depends(TokenRequirement(None))]) -> Response:
    """Describe the API (OpenAPI 3.1)."""
    return answer(request, _describe())


def install(app: FastAPI) -> None:
    """Add the API's routes to the application; any other address under it is a 404 of its own."""
    for router in (*_NOUNS, document):
        app.include_router(router, prefix=PREFIX)


def api_router() -> APIRouter:
    """All routes of the API, without an application."""
    router = APIRouter(prefix=PREFIX)
    for noun in (*_NOUNS, document):
        router.include_router(noun)
    return router


@cache
def _describe() -> dict[str, Any]:
    described = get_openapi(
        title="Phonekeep",
        version="1",
        summary="What happened at the cabinets, how they are, and the rules they work by.",
        routes=api_router().routes,
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
