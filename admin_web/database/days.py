"""What is said of a person's day: going home, no phone with me, and the termly word that it lies in the office."""

import datetime as dates
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class GoingHome(Base):
    """That *Going home* was said for a person; it counts until that local day ends (promise 2)."""

    __tablename__ = "going_home"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    said_by: Mapped[str] = mapped_column(String(140))


class NoPhone(Base):
    """That a person has no phone with them: on one day, or until they say otherwise. No reason is asked."""

    __tablename__ = "no_phone"
    __table_args__ = (
        partial_index("uq_no_phone_day", "person_id", "day", only="ended_at IS NULL AND day IS NOT NULL", unique=True),
        partial_index("uq_no_phone_standing", "person_id", only="ended_at IS NULL AND day IS NULL", unique=True),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    day: Mapped[dates.date | None]
    """The local day; None is standing."""
    said_by: Mapped[str] = mapped_column(String(140))
    said_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class StorageConfirmed(Base):
    """That somebody whose group taps nowhere confirmed, as once a term, where the phone lies (clause 8)."""

    __tablename__ = "storage_confirmed"
    __table_args__ = (Index(None, "person_id", "at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    said_by: Mapped[str] = mapped_column(String(140))
