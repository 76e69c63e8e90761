"""What central signs about the log, and what `ingest` says at its start: acknowledgement, need, announcement."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from broker.errors import ForeignMessage
from broker.instants import Instant
from broker.messages.message import Code, Count, Decimal, Epoch, Hash, Holder, Id, Nonce, Text, WireModel, absent


class Addressed(WireModel):
    """A signed body: for one site, device and purpose, all of which are compared before it is used."""

    purpose: str
    site: Id
    device: Id


class Ack(Addressed):
    """Central has committed `epoch` up to `upto`, whose leaf is `leaf`; only this lets a device archive events."""

    purpose: Literal["ack"] = "ack"
    epoch: Epoch
    upto: Decimal
    leaf: Hash
    time: Instant


class Need(Addressed):
    """Central lacks the events `from` to `to` of `epoch`, both included."""

    purpose: Literal["need"] = "need"
    epoch: Epoch
    first: Decimal = Field(validation_alias="from", serialization_alias="from")
    last: Decimal = Field(validation_alias="to", serialization_alias="to")


class RecordLine(WireModel):
    """One line of somebody's own record, as the web view words it."""

    at: Instant
    text: Text


class Command(Addressed):
    """Something to do at once; good for 120 s of the device's monotonic time after the nonce it answers."""

    purpose: Literal["command"] = "command"
    command: Code
    nonce: Nonce
    holder: Holder | None = Field(default=None, exclude_if=absent)
    """Of `open_for`: whose slot."""
    record: list[RecordLine] | None = Field(default=None, exclude_if=absent)
    """Of `show_record`: the newest first, at most 10."""


class IngestAnnouncement(WireModel):
    """`ingest` has started: devices send again from the last acknowledgement, spread over 20 ms times `devices`."""

    start_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    devices: Count
    time: Instant


Body = TypeVar("Body", bound=Addressed)


def read_addressed(kind: type[Body], body: bytes, *, site: str, device: str) -> Body:
    """Decode a body whose signature was right. Raises `BadMessage`, or `ForeignMessage` when it is for another."""
    message = kind.from_bytes(body)
    if (message.site, message.device) != (site, device):
        raise ForeignMessage(
            f"central signed this {message.purpose} for {message.site}/{message.device}, "
            f"and this is {site}/{device}: it is not used"
        )
    return message
