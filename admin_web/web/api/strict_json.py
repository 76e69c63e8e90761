"""Reads a body as strict JSON (flow 2, step 1), and complains of it only once the token is known to be allowed."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from admin_web.errors import BodyTooLong, Invalid, Refused

_WHAT_TO_DO = "Send one JSON object in UTF-8 with `Content-Type: application/json`; docs/api.md lists every field."


class JsonRequest(Request):
    """A request whose body is parsed strictly; what is wrong with it waits in `problem`."""

    problem: Refused | None = None

    async def body(self) -> bytes:
        """Read the body; one that was cut off for its length (see `headers.Guarded`) counts as absent."""
        try:
            content = await super().body()
        except ClientDisconnect:
            self.problem = BodyTooLong()
            return b""
        if not content:
            self.problem = Invalid("There is no body.", what_to_do=_WHAT_TO_DO)
        elif "json" not in self.headers.get("content-type", ""):
            self.problem = Invalid("The body is not sent as JSON.", what_to_do=_WHAT_TO_DO)
        return content

    async def json(self) -> Any:
        """Parse the body; None where it cannot be parsed."""
        try:
            return parse_strictly(await self.body())
        except Invalid as problem:
            self.problem = problem
            return None


class JsonRoute(APIRoute):
    """A route that answers 401 and 403 before it says anything about the body, and 422 to whatever is no JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Put the strict request around what FastAPI makes of the route."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            strict = JsonRequest(request.scope, request.receive)
            try:
                return await handle(strict)
            except RequestValidationError:
                if strict.problem is not None:
                    raise strict.problem from None
                raise

        return handle_strictly


def parse_strictly(content: bytes) -> object:
    """Parse JSON that means one thing only (RFC 8259): no NaN, no name twice. Raises Invalid."""
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError:
        raise Invalid("The body is nested too deeply.", what_to_do=_WHAT_TO_DO) from None
    except ValueError as problem:
        raise Invalid(f"The body is not JSON: {_first_line(problem)}.", what_to_do=_WHAT_TO_DO) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(f"{name[:60]!r} stands twice.", what_to_do="Give each field once.", field=name[:60])
        found[name] = value
    return found


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def _first_line(problem: ValueError) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "its bytes are not UTF-8"
    return str(problem).partition(";")[0]
