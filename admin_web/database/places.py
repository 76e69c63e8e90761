"""Site, storage points and devices."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime


class Site(Base):
    """The one school this database belongs to, with its settings."""

    __tablename__ = "site"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(40), default="Europe/London")
    emergency: Mapped[bool] = mapped_column(default=True)
    cover_hours: Mapped[str] = mapped_column(default="{}")
    """JSON like `working_hours` of the API: the hours of a cover-pool badge."""
    walking_seconds: Mapped[int] = mapped_column(default=60)
    """Nobody is at two points within this time: a badge that was is looked at."""


class Point(Base):
    """A storage point: a one-door cabinet, a locker bank or a box."""

    __tablename__ = "point"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(16))
    slots: Mapped[int]
    area_id: Mapped[str | None] = mapped_column(ForeignKey("area.id"))
    """Where it stands; its times are the area's unless it has its own."""


class Device(Base):
    """A device that may write events: a cabinet, later reception, and `central` itself."""

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """`cabinet`, `reception` or `central`."""
    point_id: Mapped[str | None] = mapped_column(ForeignKey("point.id"), unique=True)
    event_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    """Ed25519 public key that its heads are checked with."""
    certificate_serial: Mapped[str | None] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcTime)
