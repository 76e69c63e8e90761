"""The school itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Site


def school_name(session: Session) -> str | None:
    """Read the school's name; None before `phonekeep-admin init`."""
    return session.scalar(select(Site.name))
