"""What staff confirm to have read: versions of the text that stay as they are, and who confirmed which (clause 25)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class PolicyText(Base):
    """One version of the text; the highest is the one that counts."""

    __tablename__ = "policy_text"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str]
    hash: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the words in UTF-8, in hex."""
    published_at: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str] = mapped_column(String(140))


class Acknowledgement(Base):
    """That somebody confirmed a version; never changed, a new version asks anew."""

    __tablename__ = "acknowledgement"
    __table_args__ = (UniqueConstraint("person_id", "version"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("policy_text.version"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str] = mapped_column(String(64))
    """Of what was confirmed: holds, whatever becomes of the text."""
    at: Mapped[datetime] = mapped_column(UtcTime)
    how: Mapped[str] = mapped_column(String(8))
    """`web` or `badge`."""
    said_by: Mapped[str] = mapped_column(String(140))
    """The account: the person's own, or for a badge whoever let them tap."""
    tap: Mapped[str | None] = mapped_column(String(80))
    """Of a badge: the event, `device/epoch/sequence`."""


class BadgeConfirmation(Base):
    """That somebody's next tap at a point, within a time, shall confirm a version."""

    __tablename__ = "badge_confirmation"
    __table_args__ = (
        partial_index("ix_badge_confirmation_open", "point_id", only="closed_at IS NULL"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("policy_text.version"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"))
    asked_by: Mapped[str] = mapped_column(String(140))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When a tap counted, or another question took its place."""
    tap: Mapped[str | None] = mapped_column(String(80))
    """The tap that counted, `device/epoch/sequence`."""
