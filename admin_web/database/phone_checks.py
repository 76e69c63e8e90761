"""Phone checks that were carried out: for the headteacher only, in codes, nothing of what was on a phone (clause 2)."""

import datetime as dates
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime


class PhoneCheck(Base):
    """One check; written once and never changed."""

    __tablename__ = "phone_check"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    day: Mapped[dates.date]
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose phone."""
    authorised_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    witness: Mapped[str] = mapped_column(ForeignKey("person.id"))
    basis: Mapped[str] = mapped_column(String(24))
    """One of admin_web.services.phone_checks.BASES."""
    outcome: Mapped[str] = mapped_column(String(24))
    """One of admin_web.services.phone_checks.OUTCOMES."""
    recorded_by: Mapped[str] = mapped_column(String(140))
    recorded_at: Mapped[datetime] = mapped_column(UtcTime)
