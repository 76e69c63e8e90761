"""The envelope of an event: CloudEvents 1.0 JSON whose bytes are made once and stay as they are (flow 1, step 5)."""

from hashlib import sha256
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import StringConstraints, ValidationError, model_validator

from broker.errors import BadMessage, MessageTooLarge
from broker.instants import Instant, write_instant
from broker.messages.message import EVENT_BYTES, Decimal, Epoch, Hash, Message, RevisionText, WireModel, first_problem
from policy.clock import ClockQuality, Moment
from policy.rules import Revision

PREFIX = "uk.phonekeep."
MAX_SEQUENCE = 2**53 - 1
ZERO_LEAF = bytes(32)
"""`prev` of the first event of an epoch."""
_EMPTY, _LEAF = sha256(b""), sha256(b"\0")
"""Copied for every hash: OpenSSL looks a new one's algorithm up each time, and that between a badge and a lock."""
NO_COMMITMENT = _EMPTY.hexdigest()
"""`commitment` of an event without a private part: over the empty string."""


class EventId(NamedTuple):
    """Which event: `str()` gives `device/epoch/sequence`, the CloudEvents id."""

    device: str
    epoch: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.device}/{self.epoch}/{self.sequence}"


class Envelope(WireModel):
    """An event taken apart; `data` is checked by the message its `type` names."""

    specversion: Literal["1.0"]
    id: Annotated[str, StringConstraints(max_length=80)]
    source: Annotated[str, StringConstraints(max_length=100)]
    type: Annotated[str, StringConstraints(pattern=r"^uk\.phonekeep\.[a-z_.]{3,60}\.v[1-9][0-9]{0,2}$")]
    time: Instant
    epoch: Epoch
    sequence: Decimal
    boot: Decimal
    monotonic: Decimal
    clock: ClockQuality
    rules: RevisionText
    prev: Hash
    commitment: Hash
    data: dict[str, Any]

    @model_validator(mode="after")
    def _names_itself_once(self) -> Self:
        device = self.source.rpartition("/")[2]
        if self.id != f"{device}/{self.epoch}/{self.sequence}":
            raise ValueError("id is not device/epoch/sequence of the same event")
        if not 1 <= int(self.sequence) <= MAX_SEQUENCE:
            raise ValueError("sequence runs from 1 to 2^53-1")
        return self

    @property
    def name(self) -> str:
        """Catalogue name with version: `tap.granted.v1`."""
        return self.type[len(PREFIX) :]

    @property
    def event_id(self) -> EventId:
        """Device, epoch and sequence."""
        return EventId(self.source.rpartition("/")[2], self.epoch, int(self.sequence))


class Origin:
    """Where the events of one epoch come from; it makes their bytes, and nobody ever makes them again.

    Put together as text: every attribute but `data` is of an alphabet that JSON does not escape, and this runs
    between a badge and a lock. What the events of an epoch, of a revision or of a moment share is worded once.
    """

    __slots__ = ("_boot", "_epoch", "_id", "_moment", "_now", "_revision", "_rules", "_source", "_when")

    def __init__(self, site: str, device: str, epoch: str, boot: int) -> None:
        self._id = f'{{"specversion":"1.0","id":"{device}/{epoch}/'
        self._source = f'","source":"phonekeep/{site}/{device}","type":"{PREFIX}'
        self._epoch = f'","epoch":"{epoch}","sequence":"'
        self._boot = f'","boot":"{boot}","monotonic":"'
        self._now: Moment | None = None
        self._rules: Revision | str | None = None
        self._revision = self._when = self._moment = ""

    def encode(
        self,
        kind: str,
        data: str,
        *,
        sequence: int,
        now: Moment,
        rules: Revision | str,
        prev: bytes,
        commitment: str,
    ) -> bytes:
        """Make the bytes of an event of a kind, `tap.granted.v1`, around its data. Raises `MessageTooLarge`."""
        if rules is not self._rules:
            self._rules, self._revision, self._now = rules, str(rules), None
        if now is not self._now:
            self._when = f'","time":"{write_instant(now.utc)}{self._epoch}'
            self._moment = f'{self._boot}{now.boottime_ns}","clock":"{now.quality}","rules":"{self._revision}","prev":"'
            self._now = now
        event = (
            f"{self._id}{sequence}{self._source}{kind}{self._when}{sequence}{self._moment}{prev.hex()}"
            f'","commitment":"{commitment}","data":{data}}}'
        ).encode()
        if len(event) > EVENT_BYTES:
            raise MessageTooLarge(f"an event {kind} of {len(event)} bytes: {EVENT_BYTES} is the most, shorten its data")
        return event


def encode_event(
    message: Message,
    *,
    site: str,
    device: str,
    epoch: str,
    sequence: int,
    now: Moment,
    boot: int,
    rules: str,
    prev: bytes,
    commitment: str,
) -> bytes:
    """Make the bytes of one event, as its `Origin` does. Raises `MessageTooLarge`."""
    return Origin(site, device, epoch, boot).encode(
        message.type,
        message.to_bytes().decode(),
        sequence=sequence,
        now=now,
        rules=rules,
        prev=prev,
        commitment=commitment,
    )


def decode_event(event: bytes) -> Envelope:
    """Take an event apart. Raises `BadMessage` naming the field that does not fit."""
    try:
        return Envelope.model_validate_json(event)
    except ValidationError as error:
        raise BadMessage(f"this is not an event: {first_problem(error)}") from error


def leaf_of(event: bytes) -> bytes:
    """Hash an event as a leaf (RFC 6962, section 2.1: 0x00 in front), 32 bytes; the next event's `prev`."""
    leaf = _LEAF.copy()
    leaf.update(event)
    return leaf.digest()


def commitment(private: bytes, salt: bytes) -> str:
    """Bind an event to the private part beside it, 64 hex digits; both empty when there is none."""
    bound = _EMPTY.copy()
    bound.update(salt + private)
    return bound.hexdigest()
