"""How a frame is written: a run of events and the signed head that ends it, as JSON (flow 1, step 7)."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from broker.canonical import dumps
from broker.errors import BadFrame, FrameFault
from broker.heads import Head
from broker.messages.message import Decimal, Epoch, Hash, Id, WireModel, first_problem
from broker.sealing import SALT_BYTES, sealed_length

FRAME_EVENTS = 50
FRAME_BYTES = 64 * 1024
HEAD_BYTES = 512
"""Room kept in a frame for its head and brackets."""
_ESCAPED = b'"\\'
"""What takes a second byte in JSON within JSON."""


@dataclass(frozen=True, slots=True)
class FrameEvent:
    """An event with what travels beside it: `private` and `salt`, or `sealed` in their place, or nothing."""

    event: bytes
    private: bytes | None = None
    salt: bytes | None = None
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Consecutive events of one epoch, up to the one that `head` names."""

    events: tuple[FrameEvent, ...]
    head: Head


class _EventOnWire(WireModel):
    event: bytes
    private: bytes | None = None
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    sealed: Annotated[str, Field(max_length=8192)] | None = None


class _HeadOnWire(WireModel):
    device: Id
    epoch: Epoch
    sequence: Decimal
    leaf: Hash
    signature: Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class _FrameOnWire(WireModel):
    v: Literal[1]
    events: Annotated[list[_EventOnWire], Field(min_length=1, max_length=FRAME_EVENTS)]
    head: _HeadOnWire


def weigh(event: bytes, private: bytes | None) -> int:
    """How many bytes of a frame an event takes at most, with its private part as text or sealed, whichever is more."""
    weight = 2 * len(event) - len(event.translate(None, _ESCAPED)) + 96
    if private is None:
        return weight
    as_text = 2 * len(private) - len(private.translate(None, _ESCAPED)) + 2 * SALT_BYTES
    as_sealed = (sealed_length(len(private)) + 2) // 3 * 4
    return weight + max(as_text, as_sealed)


def encode_frame(events: Sequence[FrameEvent], head: Head) -> bytes:
    """Pack events and the head that names the last of them."""
    return dumps(
        {
            "v": 1,
            "events": [_on_wire(event) for event in events],
            "head": {
                "device": head.device,
                "epoch": head.epoch,
                "sequence": str(head.sequence),
                "leaf": head.leaf.hex(),
                "signature": head.signature.hex(),
            },
        }
    )


def _on_wire(item: FrameEvent) -> dict[str, str]:
    written = {"event": item.event.decode()}
    if item.sealed is not None:
        written["sealed"] = b64encode(item.sealed).decode()
    elif item.private is not None and item.salt is not None:
        written["private"] = item.private.decode()
        written["salt"] = item.salt.hex()
    return written


def decode_frame(payload: bytes) -> Frame:
    """Take a frame apart without believing it. Raises `BadFrame` (undecodable, oversized, wrong schema)."""
    if len(payload) > FRAME_BYTES:
        raise BadFrame(FrameFault.OVERSIZED, f"{len(payload)} bytes, and {FRAME_BYTES} are the most")
    try:
        frame = _FrameOnWire.model_validate_json(payload)
        events = tuple(_off_wire(item) for item in frame.events)
    except ValidationError as error:
        kind = error.errors(include_url=False, include_input=False, include_context=False)[0]["type"]
        fault = FrameFault.UNDECODABLE if kind == "json_invalid" else FrameFault.WRONG_SCHEMA
        raise BadFrame(fault, first_problem(error)) from error
    except Base64Error as error:
        raise BadFrame(FrameFault.UNDECODABLE, f"sealed is not base64: {error}") from error
    head = frame.head
    signature, leaf = bytes.fromhex(head.signature), bytes.fromhex(head.leaf)
    return Frame(events, Head(head.device, head.epoch, int(head.sequence), leaf, signature))


def _off_wire(item: _EventOnWire) -> FrameEvent:
    salt = None if item.salt is None else bytes.fromhex(item.salt)
    sealed = None if item.sealed is None else b64decode(item.sealed, validate=True)
    return FrameEvent(item.event, item.private, salt, sealed)
