"""Phone checks carried out: recorded by the headteacher in codes, once, and never changed (clause 2)."""

import datetime as dates
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.phone_checks import PhoneCheck
from admin_web.errors import Invalid, NotFound
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.texts import is_id
from broker.messages.register import PhoneCheckRecorded

BASES: Mapping[str, str] = MappingProxyType(
    {"routine_monitoring": "Routine monitoring", "reasonable_suspicion": "Reasonable suspicion"}
)
"""Why a phone was checked: code -> words."""
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "nothing_found": "Nothing found",
        "passed_to_dsl": "Passed to the DSL",
        "passed_to_hr": "Passed to HR",
        "passed_to_police": "Passed to the police",
        "not_agreed": "Not agreed to, not carried out",
    }
)
"""What came of it: code -> words; what was on the phone stands nowhere."""
BACK = timedelta(days=31)
"""How long after the day of a check it may be recorded."""


@dataclass(frozen=True, slots=True)
class CheckDraft:
    """A check as somebody chose it from lists: there is no field to write in."""

    day: dates.date
    person: str
    authorised_by: str
    witness: str
    basis: str
    outcome: str


def record_phone_check(
    session: Session, draft: CheckDraft, *, today: dates.date, if_match: str | None, occasion: Occasion
) -> PhoneCheck:
    """Record a check; `if_match` names the last one known, so that a second press records no second one.

    Raises MatchMissing, ChangedMeanwhile, Invalid, NotFound.
    """
    require_match(if_match, last_check(session), "This register")
    people = {name: getattr(draft, name) for name in ("person", "authorised_by", "witness")}
    for field, id in people.items():
        _require_person(session, id, field)
    if len(set(people.values())) < 3:
        raise Invalid(
            "Two of the three are the same person.",
            what_to_do="Whose phone it is, who authorised and who witnessed are three people.",
            field="witness" if draft.witness in (draft.person, draft.authorised_by) else "authorised_by",
        )
    if draft.basis not in BASES:
        raise Invalid("The basis is missing.", what_to_do="Choose one from the list.", field="basis")
    if draft.outcome not in OUTCOMES:
        raise Invalid("The outcome is missing.", what_to_do="Choose one from the list.", field="outcome")
    if not today - BACK <= draft.day <= today:
        raise Invalid("That day cannot be.", what_to_do="Give a day of the last month, or today.", field="day")
    check = PhoneCheck(
        day=draft.day,
        person_id=draft.person,
        authorised_by=draft.authorised_by,
        witness=draft.witness,
        basis=draft.basis,
        outcome=draft.outcome,
        recorded_by=occasion.actor.id,
        recorded_at=occasion.now.utc,
    )
    session.add(check)
    session.flush()
    # Audit and event lead to the row and say nothing of it: others may read them.
    audit.record_change(
        session,
        "phone_check_recorded",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"number": check.id},
    )
    acts.record(session, PhoneCheckRecorded(number=str(check.id)), occasion)
    session.flush()
    return check


def last_check(session: Session) -> int:
    """Number the newest check; 0 before the first. It is the edition of the register."""
    return session.scalar(select(func.max(PhoneCheck.id))) or 0


def _require_person(session: Session, id: str, field: str) -> None:
    if not is_id(id) or session.get(Person, id) is None:
        raise NotFound("Nobody is chosen.", what_to_do="Choose a person from the list.", field=field)
