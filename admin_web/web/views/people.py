"""The page People and badges: everybody by name, and the form of one person."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.one_day import read_day
from admin_web.queries.people import (
    PersonKept,
    is_bank,
    read_cover_pool,
    read_people,
    read_person,
    read_points,
    read_slots,
    read_unknown_badges,
)
from admin_web.services.etags import etag_of
from admin_web.services.links import PointChoice
from admin_web.services.people import PersonDraft, end_person, save_person
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import MEANWHILE, FieldProblem, go_to, render
from admin_web.web.person_form import (
    GROUP_WORDS,
    PersonForm,
    PlaceOffered,
    chosen_places,
    offer_places,
    point_choices,
    posted_hours,
    posted_places,
    read_week,
    shown_hours,
)
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of
from policy.rules import NO_HOURS

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.PEOPLE))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PEOPLE))]

SAID = {
    "home": "Said: the phone comes out for the rest of today.",
    "no-phone": "Noted. No reason is asked.",
    "confirmed": "Noted for this term.",
    "until": "Saved: the cabinets know when the badge ends.",
    "year": "The new year is saved.",
    "year-none": "Nothing was changed.",
    "saved": "Saved. The cabinets obey it as soon as they have heard of it.",
    "ended": "Ended. A phone that is still in comes out with the badge’s next tap.",
    "given": "The badge is given.",
    "lost": "The badge is marked lost: it opens nothing from now on.",
    "found": "The badge opens again.",
    "badge-ended": "The badge is ended.",
    "pooled": "The badge is in the cover pool.",
    "unpooled": "The badge is out of the cover pool.",
}


@router.get("/people")
def show_people(
    request: Request,
    office: TheOffice,
    signed: Reader,
    group: Annotated[str, Query(max_length=16)] = "",
    point: Annotated[str, Query(max_length=40)] = "",
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """List everybody, and beside them the badges that wait for a name and the cover pool."""
    with office.database.read() as session:
        times = office.school_time(session)
        people = read_people(session, group=group or None, point=point or None)
        points = read_points(session)
        unknown, pool = read_unknown_badges(session), read_cover_pool(session)
    write_look(office, signed, "people", len(people), {"group": group, "point": point} if group or point else None)
    return render(
        request,
        "people/list.html",
        people=people,
        groups=GROUP_WORDS,
        points=points,
        group=group,
        point=point,
        unknown=unknown,
        pool=pool,
        times=times,
        said=SAID.get(said),
        badges=sum(len(person.badges) for person in people),
    )


@router.get("/people/new")
def show_new(request: Request, office: TheOffice, signed: Editor) -> Response:
    """Show an empty form."""
    with office.database.read() as session:
        form = PersonForm(places=_offers(session, {}, None), hours=shown_hours(NO_HOURS))
    return _show(request, form, None)


@router.post("/people/new")
def add(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Make a person; the id is random, so that it names nobody."""
    return _save(request, office, signed, form, None, f"p-{secrets.token_hex(6)}")


@router.get("/people/{handle}")
def show_person(
    request: Request, office: TheOffice, signed: Reader, handle: str, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show the form of one person."""
    with office.database.read() as session:
        person = read_person(session, find_person_id(session, handle))
        form = PersonForm(
            name=person.name,
            group=person.group,
            etag=etag_of(person.etag),
            places=_offers(session, chosen_places(person), person.id),
            hours=shown_hours(person.hours),
        )
        unknown = read_unknown_badges(session)
        times = office.school_time(session)
        day = None if person.ended_at is not None else read_day(session, person.id, times, office.clock.now().utc)
    write_look(office, signed, "person", 1, person=person.id)
    return _show(request, form, person, unknown=unknown, times=times, said=SAID.get(said), day=day)


@router.post("/people/{handle}")
def change(request: Request, office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Save one person as the form says; the badges stay as they are."""
    with office.database.read() as session:
        person = read_person(session, find_person_id(session, handle))
    return _save(request, office, signed, form, person, person.id)


@router.get("/people/{handle}/end")
def ask_end(request: Request, office: TheOffice, signed: Editor, handle: str) -> Response:
    """Ask before a person is ended, saying what it changes."""
    with office.database.read() as session:
        person = read_person(session, find_person_id(session, handle))
    write_look(office, signed, "person", 1, person=person.id)
    return render(request, "people/end.html", person=person)


@router.post("/people/{handle}/end")
def end(request: Request, office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """End a person: badges and places end now."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        end_person(session, find_person_id(session, handle), if_match=text_of(form, "etag"), occasion=occasion)
    return go_to("/people?said=ended")


def _save(
    request: Request, office: Office, signed: SignedIn, form: FormData, person: PersonKept | None, id: str
) -> Response:
    hours = posted_hours(form)
    week, problems = read_week(hours)
    with office.database.read() as session:
        points = read_points(session)
        chosen = posted_places(form, points)
        places = _offers(session, chosen, id)
    name, group, etag = (text_of(form, field) for field in ("name", "group", "etag"))
    meanwhile = False
    if not problems:
        draft = PersonDraft(
            name=name,
            group=group,
            badges=() if person is None else tuple(badge.reference for badge in person.badges),
            points=point_choices(chosen),
            hours=week,
        )
        try:
            occasion = office.occasion(signed.actor)
            with office.database.write() as session:
                save_person(session, id, draft, if_match=etag or None, occasion=occasion)
            return go_to(f"/people/{handle_of(id)}?said=saved")
        except ChangedMeanwhile as refused:
            with office.database.read() as session:
                person = read_person(session, id)
            problems, etag, meanwhile = (FieldProblem(None, refused.error, MEANWHILE),), etag_of(person.etag), True
        except Refused as refused:
            problems = (_in_form(refused, point_choices(chosen)),)
    shown = PersonForm(name, group, etag, places, hours, problems)
    with office.database.read() as session:
        unknown, times = read_unknown_badges(session), office.school_time(session)
    status = 412 if meanwhile else 422
    return _show(request, shown, person, unknown=unknown, times=times, said=None, meanwhile=meanwhile, status=status)


def _in_form(refused: Refused, choices: tuple[PointChoice, ...]) -> FieldProblem:
    """Bring the field of a refusal into the names the form has: `points[0].slot` stands at its place."""
    field = refused.field
    if field is not None and field.startswith("points["):
        number = field[7 : field.index("]")]
        point = choices[int(number)].point if number.isdecimal() and int(number) < len(choices) else ""
        field = f"place-{point}"
    return FieldProblem(field, refused.error, refused.what_to_do)


def _offers(session: Session, chosen: dict[str, str], person: str | None) -> tuple[PlaceOffered, ...]:
    points = read_points(session)
    slots = {point.id: read_slots(session, point) for point in points if is_bank(point)}
    return offer_places(points, slots, chosen, person)


def _show(request: Request, form: PersonForm, person: PersonKept | None, **context: object) -> Response:
    more = {"unknown": [], "times": None, "said": None, "day": None, "meanwhile": False, "status": 200, **context}
    status = int(str(more.pop("status")))
    return render(
        request,
        "people/person.html",
        status=status,
        problems=form.problems,
        form=form,
        person=person,
        groups=GROUP_WORDS,
        **more,
    )
