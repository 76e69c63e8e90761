"""How messages lie on the device socket: a request is a length, one letter and a body; answers carry a tag before them.

Both programs use this file: `server.py` in `cabinet`, `client.py` in `link` (flow 1, step 7).
"""

import struct
from dataclasses import dataclass
from enum import Enum

from kiosk.errors import SocketFailed

MESSAGE_LIMIT = 256 * 1024
"""Bytes of one message without its length; both sides close the connection on more."""

NEW_EVENTS = b"\x01"
"""The one byte that says: there are events after those you have."""
STATUS_CHANGED = b"\x02"
ANSWER = b"\x00"
"""Before an answer: this tag, its length, one byte of outcome, the body."""

LENGTH = struct.Struct(">I")
_FRAME = struct.Struct(">16sQI")
_POSITION = struct.Struct(">16sQ")


class Ask(Enum):
    """What `link` may ask or hand in; anything else closes the connection."""

    EVENTS = b"E"
    """Body: how many frames (one byte), then optionally the position after which."""
    STATUS = b"S"
    ACKNOWLEDGEMENT = b"A"
    NEED = b"N"
    """Body: the sequence after which (8 bytes), then central's signed bytes."""
    RULES = b"R"
    COMMAND = b"C"
    VISITS = b"V"


class Outcome(Enum):
    """How an ask was answered."""

    DONE = b"\x00"
    REFUSED = b"\x01"
    """Not central's, not for this device, or not newer; the body says why."""
    UNAVAILABLE = b"\x02"
    """The cabinet cannot read or write just now; ask again later."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the device's log: everything up to it has been handed on."""

    epoch: str
    """16 lower-case hex digits."""
    sequence: int


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A frame with the position of its last event."""

    position: Position
    payload: bytes


def encode_ask(ask: Ask, body: bytes = b"") -> bytes:
    """Lay out one request, ready to send."""
    message = ask.value + body
    if len(message) > MESSAGE_LIMIT:
        raise SocketFailed(f"a message of {len(message)} bytes is over the limit of {MESSAGE_LIMIT}: send less at once")
    return LENGTH.pack(len(message)) + message


def encode_answer(outcome: Outcome, body: bytes = b"") -> bytes:
    """Lay out one answer, ready to send."""
    message = outcome.value + body
    return ANSWER + LENGTH.pack(len(message)) + message


def encode_events_ask(after: Position | None, frames: int) -> bytes:
    """Lay out "at most so many frames after this position"; without a position from the first not acknowledged."""
    place = b"" if after is None else _POSITION.pack(after.epoch.encode(), after.sequence)
    return bytes((frames,)) + place


def decode_events_ask(body: bytes) -> tuple[Position | None, int]:
    """Read the body of `Ask.EVENTS`; raise SocketFailed when it has another shape."""
    if len(body) == 1:
        return None, body[0]
    if len(body) != 1 + _POSITION.size:
        raise SocketFailed(f"an ask for events has 1 or {1 + _POSITION.size} bytes, not {len(body)}")
    epoch, sequence = _POSITION.unpack_from(body, 1)
    return Position(epoch.decode("ascii", "replace"), sequence), body[0]


def encode_need_ask(after: int, payload: bytes) -> bytes:
    """Lay out "what central needs, from after this sequence on"."""
    return struct.pack(">Q", after) + payload


def decode_need_ask(body: bytes) -> tuple[int, bytes]:
    """Read the body of `Ask.NEED`; raise SocketFailed when it is too short."""
    if len(body) < 8:
        raise SocketFailed(f"an ask for what central needs has at least 8 bytes, not {len(body)}")
    return struct.unpack_from(">Q", body)[0], body[8:]


def encode_frames(frames: list[PlacedFrame]) -> bytes:
    """Lay out frames one after another, as many from the first on as one message holds."""
    parts: list[bytes] = []
    room = MESSAGE_LIMIT - 1
    for frame in frames:
        room -= _FRAME.size + len(frame.payload)
        if room < 0:
            break
        place = frame.position
        parts += (_FRAME.pack(place.epoch.encode(), place.sequence, len(frame.payload)), frame.payload)
    return b"".join(parts)


def decode_frames(body: bytes) -> list[PlacedFrame]:
    """Read what `encode_frames` laid out; raise SocketFailed when it is cut short."""
    frames: list[PlacedFrame] = []
    at = 0
    while at < len(body):
        if len(body) - at < _FRAME.size:
            raise SocketFailed("the cabinet's answer is cut short: both programs must be of one version")
        epoch, sequence, length = _FRAME.unpack_from(body, at)
        at += _FRAME.size
        frames.append(PlacedFrame(Position(epoch.decode("ascii"), sequence), body[at : at + length]))
        at += length
    if at != len(body):
        raise SocketFailed("the cabinet's last frame is cut short: both programs must be of one version")
    return frames
