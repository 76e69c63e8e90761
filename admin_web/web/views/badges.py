"""Badges: given to a person or to the cover pool, ended, lost, found. No reference ever stands in an address."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Invalid, Refused
from admin_web.queries.handles import find_badge, find_person_id, handle_of, short_badge
from admin_web.queries.people import person_choices, read_unknown_badges
from admin_web.services import badges as service
from admin_web.services.occasion import Occasion
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.moments import Typed, read_end
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PEOPLE))]

POOL = "cover-pool"


@router.get("/people/badges/{handle}")
def show_assign(request: Request, office: TheOffice, signed: Editor, handle: str) -> Response:
    """Ask whose a badge shall be."""
    return _show(request, office, signed, handle, ())


@router.post("/people/badges/{handle}")
def assign(request: Request, office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Give a badge to a person, with an end where it is a temporary one, or put it into the cover pool."""
    to = text_of(form, "to")
    occasion = office.occasion(signed.actor)
    try:
        if not to:
            raise Invalid("Nobody is chosen.", what_to_do="Choose a person, or the cover pool.", field="to")
        with office.database.write() as session:
            reference = find_badge(session, handle)
            if to == POOL:
                label = text_of(form, "label").strip()
                service.add_to_cover_pool(session, reference, label=label or None, occasion=occasion)
                return go_to("/people?said=pooled")
            ends = read_end(Typed.of(form, "ends"), "ends", office.school_time(session))
            service.assign_badge(session, reference, find_person_id(session, to), ends=ends, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, handle, (FieldProblem.of(refused),))
    return go_to(f"/people/{to}?said=given")


@router.post("/people/{handle}/badges")
def give(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Give one of the badges that wait for a name to the person whose page this is."""
    badge = text_of(form, "badge")
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        service.assign_badge(session, find_badge(session, badge), find_person_id(session, handle), occasion=occasion)
    return go_to(f"/people/{handle}?said=given")


@router.post("/people/{handle}/badges/lost")
def lost(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Mark one of a person's badges lost."""
    _change(office, signed, text_of(form, "badge"), service.mark_badge_lost)
    return go_to(f"/people/{handle}?said=lost")


@router.post("/people/{handle}/badges/found")
def found(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Let one of a person's lost badges open again."""
    _change(office, signed, text_of(form, "badge"), service.mark_badge_found)
    return go_to(f"/people/{handle}?said=found")


@router.post("/people/{handle}/badges/end")
def end(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """End one of a person's badges."""
    _change(office, signed, text_of(form, "badge"), service.end_badge)
    return go_to(f"/people/{handle}?said=badge-ended")


@router.post("/people/cover-pool/remove")
def unpool(office: TheOffice, signed: Editor, form: Form) -> Response:
    """Take a badge out of the cover pool."""
    _change(office, signed, text_of(form, "badge"), service.remove_from_cover_pool)
    return go_to("/people?said=unpooled")


@router.post("/people/cover-pool/lost")
def pool_lost(office: TheOffice, signed: Editor, form: Form) -> Response:
    """Mark a badge of the cover pool lost."""
    _change(office, signed, text_of(form, "badge"), service.mark_badge_lost)
    return go_to("/people?said=lost")


def _change(office: Office, signed: SignedIn, handle: str, act: Callable[..., None]) -> None:
    """Do one thing to one badge, named by its handle in the form."""
    occasion: Occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        act(session, find_badge(session, handle), occasion=occasion)


def _show(
    request: Request, office: Office, signed: SignedIn, handle: str, problems: tuple[FieldProblem, ...]
) -> Response:
    with office.database.read() as session:
        reference = find_badge(session, handle)
        times = office.school_time(session)
        people = person_choices(session)
        seen = next((badge for badge in read_unknown_badges(session) if badge.reference == reference), None)
    write_look(office, signed, "people", len(people), {"for": "a badge"})
    return render(
        request,
        "people/assign.html",
        status=422 if problems else 200,
        problems=problems,
        handle=handle,
        badge=short_badge(reference),
        seen=seen,
        times=times,
        people=[(handle_of(id), name) for id, name in people],
        pool=POOL,
    )
