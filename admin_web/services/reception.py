"""What the reception screen is told of the school: telephone, closing time, lanyards, badges of regular visitors."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person
from admin_web.database.reception import Lanyard, ReceptionSettings, RegularVisitor
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_for_screens
from admin_web.services.texts import require_line, require_reference
from broker.messages.reception_acts import ReceptionChanged
from policy.rules import MINUTES_OF_A_DAY

COLOURS = ("green", "blue", "red", "yellow", "purple", "orange", "black", "white")
"""Of ribbons: the words the screen has in every language."""
VISITOR_NAME = 80
_NUMBER = re.compile(r"[0-9]{1,4}")
_PRINTER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@-]{0,126}")
"""As CUPS names queues, and never like an option of `lp`."""
_NOON = 12 * 60
_TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,38}")
REGULAR = "regular"


@dataclass(frozen=True, slots=True)
class RegularDraft:
    """Somebody who comes often, as somebody typed it."""

    reference: str
    name: str
    organisation: str = ""
    host: str | None = None
    ends: datetime | None = None


def save_settings(
    session: Session,
    telephone: str,
    closing: int,
    *,
    printer: str | None = None,
    if_match: str | None,
    occasion: Occasion,
) -> ReceptionSettings:
    """Save the school's telephone (clause 23), the minute at which open visits end, and the printer of roll-calls.

    `printer` None leaves the one that is set, an empty one unsets it. Raises Invalid, MatchMissing, ChangedMeanwhile.
    """
    settings = session.scalars(select(ReceptionSettings)).first()
    require_match(if_match, None if settings is None else settings.etag, "The reception screen")
    line = require_line(telephone, "telephone", "The telephone number", at_most=40)
    if _TELEPHONE.fullmatch(line) is None:
        raise Invalid("That is not a telephone number.", what_to_do="Write digits and spaces.", field="telephone")
    if not 0 < closing < MINUTES_OF_A_DAY:
        raise Invalid("That is not a time of the day.", what_to_do="Write it like 18:00.", field="closing")
    if closing < _NOON:
        raise Invalid(
            "That is in the morning: visitors would be taken off the list of a roll-call while they are here.",
            what_to_do="Write the time at which the school closes, from 12:00 on, like 18:00.",
            field="closing",
        )
    if printer and _PRINTER.fullmatch(printer) is None:
        raise Invalid(
            "That is not a printer’s name.",
            what_to_do="Write it as `lpstat -e` shows it on the server, without spaces.",
            field="printer",
        )
    if settings is None:
        settings = ReceptionSettings(id=1, telephone=line, closing=closing, etag=0)
        session.add(settings)
    settings.telephone, settings.closing, settings.etag = line, closing, settings.etag + 1
    if printer is not None:
        settings.printer = printer or None
    _record(session, "settings", occasion)
    return settings


def save_lanyard(
    session: Session,
    number: str,
    colour: str,
    *,
    reference: str | None = None,
    contractors: bool = False,
    occasion: Occasion,
) -> Lanyard:
    """Add a lanyard, or change one. Raises Invalid, and Conflict for a badge that means somebody already."""
    if _NUMBER.fullmatch(number) is None:
        raise Invalid("That is not a lanyard’s number.", what_to_do="Write up to four digits.", field="number")
    if colour not in COLOURS:
        raise Invalid("That is no colour.", what_to_do=f"Choose one of {', '.join(COLOURS)}.", field="colour")
    others = session.scalars(select(Lanyard.number).where(Lanyard.number != number))
    same = next((one for one in others if int(one) == int(number)), None)
    if same is not None:
        raise Conflict(
            f"That is the number of lanyard {same}: the screen takes both for one.",
            what_to_do="Choose another number.",
            field="number",
        )
    lanyard = session.get(Lanyard, number)
    if reference is not None:
        _require_nobodys(session, require_reference(reference, "reference"), lanyard=number)
    if lanyard is None:
        lanyard = Lanyard(number=number, colour=colour)
        session.add(lanyard)
    lanyard.colour, lanyard.reference, lanyard.contractors = colour, reference, contractors
    _record(session, "lanyard", occasion)
    return lanyard


def remove_lanyard(session: Session, number: str, *, occasion: Occasion) -> None:
    """Take a lanyard out of use. Raises NotFound."""
    lanyard = session.get(Lanyard, number)
    if lanyard is None:
        raise NotFound("There is no lanyard of this number.", what_to_do="Look at the list.", field="number")
    session.delete(lanyard)
    _record(session, "lanyard", occasion)


def add_regular_visitor(session: Session, draft: RegularDraft, *, occasion: Occasion) -> RegularVisitor:
    """Give somebody who comes often a badge to sign in by. Raises Invalid, NotFound, Conflict."""
    reference = require_reference(draft.reference, "reference")
    _require_nobodys(session, reference)
    if draft.ends is not None and draft.ends <= occasion.now.utc:
        raise Invalid("That day is over.", what_to_do="Choose a later one, or none.", field="ends")
    visitor = RegularVisitor(
        id=f"r-{secrets.token_hex(8)}",
        reference=reference,
        name=require_line(draft.name, "name", "The name", at_most=VISITOR_NAME),
        organisation=optional_line(draft.organisation, "organisation", "The organisation"),
        reason=REGULAR,
        host_id=require_host(session, draft.host),
        ends=draft.ends,
        added_by=occasion.actor.id,
        added_at=occasion.now.utc,
        etag=1,
    )
    session.add(visitor)
    _record(session, "regular_visitor", occasion)
    return visitor


def end_regular_visitor(session: Session, id: str, *, occasion: Occasion) -> None:
    """End a regular visitor's badge. Raises NotFound."""
    visitor = session.get(RegularVisitor, id)
    if visitor is None or visitor.ended_at is not None:
        raise NotFound("There is no such visitor.", what_to_do="Look at the list.")
    visitor.ended_at, visitor.etag = occasion.now.utc, visitor.etag + 1
    _record(session, "regular_visitor", occasion)


