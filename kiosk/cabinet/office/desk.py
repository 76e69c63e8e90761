"""Answers link's asks in the socket's thread: frames are read from a connection of its own, signatures checked here.

What must be written is handed to the deciding thread, which never waits for this one (flow 1, step 7; flow 2, step 3).
"""

import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from broker.messages.wire import Ack, Command, Need
from broker.outbox import Outbox
from kiosk.cabinet.office.central import Central, VerifiedRules, VerifiedVisits
from kiosk.errors import CommandRefused, RulesRefused, SocketFailed
from kiosk.socket.framing import (
    Ask,
    Outcome,
    PlacedFrame,
    Position,
    decode_events_ask,
    decode_need_ask,
    encode_frames,
)

FRAMES_AT_ONCE = 4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AckArrived:
    """Central's signed acknowledgement, verified."""

    ack: Ack
    payload: bytes


@dataclass(frozen=True, slots=True)
class RulesArrived:
    """A bundle that central signed for this device."""

    verified: VerifiedRules


@dataclass(frozen=True, slots=True)
class CommandArrived:
    """A command that central signed for this device."""

    command: Command


@dataclass(frozen=True, slots=True)
class VisitsArrived:
    """For whom visitors wait, as central signed it for this device."""

    verified: VerifiedVisits


Arrival = AckArrived | RulesArrived | CommandArrived | RulesRefused | CommandRefused
"""What any deciding thread is handed, a cabinet's `VisitsArrived` too; a refusal is to be reported."""


class Desk:
    """Where link's asks are answered."""

    def __init__(
        self,
        open_outbox: Callable[[], Outbox],
        central: Central,
        hand_on: Callable[[Arrival | VisitsArrived], None],
        status: Callable[[], bytes],
    ) -> None:
        self._open_outbox = open_outbox
        self._central = central
        self._hand_on = hand_on
        self._status = status
        self._outbox: Outbox | None = None

    def answer(self, ask: Ask, body: bytes) -> tuple[Outcome, bytes]:
        """Answer one ask; raise SocketFailed when its body has no right shape."""
        try:
            return self._answer(ask, body)
        except (RulesRefused, CommandRefused) as refusal:
            self._hand_on(refusal)
            return Outcome.REFUSED, str(refusal).encode()
        except sqlite3.Error as fault:
            self._outbox = None  # opened anew at the next ask
            return Outcome.UNAVAILABLE, f"the device's database cannot be read: {fault}".encode()

    def _answer(self, ask: Ask, body: bytes) -> tuple[Outcome, bytes]:
        if ask is Ask.STATUS:
            return Outcome.DONE, self._status()
        if ask is Ask.EVENTS:
            return Outcome.DONE, self._frames(*decode_events_ask(body))
        if ask is Ask.NEED:
            after, payload = decode_need_ask(body)
            return Outcome.DONE, self._refill(self._central.need(payload), after)
        if ask is Ask.ACKNOWLEDGEMENT:
            self._hand_on(AckArrived(self._central.acknowledgement(body), body))
        elif ask is Ask.RULES:
            self._hand_on(RulesArrived(self._central.rules(body)))
        elif ask is Ask.VISITS:
            self._hand_on(VisitsArrived(self._central.visits(body)))
        else:
            self._hand_on(CommandArrived(self._central.command(body)))
        return Outcome.DONE, b""

    def _reading(self) -> Outbox:
        if self._outbox is None:
            self._outbox = self._open_outbox()
        return self._outbox

    def _frames(self, after: Position | None, wanted: int) -> bytes:
        outbox = self._reading()
        frames: list[PlacedFrame] = []
        place = None if after is None else (after.epoch, after.sequence)
        while len(frames) < min(wanted, FRAMES_AT_ONCE):
            payload = outbox.next_frame(place)
            if payload is None:
                break
            position = place_of(payload)
            frames.append(PlacedFrame(position, payload))
            place = (position.epoch, position.sequence)
        return encode_frames(frames)

    def _refill(self, need: Need, after: int) -> bytes:
        """The next frames of what central lacks, from after a sequence that was sent already."""
        first = max(int(need.first), after + 1)
        if first > int(need.last):
            return b""
        rest = need.model_copy(update={"first": str(first)})
        frames = islice(self._reading().refill(rest), FRAMES_AT_ONCE)
        return encode_frames([PlacedFrame(place_of(frame), frame) for frame in frames])


def place_of(frame: bytes) -> Position:
    """Read from a frame of our own which event its head names; only the head is parsed."""
    start = frame.rindex(b',"head":') + len(b',"head":')
    head = json.loads(frame[start:-1])
    if not isinstance(head, dict):
        raise SocketFailed("a frame of our own has no head: the device's database is damaged")
    return Position(str(head["epoch"]), int(head["sequence"]))
