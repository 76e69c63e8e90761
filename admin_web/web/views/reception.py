"""The reception screen's belongings: badges of regular visitors, lanyards, the school's telephone and closing time."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Invalid, Refused
from admin_web.queries.expected import free_badges, read_lanyards, read_regular, read_settings
from admin_web.queries.handles import find_badge, find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.services.etags import etag_of
from admin_web.services.reception import (
    COLOURS,
    RegularDraft,
    add_regular_visitor,
    end_regular_visitor,
    remove_lanyard,
    save_lanyard,
    save_settings,
)
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.moments import Typed, read_end
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.timetable import format_minutes, parse_minutes

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.EXPECTED))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.EXPECT_VISITORS))]

PATH = "/expected/reception"
FIELDS = (
    *("name", "organisation", "host", "reference", "ends"),
    *("number", "colour", "badge", "telephone", "closing", "printer"),
)
"""What stands in the boxes of the three forms."""
SAID = {
    "settings": "Saved. The reception screen shows it from now on.",
    "lanyard": "The lanyard is saved.",
    "removed": "The lanyard is out of use.",
    "regular": "The badge signs them in from now on.",
    "ended": "The badge has ended.",
}


@router.get(PATH)
def show_reception(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show regular visitors, lanyards, and what the screen says of the school."""
    return _show(request, office, signed, said=SAID.get(said))


@router.post(f"{PATH}/settings")
def save(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Save telephone, closing time and the printer of roll-calls."""
    try:
        with office.database.write() as session:
            try:
                closing = parse_minutes(text_of(form, "closing").strip())
            except ValueError:
                raise Invalid(
                    "That is not a time of the day.", what_to_do="Write it as HH:MM, like 18:00.", field="closing"
                ) from None
            etag = text_of(form, "etag") or None
            occasion = office.occasion(signed.actor)
            telephone, printer = text_of(form, "telephone"), text_of(form, "printer").strip()
            save_settings(session, telephone, closing, printer=printer, if_match=etag, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, refused=refused, form=form)
    return go_to(f"{PATH}?said=settings")


@router.post(f"{PATH}/lanyards")
def add_lanyard(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Add a lanyard, or change one."""
    try:
        with office.database.write() as session:
            save_lanyard(
                session,
                text_of(form, "number").strip(),
                text_of(form, "colour"),
                reference=_badge(session, form, "badge"),
                contractors=text_of(form, "contractors") == "yes",
                occasion=office.occasion(signed.actor),
            )
    except Refused as refused:
        return _show(request, office, signed, refused=refused, form=form)
    return go_to(f"{PATH}?said=lanyard")


@router.post(f"{PATH}/lanyards/{{number}}/remove")
def take_lanyard_away(request: Request, office: TheOffice, signed: Editor, number: str) -> Response:
    """Take a lanyard out of use."""
    try:
        with office.database.write() as session:
            remove_lanyard(session, number, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused=refused)
    return go_to(f"{PATH}?said=removed")


@router.post(f"{PATH}/regular")
def add_regular(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Give somebody who comes often a badge."""
    try:
        with office.database.write() as session:
            reference = _badge(session, form, "reference")
            if reference is None:
                raise Invalid(
                    "No badge is chosen.",
                    what_to_do="Tap a new badge at any cabinet or at reception, then choose it here.",
                    field="reference",
                )
            host = text_of(form, "host")
            draft = RegularDraft(
                reference,
                text_of(form, "name"),
                text_of(form, "organisation"),
                find_person_id(session, host) if host else None,
                read_end(Typed(text_of(form, "ends").strip()), "ends", office.school_time(session)),
            )
            add_regular_visitor(session, draft, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused=refused, form=form)
    return go_to(f"{PATH}?said=regular")


@router.post(f"{PATH}/regular/{{id}}/end")
def end_regular(request: Request, office: TheOffice, signed: Editor, id: str) -> Response:
    """End a regular visitor's badge."""
    try:
        with office.database.write() as session:
            end_regular_visitor(session, id, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused=refused)
    return go_to(f"{PATH}?said=ended")


def _badge(session: Session, form: Form, name: str) -> str | None:
    handle = text_of(form, name)
    return find_badge(session, handle) if handle else None


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    *,
    said: str | None = None,
    refused: Refused | None = None,
    form: Form | None = None,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        regular, lanyards = read_regular(session, now), read_lanyards(session)
        settings, badges = read_settings(session), free_badges(session)
        people = [(handle_of(id), name) for id, name in person_choices(session)]
    saved = {
        "telephone": settings.telephone,
        "closing": format_minutes(settings.closing),
        "printer": settings.printer,
    }
    posted = {} if form is None else {name: text_of(form, name) for name in FIELDS if name in form}
    write_look(office, signed, "regular_visitors", len(regular))
    return render(
        request,
        "expected/reception.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        regular=regular,
        lanyards=lanyards,
        saved=saved,
        meanwhile=isinstance(refused, ChangedMeanwhile),
        etag="" if settings.etag is None else etag_of(settings.etag),
        badges=badges,
        people=people,
        colours=[(one, one.capitalize()) for one in COLOURS],
        typed={**dict.fromkeys(FIELDS, ""), **saved, **posted},
        times=times,
        said=said,
    )
