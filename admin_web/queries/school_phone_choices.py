"""The school phones that may go along on a trip: id and what the asset register calls them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.school_phones import SchoolPhone


def school_phone_choices(session: Session) -> list[tuple[str, str]]:
    """List (id, asset) of every school phone that has not ended, by asset."""
    rows = session.execute(
        select(SchoolPhone.id, SchoolPhone.asset).where(SchoolPhone.ended_at.is_(None)).order_by(SchoolPhone.asset)
    )
    return [(id, asset) for id, asset in rows]
