"""Reads frames into a plan: checked, joined to what is held; what cannot be taken is kept as it came (flow 1, step 8).

The device is who its certificate says, which is the topic; never who the payload says.
"""

import json
from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.events import Event
from admin_web.events.exceptions import ExceptionKind
from admin_web.events.positions import Position, newest_position, position_of, positions_of
from admin_web.ingest.asking import missing_of
from admin_web.ingest.branches import judge_growth, judge_new_epoch
from admin_web.ingest.plan import Epoch, Held, Missing, Noticed, Plan, Quarantined
from broker.envelope import ZERO_LEAF
from broker.errors import BadFrame, FrameFault
from broker.frames import CheckedEvent, CheckedFrame, Frame, check_frame, decode_frame
from broker.keys import VerifyingKey
from broker.messages.device import EpochStarted
from policy.clock import Moment

WHY_AT_MOST = 200
GivenUp = Callable[[str, str], bool]
"""Whether events before those at hand of (device, epoch) can no longer be had."""


class FrameReader:
    """Plans the frames of one batch, in the order they came, on one snapshot of the database."""

    def __init__(
        self,
        session: Session,
        plan: Plan,
        *,
        site: str,
        keys: Mapping[str, VerifyingKey],
        now: Moment,
        given_up: GivenUp,
    ) -> None:
        self._session = session
        self._plan = plan
        self._site = site
        self._keys = keys
        self._now = now
        self._given_up = given_up
        self._known: dict[Epoch, Position | None] = {}
        self._newest: dict[str, int] = {}

    def read(self, device: str, topic: str, payload: bytes) -> None:
        """Plan one frame, whatever it is."""
        key = self._keys.get(device)
        if key is None:
            self._quarantine(device, topic, "unknown device: register it with `phonekeep-admin device add`", payload)
            return
        try:
            frame = decode_frame(payload)
            position = self._position(device, frame.head.epoch)
            checked = check_frame(
                frame, site=self._site, device=device, after=self._after(device, frame, position), public_key=key
            )
        except BadFrame as bad:
            self._take_bad(bad, device, topic, payload)
            return
        self._take(checked, device, topic, payload)

    def _after(self, device: str, frame: Frame, position: Position | None) -> tuple[str, int, bytes] | None:
        """Say how far the frame's epoch is held; right up to the frame where what lies between can no longer be had."""
        epoch = frame.head.epoch
        first = frame.head.sequence - len(frame.events) + 1
        held = 0 if position is None else position.upto
        if first > held + 1 and self._given_up(device, epoch):
            self._notice(
                ExceptionKind.EVENTS_MISSING, device, f"{device}/{epoch}/{held + 1}", f"{device}/{epoch}/{first}"
            )
            return epoch, first - 1, _cited_by(frame.events[0].event)
        return None if position is None else (epoch, position.upto, position.leaf)

    def _take_bad(self, bad: BadFrame, device: str, topic: str, payload: bytes) -> None:
        if bad.fault is FrameFault.GAP and bad.missing is not None:
            epoch, first, last = bad.missing
            self._plan.missing.append(Missing(device, epoch, first, last))
            position = self._position(device, epoch)
            if position is not None:
                self._plan.acknowledged.setdefault((device, epoch), set())
            return
        self._quarantine(device, topic, str(bad), payload)
        if bad.fault is FrameFault.ALTERED:
            self._notice(ExceptionKind.ALTERED, device)
        if bad.checked is not None:
            self._take(bad.checked, device, topic, payload)

    def _take(self, checked: CheckedFrame, device: str, topic: str, payload: bytes) -> None:
        head = checked.head
        if checked.held and not self._is_unaltered(checked.held):
            self._quarantine(device, topic, "altered: other bytes for events that are held", payload)
            self._notice(ExceptionKind.ALTERED, device, *(str(event.id) for event in checked.held))
            return
        key = (device, head.epoch)
        marks = self._plan.acknowledged.setdefault(key, set())
        if not checked.events:
            marks.add((head.sequence, head.leaf))
            return
        position = self._grow(checked)
        self._plan.positions[key] = position
        self._plan.events.extend(checked.events)
        self._plan.heads.append(head)

    def _grow(self, checked: CheckedFrame) -> Position:
        """Move the epoch's mark to the frame's head, and look at what a first event cites."""
        first, head = checked.events[0], checked.head
        position = self._position(first.device, first.epoch)
        begins = position is None
        if position is None:
            position = _begin(first, self._newest_ordinal(first.device) + 1, self._now)
            self._known[first.device, first.epoch] = position
        position.upto, position.leaf = head.sequence, head.leaf
        if begins or position.ordinal < self._newest_ordinal(first.device):
            others = self._others(first.device)
            kind = judge_new_epoch(position, others) if begins else judge_growth(position, first.sequence, others)
            self._newest[first.device] = max(self._newest_ordinal(first.device), position.ordinal)
            if kind is not None:
                self._notice(kind, first.device, str(first.id))
            self._plan.missing.extend(missing_of([*others, position]))
        return position

    def _position(self, device: str, epoch: str) -> Position | None:
        """Give how far an epoch will be held once what is planned so far is committed."""
        key = (device, epoch)
        if key not in self._known:
            position = position_of(self._session, device, epoch)
            self._known[key] = position
            self._plan.found[key] = None if position is None else (position.upto, position.leaf)
        return self._known[key]

    def _others(self, device: str) -> list[Position]:
        """List the device's epochs as they will be, oldest first."""
        epochs = {position.epoch: position for position in positions_of(self._session, device)}
        epochs |= {epoch: known for (name, epoch), known in self._known.items() if name == device and known is not None}
        return sorted(epochs.values(), key=lambda position: position.ordinal)

    def _newest_ordinal(self, device: str) -> int:
        if device not in self._newest:
            newest = newest_position(self._session, device)
            self._newest[device] = 0 if newest is None else newest.ordinal
        return self._newest[device]

    def _is_unaltered(self, events: tuple[CheckedEvent, ...]) -> bool:
        """Compare events that came again with those that are held, or planned a moment ago."""
        first = events[0]
        planned = {
            event.sequence: event.leaf
            for event in self._plan.events
            if event.device == first.device and event.epoch == first.epoch
        }
        stored = self._session.execute(
            select(Event.sequence, Event.leaf).where(
                Event.device == first.device,
                Event.epoch == first.epoch,
                Event.sequence.between(first.sequence, events[-1].sequence),
            )
        )
        held: dict[int, bytes] = dict(stored.all()) | planned
        return all(held.get(event.sequence, event.leaf) == event.leaf for event in events)

    def _quarantine(self, device: str, topic: str, why: str, payload: bytes) -> None:
        self._plan.quarantined.append(Quarantined(device, topic, why[:WHY_AT_MOST], payload))
        self._notice(ExceptionKind.QUARANTINED, device)

    def _notice(self, kind: ExceptionKind, device: str, *cites: str) -> None:
        self._plan.noticed.append(Noticed(kind, device, cites))


def _begin(first: CheckedEvent, ordinal: int, now: Moment) -> Position:
    """Begin an epoch that is not held yet; where it really stands is found when it is committed."""
    started = first.message if isinstance(first.message, EpochStarted) else None
    return Position(
        device=first.device,
        epoch=first.epoch,
        ordinal=ordinal,
        upto=0,
        leaf=ZERO_LEAF,
        previous=None if started is None else started.previous,
        previous_sequence=None if started is None or started.sequence is None else int(started.sequence),
        begun_at=now.utc,
    )


def _cited_by(event: bytes) -> bytes:
    """Read the leaf that an event says came before it; the frame's check says what is wrong with the rest."""
    try:
        return bytes.fromhex(json.loads(event)["prev"])
    except (ValueError, KeyError, TypeError):
        return ZERO_LEAF


def marks(plan: Plan) -> Iterable[tuple[str, str, Held]]:
    """List what to acknowledge once the plan is committed, older marks first."""
    for (device, epoch), again in plan.acknowledged.items():
        position = plan.positions.get((device, epoch))
        held = plan.found.get((device, epoch)) if position is None else (position.upto, position.leaf)
        for mark in sorted(again | ({held} if held is not None else set())):
            yield device, epoch, mark
