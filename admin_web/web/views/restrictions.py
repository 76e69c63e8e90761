"""Withdraw and Restrict: for a person, a group or everyone, with the cabinets that obey and those that do not."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.restrictions import complete, read_restrictions
from admin_web.queries.school_time import SchoolTime
from admin_web.services.restrictions import (
    EVERYTHING,
    REASONS,
    RestrictionDraft,
    give_back,
    make_restriction,
    require_restriction,
)
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.moments import Typed, read_end
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.person_form import GROUP_WORDS
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of, texts_of
from policy.rules import Entitlement

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.PERMISSIONS))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PERMISSIONS))]

ENTITLEMENT_WORDS = {
    Entitlement.BREAKS: "Taking out at breaks",
    Entitlement.PERMISSIONS: "Permissions and trips",
    Entitlement.APPROVALS: "Asking a senior leader",
}


@dataclass(frozen=True, slots=True)
class RestrictionForm:
    """What the form shows."""

    scope: str = "person"
    person: str = ""
    """Handle."""
    group: str = "classroom"
    takes: tuple[str, ...] = ()
    """Empty is Withdraw: everything."""
    reason: str = ""
    ends: Typed = field(default_factory=Typed)


@router.get("/restrictions")
def show_restrictions(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List what is taken away now and was given back lately, and the form."""
    given_back = "It is given back." if said == "given-back" else None
    return _show(request, office, signed, RestrictionForm(), said=given_back)


@router.post("/restrictions")
def make(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Withdraw (everything) or restrict (what is chosen) as the form says."""
    typed = _typed(form)
    try:
        with office.database.read() as session:
            draft = _draft(session, typed, office.school_time(session), withdraw=text_of(form, "do") == "withdraw")
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            made = make_restriction(session, draft, occasion=occasion).id
    except Refused as refused:
        return _show(request, office, signed, typed, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to(f"/restrictions/{made}")


@router.get("/restrictions/{number}")
def show_restriction(request: Request, office: TheOffice, signed: Reader, number: Key) -> Response:
    """Show one restriction: from whom, why, and which cabinets have and have not obeyed."""
    return _show_one(request, office, signed, number)


@router.post("/restrictions/{number}/give-back")
def end(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """Give back what was taken away."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            give_back(session, number, if_match=text_of(form, "etag"), occasion=occasion)
    except ChangedMeanwhile as refused:
        return _show_one(request, office, signed, number, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to(f"/restrictions/{number}")


def _show_one(
    request: Request,
    office: Office,
    signed: SignedIn,
    number: int,
    *,
    problems: tuple[FieldProblem, ...] = (),
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        kept = complete(session, [require_restriction(session, number)], times)[0]
    write_look(office, signed, "restriction", 1, person=kept.person)
    return render(request, "restrictions/one.html", status=status, problems=problems, kept=kept, times=times)


def _typed(form: FormData) -> RestrictionForm:
    return RestrictionForm(
        scope=text_of(form, "scope"),
        person=text_of(form, "person"),
        group=text_of(form, "group"),
        takes=tuple(texts_of(form, "takes")),
        reason=text_of(form, "reason"),
        ends=Typed.of(form, "ends"),
    )


def _draft(session: Session, typed: RestrictionForm, times: SchoolTime, *, withdraw: bool) -> RestrictionDraft:
    known = {entitlement.value: entitlement for entitlement in Entitlement}
    chosen = frozenset(known[name] for name in typed.takes if name in known)
    return RestrictionDraft(
        scope=typed.scope,
        takes=EVERYTHING if withdraw else chosen,
        reason=typed.reason,
        person=find_person_id(session, typed.person) if typed.scope == "person" and typed.person else None,
        group=typed.group,
        ends=read_end(typed.ends, "ends", times),
    )


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    form: RestrictionForm,
    *,
    problems: tuple[FieldProblem, ...] = (),
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        kept = read_restrictions(session, times, office.clock.now().utc)
        people = [(handle_of(id), name) for id, name in person_choices(session)]
    write_look(office, signed, "restrictions", len(kept))
    return render(
        request,
        "restrictions/list.html",
        status=status,
        problems=problems,
        kept=kept,
        form=form,
        people=people,
        groups=GROUP_WORDS,
        entitlements=[(entitlement.value, words) for entitlement, words in ENTITLEMENT_WORDS.items()],
        reasons=[(code, words[:1].upper() + words[1:]) for code, words in REASONS.items()],
        times=times,
        said=said,
    )
