"""What is said of somebody's day: going home (promise 2), no phone with me, and the termly word of clause 8."""

import datetime as dates

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.days import GoingHome, NoPhone, StorageConfirmed
from admin_web.database.people import Person
from admin_web.errors import NotFound
from admin_web.rules.days import going_home_today, storage_duty_of
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from broker.messages.allowance import GoingHomeSaid, NoPhoneSaid
from broker.messages.allowance import StorageConfirmed as StorageSaid
from policy.staff_groups import StorageDuty

TODAY, STANDING, ENDED = "today", "standing", "ended"
"""What is said of no phone."""


def say_going_home(session: Session, person_id: str, *, occasion: Occasion) -> bool:
    """Let somebody's day be over: the phone comes out from now on. Tells whether it was news. Raises NotFound."""
    _require_there(session, person_id)
    if going_home_today(session, occasion.now.utc, person_id):
        return False
    session.add(GoingHome(person_id=person_id, at=occasion.now.utc, said_by=occasion.actor.id))
    raise_revision(session, occasion.now)
    _audit(session, "going_home", person_id, occasion)
    acts.record(session, GoingHomeSaid(), occasion, person=person_id)
    session.flush()
    return True


def say_no_phone(session: Session, person_id: str, day: dates.date | None, *, occasion: Occasion) -> bool:
    """Note that somebody has no phone with them on a day; None: until they say otherwise. No reason is asked.

    Tells whether it was news. Raises NotFound.
    """
    _require_there(session, person_id)
    if _open(session, person_id, day) is not None:
        return False
    session.add(NoPhone(person_id=person_id, day=day, said_by=occasion.actor.id, said_at=occasion.now.utc))
    _no_phone(session, person_id, STANDING if day is None else TODAY, occasion)
    return True


def end_no_phone(session: Session, person_id: str, day: dates.date, *, occasion: Occasion) -> bool:
    """Note that somebody has a phone with them again: nothing said for the day or standing holds. Raises NotFound."""
    _require_there(session, person_id)
    rows = [row for row in (_open(session, person_id, day), _open(session, person_id, None)) if row is not None]
    for row in rows:
        row.ended_at = occasion.now.utc
    if rows:
        _no_phone(session, person_id, ENDED, occasion)
    return bool(rows)


def confirm_storage(session: Session, person_id: str, *, occasion: Occasion) -> None:
    """Note that somebody confirmed that their phone lies in the office (clause 8). Raises NotFound."""
    _require_there(session, person_id)
    if storage_duty_of(session, person_id) is not StorageDuty.OFFICE:
        raise NotFound(
            "This group keeps its phones at a cabinet.", what_to_do="Declare it there by badge.", field="person"
        )
    session.add(StorageConfirmed(person_id=person_id, at=occasion.now.utc, said_by=occasion.actor.id))
    _audit(session, "storage_confirmed", person_id, occasion)
    acts.record(session, StorageSaid(), occasion, person=person_id)
    session.flush()


def _require_there(session: Session, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.ended_at is not None:
        raise NotFound("There is no such person now.", what_to_do="Look on the page People and badges.", field="person")
    return person


def _open(session: Session, person_id: str, day: dates.date | None) -> NoPhone | None:
    question = select(NoPhone).where(NoPhone.person_id == person_id, NoPhone.ended_at.is_(None))
    return session.scalars(question.where(NoPhone.day.is_(None) if day is None else NoPhone.day == day)).first()


def _no_phone(session: Session, person_id: str, what: str, occasion: Occasion) -> None:
    _audit(session, "no_phone", person_id, occasion)
    acts.record(session, NoPhoneSaid(), occasion, person=person_id, what=what)
    session.flush()


def _audit(session: Session, act: str, person_id: str, occasion: Occasion) -> None:
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person_id,
        why=occasion.why,
    )
