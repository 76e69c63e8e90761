"""What the school tells its reception screen: expected and regular visitors, lanyards, telephone, closing time."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime, partial_index


class ReceptionSettings(Base):
    """One row: what the screen says of the school."""

    __tablename__ = "reception_settings"

    id: Mapped[int] = mapped_column(primary_key=True)
    telephone: Mapped[str] = mapped_column(String(40))
    closing: Mapped[int]
    """Minutes of local wall time at which open visits end."""
    printer: Mapped[str | None] = mapped_column(String(127))
    """The queue from which the list comes in a roll-call; None: it is printed by hand."""
    etag: Mapped[int] = mapped_column(default=1)


class Lanyard(Base):
    """A numbered lanyard; with a badge in it the reader knows it."""

    __tablename__ = "lanyard"
    __table_args__ = (
        partial_index("uq_lanyard_reference_now", "reference", only="reference IS NOT NULL", unique=True),
    )

    number: Mapped[str] = mapped_column(String(4), primary_key=True)
    colour: Mapped[str] = mapped_column(String(10))
    reference: Mapped[str | None] = mapped_column(String(80))
    contractors: Mapped[bool] = mapped_column(default=False)
    """Kept for contractors and agency staff."""


class ExpectedVisit(Base):
    """Somebody who is expected once; the screen finds them by their exact name and shows no list."""

    __tablename__ = "expected_visit"
    __table_args__ = (Index(None, "starts"), Index(None, "host_id"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str | None] = mapped_column(String(80))
    host_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    starts: Mapped[datetime] = mapped_column(UtcTime)
    ends: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str | None] = mapped_column(String(40))
    """The reason of the visit, by its code."""
    image_permission: Mapped[bool] = mapped_column(default=False)
    image_permission_by: Mapped[str | None] = mapped_column(String(140))
    image_permission_at: Mapped[datetime | None] = mapped_column(UtcTime)
    added_by: Mapped[str] = mapped_column(String(140))
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """Taken off the list."""
    etag: Mapped[int] = mapped_column(default=1)


class RegularVisitor(Base):
    """Somebody who comes often and signs in by a badge."""

    __tablename__ = "regular_visitor"
    __table_args__ = (
        partial_index("uq_regular_visitor_reference_now", "reference", only="ended_at IS NULL", unique=True),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    reference: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    organisation: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(40), default="regular")
    host_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    ends: Mapped[datetime | None] = mapped_column(UtcTime)
    """When the badge ends by itself."""
    added_by: Mapped[str] = mapped_column(String(140))
    added_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    etag: Mapped[int] = mapped_column(default=1)
