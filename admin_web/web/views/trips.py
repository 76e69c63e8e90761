"""Trips: who goes where, from when until when, with which school phone; the trip is the permission (clause 15)."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Conflict, LookFirst, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices
from admin_web.queries.permissions import read_permissions
from admin_web.queries.school_phone_choices import school_phone_choices
from admin_web.queries.school_time import SchoolTime
from admin_web.services.permissions import grant_permission
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

SAID = {"planned": "The trip is planned. From departure on its staff may take their phones out."}


@dataclass(frozen=True, slots=True)
class TripForm:
    """What the form of a trip shows."""

    destination: str = ""
    purpose: str = "educational_visit"
    people: tuple[str, ...] = ()
    """Handles."""
    starts: Typed = field(default_factory=Typed)
    ends: Typed = field(default_factory=Typed)
    school_phone: str = ""


@router.get("/trips")
def show_trips(
    request: Request, office: TheOffice, signed: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the trips that are under way or planned, and those that are over lately."""
    with office.database.read() as session:
        times = office.school_time(session)
        trips = read_permissions(session, times, office.clock.now().utc, kinds=(GrantKind.TRIP,))
    write_look(office, signed, "permissions", len(trips), {"kind": "trip"})
    return render(request, "permissions/trips.html", trips=trips, times=times, said=SAID.get(said))


@router.get("/trips/new")
def show_new(request: Request, office: TheOffice, signed: Editor) -> Response:
    """Show the form of a new trip."""
    return _show(request, office, signed, TripForm())


@router.post("/trips/new")
def plan(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Plan a trip as the form says; what should be looked at, as a trip without a school phone, is asked about once."""
    typed = _typed(form)
    although = text_of(form, "although") == "yes"
    try:
        if not typed.destination:
            raise Conflict("The trip has no name.", what_to_do="Write where it goes.", field="destination")
        with office.database.read() as session:
            draft = _draft(session, typed, office.school_time(session), office)
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            grant_permission(session, draft, destination=typed.destination, although=although, occasion=occasion)
    except LookFirst as refused:
        return _show(request, office, signed, typed, warnings=refused.problems, status=409)
    except Conflict as refused:
        return _show(request, office, signed, typed, problems=(FieldProblem.of(refused),), status=409)
    except Refused as refused:
        return _show(request, office, signed, typed, problems=(FieldProblem.of(refused),), status=422)
    return go_to("/trips?said=planned")


def _typed(form: FormData) -> TripForm:
    return TripForm(
        destination=text_of(form, "destination").strip(),
        purpose=text_of(form, "purpose"),
        people=tuple(texts_of(form, "people")),
        starts=Typed.of(form, "starts"),
        ends=Typed.of(form, "ends"),
        school_phone=text_of(form, "school_phone"),
    )


def _draft(session: Session, typed: TripForm, times: SchoolTime, office: Office) -> PermissionDraft:
    return PermissionDraft(
        kind=GrantKind.TRIP,
        people=tuple(find_person_id(session, handle) for handle in typed.people),
        purpose=typed.purpose,
        starts=read_start(typed.starts, "starts", times) or office.clock.now().utc,
        ends=read_end(typed.ends, "ends", times),
        school_phone=typed.school_phone or None,
    )


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    form: TripForm,
    *,
    problems: tuple[FieldProblem, ...] = (),
    warnings: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        people = [(handle_of(id), name) for id, name in person_choices(session)]
        phones = school_phone_choices(session)
    write_look(office, signed, "people", len(people), {"for": "a trip"})
    return render(
        request,
        "permissions/trip.html",
        status=status,
        problems=problems,
        form=form,
        people=people,
        phones=phones,
        purposes=[(code, words[:1].upper() + words[1:]) for code, words in PURPOSES[GrantKind.TRIP].items()],
        warnings=warnings,
    )
