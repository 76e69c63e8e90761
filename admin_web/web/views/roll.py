"""The roll-call on a school's own tablet: a page that keeps its last copy without a network, and the report after."""

from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from admin_web.access import Act, Page
from admin_web.errors import Invalid, Refused
from admin_web.queries.on_site import OnSiteVisit, mark_of, read_on_site
from admin_web.queries.roll import RollCall, open_roll, read_roll, read_rolls
from admin_web.services.roll import TICKS_KEPT, Tick, add_ticks, begin_roll, end_roll, print_roll_again
from admin_web.services.sessions import SignedIn
from admin_web.web.looks import write_look
from admin_web.web.office import Office
from admin_web.web.pages import FieldProblem, go_to, render, static_url
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of, texts_of
from broker.instants import read_instant
from policy.roll_call import LASTS

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.ON_SITE))]
Caller = Annotated[SignedIn, Depends(Requirement(Act.CALL_ROLL))]

PATH = "/on-site/roll"
KEPT = ("app.css", "roll.js", "icons.svg", "favicon.svg")
"""What the page needs besides itself; the fonts come with the stylesheet's own addresses and may be missing."""


@router.get(PATH)
def show_roll(
    request: Request, office: TheOffice, signed: Reader, seen: Annotated[str, Query(max_length=64)] = ""
) -> Response:
    """Show everybody on site, to be ticked by whoever sees them; the same names read again are no new look."""
    return _show(request, office, signed, None, seen=seen)


@router.get("/on-site/roll-worker.js")
def show_worker(_: Reader) -> Response:
    """Give the worker that keeps this one page and nothing else (Service Workers, 4.4)."""
    return Response(_worker(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.post(f"{PATH}/begin")
def begin(request: Request, office: TheOffice, signed: Caller, form: Form) -> Response:
    """Begin a roll-call, or a drill of one."""
    try:
        with office.database.write() as session:
            drill, at = text_of(form, "drill") == "yes", _moment(text_of(form, "ago"), office.clock.now().utc)
            begin_roll(session, drill, by=_sayer(signed), occasion=office.occasion(signed.actor), at=at)
    except Refused as refused:
        return _show(request, office, signed, refused)
    return go_to(PATH)


@router.post(f"{PATH}/ticks")
def tick(office: TheOffice, signed: Caller, form: Form) -> Response:
    """Take ticks, also those made without a network; each is added once, and the answer says who has been seen."""
    now = office.clock.now().utc
    ticks = tuple(_tick(text, now) for text in texts_of(form, "seen"))
    drill, of = text_of(form, "drill") == "yes", text_of(form, "roll")
    if ticks:
        with office.database.write() as session:
            add_ticks(session, ticks, drill, by=_sayer(signed), occasion=office.occasion(signed.actor), of=of)
    with office.database.read() as session:
        times = office.school_time(session)
        visits, roll = _read(session, office.clock.now().utc)
        lines = () if roll is None else roll.lines
        seen = {line.visit: times.minute(line.seen_at) for line in lines if line.seen_at is not None}
    return JSONResponse({"seen": seen, "mark": _mark(visits, roll)})


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


@router.post(f"{PATH}/print")
def print_again(request: Request, office: TheOffice, signed: Caller) -> Response:
    """Let the list come out of the set printer once more."""
    try:
        with office.database.write() as session:
            print_roll_again(session, occasion=office.occasion(signed.actor))
    except Refused as refused:
        return _show(request, office, signed, refused)
    return go_to(PATH)


@router.get("/on-site/calls")
def show_reports(request: Request, office: TheOffice, _: Reader) -> Response:
    """List the roll-calls there have been: numbers, no names of visitors."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        rolls = read_rolls(session, now)
    return render(request, "on_site/reports.html", rolls=rolls, times=times, now=now)


@router.get("/on-site/calls/{handle}")
def show_report(request: Request, office: TheOffice, signed: Reader, handle: str) -> Response:
    """Show a roll-call afterwards: who was there, who was seen, when and by whom."""
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        roll: RollCall = read_roll(session, handle, now)
    write_look(office, signed, "roll_report", len(roll.lines), {"roll": handle})
    return render(request, "on_site/report.html", roll=roll, times=times, now=now)


def _read(session: Session, now: datetime) -> tuple[list[OnSiteVisit], RollCall | None]:
    return sorted(read_on_site(session, now), key=lambda one: one.name.casefold()), open_roll(session, now)


def _just_over(session: Session, now: datetime) -> RollCall | None:
    """Find the roll-call that ended last, for whoever was still ticking when somebody else ended it."""
    rolls = read_rolls(session, now, since=now - 2 * LASTS)
    return next((one for one in rolls if one.begun_at >= now - LASTS and one.ended_at is not None), None)


def _mark(visits: list[OnSiteVisit], roll: RollCall | None) -> str:
    """Mark what the page shows: the names, and after a dash how the roll-call stands; a tablet compares it."""
    paper = "" if roll is None or roll.paper is None else roll.paper.state
    return f"{mark_of(visits, (), ())}-{'' if roll is None else roll.handle}{paper}"


def _show(request: Request, office: Office, signed: SignedIn, refused: Refused | None, *, seen: str = "") -> Response:
    now = office.clock.now().utc
    with office.database.read() as session:
        times = office.school_time(session)
        visits, roll = _read(session, now)
        before = None if roll is not None else _just_over(session, now)
    ticked = {} if roll is None else {line.visit: line for line in roll.lines if line.seen_at is not None}
    mark = _mark(visits, roll)
    is_same = seen.partition("-")[0] == mark.partition("-")[0]
    if not (is_same and request.headers.get("sec-fetch-dest") == "empty"):
        write_look(office, signed, "roll", len(visits))
    return render(
        request,
        "on_site/roll.html",
        status=200 if refused is None else refused.status,
        problems=() if refused is None else (FieldProblem.of(refused),),
        visits=visits,
        roll=roll,
        before=before,
        seen=ticked,
        mark=mark,
        keep=" ".join(static_url(name) for name in KEPT),
        times=times,
        now=now,
    )


def _sayer(signed: SignedIn) -> str:
    return signed.person_id or signed.actor.id


def _tick(text: str, now: datetime) -> Tick:
    """Read `visit`, or `visit` and when. Raises Invalid."""
    visit, _, at = text.partition(" ")
    return Tick(visit[:16], _moment(at, now))


def _moment(text: str, now: datetime) -> datetime | None:
    """Read how many milliseconds ago something was, as a tablet says whatever its clock shows, or an instant.

    None where nothing is said. Raises Invalid.
    """
    if not text:
        return None
    try:
        if text.isascii() and text.isdecimal():
            return now - min(timedelta(milliseconds=int(text[:12])), TICKS_KEPT)
        return read_instant(text).astimezone(UTC)
    except ValueError:
        raise Invalid("That is no time.", what_to_do="Load the page again.", field="seen") from None


@cache
def _worker() -> bytes:
    return files("admin_web.web").joinpath("static", "roll-worker.js").read_bytes()
