"""Today: what needs somebody, the rooms in numbers, the day; names only by a second click that is written down."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import Page, may_see
from admin_web.queries.rooms_today import SchoolDay, room_names
from admin_web.queries.sentences.told import inside
from admin_web.queries.today import approval_seconds, read_today
from admin_web.services.audit import record_look
from admin_web.services.sessions import SignedIn
from admin_web.web.pages import render
from admin_web.web.visitors import Requirement, TheOffice

router = APIRouter()


@router.get("/today")
def show_today(
    request: Request, office: TheOffice, signed: Annotated[SignedIn, Depends(Requirement(Page.TODAY))]
) -> Response:
    """Show how things are now; nobody is named."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        today = read_today(session, times, now, sees_exceptions=may_see(signed.role, Page.EXCEPTIONS))
    return render(
        request,
        "today/page.html",
        today=today,
        times=times,
        now=now,
        approval_seconds=approval_seconds(),
        today_count=today.waiting,
        inside=inside,
    )


@router.get("/today/rooms/{point}")
def show_names(
    request: Request, office: TheOffice, signed: Annotated[SignedIn, Depends(Requirement(Page.EXCEPTIONS))], point: str
) -> Response:
    """Show who is declared in at a room; each person shown gets a row in the audit."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        room, names = room_names(session, point, SchoolDay(session, times), times, now)
    machine_now = office.machine_now()
    with office.database.write() as session:
        record_look(session, "room_names", {"point": point}, len(names), actor=signed.actor, machine_now=machine_now)
        for one in names:
            if one.person is not None:
                record_look(
                    session,
                    "room_names",
                    {"point": point},
                    1,
                    actor=signed.actor,
                    machine_now=machine_now,
                    person_id=one.person,
                )
    return render(request, "today/names.html", room=room, names=names, times=times, now=now)
