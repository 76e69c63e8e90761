"""Writes down that somebody looked at personal data: who, what filter, how many rows."""

from admin_web.services.audit import Filter, record_look
from admin_web.services.sessions import SignedIn
from admin_web.web.office import Office


def write_look(
    office: Office,
    signed: SignedIn,
    page: str,
    rows: int,
    filter: Filter | None = None,
    *,
    person: str | None = None,
) -> None:
    """Add the audit row in a transaction of its own, before the page is shown."""
    with office.database.write() as session:
        record_look(
            session,
            page,
            filter or {},
            rows,
            actor=signed.actor,
            machine_now=office.machine_now(),
            person_id=person,
        )
