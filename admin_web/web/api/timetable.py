"""GET and PUT timetable and calendar: the live timetable as a whole, or its school years and closures alone."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from admin_web.access import API_ACTS, API_PAGES
from admin_web.rules.timetables import live_timetable, live_version
from admin_web.services.actor import Actor
from admin_web.services.timetable import mark_of, publish_timetable
from admin_web.services.timetable_body import CalendarBody, TimetableBody, calendar_of, timetable_of
from admin_web.web.api.answer import PREFIX, IfMatch, answer, errors
from admin_web.web.api.bearer import TokenRequirement
from admin_web.web.api.strict_json import JsonRoute
from admin_web.web.office import Office
from admin_web.web.visitors import TheOffice
from policy.school_timetable_document import calendar_document, document_of

router = APIRouter(prefix=PREFIX, tags=["timetable"], route_class=JsonRoute)
Reader = Annotated[Actor, Depends(TokenRequirement(API_PAGES["timetable"]))]
Importer = Annotated[Actor, Depends(TokenRequirement(API_ACTS["timetable"]))]


@router.get("/timetable", response_model=TimetableBody, responses=errors())
def get_timetable(request: Request, office: TheOffice, actor: Reader) -> Response:
    """Read the live timetable; the ETag is what a PUT sends back as If-Match. Empty before the first is published."""
    return _answer(request, office, calendar_alone=False)


@router.put("/timetable", response_model=TimetableBody, responses=errors(412, 413, 422, 428))
def put_timetable(
    request: Request, office: TheOffice, actor: Importer, body: TimetableBody, if_match: IfMatch = None
) -> Response:
    """Let the live timetable be exactly this: it is published at once as a new version; a draft is left alone."""
    timetable = timetable_of(body)
    occasion = office.occasion(actor)
    with office.database.write() as session:
        publish_timetable(session, timetable, if_match=if_match, occasion=occasion)
    return _answer(request, office, calendar_alone=False)


@router.get("/calendar", response_model=CalendarBody, responses=errors())
def get_calendar(request: Request, office: TheOffice, actor: Reader) -> Response:
    """Read the school years and closures of the live timetable; the ETag is the timetable's."""
    return _answer(request, office, calendar_alone=True)


@router.put("/calendar", response_model=CalendarBody, responses=errors(412, 413, 422, 428))
def put_calendar(
    request: Request, office: TheOffice, actor: Importer, body: CalendarBody, if_match: IfMatch = None
) -> Response:
    """Let the school years and closures be exactly these, the plans as they are; published at once as a new version."""
    years, closures = calendar_of(body)
    occasion = office.occasion(actor)
    with office.database.write() as session:
        timetable = replace(live_timetable(session), years=years, closures=closures)
        publish_timetable(session, timetable, if_match=if_match, occasion=occasion)
    return _answer(request, office, calendar_alone=True)


def _answer(request: Request, office: Office, *, calendar_alone: bool) -> Response:
    with office.database.read() as session:
        timetable, mark = live_timetable(session), mark_of(live_version(session))
    return answer(request, calendar_document(timetable) if calendar_alone else document_of(timetable), etag=mark)
