"""What is said of somebody's day: no phone with me by oneself or the office, going home, where the phone lies."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from admin_web.access import Act
from admin_web.errors import Invalid, NotFound
from admin_web.queries.handles import find_badge, find_person_id
from admin_web.services.badges import set_badge_end
from admin_web.services.days import confirm_storage, end_no_phone, say_going_home, say_no_phone
from admin_web.services.occasion import Occasion
from admin_web.services.sessions import SignedIn
from admin_web.web.moments import Typed, read_end
from admin_web.web.office import Office
from admin_web.web.pages import go_to
from admin_web.web.visitors import Form, Requirement, TheOffice, text_of

router = APIRouter()
Oneself = Annotated[SignedIn, Depends(Requirement(Act.SAY_FOR_ONESELF))]
Editor = Annotated[SignedIn, Depends(Requirement(Act.CHANGE_PEOPLE))]
Sender = Annotated[SignedIn, Depends(Requirement(Act.SAY_GOING_HOME))]


@router.post("/me/no-phone")
def say_for_oneself(office: TheOffice, signed: Oneself, form: Form) -> Response:
    """Say that one has no phone with one: today, until further notice, or no more. No reason is asked."""
    _say(office, signed, _own_person(signed), text_of(form, "for"))
    return go_to("/me?said=no-phone")


@router.post("/me/storage")
def confirm_for_oneself(office: TheOffice, signed: Oneself) -> Response:
    """Confirm for this term that one's phone lies in the office."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        confirm_storage(session, _own_person(signed), occasion=occasion)
    return go_to("/me?said=confirmed")


@router.post("/people/{handle}/no-phone")
def say_for_somebody(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Say for somebody that they have no phone with them, or have one again."""
    with office.database.read() as session:
        person = find_person_id(session, handle)
    _say(office, signed, person, text_of(form, "for"))
    return go_to(f"/people/{handle}?said=no-phone")


@router.post("/people/{handle}/going-home")
def send_home(office: TheOffice, signed: Sender, handle: str) -> Response:
    """Say for somebody, from their page, that they go home now."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        say_going_home(session, find_person_id(session, handle), occasion=occasion)
    return go_to(f"/people/{handle}?said=home")


@router.post("/people/{handle}/storage")
def confirm_for_somebody(office: TheOffice, signed: Editor, handle: str) -> Response:
    """Note for somebody that they confirmed that their phone lies in the office."""
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        confirm_storage(session, find_person_id(session, handle), occasion=occasion)
    return go_to(f"/people/{handle}?said=confirmed")


@router.post("/people/{handle}/badges/until")
def end_badge_then(office: TheOffice, signed: Editor, form: Form, handle: str) -> Response:
    """Let one of a person's badges end by itself at a time, or no more."""
    with office.database.read() as session:
        times = office.school_time(session)
    ends = None if text_of(form, "do") == "open" else read_end(Typed.of(form, "ends"), "ends", times)
    if ends is None and text_of(form, "do") != "open":
        raise Invalid("No end is given.", what_to_do="Go back and choose the day on which it ends.", field="ends")
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        set_badge_end(session, find_badge(session, text_of(form, "badge")), ends, occasion=occasion)
    return go_to(f"/people/{handle}?said=until")


def _own_person(signed: SignedIn) -> str:
    if signed.person_id is None:
        raise NotFound(
            "No person belongs to this account.",
            what_to_do="The headteacher can make an account that is linked to one.",
        )
    return signed.person_id


def _say(office: Office, signed: SignedIn, person: str, said_for: str) -> None:
    saying: dict[str, Callable[[Session, date, Occasion], bool]] = {
        "today": lambda session, today, occasion: say_no_phone(session, person, today, occasion=occasion),
        "standing": lambda session, today, occasion: say_no_phone(session, person, None, occasion=occasion),
        "none": lambda session, today, occasion: end_no_phone(session, person, today, occasion=occasion),
    }
    if said_for not in saying:
        raise Invalid("Nothing is chosen.", what_to_do="Use the buttons of the page.", field="for")
    occasion = office.occasion(signed.actor)
    with office.database.write() as session:
        saying[said_for](session, office.school_time(session).today, occasion)
