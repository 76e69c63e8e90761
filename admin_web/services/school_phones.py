"""School phones: added, put right, taken, returned, ended; one phone is with one person at a time (clause 14)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.school_phones import SchoolPhone, SchoolPhoneLoan
from admin_web.errors import Conflict, Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.texts import is_id, require_line
from broker.instants import write_instant
from broker.messages.message import Message
from broker.messages.register import (
    SchoolPhoneAdded,
    SchoolPhoneChanged,
    SchoolPhoneEnded,
    SchoolPhoneReturned,
    SchoolPhoneTaken,
)

PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "off_site_visit": "Off-site visit",
        "families": "Contact with families",
        "home_visit": "Home visit",
        "lone_working": "Lone working on the site",
        "on_call": "On call for the school",
        "emergency": "In an emergency",
    }
)
"""What a school phone is taken for: code -> words."""
ASSET_LENGTH, TAG_LENGTH = 40, 80
LONGEST = timedelta(days=366)
"""The furthest a phone may be due: whoever has one for good shows it once a year."""


@dataclass(frozen=True, slots=True)
class Loan:
    """What somebody takes a phone for, and until when (UTC)."""

    person: str
    purpose: str
    due: datetime


def add_school_phone(session: Session, asset: str, tag: str | None = None, *, occasion: Occasion) -> SchoolPhone:
    """Put a phone into the register under its asset number. Raises Invalid, and Conflict for what another one has."""
    asset, tag = _tidy(asset, tag)
    _require_free(session, asset, tag, None)
    phone = SchoolPhone(
        id=f"phone-{secrets.token_hex(6)}", asset=asset, tag=tag, etag=1, added_at=occasion.now.utc, ended_at=None
    )
    session.add(phone)
    _record(session, phone, "school_phone_added", SchoolPhoneAdded(phone=phone.id), occasion)
    return phone


def change_school_phone(
    session: Session, phone_id: str, asset: str, tag: str | None, *, if_match: str | None, occasion: Occasion
) -> SchoolPhone:
    """Put the asset number or the tag right. Raises NotFound, MatchMissing, ChangedMeanwhile, Invalid, Conflict."""
    phone = require_school_phone(session, phone_id)
    require_match(if_match, phone.etag, "This school phone")
    asset, tag = _tidy(asset, tag)
    if (phone.asset, phone.tag) == (asset, tag):
        return phone
    _require_free(session, asset, tag, phone.id)
    phone.asset, phone.tag = asset, tag
    phone.etag += 1
    _record(session, phone, "school_phone_changed", SchoolPhoneChanged(phone=phone.id), occasion)
    return phone


def take_school_phone(session: Session, written: str, loan: Loan, *, occasion: Occasion) -> SchoolPhoneLoan:
    """Note that somebody takes the phone whose asset number or tag is `written`.

    Raises NotFound for an unknown asset or person, Conflict for a phone that is out, Invalid.
    """
    phone = find_school_phone(session, written)
    person = session.get(Person, loan.person) if is_id(loan.person) else None
    if person is None or person.ended_at is not None:
        raise NotFound("There is no such person now.", what_to_do="Choose somebody from the list.", field="person")
    if loan.purpose not in PURPOSES:
        raise Invalid("It is not said what for.", what_to_do="Choose a purpose from the list.", field="purpose")
    _require_due(loan.due, occasion)
    open_loan = loan_now(session, phone.id)
    if open_loan is not None:
        holder = session.get_one(Person, open_loan.person_id).name
        raise Conflict(
            f"{phone.asset} is out already: {holder} has it.",
            what_to_do="Note its return first, or take another phone.",
            field="phone",
        )
    taken = SchoolPhoneLoan(
        phone_id=phone.id,
        person_id=person.id,
        purpose=loan.purpose,
        taken_at=occasion.now.utc,
        due=loan.due,
        given_by=occasion.actor.id,
    )
    session.add(taken)
    phone.etag += 1
    message = SchoolPhoneTaken(phone=phone.id, purpose=loan.purpose, due=write_instant(loan.due))
    _record(session, phone, "school_phone_taken", message, occasion, person=person.id)
    return taken


def return_school_phone(
    session: Session, phone_id: str, *, if_match: str | None, occasion: Occasion
) -> SchoolPhoneLoan:
    """Note that a phone came back. Raises NotFound, MatchMissing, ChangedMeanwhile, Conflict for one that is here."""
    phone = require_school_phone(session, phone_id)
    require_match(if_match, phone.etag, "This school phone")
    loan = loan_now(session, phone.id)
    if loan is None:
        raise Conflict(f"{phone.asset} is not out.", what_to_do="Load the page again.", field="phone")
    loan.returned_at, loan.received_by = occasion.now.utc, occasion.actor.id
    phone.etag += 1
    message = SchoolPhoneReturned(phone=phone.id)
    _record(session, phone, "school_phone_returned", message, occasion, person=loan.person_id)
    return loan


def end_school_phone(session: Session, phone_id: str, *, if_match: str | None, occasion: Occasion) -> SchoolPhone:
    """Give a phone out no more; its loans stay. Raises NotFound, ChangedMeanwhile, Conflict if it is out."""
    phone = require_school_phone(session, phone_id)
    require_match(if_match, phone.etag, "This school phone")
    if loan_now(session, phone.id) is not None:
        raise Conflict(f"{phone.asset} is out.", what_to_do="Note its return first.", field="phone")
    phone.ended_at = occasion.now.utc
    phone.etag += 1
    _record(session, phone, "school_phone_ended", SchoolPhoneEnded(phone=phone.id), occasion)
    return phone


def require_school_phone(session: Session, phone_id: str) -> SchoolPhone:
    """Find a phone that has not ended, by its id. Raises NotFound."""
    phone = session.get(SchoolPhone, phone_id) if is_id(phone_id) else None
    if phone is None or phone.ended_at is not None:
        raise NotFound(
            "There is no such school phone now.", what_to_do="Look on the page School phones.", field="phone"
        )
    return phone


def find_school_phone(session: Session, written: str) -> SchoolPhone:
    """Find a phone by its asset number or its tag, as somebody typed or scanned it. Raises Invalid, NotFound."""
    line = require_line(written, "phone", "The number", at_most=TAG_LENGTH)
    phones = session.scalars(select(SchoolPhone).where(SchoolPhone.ended_at.is_(None))).all()
    folded = line.casefold()
    for phone in phones:
        if folded in (phone.asset.casefold(), (phone.tag or "").casefold()):
            return phone
    raise NotFound(
        f"No school phone is called “{line}”.",
        what_to_do="Read its number again, or add the phone to the register first.",
        field="phone",
    )


def loan_now(session: Session, phone_id: str) -> SchoolPhoneLoan | None:
    """Find who has a phone at the moment."""
    return session.scalars(
        select(SchoolPhoneLoan).where(SchoolPhoneLoan.phone_id == phone_id, SchoolPhoneLoan.returned_at.is_(None))
    ).first()


def _tidy(asset: str, tag: str | None) -> tuple[str, str | None]:
    asset = require_line(asset, "asset", "The asset number", at_most=ASSET_LENGTH)
    return asset, require_line(tag, "tag", "The tag", at_most=TAG_LENGTH) if tag and tag.strip() else None


def _require_free(session: Session, asset: str, tag: str | None, own: str | None) -> None:
    """Check that no other phone, ended ones too, answers to the number or the tag."""
    wanted = {"asset": asset.casefold()} | ({} if tag is None else {"tag": tag.casefold()})
    others = [phone for phone in session.scalars(select(SchoolPhone)) if phone.id != own]
    for field, text in wanted.items():
        for other in others:
            if text in (other.asset.casefold(), (other.tag or "").casefold()):
                gone = "" if other.ended_at is None else ", which is given out no more"
                raise Conflict(
                    f"Another school phone has this{gone}: {other.asset}.",
                    what_to_do="Check which of the two it belongs to.",
                    field=field,
                )
    if tag is not None and tag.casefold() == asset.casefold():
        raise Invalid("The tag is the asset number.", what_to_do="Leave the tag empty.", field="tag")


def _require_due(due: datetime, occasion: Occasion) -> None:
    if due <= occasion.now.utc:
        raise Invalid("That time is over.", what_to_do="Say when the phone comes back.", field="due")
    if due > occasion.now.utc + LONGEST:
        raise Invalid("That is more than a year away.", what_to_do="Give a time within a year.", field="due")


def _record(
    session: Session, phone: SchoolPhone, act: str, message: Message, occasion: Occasion, *, person: str | None = None
) -> None:
    session.flush()
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person,
        filter={"phone": phone.id},
        why=occasion.why,
    )
    acts.record(session, message, occasion, person=person, what=phone.asset)
    session.flush()
