"""Mark a badge lost: for everybody who is signed in, by the exact name, without any list."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Refused
from admin_web.services.badges import mark_badges_lost_by_name
from admin_web.services.sessions import SignedIn
from admin_web.web.pages import FieldProblem, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Anybody = Annotated[SignedIn, Depends(Requirement(Act.MARK_BADGE_LOST))]


@router.get("/lost-badge")
def show(request: Request, _: Anybody) -> Response:
    """Ask for the name."""
    return render(request, "lost_badge.html", name="", marked=None)


@router.post("/lost-badge")
def mark(request: Request, office: TheOffice, signed: Anybody, form: Form) -> Response:
    """Mark every badge of the person of exactly this name lost."""
    name = text_of(form, "name")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            marked = mark_badges_lost_by_name(session, name, occasion=occasion)
    except Refused as refused:
        return render(
            request,
            "lost_badge.html",
            status=refused.status,
            problems=(FieldProblem.of(refused),),
            name=name,
            marked=None,
        )
    return render(request, "lost_badge.html", name="", marked=marked)
