"""What has been published to each device and what each says of itself."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, UtcTime


class CurrentRevision(Base):
    """One row: the revision that every edit raises in its own transaction."""

    __tablename__ = "current_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    generation: Mapped[int]
    number: Mapped[int]
    cabinets_number: Mapped[int | None]
    """The newest number that changed what cabinets decide by; those after it are for reception screens alone."""
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class PublishedBundle(Base):
    """The newest bundle published for a device."""

    __tablename__ = "published_bundle"

    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    generation: Mapped[int]
    number: Mapped[int]
    window_first: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcTime)


class PublishedVisits(Base):
    """What a cabinet has been told of who is waited for: counted per device, and recognised by its hash."""

    __tablename__ = "published_visits"

    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    generation: Mapped[int]
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class DeviceStatus(Base):
    """The newest status a device wrote, and whether the broker has it connected."""

    __tablename__ = "device_status"

    device: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    online: Mapped[bool] = mapped_column(default=False)
    online_since: Mapped[datetime | None] = mapped_column(UtcTime)
    """When `online` last changed."""
    heard_at: Mapped[datetime | None] = mapped_column(UtcTime)
    status: Mapped[str] = mapped_column(default="{}")
    """JSON of broker.messages.status.Status."""
    applied_generation: Mapped[int | None]
    applied_number: Mapped[int | None]
