"""Phone checks that were carried out, for the headteacher's page and nothing else (clause 2)."""

import datetime as dates
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.phone_checks import PhoneCheck
from admin_web.queries.names import actor_names
from admin_web.services.phone_checks import BASES, OUTCOMES


@dataclass(frozen=True, slots=True)
class CheckKept:
    """A check in words: names, basis and outcome as the page says them; the time is UTC."""

    number: int
    day: dates.date
    person: str
    authorised_by: str
    witness: str
    basis: str
    outcome: str
    recorded_by: str
    recorded_at: datetime


def read_checks(session: Session, limit: int = 200) -> list[CheckKept]:
    """Read the newest checks first."""
    rows = session.scalars(select(PhoneCheck).order_by(PhoneCheck.id.desc()).limit(limit)).all()
    ids = {id for row in rows for id in (row.person_id, row.authorised_by, row.witness)}
    names: dict[str, str] = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    actors = actor_names(session, {row.recorded_by for row in rows})
    gone = "Somebody who is no longer kept"
    return [
        CheckKept(
            number=row.id,
            day=row.day,
            person=names.get(row.person_id, gone),
            authorised_by=names.get(row.authorised_by, gone),
            witness=names.get(row.witness, gone),
            basis=BASES.get(row.basis, row.basis.replace("_", " ")),
            outcome=OUTCOMES.get(row.outcome, row.outcome.replace("_", " ")),
            recorded_by=actors.get(row.recorded_by, "An account that is no longer kept"),
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]