def optional_line(text: str, field: str, what: str) -> str | None:
    """Tidy a line that may be empty. Raises Invalid."""
    return require_line(text, field, what, at_most=VISITOR_NAME) if text.strip() else None


def require_host(session: Session, host: str | None) -> str | None:
    """Check that a host is somebody who is here. Raises NotFound."""
    if host is None:
        return None
    person = session.get(Person, host)
    if person is None or person.ended_at is not None:
        raise NotFound("There is no such member of staff.", what_to_do="Choose one of the list.", field="host")
    return person.id


def _require_nobodys(session: Session, reference: str, *, lanyard: str | None = None) -> None:
    """Check that a badge means nobody yet. Raises Conflict."""
    staff = select(BadgePerson.id).where(BadgePerson.badge == reference, BadgePerson.ends.is_(None))
    pool = select(Badge.reference).where(Badge.reference == reference, Badge.cover)
    other = select(Lanyard.number).where(Lanyard.reference == reference, Lanyard.number != (lanyard or ""))
    regular = select(RegularVisitor.id).where(RegularVisitor.reference == reference, RegularVisitor.ended_at.is_(None))
    for question, whose in ((staff, "somebody of the staff"), (pool, "the cover pool"), (regular, "a regular visitor")):
        if session.scalars(question.limit(1)).first() is not None:
            raise Conflict(f"This badge is {whose}’s.", what_to_do="Take another badge.", field="reference")
    if session.scalars(other.limit(1)).first() is not None:
        raise Conflict("This badge is in another lanyard.", what_to_do="Take another badge.", field="reference")


def _record(session: Session, part: str, occasion: Occasion) -> None:
    session.flush()
    raise_for_screens(session, occasion.now)
    audit.record_change(
        session, f"reception_{part}", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why
    )
    acts.record(session, ReceptionChanged(part=part), occasion)
    session.flush()
