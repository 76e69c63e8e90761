"""Working hours per person, for those who decide about times and do not edit people."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.handles import find_person_id
from admin_web.queries.people import PersonKept, read_people, read_person
from admin_web.services.etags import etag_of
from admin_web.services.links import PointChoice
from admin_web.services.people import PersonDraft, save_person
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.pages import MEANWHILE, FieldProblem, go_to, render
from admin_web.web.person_form import DAY_NAMES, HoursDay, posted_hours, read_week, shown_hours
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]


@router.get("/restricted/hours")
def show_hours(request: Request, office: TheOffice, signed: Reader) -> Response:
    """List everybody's working hours."""
    with office.database.read() as session:
        people = read_people(session)
    write_look(office, signed, "working_hours", len(people))
    return render(request, "restricted/hours.html", people=people, days=DAY_NAMES)


@router.get("/restricted/hours/{handle}")
def show_person(request: Request, office: TheOffice, signed: Reader, handle: str) -> Response:
    """Show one person's hours."""
    with office.database.read() as session:
        person = read_person(session, find_person_id(session, handle))
    write_look(office, signed, "working_hours", 1, person=person.id)
    return _show(request, person, shown_hours(person.hours), etag_of(person.etag), ())


@router.post("/restricted/hours/{handle}")
def change(request: Request, office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Save one person's hours; everything else of the person stays as it is."""
    typed = posted_hours(form)
    week, problems = read_week(typed)
    etag = text_of(form, "etag")
    occasion = office.occasion(signed.actor)
    with office.database.read() as session:
        person = read_person(session, find_person_id(session, handle))
    if not problems:
        draft = PersonDraft(
            name=person.name,
            group=person.group,
            badges=tuple(badge.reference for badge in person.badges),
            points=tuple(PointChoice(place.point, place.slot) for place in person.places),
            hours=week,
        )
        try:
            with office.database.write() as session:
                save_person(session, person.id, draft, if_match=etag, occasion=occasion)
            return go_to("/restricted?said=hours")
        except ChangedMeanwhile as refused:
            with office.database.read() as session:
                person = read_person(session, person.id)
            problem = FieldProblem(None, refused.error, MEANWHILE)
            return _show(request, person, typed, etag_of(person.etag), (problem,), meanwhile=True, status=412)
        except Refused as refused:
            problems = (FieldProblem.of(refused),)
    return _show(request, person, typed, etag, problems, status=422)


def _show(
    request: Request,
    person: PersonKept,
    days: tuple[HoursDay, ...],
    etag: str,
    problems: tuple[FieldProblem, ...],
    *,
    meanwhile: bool = False,
    status: int = 200,
) -> Response:
    return render(
        request,
        "restricted/person.html",
        status=status,
        problems=problems,
        meanwhile=meanwhile,
        person=person,
        days=days,
        etag=etag,
    )
