"""Who has confirmed the phone rules: counts, names on a second click, and the tap that confirms (clause 25)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import Refused
from admin_web.queries.acknowledgements import count_groups, read_standings, read_tap_awaited, read_versions
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices, read_points
from admin_web.services.acknowledgements import ask_for_tap
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.person_form import GROUP_WORDS
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ACKNOWLEDGEMENTS))]
Asker = Annotated[SignedIn, Depends(Requirement(Act.CONFIRM_BY_BADGE))]

PATH = "/registers/acknowledgements"
TAPS = "/registers/badge-confirmations"


@router.get(PATH)
def show_counts(request: Request, office: TheOffice, signed: Reader) -> Response:
    """Count who has confirmed the version that counts, by staff group."""
    with office.database.read() as session:
        times = office.school_time(session)
        versions = read_versions(session)
        standings = read_standings(session, versions[0].version) if versions else []
    groups = count_groups(standings)
    write_look(office, signed, "acknowledgement_counts", len(groups))
    return render(
        request,
        "acknowledgements/counts.html",
        versions=versions,
        groups=groups,
        group_words=GROUP_WORDS,
        people=len(standings),
        confirmed=sum(group.confirmed for group in groups),
        times=times,
    )


@router.get(f"{PATH}/people")
def show_people(
    request: Request,
    office: TheOffice,
    signed: Reader,
    show: Annotated[str, Query(max_length=16)] = "",
    group: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Name where everybody stands; that somebody asked for the names is logged."""
    outstanding = show != "all"
    with office.database.read() as session:
        times = office.school_time(session)
        versions = read_versions(session)
        standings = read_standings(session, versions[0].version) if versions else []
    shown = [one for one in standings if (not group or one.group == group) and (one.now is None or not outstanding)]
    write_look(
        office,
        signed,
        "acknowledgements",
        len(shown),
        {"show": "outstanding" if outstanding else "all", "group": group},
    )
    return render(
        request,
        "acknowledgements/people.html",
        versions=versions,
        standings=shown,
        outstanding=outstanding,
        group=group,
        group_words=GROUP_WORDS,
        times=times,
    )


@router.get(TAPS)
def show_ask(
    request: Request, office: TheOffice, signed: Asker, person: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Ask who shall confirm by a tap, and at which cabinet."""
    return _show_ask(request, office, signed, person, "", None)


@router.post(TAPS)
def ask(request: Request, office: TheOffice, signed: Asker, form: Form) -> Response:
    """Let somebody's next tap at a cabinet within two minutes confirm the rules."""
    chosen, point = text_of(form, "person"), text_of(form, "point")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            person = find_person_id(session, chosen) if chosen else ""
            asked = ask_for_tap(session, person, point, occasion=occasion)
    except Refused as refused:
        return _show_ask(request, office, signed, chosen, point, refused)
    return go_to(f"{TAPS}/{asked.id}")


@router.get(f"{TAPS}/{{number}}")
def show_awaited(request: Request, office: TheOffice, signed: Asker, number: Key) -> Response:
    """Tell whether the tap has come."""
    with office.database.read() as session:
        times = office.school_time(session)
        awaited = read_tap_awaited(session, number)
    if request.headers.get("sec-fetch-dest") != "empty":  # what the page asks again by itself is the same look
        write_look(office, signed, "acknowledgements", 1, {"tap": number})
    now = office.clock.now().utc
    return render(request, "acknowledgements/tap.html", awaited=awaited, over=now > awaited.until, times=times)


def _show_ask(
    request: Request, office: Office, signed: SignedIn, person: str, point: str, refused: Refused | None
) -> Response:
    with office.database.read() as session:
        versions = read_versions(session)
        people = person_choices(session)
        points = read_points(session)
    write_look(office, signed, "people", len(people), {"for": "a confirmation"})
    return render(
        request,
        "acknowledgements/ask.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        version=versions[0] if versions else None,
        person=person,
        point=point,
        people=[(handle_of(id), name) for id, name in people],
        points=[(one.id, one.name) for one in points],
    )
