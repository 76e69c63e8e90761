"""School phones: the register, who has which, and the form that gives one out (clause 14)."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.school_phones import read_loans, read_school_phones
from admin_web.services import school_phones as service
from admin_web.services.etags import etag_of
from admin_web.services.school_phones import PURPOSES, Loan, require_school_phone
from admin_web.services.sessions import SignedIn
from admin_web.web.local_times import read_local
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.SCHOOL_PHONES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_SCHOOL_PHONES))]

PATH = "/registers/school-phones"
TYPED = ("phone", "person", "purpose", "day", "clock")
USUAL_RETURN = "15:30"
SAID = {
    "added": "The phone is in the register.",
    "changed": "Saved.",
    "taken": "Noted: the phone is out.",
    "returned": "Noted: the phone is back.",
    "ended": "The phone is given out no more.",
}


@router.get(PATH)
def show_phones(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the school's phones, who has which, and who had them lately."""
    return _show(request, office, signed, {}, said=SAID.get(said))


@router.post(f"{PATH}/take")
def take(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Note that somebody takes a phone."""
    typed = {name: text_of(form, name) for name in TYPED}
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            person = find_person_id(session, typed["person"]) if typed["person"] else ""
            due = read_local(office.school_time(session), typed["day"], typed["clock"], "due")
            loan = Loan(person, typed["purpose"], due)
            service.take_school_phone(session, typed["phone"], loan, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, typed, problems=(FieldProblem.of(refused),))
    return go_to(f"{PATH}?said=taken")


@router.post(f"{PATH}/{{id}}/return")
def give_back(request: Request, office: TheOffice, signed: Editor, form: Form, id: str) -> Response:
    """Note that a phone came back."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.return_school_phone(session, id, if_match=text_of(form, "etag") or None, occasion=occasion)
    except Refused as refused:
        return _show(request, office, signed, {}, problems=(FieldProblem(None, refused.error, refused.what_to_do),))
    return go_to(f"{PATH}?said=returned")


@router.get(f"{PATH}/new")
def show_new(request: Request, _: Editor) -> Response:
    """Show the form of a new phone."""
    return render(request, "school_phones/new.html", asset="", tag="")


@router.post(f"{PATH}/new")
def add(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Put a phone into the register."""
    asset, tag = text_of(form, "asset"), text_of(form, "tag")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.add_school_phone(session, asset, tag, occasion=occasion)
    except Refused as refused:
        problems = (FieldProblem.of(refused),)
        return render(request, "school_phones/new.html", status=422, problems=problems, asset=asset, tag=tag)
    return go_to(f"{PATH}?said=added")


@router.get(f"{PATH}/{{id}}")
def show_phone(request: Request, office: TheOffice, signed: Reader, id: str) -> Response:
    """Show one phone, to put its number right or to end it, and who had it."""
    return _show_one(request, office, signed, id)


@router.post(f"{PATH}/{{id}}")
def change(request: Request, office: TheOffice, signed: Editor, form: Form, id: str) -> Response:
    """Save a phone's asset number and tag."""
    asset, tag = text_of(form, "asset"), text_of(form, "tag")
    etag = text_of(form, "etag")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.change_school_phone(session, id, asset, tag, if_match=etag or None, occasion=occasion)
    except Refused as refused:
        return _show_one(request, office, signed, id, (asset, tag, etag), refused)
    return go_to(f"{PATH}?said=changed")


@router.post(f"{PATH}/{{id}}/end")
def end(request: Request, office: TheOffice, signed: Editor, form: Form, id: str) -> Response:
    """Give a phone out no more."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            service.end_school_phone(session, id, if_match=text_of(form, "etag") or None, occasion=occasion)
    except Refused as refused:
        return _show_one(request, office, signed, id, None, refused)
    return go_to(f"{PATH}?said=ended")


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    typed: Mapping[str, str],
    *,
    said: str | None = None,
    problems: tuple[FieldProblem, ...] = (),
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        phones, loans = read_school_phones(session, now), read_loans(session)
        people = person_choices(session)
    write_look(office, signed, "school_phones", len(phones) + len(loans))
    usual = {"day": times.today.isoformat(), "clock": USUAL_RETURN}
    return render(
        request,
        "school_phones/list.html",
        status=422 if problems else 200,
        problems=problems,
        phones=phones,
        loans=loans,
        out=sum(phone.loan is not None for phone in phones),
        overdue=sum(phone.is_overdue(now) for phone in phones),
        now=now,
        times=times,
        people=[(handle_of(id), name) for id, name in people],
        purposes=PURPOSES,
        typed={name: typed.get(name, usual.get(name, "")) for name in TYPED},
        said=said,
    )


def _show_one(
    request: Request,
    office: Office,
    signed: SignedIn,
    id: str,
    typed: tuple[str, str, str] | None = None,
    refused: Refused | None = None,
) -> Response:
    """Show a phone; where it was changed meanwhile, what is saved now beside what was typed, to be saved knowingly."""
    with office.database.read() as session:
        times = office.school_time(session)
        phone = require_school_phone(session, id)
        loans = read_loans(session, phone=id)
    write_look(office, signed, "school_phones", len(loans), {"phone": id})
    meanwhile = isinstance(refused, ChangedMeanwhile)
    asset, tag, etag = typed or (phone.asset, phone.tag or "", "")
    return render(
        request,
        "school_phones/one.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        phone=phone,
        asset=asset,
        tag=tag,
        etag=etag if etag and not meanwhile else etag_of(phone.etag),
        meanwhile=meanwhile,
        loans=loans,
        times=times,
    )
