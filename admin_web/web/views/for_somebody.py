"""Going home and open for: said for one person by the exact name, by roles that may see no list (promise 2)."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.openings import PlaceToOpen, places_to_open
from admin_web.queries.orders import read_orders
from admin_web.queries.people import read_person
from admin_web.services.days import say_going_home
from admin_web.services.orders import OPEN_FOR, REASONS, Opening, order_opening
from admin_web.services.people import person_of_exact_name
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Sender = Annotated[SignedIn, Depends(Requirement(Act.SAY_GOING_HOME))]
Opener = Annotated[SignedIn, Depends(Requirement(Act.OPEN_FOR_SOMEBODY))]

SAID = {
    "home": "Said. From now on the phone comes out for the rest of today.",
    "home-before": "That was said already today.",
    "ordered": "Ordered. The cabinet’s answer shows below.",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked before a cabinet opens."""

    handle: str
    name: str
    places: tuple[PlaceToOpen, ...]
    reason: str = ""
    point: str = ""


@router.get("/for-somebody")
def show_for_somebody(
    request: Request, office: TheOffice, _: Sender, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Ask for the name, and show what was ordered lately."""
    return _show(request, office, said=SAID.get(said))


@router.post("/for-somebody")
def choose(request: Request, office: TheOffice, signed: Sender, form: Form) -> Response:
    """Find the one person of exactly this name: send them home, or ask before a cabinet opens for them."""
    name = text_of(form, "name")
    try:
        if text_of(form, "do") == "open":
            with office.database.read() as session:
                person = person_of_exact_name(session, name)
            return _ask(request, office, signed, handle_of(person))
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            news = say_going_home(session, person_of_exact_name(session, name), occasion=occasion)
    except Refused as refused:
        return _show(request, office, name=name, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to(f"/for-somebody?said={'home' if news else 'home-before'}")


@router.get("/for-somebody/{handle}/open")
def ask_open(request: Request, office: TheOffice, signed: Opener, handle: str) -> Response:
    """Ask before a cabinet opens for somebody: where, and why."""
    return _ask(request, office, signed, handle)


@router.post("/for-somebody/{handle}/open")
def open_once(request: Request, office: TheOffice, signed: Opener, form: Form, handle: str) -> Response:
    """Order a cabinet to open once for somebody."""
    point, reason = text_of(form, "point"), text_of(form, "reason")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            order_opening(session, Opening(find_person_id(session, handle), point, reason), occasion=occasion)
    except Refused as refused:
        return _ask(request, office, signed, handle, point=point, reason=reason, problem=FieldProblem.of(refused))
    return go_to("/for-somebody?said=ordered")


def _ask(
    request: Request,
    office: Office,
    signed: SignedIn,
    handle: str,
    *,
    point: str = "",
    reason: str = "",
    problem: FieldProblem | None = None,
) -> Response:
    with office.database.read() as session:
        question = _question(session, handle, point, reason)
        person = find_person_id(session, handle)
    write_look(office, signed, "opening", 1, person=person)
    return render(
        request,
        "orders/open.html",
        status=200 if problem is None else 422,
        problems=() if problem is None else (problem,),
        question=question,
        reasons=[(code, words[:1].upper() + words[1:]) for code, words in REASONS.items()],
    )


def _question(session: Session, handle: str, point: str, reason: str) -> Question:
    person = read_person(session, find_person_id(session, handle))
    places = tuple(places_to_open(session, person.id))
    return Question(handle, person.name, places, reason, point or (places[0].point if places else ""))


def _show(
    request: Request,
    office: Office,
    *,
    name: str = "",
    problems: tuple[FieldProblem, ...] = (),
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        orders = read_orders(session, office.clock.now().utc, command=OPEN_FOR)
    return render(
        request,
        "orders/for_somebody.html",
        status=status,
        problems=problems,
        name=name,
        orders=orders,
        times=times,
        said=said,
    )
