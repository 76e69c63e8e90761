"""People, their working hours, the places they keep a phone at, and badges; links carry from and until."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class Person(Base):
    """A member of staff or another adult who keeps a phone at a point."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    group: Mapped[str] = mapped_column(String(16))
    """One of admin_web.services.people.GROUPS."""
    etag: Mapped[int] = mapped_column(default=1)
    """Raised by every change of the person, the badges or the links: the API's ETag."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)


class WorkingHours(Base):
    """One span of a person's working hours on a weekday, in minutes of local wall time."""

    __tablename__ = "working_hours"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    weekday: Mapped[int]
    """0 is Monday."""
    start: Mapped[int]
    end: Mapped[int]


class PersonPoint(Base):
    """That a person keeps a phone at a point, from one moment until another."""

    __tablename__ = "person_point"
    __table_args__ = (
        partial_index(
            "uq_person_point_slot_now", "point_id", "slot", only="slot IS NOT NULL AND ends IS NULL", unique=True
        ),
        partial_index("uq_person_point_now", "person_id", "point_id", only="ends IS NULL", unique=True),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"))
    slot: Mapped[int | None]
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)


class Badge(Base):
    """A badge by its reference; the UID is known to no computer but the one that read it."""

    __tablename__ = "badge"

    reference: Mapped[str] = mapped_column(String(80), primary_key=True)
    label: Mapped[str | None] = mapped_column(String(60))
    cover: Mapped[bool] = mapped_column(default=False)
    """In the cover pool now."""
    cover_since: Mapped[datetime | None] = mapped_column(UtcTime)
    lost_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)
    """Of a temporary badge: when it ends by itself with whoever has it."""
    added_at: Mapped[datetime] = mapped_column(UtcTime)


class BadgePerson(Base):
    """That a badge is a person's, from one moment until another."""

    __tablename__ = "badge_person"
    __table_args__ = (partial_index("uq_badge_person_now", "badge", only="ends IS NULL", unique=True),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    badge: Mapped[str] = mapped_column(ForeignKey("badge.reference"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime | None] = mapped_column(UtcTime)


class UnknownBadge(Base):
    """A badge that was tapped somewhere and belongs to nobody: waits in the office to be assigned."""

    __tablename__ = "unknown_badge"

    reference: Mapped[str] = mapped_column(String(80), primary_key=True)
    point_id: Mapped[str | None] = mapped_column(ForeignKey("point.id"))
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    taps: Mapped[int] = mapped_column(default=1)


class DeclaredState(Base):
    """The newest declaration of a holder at a point, as central heard it: counts, and which slot is still taken."""

    __tablename__ = "declared_state"

    point_id: Mapped[str] = mapped_column(ForeignKey("point.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(100), primary_key=True)
    """A person's id, or `badge:<reference>` for a cover-pool badge."""
    badge: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8))
    slot: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcTime)
    epoch_order: Mapped[int] = mapped_column(default=0)
    sequence: Mapped[int]
