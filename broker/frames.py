"""Frames and how central checks them: device, chain, head, schema, commitments (flow 1, step 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from broker.envelope import MAX_SEQUENCE, NO_COMMITMENT, PREFIX, ZERO_LEAF, Envelope, EventId, leaf_of
from broker.envelope import commitment as commitment_of
from broker.errors import BadFrame, FrameFault
from broker.heads import Head, verify_head
from broker.instants import read_instant
from broker.messages.catalogue import MESSAGES
from broker.messages.device import EpochStarted
from broker.messages.message import EVENT_BYTES, PRIVATE_BYTES, Message, PrivatePart, first_problem
from broker.packing import FRAME_BYTES, FRAME_EVENTS, Frame, FrameEvent, decode_frame, encode_frame
from broker.spelling import Said, Spelling
from policy.clock import ClockQuality

__all__ = [
    "FRAME_BYTES",
    "FRAME_EVENTS",
    "CheckedEvent",
    "CheckedFrame",
    "Frame",
    "FrameEvent",
    "Position",
    "check_frame",
    "decode_frame",
    "encode_frame",
]

Position = tuple[str, int, bytes]
"""(epoch, sequence, leaf): how far central holds an epoch."""


class CheckedEvent(NamedTuple):
    """An event that is what it claims to be: chain, schema and commitment are right, a head covers it.

    A named tuple, since one is made for every event of a backlog and a frozen dataclass costs 1 us more.
    """

    device: str
    epoch: str
    sequence: int
    type: str
    """Catalogue name with version: `tap.granted.v1`."""
    time: datetime
    """As the device's clock showed it; raw, never corrected here."""
    clock: ClockQuality
    monotonic: int
    """CLOCK_BOOTTIME in nanoseconds."""
    boot: int
    rules: str
    data: Mapping[str, Any]
    commitment: str
    message: Message | None
    """`data` as the catalogue's model; None only in the `checked` of a `BadFrame` with wrong schema."""
    details: PrivatePart | None
    """`private` as the catalogue's model; None when there is none, or when it is sealed."""
    event: bytes
    leaf: bytes
    private: bytes | None
    salt: bytes | None
    sealed: bytes | None

    @property
    def id(self) -> EventId:
        """Device, epoch and sequence."""
        return EventId(self.device, self.epoch, self.sequence)


@dataclass(frozen=True, slots=True)
class CheckedFrame:
    """A frame whose events may be stored."""

    events: tuple[CheckedEvent, ...]
    """Those that are not held yet, in order; empty for a frame that came twice."""
    held: tuple[CheckedEvent, ...]
    """Those up to the position that is held already: compare their leaves with the stored ones."""
    head: Head


class _WrongSchema(Exception):
    """An event that its catalogue model does not take."""


def check_frame(
    frame: Frame, *, site: str, device: str, after: Position | None, public_key: Ed25519PublicKey
) -> CheckedFrame:
    """Check everything about a frame against the device whose certificate carried it.

    `after` is how far the frame's epoch is held, None when nothing of it is. Raises `BadFrame`: first for what the
    frame says in itself, then for the head's signature, then for how it joins what is held: nothing forged asks for
    a refill.
    """
    head = frame.head
    if head.device != device:
        raise BadFrame(FrameFault.FOREIGN, f"its head speaks for the device {head.device}, not for {device}")
    first = head.sequence - len(frame.events) + 1
    if first < 1 or head.sequence > MAX_SEQUENCE:
        raise BadFrame(FrameFault.BROKEN_CHAIN, "its head names a sequence that its events cannot have")
    source = f"phonekeep/{site}/{device}"
    spelling = Spelling(source, device, head.epoch)
    events: list[CheckedEvent] = []
    problem: str | None = None
    prev: str | None = None
    for sequence, item in enumerate(frame.events, first):
        if len(item.event) > EVENT_BYTES:
            raise BadFrame(FrameFault.OVERSIZED, f"event {sequence} has {len(item.event)} bytes")
        said = spelling.read(item.event, sequence) or _read_envelope(item, source, sequence, head.epoch)
        if prev is None:
            first_prev = bytes.fromhex(said.prev)
        elif said.prev != prev:
            raise BadFrame(FrameFault.BROKEN_CHAIN, f"event {sequence} does not cite the event before it")
        _check_commitment(item, said.commitment, sequence)
        try:
            message, details = _read_message(said, item, sequence)
        except _WrongSchema as error:
            message, details = None, None
            problem = problem or f"event {sequence}, {PREFIX}{said.type}: {error}"
        leaf = leaf_of(item.event)
        events.append(_checked(device, head.epoch, sequence, said, item, leaf, message, details))
        prev = leaf.hex()
    if events[-1].leaf != head.leaf:
        raise BadFrame(FrameFault.BROKEN_CHAIN, "its head names other bytes than its last event's")
    if not verify_head(public_key, site, head):
        raise BadFrame(FrameFault.BAD_SIGNATURE, f"its head is not signed with the event key of {device}")
    checked = _join(tuple(events), first_prev, head, after)
    if problem is not None:
        raise BadFrame(FrameFault.WRONG_SCHEMA, problem, checked=checked)
    return checked


