"""School phones: what the asset register calls them, and who has had each one, what for and until when (clause 14)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class SchoolPhone(Base):
    """A phone that belongs to the school."""

    __tablename__ = "school_phone"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    asset: Mapped[str] = mapped_column(String(40), unique=True)
    """Its number in the school's asset register."""
    tag: Mapped[str | None] = mapped_column(String(80), unique=True)
    """What is stuck on it and can be read by a machine."""
    etag: Mapped[int] = mapped_column(default=1)
    """Raised by every act: changed, taken, returned, ended."""
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SchoolPhoneLoan(Base):
    """That somebody has, or had, a school phone."""

    __tablename__ = "school_phone_loan"
    __table_args__ = (
        partial_index("uq_school_phone_loan_now", "phone_id", only="returned_at IS NULL", unique=True),
        Index(None, "taken_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    phone_id: Mapped[str] = mapped_column(ForeignKey("school_phone.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    """One of admin_web.services.school_phones.PURPOSES."""
    taken_at: Mapped[datetime] = mapped_column(UtcTime)
    due: Mapped[datetime] = mapped_column(UtcTime)
    given_by: Mapped[str] = mapped_column(String(140))
    returned_at: Mapped[datetime | None] = mapped_column(UtcTime)
    received_by: Mapped[str | None] = mapped_column(String(140))
