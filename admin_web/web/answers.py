"""What goes wrong, as an answer that says what happened and what to do: a page for people, JSON for programs."""

import logging
import re
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, Response

from admin_web.errors import BodyTooLong, DatabaseUnavailable, NotSignedIn, Refused
from admin_web.services.bodies import field_path, plain_words
from admin_web.web.headers import API
from admin_web.web.pages import go_to, render
from admin_web.web.visitors import SignInNeeded

log = logging.getLogger(__name__)

_TITLES = {
    HTTPStatus.UNAUTHORIZED: "You are not signed in",
    HTTPStatus.FORBIDDEN: "This is not for your role",
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.METHOD_NOT_ALLOWED: "That cannot be done here",
    HTTPStatus.CONFLICT: "That clashes with something",
    HTTPStatus.PRECONDITION_FAILED: "Somebody changed this meanwhile",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That cannot be understood",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many tries",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database does not answer",
}


def install(app: FastAPI) -> None:
    """Answer every error that can leave a route."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _cut_off)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DatabaseUnavailable, _unavailable)
    app.add_exception_handler(Exception, _unexpected)


def error_body(error: str, what_to_do: str, field: str | None = None) -> dict[str, str | None]:
    """The body of every error of the API."""
    return {"error": error, "field": field, "what_to_do": what_to_do}


def _answer(request: Request, status: int, error: str, what_to_do: str, field: str | None = None) -> Response:
    if request.url.path.startswith(API):
        headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
        return JSONResponse(error_body(error, what_to_do, _bracketed(field)), status, headers)
    title = _TITLES.get(HTTPStatus(status), "That did not work")
    return render(request, "error.html", status=status, title=title, error=error, what_to_do=what_to_do)


def _bracketed(field: str | None) -> str | None:
    """Write places in lists in one way, `blocks[0].name`, whoever found the problem."""
    return None if field is None else re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", field)


def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)
    live = request.headers.get("sec-fetch-dest") == "empty"
    if isinstance(refused, SignInNeeded) and request.method == "GET" and not live:
        return go_to("/sign-in" if refused.back_to == "/" else f"/sign-in?next={_quoted(refused.back_to)}")
    if isinstance(refused, NotSignedIn) and live:
        return PlainTextResponse(f"{refused.error} {refused.what_to_do}", HTTPStatus.UNAUTHORIZED)
    return _answer(request, refused.status, refused.error, refused.what_to_do, refused.field)


def _http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    is_api = request.url.path.startswith(API)
    if problem.status_code == HTTPStatus.NOT_FOUND:
        what_to_do = "Check it; docs/api.md lists every call." if is_api else "Check it, or begin at the first page."
        return _answer(request, 404, "This address leads nowhere.", what_to_do)
    if problem.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        what_to_do = "Read docs/api.md for what it takes." if is_api else "Use the buttons of the page."
        answer = _answer(request, 405, "This address does not take that.", what_to_do)
        answer.headers.update(problem.headers or {})
        return answer
    return _answer(request, problem.status_code, str(problem.detail), "Try again from the first page.")


def _cut_off(request: Request, problem: Exception) -> Response:
    """Answer a body that was cut off for its length; if the browser is really gone, nobody reads this."""
    return _refused(request, BodyTooLong())


def _invalid(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    first = problem.errors()[0]
    field = field_path(tuple(part for part in first["loc"] if part not in ("body", "query", "path", "header")))
    message = plain_words(str(first["msg"]).removeprefix("Value error, "))
    return _answer(
        request,
        422,
        f"{field or 'The request'}: {message[:1].lower()}{message[1:]}.",
        "Correct it; docs/api.md lists every field." if request.url.path.startswith(API) else "Go back and correct it.",
        field or None,
    )


def _unavailable(request: Request, problem: Exception) -> Response:
    log.error("%s", problem)
    return _answer(
        request,
        503,
        "The database did not answer, so nothing was saved.",
        "Try again in a minute; tell the technician.",
    )


def _unexpected(request: Request, problem: Exception) -> Response:
    log.error("unexpected at %s %s", request.method, request.url.path, exc_info=problem)
    return _answer(
        request, 500, "Nothing of what you asked was saved.", "Try again; tell the technician if it happens again."
    )


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("&", "%26").replace("?", "%3F").replace("#", "%23").replace("+", "%2B")