def _read_envelope(item: FrameEvent, source: str, sequence: int, epoch: str) -> Said:
    """Read an event of whatever spelling, or say what is wrong with it."""
    try:
        envelope = Envelope.model_validate_json(item.event)
    except ValidationError as error:
        raise BadFrame(FrameFault.WRONG_SCHEMA, f"event {sequence} is no event: {first_problem(error)}") from error
    if envelope.source != source:
        raise BadFrame(FrameFault.FOREIGN, f"event {sequence} says it is from {envelope.source}, not from {source}")
    if envelope.epoch != epoch or envelope.sequence != str(sequence):
        raise BadFrame(FrameFault.BROKEN_CHAIN, f"event {sequence} is {envelope.id}: frames hold one run of one epoch")
    return Said(
        type=envelope.name,
        time=envelope.time,
        boot=int(envelope.boot),
        monotonic=int(envelope.monotonic),
        clock=envelope.clock,
        rules=envelope.rules,
        prev=envelope.prev,
        commitment=envelope.commitment,
        data=envelope.data,
    )


def _check_commitment(item: FrameEvent, commitment: str, sequence: int) -> None:
    if item.sealed is not None:
        fits = item.private is None and item.salt is None and commitment != NO_COMMITMENT
    elif item.private is not None and item.salt is not None:
        fits = commitment == commitment_of(item.private, item.salt) and len(item.private) <= PRIVATE_BYTES
    else:
        fits = item.private is None and item.salt is None and commitment == NO_COMMITMENT
    if not fits:
        raise BadFrame(FrameFault.BAD_PRIVATE, f"what came beside event {sequence} does not fit its commitment")


def _read_message(said: Said, item: FrameEvent, sequence: int) -> tuple[Message, PrivatePart | None]:
    kind = MESSAGES.get(said.type)
    if kind is None:
        raise _WrongSchema("not in the catalogue of this version: central has to be brought up to date")
    if (sequence == 1) is not (kind is EpochStarted):
        raise _WrongSchema("an epoch begins with log.epoch_started, and nothing else does")
    try:
        # The validators themselves: what pydantic's methods do around them costs a third more, for each event.
        message: Message = kind.__pydantic_validator__.validate_python(said.data)
        if item.private is None:
            if item.sealed is None and kind.Private is not None and not kind.private_optional:
                raise _WrongSchema("its private part is missing")
            return message, None
        if kind.Private is None:
            raise _WrongSchema("it may have no private part")
        details: PrivatePart = kind.Private.__pydantic_validator__.validate_json(item.private)
    except ValidationError as error:
        raise _WrongSchema(first_problem(error)) from error
    return message, details


def _checked(
    device: str,
    epoch: str,
    sequence: int,
    said: Said,
    item: FrameEvent,
    leaf: bytes,
    message: Message | None,
    details: PrivatePart | None,
) -> CheckedEvent:
    type, time_text, boot, monotonic, clock, rules, _, commitment, data = said
    try:
        time = read_instant(time_text)
    except ValueError as error:
        raise BadFrame(FrameFault.WRONG_SCHEMA, f"event {sequence} has a time that does not exist") from error
    whose = (device, epoch, sequence, type, time, clock, monotonic, boot, rules, data, commitment, message, details)
    return CheckedEvent(*whose, item.event, leaf, item.private, item.salt, item.sealed)


def _join(events: tuple[CheckedEvent, ...], first_prev: bytes, head: Head, after: Position | None) -> CheckedFrame:
    """Join a frame that is sound in itself to what is held of its epoch."""
    held, held_leaf = 0, ZERO_LEAF
    if after is not None and after[0] == head.epoch:
        held, held_leaf = after[1], after[2]
    first = events[0].sequence
    if first > held + 1:
        raise BadFrame(
            FrameFault.GAP,
            f"it begins at event {first}, and {held} is the last that is held of epoch {head.epoch}",
            missing=(head.epoch, held + 1, first - 1),
        )
    if first == 1 and first_prev != ZERO_LEAF:
        raise BadFrame(FrameFault.BROKEN_CHAIN, "the first event of an epoch cites one before it")
    already = held - first + 1
    at_join = first_prev if already == 0 else events[already - 1].leaf if already <= len(events) else None
    if at_join is not None and at_join != held_leaf:
        raise BadFrame(FrameFault.ALTERED, f"event {held} of epoch {head.epoch} is held with other bytes")
    return CheckedFrame(events[already:], events[:already], head)
