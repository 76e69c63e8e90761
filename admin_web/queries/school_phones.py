"""School phones as the office sees them: who has which until when, who had it, and which are free for a trip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.permissions import PermissionGiven
from admin_web.database.school_phones import SchoolPhone, SchoolPhoneLoan
from admin_web.queries.names import actor_names
from admin_web.services.school_phones import PURPOSES


@dataclass(frozen=True, slots=True)
class LoanKept:
    """That somebody has or had a phone; times are UTC."""

    asset: str
    person: str
    """The name."""
    person_id: str
    purpose: str
    """In words."""
    taken_at: datetime
    due: datetime
    given_by: str
    returned_at: datetime | None
    received_by: str | None

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should be back and is not."""
        return self.returned_at is None and self.due < now


@dataclass(frozen=True, slots=True)
class PhoneKept:
    """A phone of the register, and who has it now."""

    id: str
    asset: str
    tag: str | None
    etag: int
    loan: LoanKept | None
    trips: tuple[tuple[datetime, datetime], ...] = ()
    """From when until when it goes along on a trip that is not over."""

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it should be back and is not."""
        return self.loan is not None and self.loan.is_overdue(now)


@dataclass(frozen=True, slots=True)
class FreePhone:
    """A phone that can go along on a trip."""

    id: str
    asset: str
    tag: str | None
    out_until: datetime | None
    """When it is due back from whoever has it now, before the trip; None where it is here."""


def read_school_phones(session: Session, now: datetime) -> list[PhoneKept]:
    """Read every phone that has not ended, by asset number."""
    phones = session.scalars(
        select(SchoolPhone).where(SchoolPhone.ended_at.is_(None)).order_by(func.lower(SchoolPhone.asset))
    ).all()
    loans = {loan.phone_id: loan for loan in _open_loans(session)}
    trips = _trips(session, now, None)
    told = {loan.phone_id: kept for loan, kept in zip(loans.values(), _told(session, loans.values()), strict=True)}
    return [
        PhoneKept(phone.id, phone.asset, phone.tag, phone.etag, told.get(phone.id), tuple(trips.get(phone.id, ())))
        for phone in phones
    ]


def read_loans(session: Session, *, phone: str | None = None, limit: int = 50) -> list[LoanKept]:
    """Read who had phones, newest first: of one phone, or the returned ones of all."""
    question = select(SchoolPhoneLoan).order_by(SchoolPhoneLoan.taken_at.desc(), SchoolPhoneLoan.id.desc())
    if phone is not None:
        question = question.where(SchoolPhoneLoan.phone_id == phone)
    else:
        question = question.where(SchoolPhoneLoan.returned_at.is_not(None))
    return _told(session, session.scalars(question.limit(limit)).all())


def free_phones(
    session: Session, starts: datetime, ends: datetime, *, besides: str | None = None
) -> tuple[FreePhone, ...]:
    """List the phones free from one moment until another (UTC): not out then, and on no other trip.

    A phone that is out and due back before counts as free and says so. `besides` is a permission whose own phone does
    not count as taken: the trip that is being changed.
    """
    loans = {loan.phone_id: loan for loan in _open_loans(session)}
    trips = _trips(session, starts, besides)
    free = []
    for phone in session.scalars(
        select(SchoolPhone).where(SchoolPhone.ended_at.is_(None)).order_by(func.lower(SchoolPhone.asset))
    ):
        loan = loans.get(phone.id)
        is_out = loan is not None and loan.due > starts
        on_trip = any(begins < ends and over > starts for begins, over in trips.get(phone.id, ()))
        if not is_out and not on_trip:
            free.append(FreePhone(phone.id, phone.asset, phone.tag, None if loan is None else loan.due))
    return tuple(free)


def _open_loans(session: Session) -> Sequence[SchoolPhoneLoan]:
    return session.scalars(
        select(SchoolPhoneLoan).where(SchoolPhoneLoan.returned_at.is_(None)).order_by(SchoolPhoneLoan.id)
    ).all()


def _trips(session: Session, after: datetime, besides: str | None) -> dict[str, list[tuple[datetime, datetime]]]:
    """Find which phones go along on trips that end after a moment."""
    rows = session.scalars(
        select(PermissionGiven)
        .where(
            PermissionGiven.school_phone.is_not(None),
            PermissionGiven.withdrawn_at.is_(None),
            PermissionGiven.ends > after,
        )
        .order_by(PermissionGiven.starts)
    )
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    for trip in rows:
        if trip.school_phone is not None and trip.id != besides:
            found.setdefault(trip.school_phone, []).append((trip.starts, trip.ends))
    return found


def _told(session: Session, loans: Iterable[SchoolPhoneLoan]) -> list[LoanKept]:
    rows = list(loans)
    assets = dict(session.execute(select(SchoolPhone.id, SchoolPhone.asset)).all())
    people = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_({loan.person_id for loan in rows}))).all()
    )
    actors = {loan.given_by for loan in rows} | {loan.received_by for loan in rows if loan.received_by}
    names = actor_names(session, actors)
    gone = "An account that is no longer kept"
    return [
        LoanKept(
            asset=assets[loan.phone_id],
            person=people.get(loan.person_id, "Somebody who is no longer kept"),
            person_id=loan.person_id,
            purpose=PURPOSES.get(loan.purpose, loan.purpose.replace("_", " ")),
            taken_at=loan.taken_at,
            due=loan.due,
            given_by=names.get(loan.given_by, gone),
            returned_at=loan.returned_at,
            received_by=None if loan.received_by is None else names.get(loan.received_by, gone),
        )
        for loan in rows
    ]
