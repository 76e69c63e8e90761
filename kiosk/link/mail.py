"""What comes down from central on its way to the cabinet: acknowledgements, rules, commands, visits (flow 2, step 3).

Link opens none of it: it looks only at which kind a message says it is. The cabinet checks.
"""

import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from broker.topics import Channel, parse_topic
from kiosk.link.store import ACKNOWLEDGEMENT, RULES, VISITS, LinkStore
from kiosk.socket.client import DeviceSocketClient
from kiosk.socket.framing import MESSAGE_LIMIT, Ask, Outcome, Position, decode_frames, encode_need_ask

log = logging.getLogger(__name__)

ACKNOWLEDGEMENTS_BETWEEN_S = 0.15
"""Acknowledgements are gathered: the cabinet reads at most 20 messages a second, and the newest says all."""
REFILL_BETWEEN_S = 0.1
REFILL_LATER_S = 5.0
COMMAND_GOOD_FOR_S = 120.0
NEEDS_LIMIT = 64


@dataclass(slots=True)
class _Need:
    payload: bytes
    after: int = 0


class Mail:
    """Holds what came down until the cabinet has taken it."""

    def __init__(self, store: LinkStore) -> None:
        self._store = store
        self._needs: deque[_Need] = deque(maxlen=NEEDS_LIMIT)
        self._commands: deque[tuple[float, bytes]] = deque(maxlen=20)
        self._acknowledge_at = 0.0
        self._refill_at = 0.0

    def arrived(self, topic: str, payload: bytes, now: float) -> Position | None:
        """Take a message in; returns the position when it is an acknowledgement."""
        at = parse_topic(topic)
        if at is None or not payload or len(payload) > MESSAGE_LIMIT - 9:
            log.warning("a message of %d bytes on %s is not for the cabinet", len(payload), topic[:100])
            return None
        if at.channel is Channel.RULES:
            self._store.wait_for_cabinet(RULES, payload)
        elif at.channel is Channel.VISITS:
            self._store.wait_for_cabinet(VISITS, payload)
        elif at.channel is Channel.COMMAND:
            self._commands.append((now, payload))
        elif at.channel is Channel.ACK:
            return self._take_ack(payload, now)
        return None

    def _take_ack(self, payload: bytes, now: float) -> Position | None:
        try:
            body = json.loads(json.loads(payload)["body"])
            if body["purpose"] == "need":
                if all(need.payload != payload for need in self._needs):
                    self._needs.append(_Need(payload))
                return None
            place = Position(str(body["epoch"])[:16], int(body["upto"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            log.warning("a message on down/ack is none: it is thrown away")
            return None
        if not any(name.startswith(ACKNOWLEDGEMENT) for name in self._store.waiting()):
            self._acknowledge_at = now + ACKNOWLEDGEMENTS_BETWEEN_S
        self._store.wait_for_cabinet(ACKNOWLEDGEMENT + place.epoch, payload)
        return place

    def wake_at(self) -> float | None:
        """When there is something to deliver by time alone."""
        times: list[float] = []
        if self._store.waiting():
            times.append(self._acknowledge_at)
        if self._needs:
            times.append(self._refill_at)
        return min(times, default=None)

    def deliver(self, cabinet: DeviceSocketClient, send: Callable[[bytes], bool], now: float) -> None:
        """Hand the cabinet what waits; raise CabinetAway with everything still waiting."""
        while self._commands:
            arrived, payload = self._commands[0]
            if now - arrived < COMMAND_GOOD_FOR_S:
                self._hand_over(cabinet, Ask.COMMAND, payload)
            self._commands.popleft()
        for name, payload in self._store.waiting().items():
            if name == RULES:
                self._hand_over(cabinet, Ask.RULES, payload)
            elif name == VISITS:
                self._hand_over(cabinet, Ask.VISITS, payload)
            elif now < self._acknowledge_at:
                continue
            else:
                self._hand_over(cabinet, Ask.ACKNOWLEDGEMENT, payload)
            self._store.taken(name)
        if self._needs and now >= self._refill_at:
            self._refill_at = now + REFILL_BETWEEN_S
            self._refill(cabinet, send, self._needs[0])

    def _refill(self, cabinet: DeviceSocketClient, send: Callable[[bytes], bool], need: _Need) -> None:
        outcome, body = cabinet.ask(Ask.NEED, encode_need_ask(need.after, need.payload))
        if outcome is Outcome.UNAVAILABLE:
            self._refill_at += REFILL_LATER_S
            return
        frames = decode_frames(body) if outcome is Outcome.DONE else []
        for frame in frames:
            if not send(frame.payload):
                return
            need.after = frame.position.sequence
        if not frames:
            self._needs.popleft()

    def _hand_over(self, cabinet: DeviceSocketClient, ask: Ask, payload: bytes) -> None:
        outcome, body = cabinet.ask(ask, payload)
        if outcome is not Outcome.DONE:
            log.warning("the cabinet did not take it: %s", body.decode(errors="replace"))

    def close(self) -> None:
        """Close what is kept on disk."""
        self._store.close()
