"""Pupils' phones held in the office: the least that finds the right phone again, and no more of a pupil (clause 24)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class ConfiscatedPhone(Base):
    """A phone that is, or was, held for a pupil's parents; released at most once."""

    __tablename__ = "confiscated_phone"
    __table_args__ = (
        partial_index("uq_confiscated_phone_slot_now", "slot", only="released_at IS NULL", unique=True),
        Index(None, "released_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    school_class: Mapped[str] = mapped_column(String(40))
    initials: Mapped[str] = mapped_column(String(8))
    description: Mapped[str] = mapped_column(String(80))
    """Of the phone, never of the pupil."""
    slot: Mapped[str] = mapped_column(String(20))
    """Where it lies in the office; one phone a place."""
    etag: Mapped[int] = mapped_column(default=1)
    held_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    """The member of staff who brought it."""
    held_at: Mapped[datetime] = mapped_column(UtcTime)
    entered_by: Mapped[str] = mapped_column(String(140))
    relationship: Mapped[str | None] = mapped_column(String(24))
    """What whoever fetched it is to the pupil: one of admin_web.services.confiscated.RELATIONSHIPS."""
    released_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    """The member of staff who handed it over."""
    released_at: Mapped[datetime | None] = mapped_column(UtcTime)
    release_entered_by: Mapped[str | None] = mapped_column(String(140))
