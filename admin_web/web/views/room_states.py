"""Children staying in: rooms until a time, what a badge said at a cabinet, and the end of either (clause 6)."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from admin_web.access import Act, Page
from admin_web.errors import ChangedMeanwhile, Refused, SaidAlready
from admin_web.queries.room_states import read_room_states, read_said_by_badge
from admin_web.rules.areas import area_names
from admin_web.services.room_states import (
    RoomStateDraft,
    end_room_state,
    end_said_by_badge,
    set_room_state,
)
from admin_web.services.sessions import SignedIn
from admin_web.web.moments import Typed, read_end, read_start
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render
from admin_web.web.visitors import Form, Key, Requirement, TheOffice, text_of, texts_of

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ROOM_STATES))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.SET_ROOM_STATES))]

SAID = {
    "set": "Said. Taking out is refused there until then, and again allowed by itself.",
    "ended": "Ended. The cabinets obey it as soon as they have heard of it.",
}


@dataclass(frozen=True, slots=True)
class RoomStateForm:
    """What the form shows; the day is today."""

    areas: tuple[str, ...] = ()
    starts: str = ""
    ends: str = field(default="")


@router.get("/children-in")
def show_children_in(
    request: Request, office: TheOffice, _: Reader, said: Annotated[str, Query(max_length=16)] = ""
) -> Response:
    """Show where children are staying in, and the form that says so."""
    return _show(request, office, RoomStateForm(), said=SAID.get(said))


@router.post("/children-in")
def say_children_in(request: Request, office: TheOffice, signed: Editor, form: Form) -> Response:
    """Let children stay in, in the rooms that are chosen, until the time given."""
    starts, ends = text_of(form, "starts").strip(), text_of(form, "ends").strip()
    typed = RoomStateForm(tuple(texts_of(form, "areas")), starts, ends)
    try:
        with office.database.read() as session:
            times = office.school_time(session)
        today = times.today.isoformat()
        draft = RoomStateDraft(
            areas=typed.areas,
            starts=read_start(Typed(today, typed.starts), "starts", times) if typed.starts else None,
            ends=read_end(Typed(today, typed.ends), "ends", times) if typed.ends else None,
            replaces=frozenset(texts_of(form, "replaces")),
        )
        occasion = office.occasion(signed.actor)
        with office.database.write() as session:
            set_room_state(session, draft, occasion=occasion)
    except SaidAlready as refused:
        problem = FieldProblem.of(refused)
        return _show(request, office, typed, problems=(problem,), meanwhile=refused.said, status=refused.status)
    except Refused as refused:
        return _show(request, office, typed, problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to("/children-in?said=set")


@router.post("/children-in/{number}/end")
def end(request: Request, office: TheOffice, signed: Editor, form: Form, number: Key) -> Response:
    """End children staying in for one room now."""
    occasion = office.occasion(signed.actor)
    try:
        with office.database.write() as session:
            end_room_state(session, number, if_match=text_of(form, "etag"), occasion=occasion)
    except ChangedMeanwhile as refused:
        return _show(request, office, RoomStateForm(), problems=(FieldProblem.of(refused),), status=refused.status)
    return go_to("/children-in?said=ended")


@router.post("/children-in/points/{point}/end")
def end_at_point(office: TheOffice, signed: Editor, point: str) -> Response:
    """End children staying in that a badge said at a cabinet."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        end_said_by_badge(session, point, occasion=occasion)
    return go_to("/children-in?said=ended")


def _show(
    request: Request,
    office: Office,
    form: RoomStateForm,
    *,
    problems: tuple[FieldProblem, ...] = (),
    said: str | None = None,
    meanwhile: frozenset[str] = frozenset(),
    status: int = 200,
) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        kept, by_badge = read_room_states(session, times, now), read_said_by_badge(session, now)
        areas = area_names(session)
    return render(
        request,
        "room_states/list.html",
        status=status,
        problems=problems,
        kept=kept,
        by_badge=by_badge,
        areas=areas,
        form=form,
        times=times,
        said=said,
        meanwhile=[one for one in kept if f"{one.id}:{one.etag}" in meanwhile],
    )
