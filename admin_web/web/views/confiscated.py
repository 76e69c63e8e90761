"""Pupils' phones: what the office holds, and the release to a parent or carer (clause 24)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import NotFound, Refused
from admin_web.queries.confiscated import HeldPhone, read_held, read_phone, read_released
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.services import confiscated as service
from admin_web.services.confiscated import RELATIONSHIPS, HoldDraft
from admin_web.services.etags import etag_of
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.CONFISCATED))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_CONFISCATED))]

PATH = "/registers/confiscated"
TYPED = ("school_class", "initials", "description", "slot", "staff")
SAID = {"held": "The phone is held.", "released": "The release is noted."}


@router.get(PATH)
def show_phones(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the phones that are held, and those that were released lately."""
    return _show(request, office, signed, {}, said=SAID.get(said))


@router.post(PATH)
def hold(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Hold a pupil's phone."""
    typed = {name: text_of(form, name) for name in TYPED}
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            staff = find_person_id(session, typed["staff"]) if typed["staff"] else ""
            service.hold_phone(session, HoldDraft(**{**typed, "staff": staff}), occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, typed, problems=(FieldProblem.of(refused),))
    return go_to(f"{PATH}?said=held")


@router.get(f"{PATH}/{{number}}")
def show_release(request: Request, office: TheOffice, signed: Editor, number: Key) -> Response:
    """Ask to whom a phone is released, and by whom."""
    with office.database.read() as session:
        phone = _require(read_phone(session, number))
    return _show_release(request, office, signed, phone, {}, None)


@router.post(f"{PATH}/{{number}}")
def release(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """Release a held phone, once."""
    typed = {name: text_of(form, name) for name in ("relationship", "staff")}
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            staff = find_person_id(session, typed["staff"]) if typed["staff"] else ""
            etag = text_of(form, "etag") or None
            service.release_phone(session, number, typed["relationship"], staff, if_match=etag, occasion=occasion)
    except Refused as refused:
        with office.database.read() as session:
            phone = _require(read_phone(session, number))
        return _show_release(request, office, signed, phone, typed, refused)
    return go_to(f"{PATH}?said=released")


def _require(phone: HeldPhone | None) -> HeldPhone:
    if phone is None:
        raise NotFound("No phone is held under this number.", what_to_do="Look on the page Pupils’ phones.")
    return phone


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    typed: Mapping[str, str],
    *,
    said: str | None = None,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        held, released = read_held(session), read_released(session)
        people = person_choices(session)
    write_look(office, signed, "confiscated", len(held) + len(released))
    return render(
        request,
        "confiscated/list.html",
        status=422 if problems else 200,
        problems=problems,
        held=held,
        released=released,
        times=times,
        people=[(handle_of(id), name) for id, name in people],
        typed={name: typed.get(name, "") for name in TYPED},
        own=_own(signed),
        said=said,
    )


def _show_release(
    request: Request,
    office: Office,
    signed: SignedIn,
    phone: HeldPhone,
    typed: Mapping[str, str],
    refused: Refused | None,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        people = person_choices(session)
    write_look(office, signed, "confiscated", 1, {"number": phone.number})
    return render(
        request,
        "confiscated/release.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        phone=phone,
        etag=etag_of(phone.etag),
        typed={"relationship": "", "staff": _own(signed), **typed},
        relationships=RELATIONSHIPS,
        people=[(handle_of(id), name) for id, name in people],
        times=times,
    )


def _own(signed: SignedIn) -> str:
    """Whoever is signed in is the likeliest member of staff."""
    return "" if signed.person_id is None else handle_of(signed.person_id)
