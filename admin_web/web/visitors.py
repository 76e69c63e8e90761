"""Who asks, and whether they may: the one way into every page, by the table of `admin_web.access`."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from pydantic import Field
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page, may, may_see
from admin_web.database.base import LARGEST_KEY
from admin_web.errors import BodyTooLong, Forbidden, NotSignedIn
from admin_web.services.sessions import ABSOLUTE, SignedIn, find_session, touch_session
from admin_web.web.headers import FILE_TOO_LARGE
from admin_web.web.office import Office, office_of

COOKIE = "__Host-phonekeep"

TheOffice = Annotated[Office, Depends(office_of)]
Key = Annotated[int, Field(ge=0, le=LARGEST_KEY)]
"""The number of a row, in an address."""


class SignInNeeded(NotSignedIn):
    """A page was asked for without a session; answered by the way to the sign-in page."""

    def __init__(self, back_to: str) -> None:
        super().__init__("You are not signed in.", what_to_do="Sign in, then go on.")
        self.back_to = back_to


class Requirement:
    """What a route asks of whoever comes: a dependency that gives the signed-in account. Raises NotSignedIn, Forbidden.

    Only a person's own act keeps a session alive: what a page asks by itself says `Sec-Fetch-Dest: empty`.
    """

    def __init__(self, what: Page | Act | None = None) -> None:
        self.what = what

    def __call__(self, request: Request) -> SignedIn:
        office = office_of(request)
        signed = self._find(request, office)
        request.state.signed = signed
        if isinstance(self.what, Page) and not may_see(signed.role, self.what):
            raise Forbidden("Your role does not see this page.", what_to_do="Ask the headteacher if you need it.")
        if isinstance(self.what, Act) and not may(signed.role, self.what):
            raise Forbidden("Your role cannot change this.", what_to_do="Ask the headteacher if you need to.")
        return signed

    def _find(self, request: Request, office: Office) -> SignedIn:
        token = request.cookies.get(COOKIE)
        now = office.machine_now()
        signed = None
        if token:
            with office.database.read() as session:
                signed = find_session(session, token, machine_now=now)
        if signed is None or token is None:
            raise SignInNeeded(_back_to(request))
        if request.headers.get("sec-fetch-dest") != "empty" and signed.needs_touch(now):
            with office.database.write() as session:
                touch_session(session, token, machine_now=now)
        return signed


EVERYONE_SIGNED_IN = Requirement()


async def read_form(request: Request) -> FormData:
    """Read the posted fields; a dependency, so that views need not be coroutines. Raises BodyTooLong."""
    if FILE_TOO_LARGE in request.scope:
        raise BodyTooLong
    return await request.form(max_files=0, max_fields=3000)


Form = Annotated[FormData, Depends(read_form)]


async def read_upload(request: Request) -> FormData:
    """Read a form with one file in it; of one that is far too large only that is known (`is_too_large`)."""
    if FILE_TOO_LARGE in request.scope:
        return FormData({FILE_TOO_LARGE: ""})
    return await request.form(max_files=1, max_fields=3000)


Upload = Annotated[FormData, Depends(read_upload)]


def is_too_large(form: FormData) -> bool:
    """Tell whether a form's file was so large that it was thrown away."""
    return FILE_TOO_LARGE in form


def text_of(form: FormData, name: str) -> str:
    """Read one field as text; an absent one is empty."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts_of(form: FormData, name: str) -> list[str]:
    """Read every value of a field as text."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def set_cookie(response: Response, token: str) -> None:
    """Hand a session to the browser: this host only, no script, no plain http (RFC 6265bis, `__Host-`)."""
    response.set_cookie(
        COOKIE, token, max_age=int(ABSOLUTE.total_seconds()), path="/", secure=True, httponly=True, samesite="lax"
    )


def clear_cookie(response: Response) -> None:
    """Take the session back from the browser, with everything it kept of us."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def local_path(text: str) -> str:
    """Keep a path to go back to only if it is one of ours."""
    if text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable():
        return text
    return "/"


def _back_to(request: Request) -> str:
    """Where to go after sign-in: the page asked for, if it was asked for and not posted."""
    if request.method != "GET":
        return "/"
    query = request.url.query
    return quote(request.url.path) + (f"?{query}" if query else "")
