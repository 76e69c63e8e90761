"""My record: what is kept about whoever is signed in, and who looked at it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Page
from admin_web.queries import access_log as log
from admin_web.queries.names import names_for
from admin_web.queries.one_day import read_day
from admin_web.queries.own_record import looks_at, wide_looks
from admin_web.queries.people import read_person
from admin_web.queries.sentences.catalogue import tell
from admin_web.queries.stored_events import events_by_id
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.pages import render
from admin_web.web.visitors import Requirement, TheOffice

router = APIRouter()
ROWS = 50
LOOKED_BACK = timedelta(days=28)
SAID = {"no-phone": "Noted. No reason is asked.", "confirmed": "Thank you. That is noted for this term."}


@router.get("/me")
def show_own_record(
    request: Request,
    office: TheOffice,
    signed: Annotated[SignedIn, Depends(Requirement(Page.OWN_RECORD))],
    before: str = "",
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show the person's own events, by cursor, and the looks of others at them."""
    if signed.person_id is None:
        return render(request, "own_record.html", person=None)
    actor = signed.actor.id
    with office.database.read() as session:
        times = office.school_time(session)
        mine = log.LogFilter(person=signed.person_id)
        if before:
            page = log.older_rows(session, mine, times, log.Cursor.parse(before), limit=ROWS)
        else:
            page = log.newest_rows(session, mine, times, limit=ROWS)
        events = events_by_id(session, [place.event_id for place in page.places])
        names = names_for(session, events)
        told = [(event, tell(event, names, times)) for event in events]
        looks = looks_at(session, signed.person_id, except_for=actor)
        wide = wide_looks(session, office.machine_now() - LOOKED_BACK, except_for=actor)
        person = read_person(session, signed.person_id)
        day = read_day(session, person.id, times, office.clock.now().utc)
    write_look(office, signed, "own_record", len(told), person=signed.person_id)
    return render(
        request,
        "own_record.html",
        person=person,
        told=told,
        page=page,
        last=page.places[-1] if page.places else None,
        looks=looks,
        wide=wide,
        times=times,
        day=day,
        said=SAID.get(said),
    )
