"""Permissions: one person, one purpose, until a date; given beside the list, withdrawn on a page of its own."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, LookFirst, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.permission_bars import permission_bars
from admin_web.queries.permissions import KIND_WORDS, read_permission, read_permissions
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.areas import area_names
from admin_web.services.permissions import grant_permission, require_permission, withdraw_permission
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.moments import Typed, read_end, read_start
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of, texts_of
from policy.permission import PURPOSES, GrantKind, PermissionDraft
from policy.problem import Problem

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.PERMISSIONS))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PERMISSIONS))]

STANDING = (GrantKind.SITE_TEAM, GrantKind.ADJUSTMENT, GrantKind.IMAGE)
"""What is given on this page; trips have their own."""
SAID = {
    "given": "The permission is given. The cabinets obey it as soon as they have heard of it.",
    "withdrawn": "The permission is withdrawn.",
}


@dataclass(frozen=True, slots=True)
class PermissionForm:
    """What the form of a new permission shows."""

    person: str = ""
    """Handle."""
    purpose: str = ""
    """`<kind>.<purpose>`."""
    destination: str = ""
    areas: tuple[str, ...] = ()
    starts: Typed = field(default_factory=Typed)
    ends: Typed = field(default_factory=Typed)


@router.get("/permissions")
def show_permissions(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the permissions that hold or will, those that ended lately, and the form of a new one."""
    return _show(request, office, signed, PermissionForm(), said=SAID.get(said))


@router.post("/permissions")
def grant(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Give a permission as the form says; one by which no cabinet would give a phone out is asked about once."""
    typed = _typed(form)
    try:
        with office.database.read() as session:
            draft = _draft(session, typed, office.school_time(session), office)
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            destination, although = typed.destination or None, text_of(form, "although") == "yes"
            grant_permission(session, draft, destination=destination, although=although, occasion=occasion)
    except LookFirst as refused:
        return _show(request, office, signed, typed, warnings=refused.problems, status=409)
    except Refused as refused:
        return _show(request, office, signed, typed, problems=(_in_form(refused),), status=422)
    return go_to("/permissions?said=given")


@router.get("/permissions/{id}")
def show_permission(request: Request, office: TheOffice, signed: Reader, id: str) -> Response:
    """Show one permission: for whom, by whom, where it has arrived, when it was used."""
    return _show_one(request, office, signed, id)


@router.post("/permissions/{id}/withdraw")
def withdraw(request: Request, office: TheOffice, signed: Editor, form: Form, id: str) -> Response:
    """Take a permission back before its end."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            withdraw_permission(session, id, if_match=text_of(form, "etag"), occasion=occasion)
    except ChangedMeanwhile as refused:
        return _show_one(request, office, signed, id, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to(f"/permissions/{id}")


def _show_one(
    request: Request,
    office: Office,
    signed: SignedIn,
    id: str,
    *,
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        kept = read_permission(session, require_permission(session, id), times, office.clock.now().utc)
    for person in kept.people:
        write_look(office, signed, "permission", 1, person=person.id)
    return render(request, "permissions/one.html", status=status, problems=problems, kept=kept, times=times)


def _typed(form: FormData) -> PermissionForm:
    return PermissionForm(
        person=text_of(form, "person"),
        purpose=text_of(form, "purpose"),
        destination=text_of(form, "destination").strip(),
        areas=tuple(texts_of(form, "areas")),
        starts=Typed.of(form, "starts"),
        ends=Typed.of(form, "ends"),
    )


def _draft(session: Session, typed: PermissionForm, times: SchoolTime, office: Office) -> PermissionDraft:
    kind, _, purpose = typed.purpose.partition(".")
    return PermissionDraft(
        kind=GrantKind(kind) if kind in {one.value for one in STANDING} else GrantKind.ADJUSTMENT,
        people=(find_person_id(session, typed.person),) if typed.person else (),
        purpose=purpose,
        starts=read_start(typed.starts, "starts", times) or office.clock.now().utc,
        ends=read_end(typed.ends, "ends", times),
        areas=typed.areas,
    )


def _in_form(refused: Refused | Problem) -> FieldProblem:
    """Bring the field of a refusal into the names the form has."""
    names = {"people": "person"}
    return FieldProblem(names.get(refused.field or "", refused.field), refused.error, refused.what_to_do)


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    form: PermissionForm,
    *,
    problems: tuple[FieldProblem, ...] = (),
    warnings: tuple[Problem, ...] = (),
    said: str | None = None,
    status: int = 200,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        kept = read_permissions(session, times, now, kinds=STANDING)
        trips = len(read_permissions(session, times, now, kinds=(GrantKind.TRIP,), over=False))
        people = [(handle_of(id), name) for id, name in person_choices(session)]
        areas = area_names(session)
    write_look(office, signed, "permissions", len(kept))
    return render(
        request,
        "permissions/list.html",
        status=status,
        problems=problems,
        warnings=tuple(map(_in_form, warnings)),
        kept=kept,
        trips=trips,
        bars=permission_bars(kept, times),
        form=form,
        people=people,
        areas=areas,
        purposes=_purposes(),
        times=times,
        said=said,
    )


def _purposes() -> list[tuple[str, str]]:
    """List `<kind>.<purpose>` with words; an adjustment has one purpose, which its kind says already."""
    return [
        (f"{kind.value}.{code}", KIND_WORDS[kind] if len(PURPOSES[kind]) == 1 else f"{KIND_WORDS[kind]}: {words}")
        for kind in STANDING
        for code, words in PURPOSES[kind].items()
    ]
