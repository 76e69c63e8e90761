"""The revision of the rules: every edit raises it in its own transaction; ingest publishes what it has not yet."""

from sqlalchemy.orm import Session

from admin_web.database.publishing import CurrentRevision
from admin_web.errors import DatabaseNotReady
from policy.clock import Moment
from policy.rules import Revision

_ROW = 1


def current_revision(session: Session) -> Revision:
    """Read the revision that should be in force everywhere; raises DatabaseNotReady before `init`."""
    row = _row(session)
    return Revision(row.generation, row.number)


def cabinets_revision(session: Session) -> Revision:
    """Read the revision that every cabinet should have in force: what came after it changed nothing for them."""
    row = _row(session)
    return Revision(row.generation, row.number if row.cabinets_number is None else row.cabinets_number)


def raise_revision(session: Session, now: Moment) -> Revision:
    """Raise the number by one: the rules, or the days they are for, have changed."""
    revision = raise_for_screens(session, now)
    _row(session).cabinets_number = revision.number
    session.flush()
    return revision


def raise_for_screens(session: Session, now: Moment) -> Revision:
    """Raise the number by one for reception screens alone: visitors come and go, and no cabinet's rules change."""
    row = _row(session)
    if row.cabinets_number is None:
        row.cabinets_number = row.number
    row.number += 1
    row.changed_at = now.utc
    session.flush()
    return Revision(row.generation, row.number)


def raise_generation(session: Session, above: int, now: Moment) -> Revision:
    """Begin a generation above one that was seen in force: this database has been put back to an older day."""
    row = _row(session)
    row.generation = max(row.generation, above) + 1
    row.number = row.cabinets_number = 1
    row.changed_at = now.utc
    session.flush()
    return Revision(row.generation, row.number)


def _row(session: Session) -> CurrentRevision:
    row = session.get(CurrentRevision, _ROW)
    if row is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    return row
