"""Signing in and out, and the owner link that makes the first account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Role
from admin_web.errors import Invalid, NotFound, Refused
from admin_web.services.accounts import school_words
from admin_web.services.actor import OWNER_LINK
from admin_web.services.owner_link import is_owner_link_open, use_owner_link
from admin_web.services.passwords import hash_password
from admin_web.services.sessions import SignedIn, close_session
from admin_web.services.sign_in import sign_in
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, home_of, render
from admin_web.web.visitors import (
    COOKIE,
    EVERYONE_SIGNED_IN,
    Form,
    TheOffice,
    clear_cookie,
    local_path,
    set_cookie,
    text_of,
)

public = APIRouter()
"""Routes that ask nobody who they are."""
router = APIRouter()


@router.get("/")
def home(signed: Annotated[SignedIn, Depends(EVERYONE_SIGNED_IN)]) -> Response:
    """Go to the first page of the role."""
    return go_to(home_of(signed.role))


@public.get("/sign-in")
def show_sign_in(request: Request, next: str = "/", out: bool = False) -> Response:
    """Ask for name and password."""
    said = "You are signed out." if out else None
    return render(request, "sign_in.html", next=local_path(next), sign_in_name="", said=said)


@public.post("/sign-in")
def post_sign_in(request: Request, office: TheOffice, form: Form) -> Response:
    """Check name and password and begin a session."""
    name, back_to = text_of(form, "sign_in"), local_path(text_of(form, "next"))
    source = request.client.host if request.client is not None else "unknown"
    try:
        with office.hashing:
            opened = sign_in(
                office.database, name, text_of(form, "password"), source=source, machine_now=office.machine_now()
            )
    except Refused as refused:
        problems = (FieldProblem.of(refused),)
        return render(
            request,
            "sign_in.html",
            status=refused.status,
            problems=problems,
            next=back_to,
            sign_in_name=name,
            said=None,
        )
    answer = go_to(home_of(opened.role) if back_to == "/" else back_to)
    set_cookie(answer, opened.token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, office: TheOffice, signed: Annotated[SignedIn, Depends(EVERYONE_SIGNED_IN)]) -> Response:
    """End the session, here and in the browser."""
    with office.database.write() as session:
        close_session(session, request.cookies[COOKIE])
    answer = go_to("/sign-in?out=1")
    clear_cookie(answer)
    return answer


@public.get("/owner/{secret}")
def show_owner_link(request: Request, office: TheOffice, secret: str) -> Response:
    """Show the form of the first account to whoever has the link. Raises NotFound."""
    _require_open(office, secret)
    return render(request, "owner.html", name="", sign_in_name="")


@public.post("/owner/{secret}")
def use_link(request: Request, office: TheOffice, secret: str, form: Form) -> Response:
    """Make the first headteacher account, use the link up and sign in."""
    _require_open(office, secret)
    name, sign_in_name, password = (text_of(form, field) for field in ("name", "sign_in", "password"))
    try:
        if password != text_of(form, "again"):
            raise Invalid("The two passwords differ.", what_to_do="Type the same password twice.", field="again")
        with office.database.read() as session:
            words = school_words(session, name, sign_in_name)
        with office.hashing:
            password_hash = hash_password(password, words)
        occasion = office.occasion(OWNER_LINK)
        with office.database.write() as session:
            use_owner_link(session, secret, name, sign_in_name, password_hash, occasion=occasion)
        source = request.client.host if request.client is not None else "unknown"
        with office.hashing:
            opened = sign_in(office.database, sign_in_name, password, source=source, machine_now=office.machine_now())
    except Refused as refused:
        problems = (FieldProblem.of(refused),)
        return render(
            request, "owner.html", status=refused.status, problems=problems, name=name, sign_in_name=sign_in_name
        )
    answer = go_to(home_of(Role.HEADTEACHER))
    set_cookie(answer, opened.token)
    return answer


def _require_open(office: Office, secret: str) -> None:
    with office.database.read() as session:
        if not is_owner_link_open(session, secret):
            raise NotFound(
                "This link has been used, or it is not complete.",
                what_to_do="Sign in with the account that was made; `phonekeep-admin owner-link` prints an open link.",
            )
