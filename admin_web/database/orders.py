"""What the office orders a cabinet to do at once: `web` writes it, `ingest` signs and sends it (flow 2)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from admin_web.database.base import Base, BigKey, UtcTime, partial_index


class CommandOrder(Base):
    """One order: waiting to be sent, sent, and answered by the cabinet's own event or not at all."""

    __tablename__ = "command_order"
    __table_args__ = (partial_index("ix_command_order_open", "id", only="state IN ('waiting', 'sent')"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    device: Mapped[str] = mapped_column(ForeignKey("device.id"))
    command: Mapped[str] = mapped_column(String(40))
    """`approve` or `open_for`."""
    asked: Mapped[str | None] = mapped_column(String(100), unique=True)
    """Of an approval: the event `approval.asked` it answers, device/epoch/sequence; one answer each."""
    nonce: Mapped[str | None] = mapped_column(String(32))
    """Of the cabinet: given with the asking, else taken from its newest status when the order is sent."""
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    holder: Mapped[str | None] = mapped_column(String(100))
    """Of `open_for`: whose slot."""
    reason: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(12))
    """`waiting`, `sent`, `obeyed`, `refused` or `lapsed`."""
    why: Mapped[str | None] = mapped_column(String(40))
    """The cabinet's word for a refusal."""
    ordered_by: Mapped[str] = mapped_column(String(140))
    ordered_at: Mapped[datetime] = mapped_column(UtcTime)
    """School time."""
    good_until: Mapped[datetime] = mapped_column(UtcTime)
    """Machine time: after it nobody sends it any more, and no answer is waited for."""
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
