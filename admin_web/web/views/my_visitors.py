"""My visitors: who waits for me and whom I expect; on this page the host says that they know the rules (clause 21)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Conflict, Forbidden, Refused
from admin_web.queries.expected import read_expected
from admin_web.queries.on_site import mark_of, read_visits_of
from admin_web.queries.visit_words import REASONS
from admin_web.services.expected import expect_no_more, expect_visitor, require_expected
from admin_web.services.sessions import SignedIn
from admin_web.services.visits import brief_own_visitor
from admin_web.web.expected_form import ExpectedForm
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.OWN_VISITORS))]
Host = Annotated[SignedIn, Depends(Requirement(Act.LOOK_AFTER_OWN_VISITORS))]

PATH = "/my-visitors"
SAID = {
    "briefed": "Thank you. That you told them is noted.",
    "added": "Your visitor is expected.",
    "ended": "Your visitor is expected no more.",
}


@router.get(PATH)
def show_own_visitors(
    request: Request,
    office: TheOffice,
    signed: Reader,
    said: Annotated[str, Query(max_length=16)] = "",
    seen: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Show the visitors of whoever is signed in: those who wait, those who are here, those who are expected."""
    return _show(request, office, signed, ExpectedForm(), said=SAID.get(said), seen=seen)


@router.post(PATH)
def expect_own(request: Request, office: TheOffice, signed: Host, form: Form) -> Response:
    """Expect a visitor of one's own; images are the headteacher's to agree to."""
    typed = ExpectedForm.of(form)
    try:
        person = _require_person(signed)
        with office.database.write() as session:
            draft = typed.draft(session, office.school_time(session), host=person)
            expect_visitor(session, draft, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, typed, refused=refused)
    return go_to(f"{PATH}?said=added")


@router.post(f"{PATH}/visits/{{visit}}/brief")
def brief_own(request: Request, office: TheOffice, signed: Host, visit: str) -> Response:
    """Say that one's visitor has been told the phone rules."""
    try:
        person = _require_person(signed)
        with office.database.write() as session:
            brief_own_visitor(session, visit, person, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, ExpectedForm(), refused=refused)
    return go_to(f"{PATH}?said=briefed")


@router.post(f"{PATH}/expected/{{id}}/end")
def end_own(request: Request, office: TheOffice, signed: Host, id: str) -> Response:
    """Take a visitor of one's own off the list."""
    try:
        person = _require_person(signed)
        with office.database.write() as session:
            if require_expected(session, id).host_id != person:
                raise Forbidden("This visitor comes to see somebody else.", what_to_do="Ask the office.")
            expect_no_more(session, id, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, ExpectedForm(), refused=refused)
    return go_to(f"{PATH}?said=ended")


def _require_person(signed: SignedIn) -> str:
    """Find out who the account's person is. Raises Conflict."""
    if signed.person_id is None:
        raise Conflict(
            "This account belongs to no member of staff.", what_to_do="Ask the headteacher for an account of your own."
        )
    return signed.person_id


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    form: ExpectedForm,
    *,
    said: str | None = None,
    seen: str = "",
    refused: Refused | None = None,
) -> Response:
    now, person = office.clock.now().utc, signed.person_id
    with office.database.read() as session:
        times = office.school_time(session)
        visits = [] if person is None else read_visits_of(session, person, now)
        expected = [] if person is None else read_expected(session, now, host=person)
    mark = mark_of(visits, (), expected)
    if (visits or expected) and not (seen == mark and request.headers.get("sec-fetch-dest") == "empty"):
        write_look(office, signed, "own_visitors", len(visits) + len(expected), person=person)
    return render(
        request,
        "expected/mine.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        visits=visits,
        expected=expected,
        mark=mark,
        has_person=person is not None,
        reasons=list(REASONS.items()),
        form=form,
        times=times,
        now=now,
        said=said,
    )
