"""One batch: messages into a plan on a snapshot, the plan into one transaction, then the replies (flow 1, step 8)."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.engine import Database
from admin_web.database.places import Device
from admin_web.errors import DatabaseUnavailable
from admin_web.events.exceptions import ExceptionKind
from admin_web.ingest import replies
from admin_web.ingest.asking import Asking
from admin_web.ingest.commit import PlanStale, commit_plan
from admin_web.ingest.frames import FrameReader, marks
from admin_web.ingest.plan import Noticed, Plan, Quarantined
from admin_web.ingest.statuses import StatusReader
from broker.errors import BrokerError
from broker.keys import SigningKey, VerifyingKey, signing_public_key
from broker.messages.status import Online, Status
from broker.topics import CENTRAL, Channel, parse_topic
from policy.clock import Clock, Moment

_log = logging.getLogger(__name__)
_PLANS_AT_MOST = 5
_DEVICE = Device.__table__.c
_EVENT_KEYS = select(_DEVICE.id, _DEVICE.event_key).where(_DEVICE.id != CENTRAL)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came: topic and payload."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What a device is told now that the batch is committed, on `down/ack`."""

    device: str
    payload: bytes


class BatchIntake:
    """Takes batches of messages in: each is committed as a whole, or raises and has changed nothing."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        site: str,
        signing_key: SigningKey,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._database = database
        self._clock = clock
        self._site = site
        self._signing_key = signing_key
        self._public_key = signing_key.public_key()
        self._asking = Asking()

    def take(self, messages: Sequence[Arrived]) -> list[Reply]:
        """Commit a batch; the replies may be sent, and the messages acknowledged, once this returns.

        A message that a fault of ours cannot store is quarantined by itself, so that it stops nobody else's. Raises
        DatabaseUnavailable: nothing was committed, take the batch again.
        """
        try:
            return self._take(messages)
        except DatabaseUnavailable:
            raise
        except Exception as fault:
            if len(messages) == 1:
                _log.error("a message on %s could not be stored (%r): quarantined", messages[0].topic, fault)
                self._quarantine(messages[0], f"could not be stored: {type(fault).__name__}")
                return []
            _log.error("a batch of %d could not be stored (%r): taken one by one", len(messages), fault)
            return [reply for message in messages for reply in self.take([message])]

    def _take(self, messages: Sequence[Arrived]) -> list[Reply]:
        now = self._clock.now()
        for _ in range(_PLANS_AT_MOST):
            with self._database.read() as session:
                plan = self._plan(session, messages, now)
            try:
                if plan.writes:
                    with self._database.write() as session:
                        commit_plan(session, plan, now)
                return self._replies(plan, now)
            except PlanStale as stale:
                _log.info("%s", stale)
        raise DatabaseUnavailable("Another program keeps moving the same epochs on. Run only one phonekeep-ingest.")

    def _plan(self, session: Session, messages: Iterable[Arrived], now: Moment) -> Plan:
        plan = Plan()
        keys = _event_keys(session)
        frames = FrameReader(session, plan, site=self._site, keys=keys, now=now, given_up=self._is_given_up)
        statuses = StatusReader(session, plan, site=self._site, public_key=self._public_key)
        for message in messages:
            topic = parse_topic(message.topic)
            if topic is None or topic.site != self._site:
                continue  # not of our subscriptions: nothing that could be owed to a device
            try:
                if topic.channel is Channel.EVENTS:
                    frames.read(topic.device, message.topic, message.payload)
                elif topic.device not in keys:
                    continue
                elif topic.channel is Channel.ONLINE:
                    plan.online[topic.device] = bool(message.payload) and Online.from_bytes(message.payload).online
                elif topic.channel is Channel.STATUS and message.payload:
                    statuses.read(_status_of(topic.device, message.payload))
            except BrokerError as bad:
                plan.quarantined.append(Quarantined(topic.device, message.topic, str(bad)[:200], message.payload))
                plan.noticed.append(Noticed(ExceptionKind.QUARANTINED, topic.device))
        return plan

    def _replies(self, plan: Plan, now: Moment) -> list[Reply]:
        said = [
            Reply(device, replies.acknowledgement(self._signing_key, self._site, device, epoch, held, now))
            for device, epoch, held in marks(plan)
        ]
        seconds = self._monotonic()
        for missing in plan.missing:
            position = plan.positions.get((missing.device, missing.epoch))
            if position is not None and position.upto >= missing.last:
                continue  # it came later in the same batch
            if self._asking.is_due(missing, seconds):
                said.append(Reply(missing.device, replies.need(self._signing_key, self._site, missing)))
        return said

    def _is_given_up(self, device: str, epoch: str) -> bool:
        return self._asking.is_given_up(device, epoch, self._monotonic())

    def _quarantine(self, message: Arrived, why: str) -> None:
        topic = parse_topic(message.topic)
        if topic is None:
            return
        plan = Plan(quarantined=[Quarantined(topic.device, message.topic, why, message.payload)])
        plan.noticed.append(Noticed(ExceptionKind.QUARANTINED, topic.device))
        with self._database.write() as session:
            commit_plan(session, plan, self._clock.now())


def _event_keys(session: Session) -> dict[str, VerifyingKey]:
    """Read who may write events, and the key each signs heads with; central itself sends nothing over the broker."""
    return {device: _public_key(key) for device, key in session.execute(_EVENT_KEYS)}


_public_key = lru_cache(maxsize=1024)(signing_public_key)


def _status_of(device: str, payload: bytes) -> Status:
    status = Status.from_bytes(payload)
    return status if status.device == device else status.model_copy(update={"device": device})
