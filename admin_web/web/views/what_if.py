"""What if: somebody's gesture decided as the cabinet would, and a whole day by a draft timetable before it is live."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin_web.access import Page
from admin_web.errors import Invalid, Refused
from admin_web.queries.day_matrix import lay_out
from admin_web.queries.handles import find_person_id, handle_of
from admin_web.queries.people import person_choices, read_points
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.timetable_choices import choose_timetable, timetable_choices
from admin_web.queries.what_if import AnswerTold, tell_answer
from admin_web.rules.blocks import has_own_times
from admin_web.services.sessions import SignedIn
from admin_web.services.what_if import GESTURES, Question, ask_what_if, read_when
from admin_web.services.what_if_day import ask_day
from admin_web.web.looks import write_look
from admin_web.web.pages import FieldProblem, render
from admin_web.web.visitors import Requirement, TheOffice
from policy.gesture import Intent

router = APIRouter()
Reader = Annotated[SignedIn, Depends(Requirement(Page.WHAT_IF))]
GESTURE_WORDS = {
    Intent.TAKE_OUT: "take a phone out",
    Intent.PUT_IN: "put a phone in",
    Intent.NO_PHONE: "no phone today",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks; a person stands in the address by handle only."""

    person: str
    point: str
    gesture: str
    day: str
    time: str

    @property
    def is_complete(self) -> bool:
        """Whether there is a question at all."""
        return bool(self.person and self.point)


def asked(
    office: TheOffice,
    person: Annotated[str, Query(max_length=16)] = "",
    point: Annotated[str, Query(max_length=40)] = "",
    gesture: Annotated[str, Query(max_length=16)] = Intent.TAKE_OUT.value,
    day: Annotated[str, Query(max_length=10)] = "",
    time: Annotated[str, Query(max_length=8)] = "",
) -> Asked:
    """Read the form; what is left empty is now."""
    with office.database.read() as session:
        local = office.school_time(session).local(office.clock.now().utc)
    return Asked(person, point, gesture, day or local.date().isoformat(), time or local.strftime("%H:%M"))


@router.get("/what-if")
def show_one(request: Request, office: TheOffice, signed: Reader, what: Annotated[Asked, Depends(asked)]) -> Response:
    """Ask about one person at one moment, and show the answer with everything it rests on."""
    told: AnswerTold | None = None
    problems: tuple[FieldProblem, ...] = ()
    status, person = 200, None
    with office.database.read() as session:
        times = office.school_time(session)
        people, points = person_choices(session), read_points(session)
        if what.is_complete:
            try:
                question = _question(session, what, times)
                person = question.person
                told = tell_answer(session, ask_what_if(session, question, now=office.clock.now().utc), times)
            except Refused as refused:
                problems, status = (FieldProblem.of(refused),), refused.status
    if told is not None:
        write_look(office, signed, "what_if", 1, {"point": what.point}, person=person)
    return render(
        request,
        "what_if/one.html",
        status=status,
        problems=problems,
        what=what,
        told=told,
        when=_when(what, times),
        people=[("", "Choose somebody"), *((handle_of(id), name) for id, name in people)],
        points=[("", "Choose a place"), *((point.id, point.name) for point in points)],
        gestures=[(gesture.value, GESTURE_WORDS[gesture]) for gesture in GESTURES],
    )


@router.get("/what-if/day")
def show_day(
    request: Request,
    office: TheOffice,
    signed: Reader,
    what: Annotated[Asked, Depends(asked)],
    timetable: Annotated[str, Query(max_length=20)] = "",
    changed: Annotated[str, Query(max_length=5)] = "",
) -> Response:
    """Show everybody's day at a place, as it is or as a draft timetable would make it."""
    matrix = None
    problems: tuple[FieldProblem, ...] = ()
    status = 200
    with office.database.read() as session:
        times = office.school_time(session)
        points = read_points(session)
        if what.point:
            try:
                day = _day(what.day)
                draft = choose_timetable(session, timetable)
                found = ask_day(session, what.point, day, now=office.clock.now().utc, timetable=draft)
                matrix = lay_out(found, times, is_compared=draft is not None, only_changed=bool(changed))
            except Refused as refused:
                problems, status = (FieldProblem.of(refused),), refused.status
        choices = timetable_choices(session, times)
        has_own = has_own_times(session, what.point)
    if matrix is not None:
        write_look(office, signed, "what_if_day", matrix.asked, {"point": what.point, "day": what.day})
    return render(
        request,
        "what_if/day.html",
        status=status,
        problems=problems,
        what=what,
        matrix=matrix,
        changed=bool(changed),
        timetable=timetable,
        timetables=choices,
        has_own=has_own,
        place={point.id: point.name for point in points}.get(what.point, what.point),
        when=_when(what, times),
        points=[("", "Choose a place"), *((point.id, point.name) for point in points)],
        ask=lambda handle: "/what-if?" + urlencode({"person": handle, "point": what.point, "day": what.day}),
    )


def _question(session: Session, what: Asked, times: SchoolTime) -> Question:
    at = read_when(f"{what.day}T{what.time}", str(times.zone), "time")
    person = find_person_id(session, what.person)
    try:
        gesture = Intent(what.gesture)
    except ValueError:
        raise Invalid("Nobody can ask for that.", what_to_do="Choose one from the list.", field="gesture") from None
    return Question(person, what.point, gesture, at)


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise Invalid("That is not a date.", what_to_do="Write it like 2026-11-24.", field="day") from None


def _when(what: Asked, times: SchoolTime) -> str:
    try:
        return times.day(_day(what.day))
    except Invalid:
        return ""
