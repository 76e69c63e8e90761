"""Restricted times: each point's week as a picture, and the form that changes it (flow 2, step 1)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused
from admin_web.queries.cabinet_cards import applied_words
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.day_strip import strip_of
from admin_web.queries.people import read_points
from admin_web.queries.restricted import PointTimes, read_times, times_of
from admin_web.queries.week_grid import week_grid
from admin_web.rules.blocks import dated_blocks
from admin_web.services.etags import etag_of
from admin_web.services.restricted import follow_timetable, save_restricted_times
from admin_web.services.revision import cabinets_revision
from admin_web.services.sessions import SignedIn
from admin_web.web.block_form import BlockTyped, change_form, in_form, posted_blocks, read_rows, shown_blocks
from admin_web.web.office import Office
from admin_web.web.pages import MEANWHILE, FieldProblem, go_to, render
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.RESTRICTED_TIMES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_RESTRICTED_TIMES))]

SAID = {
    "saved": "Saved.",
    "follows": "This place follows the timetable again.",
    "hours": "The working hours are saved.",
}


@router.get("/restricted")
def show_all(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """List every point with its day, as it is today."""
    with office.database.read() as session:
        times = office.school_time(session)
        points = [times_of(session, point, times.today) for point in read_points(session)]
        blocks = {one.point: dated_blocks(session, one.point, times.today, times.today) for one in points}
    # What is for one staff group alone is no part of the place's day.
    strips = [
        (one, strip_of(one.name, [block for block in blocks[one.point] if block.group is None])) for one in points
    ]
    return render(request, "restricted/list.html", strips=strips, today=times.day(times.today), said=SAID.get(said))


@router.get("/restricted/points/{point}")
def show_point(
    request: Request,
    office: TheOffice,
    _: Reader,
    point: str,
    own: Annotated[str, Query(max_length=5)] = "",
    said: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Show one point's week, and its form where it has times of its own or shall get some."""
    kept = _read(office, point)
    blocks, etag = shown_blocks(kept.rows), etag_of(kept.etag)
    return _show(request, office, kept, blocks, etag, said=SAID.get(said), unsaved=bool(own) and not kept.own)


@router.post("/restricted/points/{point}")
def change_point(request: Request, office: TheOffice, signed: Editor, form: Form, point: str) -> Response:
    """Save the blocks as the form says, or give the form one block or break more or less."""
    blocks, etag = posted_blocks(form), text_of(form, "etag")
    kept = _read(office, point)
    changed = change_form(blocks, text_of(form, "do"))
    if changed is not None:
        return _show(request, office, kept, changed, etag, unsaved=True)
    rows, origins, problems = read_rows(blocks)
    if not problems:
        occasion = office.occasion(signed.actor)
        try:
            with office.database.write() as session:
                save_restricted_times(session, point, rows, if_match=etag, occasion=occasion)
            return go_to(f"/restricted/points/{point}?said=saved")
        except ChangedMeanwhile as refused:
            kept, problem = _read(office, point), FieldProblem(None, refused.error, MEANWHILE)
            return _show(
                request, office, kept, blocks, etag_of(kept.etag), problems=(problem,), unsaved=True, status=412
            )
        except Refused as refused:
            problems = (in_form(refused, origins),)
    return _show(request, office, kept, blocks, etag, problems=problems, unsaved=True, status=422)


@router.post("/restricted/points/{point}/follow")
def follow(request: Request, office: TheOffice, signed: Editor, form: Form, point: str) -> Response:
    """Let a point follow the timetable of its area again."""
    occasion, etag = office.occasion(signed.actor), text_of(form, "etag")
    try:
        with office.database.write() as session:
            follow_timetable(session, point, if_match=etag, occasion=occasion)
    except ChangedMeanwhile as refused:
        kept = _read(office, point)
        blocks, problem = shown_blocks(kept.rows), FieldProblem.of(refused)
        return _show(request, office, kept, blocks, etag_of(kept.etag), problems=(problem,), status=refused.status)
    return go_to(f"/restricted/points/{point}?said=follows")


def _read(office: Office, point: str) -> PointTimes:
    with office.database.read() as session:
        return read_times(session, point, office.school_time(session).today)


def _show(
    request: Request,
    office: Office,
    kept: PointTimes,
    blocks: tuple[BlockTyped, ...],
    etag: str,
    *,
    problems: tuple[FieldProblem, ...] = (),
    unsaved: bool = False,
    said: str | None = None,
    status: int = 200,
) -> Response:
    with office.database.read() as session:
        times = office.school_time(session)
        there = [cabinet for cabinet in read_cabinets(session, times) if cabinet.point == kept.point]
        applied = applied_words(there, cabinets_revision(session), times)
    return render(
        request,
        "restricted/point.html",
        status=status,
        problems=problems,
        kept=kept,
        grid=week_grid(kept.rows),
        blocks=blocks,
        etag=etag,
        unsaved=unsaved,
        said=None if said is None else f"{said} {applied}",
        applied=applied,
        has_dates=any(row.date is not None for row in kept.rows),
    )
