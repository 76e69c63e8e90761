"""Places of the school that have a timetable, and which of them are free of phones (clause 5)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import func, select
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.database.timetable import Area
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.people import read_points
from admin_web.queries.timetables import read_editing
from admin_web.rules.areas import points_of_areas
from admin_web.services.areas import free_area_id, save_area
from admin_web.services.etags import etag_of
from admin_web.services.sessions import SignedIn
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

PATH = "/timetable/places"
SAID = {"saved": "Saved."}


@router.get(PATH)
def show_places(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List the places with the cabinets that stand in them."""
    return _show(request, office, said=SAID.get(said))


@router.post(PATH)
def save_place(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Rename a place or say whether phones are used there; without an id make one."""
    id, name = text_of(form, "id"), text_of(form, "name")
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            save_area(
                session,
                id or free_area_id(session, name),
                name,
                phone_free=text_of(form, "phone_free") == "yes",
                if_match=text_of(form, "etag") if id else None,
                occasion=occasion,
            )
    except Refused as refused:
        error = f"{refused.error} Typed was “{name[:60]}”." if isinstance(refused, ChangedMeanwhile) else refused.error
        problem = FieldProblem(f"name-{id or 'new'}", error, refused.what_to_do)
        return _show(request, office, problems=(problem,), typed=(id, name), status=refused.status)
    return go_to(f"{PATH}?said=saved")


def _show(
    request: Request,
    office: Office,
    *,
    problems: tuple[FieldProblem, ...] = (),
    typed: tuple[str, str] = ("", ""),
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        editing = read_editing(session)
        areas = session.scalars(select(Area).order_by(func.lower(Area.name), Area.id)).all()
        names = {point.id: point.name for point in read_points(session)}
        points = points_of_areas(session)
        rows = [
            (area.id, area.name, area.phone_free, etag_of(area.etag), [names[id] for id in points.get(area.id, ())])
            for area in areas
        ]
    return render(
        request,
        "timetable/places.html",
        status=status,
        problems=problems,
        editing=editing,
        rows=rows,
        typed=typed,
        said=said,
    )
