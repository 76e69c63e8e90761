"""The event log as central keeps it: bytes, private parts apart, heads, positions, quarantine and the log's rows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class Event(Base):
    """One event as its device made it; `id` is the order central committed it in, and is never reused."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("device", "epoch", "sequence"),
        Index(None, "point_id", "id"),
        Index(None, "type", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    device: Mapped[str] = mapped_column(String(40))
    epoch: Mapped[str] = mapped_column(String(16))
    sequence: Mapped[int] = mapped_column(BigKey)
    type: Mapped[str] = mapped_column(String(48))
    """Catalogue name with version, without `uk.phonekeep.`: `tap.granted.v1`."""
    point_id: Mapped[str | None] = mapped_column(String(40))
    tap: Mapped[int | None] = mapped_column(BigKey)
    """Sequence, in the same epoch, of the tap this event belongs to; a tap's own row names itself."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    time: Mapped[datetime] = mapped_column(UtcTime)
    """Corrected; the raw time stands in `body`."""
    time_quality: Mapped[str] = mapped_column(String(12))
    """`exact`, `interpolated`, `bounded` or `unknown`."""
    committed_at: Mapped[datetime] = mapped_column(UtcTime)


class EventPrivate(Base):
    """What travels beside an event: erased here, the event stays whole."""

    __tablename__ = "event_private"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    private: Mapped[bytes | None] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class LogRow(Base):
    """One row of the access log, drawn from an event; can be made again from the events at any time."""

    __tablename__ = "log_row"
    __table_args__ = (
        # Every filter of the page is an equality on some of these columns, so each question is one walk along an index,
        # or one short walk for each kind, merged (admin_web.queries.access_log).
        Index(None, "time", "event_id"),
        Index(None, "kind", "time", "event_id"),
        Index(None, "person_id", "kind", "time", "event_id"),
        Index(None, "point_id", "kind", "time", "event_id"),
        Index(None, "person_id", "point_id", "kind", "time", "event_id"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    time: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(16))
    """One of admin_web.events.kinds.LogKind."""
    refused: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[str | None] = mapped_column(String(40))
    point_id: Mapped[str | None] = mapped_column(String(40))


class DeviceEpoch(Base):
    """How far central holds one epoch of one device, and what its first event cites."""

    __tablename__ = "device_epoch"

    device: Mapped[str] = mapped_column(String(40), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    ordinal: Mapped[int]
    """The order in which central first saw the device's epochs."""
    upto: Mapped[int] = mapped_column(BigKey)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    previous: Mapped[str | None] = mapped_column(String(16))
    previous_sequence: Mapped[int | None] = mapped_column(BigKey)
    begun_at: Mapped[datetime] = mapped_column(UtcTime)


class Head(Base):
    """A signed head, kept for ever: proof of origin and order."""

    __tablename__ = "head"

    device: Mapped[str] = mapped_column(String(40), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigKey, primary_key=True)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class Quarantine(Base):
    """A message that could not be taken as what it claims to be, kept as it came."""

    __tablename__ = "quarantine"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    device: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    why: Mapped[str] = mapped_column(String(200))
    payload: Mapped[bytes] = mapped_column(LargeBinary)


class ErasedCommitment(Base):
    """The commitment of an event whose private part was erased: re-applied after every restore and refill."""

    __tablename__ = "erased_commitment"

    commitment: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcTime)


class ExceptionRow(Base):
    """Something for a person to look at, derived at central; cites events, accuses nobody."""

    __tablename__ = "exception"
    __table_args__ = (
        Index(None, "subject"),
        Index(None, "holder", "ended_at"),
        Index(None, "kind", "device", "ended_at"),
        partial_index("ix_exception_open", "id", only="reviewed_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    """Of a device: admin_web.events.exceptions.ExceptionKind; of the day: admin_web.events.day_exceptions.DayKind."""
    device: Mapped[str | None] = mapped_column(String(40))
    point_id: Mapped[str | None] = mapped_column(String(40))
    raised_at: Mapped[datetime] = mapped_column(UtcTime)
    cites: Mapped[str] = mapped_column(default="[]")
    """JSON list of event ids `device/epoch/sequence`."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When it was over by itself: an overdue phone was declared in, a door closed. It still waits to be reviewed."""
    subject: Mapped[str | None] = mapped_column(String(140))
    """Of the day: what it is about, so that the same events derive the same exception however often they come."""
    holder: Mapped[str | None] = mapped_column(String(100))
    """Whose phone is overdue: a person's id, or `badge:<reference>`."""
    solved_by: Mapped[str | None] = mapped_column(String(80))
    """The event that solved it."""
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When it was reviewed first; the reviews themselves are rows of their own."""


class CentralCounter(Base):
    """One row: the last event id given out; every writing transaction locks it first, so that ids follow commits."""

    __tablename__ = "central_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    last_event_id: Mapped[int] = mapped_column(BigKey, default=0)
