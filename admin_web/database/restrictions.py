"""The headteacher's Withdraw and Restrict for a person, a group or everyone (clause 4)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class RestrictionMade(Base):
    """What was taken away, from whom, and until when; it is ended, never changed."""

    __tablename__ = "restriction"
    __table_args__ = (partial_index("ix_restriction_now", "id", only="ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    scope: Mapped[str] = mapped_column(String(12))
    """`person`, `group` or `everyone`."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    group: Mapped[str | None] = mapped_column(String(16))
    breaks: Mapped[bool]
    permissions: Mapped[bool]
    approvals: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(32))
    """A code; the words belong in the personnel file."""
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)
    etag: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int]
    """Generation and number: the revision that carries its present state to the cabinets."""
    number: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(140))
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_by: Mapped[str | None] = mapped_column(String(140))
    """Who gave it back; `central` where it ended by itself."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
