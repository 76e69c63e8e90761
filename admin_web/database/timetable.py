"""Areas of the school, and the editions of its timetable: a draft, the live one, those that were."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class Area(Base):
    """A part of the school with a day of its own: a room, the Hall, the kitchen."""

    __tablename__ = "area"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    phone_free: Mapped[bool] = mapped_column(default=False)
    """Phones are never used there (clause 5)."""
    etag: Mapped[int] = mapped_column(default=1)


class TimetableVersion(Base):
    """One edition of the timetable as a whole; the newest published one is live, at most one is a draft."""

    __tablename__ = "timetable_version"
    __table_args__ = (
        partial_index("uq_timetable_version_draft", "state", only="state = 'draft'", unique=True),
        partial_index("uq_timetable_version_live", "state", only="state = 'live'", unique=True),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    """The version's number."""
    state: Mapped[str] = mapped_column(String(8))
    """`draft`, `live`, `past`, or `dropped`: a draft that was never published."""
    document: Mapped[str] = mapped_column(Text)
    """JSON of admin_web.services.timetable_body.TimetableBody."""
    etag: Mapped[int] = mapped_column(default=1)
    based_on: Mapped[int | None] = mapped_column(ForeignKey("timetable_version.id"))
    """The version it was begun from, or that a roll-back brought back."""
    drafted_by: Mapped[str] = mapped_column(String(140))
    drafted_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_by: Mapped[str] = mapped_column(String(140))
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str | None] = mapped_column(String(140))
    published_at: Mapped[datetime | None] = mapped_column(UtcTime)
