"""Taps that wait for a senior leader: approve one here, if no badge has answered it at the cabinet (clause 16)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Refused
from admin_web.queries.approvals import read_approvals
from admin_web.services.orders import approve_tap
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Approver = Annotated[SignedIn, Depends(Requirement(Act.APPROVE_TAPS))]


@router.get("/approvals")
def show_approvals(request: Request, office: TheOffice, signed: Approver) -> Response:
    """Show who waits at a cabinet, with the seconds that are left, and what became of those before."""
    return _show(request, office, signed)


@router.post("/approvals")
def approve(request: Request, office: TheOffice, signed: Approver, form: Form) -> Response:
    """Approve one tap; a second answer is refused."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            approve_tap(session, text_of(form, "tap"), occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to("/approvals")


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    *,
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        shown = read_approvals(session, now)
    for one in shown:
        if one.person is not None and one.waits:
            write_look(office, signed, "approval", 1, person=one.person)
    return render(request, "orders/approvals.html", status=status, problems=problems, shown=shown, times=times)
