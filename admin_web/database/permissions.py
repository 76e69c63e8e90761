"""What the headteacher permits: who, what for, where, until when; each has an end (clauses 3, 15, 20)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime


class PermissionGiven(Base):
    """A permission as it was given; nothing of it is changed later but that it was withdrawn or has expired."""

    __tablename__ = "permission"
    __table_args__ = (Index(None, "ends"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """One of admin_web.services.permissions.KINDS."""
    purpose: Mapped[str] = mapped_column(String(32))
    """A code of that kind; why somebody needs an adjustment stands nowhere."""
    destination: Mapped[str | None] = mapped_column(String(80))
    """Of a trip."""
    everywhere: Mapped[bool]
    """At every point; else in the areas of permission_area."""
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    school_phone: Mapped[str | None] = mapped_column(String(40))
    """Of a trip: the asset that goes along."""
    etag: Mapped[int] = mapped_column(default=1)
    generation: Mapped[int]
    """Generation and number: the revision that carries its present state to the cabinets."""
    number: Mapped[int]
    granted_by: Mapped[str] = mapped_column(String(140))
    granted_at: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(140))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    expired_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When central wrote that it had expired."""


class PermissionPerson(Base):
    """Whom a permission is for."""

    __tablename__ = "permission_person"

    permission_id: Mapped[str] = mapped_column(ForeignKey("permission.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class PermissionArea(Base):
    """An area in which a permission holds."""

    __tablename__ = "permission_area"

    permission_id: Mapped[str] = mapped_column(ForeignKey("permission.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[str] = mapped_column(String(40), primary_key=True)
