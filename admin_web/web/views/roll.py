"""The roll-call on a school's own tablet: a page that keeps its last copy without a network, and the report after."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, Response

from admin_web.access import Act, Page
from admin_web.errors import Invalid, Refused
from admin_web.queries.on_site import read_on_site
from admin_web.queries.roll import RollCall, open_roll, read_roll
from admin_web.services.roll import Tick, add_ticks, begin_roll, end_roll
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render, static_url
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of, texts_of
from broker.instants import read_instant

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ON_SITE))]
Caller = Annotated[SignedIn, Depends(Requirement(Act.CALL_ROLL))]

PATH = "/on-site/roll"
KEPT = ("app.css", "roll.js", "icons.svg", "favicon.svg")
"""What the page needs besides itself; the fonts come with the stylesheet's own addresses and may be missing."""


@router.get(PATH)
def show_roll(request: Request, office: TheOffice, signed: Reader) -> Response:
    """Show everybody on site, to be ticked by whoever sees them."""
    return _show(request, office, signed, None)


@router.get("/on-site/roll-worker.js")
def show_worker(_: Reader) -> Response:
    """Give the worker that keeps this one page and nothing else (Service Workers, 4.4)."""
    return Response(_worker(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.post(f"{PATH}/begin")
def begin(request: Request, office: TheOffice, signed: Caller, form: Form) -> Response:
    """Begin a roll-call, or a drill of one."""
    try:
        with office.database.write() as session:
            drill = text_of(form, "drill") == "yes"
            begin_roll(session, drill, by=_sayer(signed), occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused)
    return go_to(PATH)


@router.post(f"{PATH}/ticks")
def tick(office: TheOffice, signed: Caller, form: Form) -> Response:
    """Take ticks, also those made without a network; each is added once, and the answer says who has been seen."""
    ticks = tuple(_tick(text) for text in texts_of(form, "seen"))
    drill = text_of(form, "drill") == "yes"
    with office.database.write() as session:
        add_ticks(session, ticks, drill, by=_sayer(signed), occasion=office.occasion(signed.actor))
    with office.database.read() as session:
        times = office.school_time(session)
        roll = open_roll(session, office.clock.now().utc)
        lines = () if roll is None else roll.lines
        seen = {line.visit: times.minute(line.seen_at) for line in lines if line.seen_at is not None}
    return JSONResponse({"seen": seen})


@router.post(f"{PATH}/end")
def end(request: Request, office: TheOffice, signed: Caller) -> Response:
    """End the roll-call."""
    try:
        with office.database.write() as session:
            roll = open_roll(session, office.clock.now().utc)
            end_roll(session, by=_sayer(signed), occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused)
    return go_to("/on-site" if roll is None else f"/on-site/calls/{roll.handle}")


@router.get("/on-site/calls/{handle}")
def show_report(request: Request, office: TheOffice, signed: Reader, handle: str) -> Response:
    """Show a roll-call afterwards: who was there, who was seen, when and by whom."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        roll: RollCall = read_roll(session, handle, now)
    write_look(office, signed, "roll_report", len(roll.lines), {"roll": handle})
    return render(request, "on_site/report.html", roll=roll, times=times, now=now)


def _show(request: Request, office: Office, signed: SignedIn, refused: Refused | None) -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        visits = sorted(read_on_site(session, now), key=lambda one: one.name.casefold())
        roll = open_roll(session, now)
    seen = {} if roll is None else {line.visit: line for line in roll.lines if line.seen_at is not None}
    write_look(office, signed, "roll", len(visits))
    return render(
        request,
        "on_site/roll.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        visits=visits,
        roll=roll,
        seen=seen,
        keep=" ".join(static_url(name) for name in KEPT),
        times=times,
        now=now,
    )


def _sayer(signed: SignedIn) -> str:
    return signed.person_id or signed.actor.id


def _tick(text: str) -> Tick:
    """Read `visit` or `visit instant`. Raises Invalid."""
    visit, _, at = text.partition(" ")
    moment: datetime | None = None
    try:
        moment = read_instant(at).astimezone(UTC) if at else None
    except ValueError:
        raise Invalid("That is no time.", what_to_do="Load the page again.", field="seen") from None
    return Tick(visit[:16], moment)


@cache
def _worker() -> bytes:
    return files("admin_web.web").joinpath("static", "roll-worker.js").read_bytes()
