"""Children staying in, for an area or one point, until a time (clause 6)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class RoomStateSet(Base):
    """One room's children staying in, as the web said it; it ends by itself."""

    __tablename__ = "room_state"
    __table_args__ = (partial_index("ix_room_state_now", "ends", only="ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    area_id: Mapped[str | None] = mapped_column(String(40))
    point_id: Mapped[str | None] = mapped_column(ForeignKey("point.id"))
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    etag: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int]
    """Generation and number: the revision that carries its present state to the cabinets."""
    number: Mapped[int]
    set_by: Mapped[str] = mapped_column(String(140))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_by: Mapped[str | None] = mapped_column(String(140))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RoomStateOver(Base):
    """Until when children staying in that a badge said at a point's cabinet is over: the office ended it."""

    __tablename__ = "room_state_over"

    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
