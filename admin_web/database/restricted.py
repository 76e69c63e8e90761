"""A point's own restricted blocks and breaks per weekday or date, in minutes of local wall time."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey


class RestrictedTimes(Base):
    """The restricted times of one point as a whole: what an ETag is for."""

    __tablename__ = "restricted_times"

    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"), primary_key=True)
    etag: Mapped[int] = mapped_column(default=1)
    own: Mapped[bool] = mapped_column(default=False)
    """Whether the point has blocks of its own; else it follows the live timetable of its area."""


class RestrictedBlock(Base):
    """A time when taking out is refused; rows of a date replace that date's weekday rows."""

    __tablename__ = "restricted_block"
    __table_args__ = (Index(None, "point_id", "weekday"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"))
    weekday: Mapped[int | None]
    date: Mapped[date | None]
    start: Mapped[int]
    end: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))


class RestrictedBreak(Base):
    """A hole in a restricted block."""

    __tablename__ = "restricted_break"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    block_id: Mapped[int] = mapped_column(ForeignKey("restricted_block.id", ondelete="CASCADE"), index=True)
    start: Mapped[int]
    end: Mapped[int]
