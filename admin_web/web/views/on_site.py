"""On site: which visitors are here, with whom; rings from reception; what the office does for them (clause 21)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Refused
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.on_site import mark_of, read_expected_today, read_on_site, read_visit
from admin_web.queries.people import person_choices
from admin_web.queries.rings import read_answered, read_rings
from admin_web.queries.roll import read_rolls
from admin_web.queries.visit_words import TICKS
from admin_web.services.sessions import SignedIn
from admin_web.services.visits import answer_ring, brief_for_host, sign_out_visit
from admin_web.services.visits_at_office import free_lanyards
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ON_SITE))]
Carer = Annotated[SignedIn, Depends(Requirement(Act.LOOK_AFTER_VISITORS))]

PATH = "/on-site"
SAID = {
    "briefed": "It is noted that the visitor has been told the phone rules.",
    "out": "The visitor is signed out.",
    "answered": "Reception is told that somebody comes.",
    "in": "The visitor is signed in, and their host is told.",
    "gone": "This visitor had signed out already. Nothing more is to be done.",
    "checked": "Noted, with who noted it.",
}


@router.get(PATH)
def show_on_site(
    request: Request,
    office: TheOffice,
    signed: Reader,
    said: Annotated[str, Query(max_length=16)] = "",
    seen: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """Show who is here; a page that reads itself again and shows the same names is no new look."""
    return _show(request, office, signed, said=SAID.get(said), seen=seen)


@router.get(f"{PATH}/visits/{{visit}}")
def show_visit(
    request: Request, office: TheOffice, signed: Reader, visit: str, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show one visit with everything that is kept of it."""
    return show_one_visit(request, office, signed, visit, None, said=SAID.get(said))


@router.post(f"{PATH}/visits/{{visit}}/brief")
def brief(request: Request, office: TheOffice, signed: Carer, form: Form, visit: str) -> Response:
    """Note in the host's name that the visitor has been told; for a job or a room it is chosen who did."""
    try:
        with office.database.write() as session:
            chosen = text_of(form, "host")
            host = find_person_id(session, chosen) if chosen else None
            brief_for_host(session, visit, host, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return show_one_visit(request, office, signed, visit, refused)
    return go_to(f"{PATH}?said=briefed")


@router.post(f"{PATH}/visits/{{visit}}/sign-out")
def sign_out(request: Request, office: TheOffice, signed: Carer, visit: str) -> Response:
    """Sign a visitor out; whoever has signed out meanwhile stays so, and nobody is at fault."""
    try:
        with office.database.write() as session:
            done = sign_out_visit(session, visit, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused=refused)
    return go_to(f"{PATH}?said={'out' if done else 'gone'}")


@router.post(f"{PATH}/rings/{{nonce}}/answer")
def answer(request: Request, office: TheOffice, signed: Carer, nonce: str) -> Response:
    """Answer a ring: the screen says that the office is coming."""
    try:
        with office.database.write() as session:
            answer_ring(session, nonce, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused=refused)
    return go_to(f"{PATH}?said=answered")


@router.get(f"{PATH}/print")
def show_print(request: Request, office: TheOffice, signed: Reader) -> Response:
    """Show the list as it is printed for a roll-call: large, with boxes to tick by hand."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        visits = sorted(read_on_site(session, now), key=lambda one: one.name.casefold())
    write_look(office, signed, "on_site_print", len(visits))
    return render(request, "on_site/print.html", visits=visits, times=times, now=now)


def _show(
    request: Request,
    office: Office,
    signed: SignedIn,
    *,
    said: str | None = None,
    seen: str = "",
    refused: Refused | None = None,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        visits, rings = read_on_site(session, now), read_rings(session, now)
        answered = read_answered(session, now)
        expected = read_expected_today(session, times)
        begins, _ = times.bounds(times.today)
        rolls = read_rolls(session, now, since=begins)
    mark = mark_of(visits, rings, expected)
    if not (seen == mark and request.headers.get("sec-fetch-dest") == "empty"):
        write_look(office, signed, "on_site", len(visits) + len(expected))
    return render(
        request,
        "on_site/page.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        visits=visits,
        rings=rings,
        answered=answered,
        expected=expected,
        last_roll=next((roll for roll in rolls if roll.ended_at is None), rolls[0] if rolls else None),
        mark=mark,
        times=times,
        now=now,
        said=said,
    )


def show_one_visit(
    request: Request, office: Office, signed: SignedIn, visit: str, refused: Refused | None, *, said: str | None = None
) -> Response:
    """Show one visit, with what was wrong with something that was to be noted of it."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        record = read_visit(session, visit, now)
        people = [(handle_of(id), name) for id, name in person_choices(session)]
        lanyards = [(one.number, f"{one.number}, {one.colour}") for one in free_lanyards(session, visit)]
    if record.visit.lanyard and record.visit.lanyard not in {number for number, _ in lanyards}:
        lanyards.append((record.visit.lanyard, record.visit.lanyard))  # taken off the list meanwhile
    write_look(office, signed, "visit", 1, {"visit": visit})
    return render(
        request,
        "on_site/visit.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        record=record,
        visit=record.visit,
        people=people,
        lanyards=lanyards,
        ticks=list(TICKS.items()),
        times=times,
        now=now,
        said=said,
    )
