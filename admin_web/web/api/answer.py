"""Answers of the API: JSON with an ETag, and the shapes of its errors for the OpenAPI document."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from admin_web.services.actor import Actor
from admin_web.services.audit import Filter, record_look
from admin_web.web.office import Office

PREFIX = "/api/v1"

IfMatch = Annotated[
    str | None, Header(description="The ETag of what is changed; needed where something exists already.")
]


class ErrorBody(BaseModel):
    """What every error says."""

    error: str
    field: str | None
    what_to_do: str


Responses = dict[int | str, dict[str, Any]]

_WORDS = {
    401: "No valid token",
    403: "The token's role may not",
    404: "Nothing of that name",
    409: "A badge or a slot that somebody else holds",
    412: "Changed since it was read",
    413: "More was sent than is taken at once",
    422: "The content is not right; nothing was saved",
    428: "If-Match is missing",
}


def errors(*codes: int) -> Responses:
    """Describe the errors a call can answer with."""
    return {code: {"model": ErrorBody, "description": _WORDS[code]} for code in (401, 403, *codes)}


def answer(request: Request, body: object, *, etag: str | None = None, status: int = 200) -> Response:
    """Write JSON with an ETag: the edition of a thing, else a mark of the content; 304 where the caller has it."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    mark = etag if etag is not None else f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"ETag": mark}
    if request.method == "GET" and mark in [
        part.strip() for part in request.headers.get("if-none-match", "").split(",")
    ]:
        return Response(status_code=304, headers=headers)
    return Response(content, status, headers, "application/json")


def write_look(
    office: Office, actor: Actor, page: str, rows: int, filter: Filter | None = None, person: str | None = None
) -> None:
    """Add to the token's audit row of this filter and hour; an answer without rows showed nobody."""
    if rows == 0:
        return
    with office.database.write() as session:
        record_look(
            session,
            page,
            filter or {},
            rows,
            actor=actor,
            machine_now=office.machine_now(),
            person_id=person,
        )
