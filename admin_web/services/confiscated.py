"""Pupils' phones: held in the office, and released once to a parent or carer (clause 24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from admin_web.database.confiscated import ConfiscatedPhone
from admin_web.database.people import Person
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.texts import is_id, require_line
from broker.messages.message import Message
from broker.messages.register import ConfiscatedHeld, ConfiscatedReleased

RELATIONSHIPS: Mapping[str, str] = MappingProxyType(
    {
        "parent": "Parent",
        "carer": "Carer",
        "grandparent": "Grandparent, as the parents said",
        "other_named": "Another adult, as the parents said",
    }
)
"""What whoever fetches a phone is to the pupil: code -> words; no name is kept."""
CLASS_LENGTH, INITIALS_LENGTH, DESCRIPTION_LENGTH, SLOT_LENGTH = 40, 8, 80, 20


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A phone that shall be held, as somebody typed it."""

    school_class: str
    initials: str
    description: str
    slot: str
    staff: str
    """The person who brought it."""


def hold_phone(session: Session, draft: HoldDraft, *, occasion: Occasion) -> ConfiscatedPhone:
    """Hold a pupil's phone in a place of its own. Raises Invalid, NotFound, and Conflict for a place that is taken."""
    slot = require_line(draft.slot, "slot", "The place", at_most=SLOT_LENGTH)
    phone = ConfiscatedPhone(
        school_class=require_line(draft.school_class, "school_class", "The class", at_most=CLASS_LENGTH),
        initials=_initials(draft.initials),
        description=require_line(draft.description, "description", "The description", at_most=DESCRIPTION_LENGTH),
        slot=slot,
        etag=1,
        held_by=_require_staff(session, draft.staff),
        held_at=occasion.now.utc,
        entered_by=occasion.actor.id,
    )
    for taken in session.scalars(select(ConfiscatedPhone).where(ConfiscatedPhone.released_at.is_(None))):
        if taken.slot.casefold() == slot.casefold():
            raise Conflict(
                f"Another phone lies there: number {taken.id}.",
                what_to_do="Choose another place, or release that phone first.",
                field="slot",
            )
    session.add(phone)
    session.flush()
    _record(session, phone, "confiscated_held", ConfiscatedHeld(number=str(phone.id)), phone.held_by, occasion)
    return phone


def release_phone(
    session: Session, number: int, relationship: str, staff: str, *, if_match: str | None, occasion: Occasion
) -> ConfiscatedPhone:
    """Hand a held phone over, once. Raises NotFound, Conflict for one that is gone, MatchMissing, ChangedMeanwhile."""
    phone = require_held(session, number)
    require_match(if_match, phone.etag, "This phone")
    if relationship not in RELATIONSHIPS:
        raise Invalid("It is not said to whom.", what_to_do="Choose what they are to the pupil.", field="relationship")
    handed_by = _require_staff(session, staff)
    # The condition stands in the statement itself: whatever two offices do at once, the row changes for one of them.
    changed = session.connection().execute(
        update(ConfiscatedPhone)
        .where(ConfiscatedPhone.id == number, ConfiscatedPhone.released_at.is_(None))
        .values(
            relationship=relationship,
            released_by=handed_by,
            released_at=occasion.now.utc,
            release_entered_by=occasion.actor.id,
            etag=ConfiscatedPhone.etag + 1,
        )
    )
    if changed.rowcount != 1:
        raise _released_already(number)
    session.refresh(phone)
    message = ConfiscatedReleased(number=str(number))
    _record(session, phone, "confiscated_released", message, handed_by, occasion)
    return phone


def require_held(session: Session, number: int) -> ConfiscatedPhone:
    """Find a phone that is held now. Raises NotFound, and Conflict for one that was released."""
    phone = session.get(ConfiscatedPhone, number)
    if phone is None:
        raise NotFound("No phone is held under this number.", what_to_do="Look on the page Pupils’ phones.")
    if phone.released_at is not None:
        raise _released_already(number)
    return phone


def _released_already(number: int) -> Conflict:
    return Conflict(
        f"Phone number {number} has been released already.",
        what_to_do="Look on the page Pupils’ phones when, and by whom. A phone leaves once.",
    )


def _initials(text: str) -> str:
    """Take initials only: a name typed here would be more of a pupil than the school keeps."""
    line = require_line(text, "initials", "The initials", at_most=200, verb="are").upper()
    letters = [letter for letter in line if letter not in " .-’'"]
    if len(line) > INITIALS_LENGTH or not 1 <= len(letters) <= 4 or not all(letter.isalpha() for letter in letters):
        raise Invalid(
            "Those are not initials.", what_to_do="Write the first letters only, one to four, for example J. B.",
            field="initials",
        )  # fmt: skip
    return line


def _require_staff(session: Session, staff: str) -> str:
    person = session.get(Person, staff) if is_id(staff) else None
    if person is None or person.ended_at is not None:
        raise NotFound("No member of staff is chosen.", what_to_do="Choose one from the list.", field="staff")
    return person.id


def _record(
    session: Session, phone: ConfiscatedPhone, act: str, message: Message, staff: str, occasion: Occasion
) -> None:
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=staff,
        filter={"number": phone.id},
        why=occasion.why,
    )
    acts.record(session, message, occasion, person=staff)
    session.flush()
