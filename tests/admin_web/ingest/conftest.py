"""A school with two cabinets whose events are made by the real outbox, and ingest's intake without a broker."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase

from admin_web.database.engine import Database
from admin_web.database.places import Device, Point
from admin_web.ingest.batch import Arrived, BatchIntake, Reply
from broker.keys import new_recovery_key, new_signing_key, public_bytes
from broker.messages.message import Message, PrivatePart
from broker.messages.tap import (
    PhoneDeclared,
    PhonePrivate,
    TapGranted,
    TapGrantedPrivate,
    TapRefused,
    TapRefusedPrivate,
)
from broker.messages.wire import Ack, Need
from broker.outbox import Outbox
from broker.signed import Purpose, open_one_of
from broker.topics import Channel, topic
from policy.clock import Clock, ClockQuality, Moment
from policy.gesture import Intent
from policy.state import Declared

SITE = "ashgrove"


def reference(name: str) -> str:
    """Make the badge reference of a badge that is called something."""
    return f"1:{hashlib.sha256(name.encode()).hexdigest()}"


class Cabinet:
    """A device as central sees it: an outbox whose frames it sends, and acknowledgements it obeys."""

    def __init__(
        self, device: str, clock: Clock, *, storage: bytes | None = None, key: Any = None, boot: int = 7
    ) -> None:
        self.device = device
        self.clock = clock
        self.key: Ed25519PrivateKey = key or new_signing_key()
        self.recovery = new_recovery_key()
        self.quality = ClockQuality.SYNCED
        self.time: datetime | None = None
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        if storage is not None:
            self.connection.deserialize(storage)
        self.boot = boot
        self.start()

    def start(self) -> None:
        """Start the program (again): a new epoch."""
        self.outbox = Outbox(
            self.connection, SITE, self.device, self.key, self.boot, recovery=self.recovery.public_key()
        )
        self.outbox.create_schema()
        self.outbox.open_epoch(self.now())
        self.outbox.sign_head()

    def restored(self, storage: bytes) -> "Cabinet":
        """Give the same device with an older copy of its storage."""
        other = Cabinet(self.device, self.clock, storage=storage, key=self.key)
        other.recovery = self.recovery
        return other

    def storage(self) -> bytes:
        """Copy the storage as it is."""
        return self.connection.serialize()

    def now(self) -> Moment:
        """Read the device's clock."""
        moment = self.clock.now()
        return Moment(self.time or moment.utc, self.quality, moment.boottime_ns)

    def append(self, message: Message, private: PrivatePart | None = None) -> int:
        """Write an event with a head over it."""
        sequence = self.outbox.append(message, private, self.now())
        self.outbox.sign_head()
        return sequence

    def tap_granted(self, badge: str, person: str | None, intent: Intent, *, slot: int | None = None) -> int:
        """Write a granted tap with its declaration."""
        tap = self.outbox.append(
            TapGranted(point=self.device, intent=intent, opens=True),
            TapGrantedPrivate(
                badge=reference(badge), person=person, slot=slot, reason=intent.value, clause="7", repeated=False
            ),
            self.now(),
        )
        state = Declared.IN if intent is Intent.PUT_IN else Declared.OUT
        self.append(
            PhoneDeclared(point=self.device, tap=str(tap), intent=intent, state=state),
            PhonePrivate(badge=reference(badge), person=person, slot=slot),
        )
        return tap

    def tap_refused(self, badge: str, person: str | None, reason: str) -> int:
        """Write a refused tap."""
        return self.append(
            TapRefused(point=self.device),
            TapRefusedPrivate(badge=reference(badge), person=person, reason=reason, clause="12", intent=None),
        )

    def frames(self, after: tuple[str, int] | None = None) -> list[bytes]:
        """Give the frames that are to be sent, from the first event not acknowledged."""
        found = []
        while (frame := self.outbox.next_frame(after)) is not None:
            head = json.loads(frame)["head"]
            after = (head["epoch"], int(head["sequence"]))
            found.append(frame)
        return found

    def obey(self, replies: list[Reply]) -> list[bytes]:
        """Take what central says; gives the frames that it asks for."""
        asked: list[bytes] = []
        for reply in replies:
            if reply.device == self.device:
                said = read_reply(reply, self.trusted)
                if isinstance(said, Ack):
                    self.outbox.acknowledge(said, reply.payload)
                else:
                    asked.extend(self.outbox.refill(said))
        return asked

    trusted: Any = None


def read_reply(reply: Reply, key: Any) -> Ack | Need:
    """Check and read what central says on `down/ack`."""
    purpose, body = open_one_of(key, (Purpose.ACK, Purpose.NEED), reply.payload)
    return Ack.from_bytes(body) if purpose is Purpose.ACK else Need.from_bytes(body)


class Seconds:
    """Monotonic seconds that stand until a test moves them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class School:
    """Central's database with intake, and its cabinets."""

    database: Database
    clock: Clock
    signing_key: Ed25519PrivateKey
    intake: BatchIntake
    cabinets: dict[str, Cabinet]
    seconds: "Seconds"

    def send(self, device: str, *frames: bytes) -> list[Reply]:
        """Let frames of a device arrive in one batch."""
        return self.intake.take([Arrived(topic(SITE, device, Channel.EVENTS), frame) for frame in frames])

    def deliver(self, device: str, *, cabinet: Cabinet | None = None) -> list[Reply]:
        """Send all that a cabinet has, let it obey the replies, and go on while it is asked for more."""
        sender = cabinet or self.cabinets[device]
        sender.trusted = self.signing_key.public_key()
        last = replies = self.send(device, *sender.frames())
        while asked := sender.obey(replies):
            last = replies = self.send(device, *asked)
        return last

    def said(self, replies: list[Reply]) -> list[Ack | Need]:
        """Read replies."""
        return [read_reply(reply, self.signing_key.public_key()) for reply in replies]

    def count(self, table: type[DeclarativeBase], *where: Any) -> int:
        """Count rows."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    def all(self, table: type[Any], *where: Any) -> list[Any]:
        """Read rows in the order of their key."""
        with self.database.read() as session:
            return list(session.scalars(select(table).where(*where).order_by(*table.__table__.primary_key.columns)))


@pytest.fixture
def make_school(clock: Clock) -> Callable[[Database], School]:
    """Makes a school of a founded database: `robins` with one door, `kitchen` with six slots."""

    def make(database: Database) -> School:
        cabinets = {device: Cabinet(device, clock) for device in ("robins", "kitchen")}
        with database.write() as session:
            session.add(Point(id="robins", name="Robins", kind="one_door", slots=1))
            session.add(Point(id="kitchen", name="Kitchen", kind="bank", slots=6))
            session.flush()
            for device, cabinet in cabinets.items():
                key = public_bytes(cabinet.key)
                now = clock.now().utc
                session.add(Device(id=device, kind="cabinet", point_id=device, event_key=key, added_at=now))
        signing_key = new_signing_key()
        seconds = Seconds()
        intake = BatchIntake(database, clock, site=SITE, signing_key=signing_key, monotonic=seconds)
        return School(database, clock, signing_key, intake, cabinets, seconds)

    return make


@pytest.fixture
def school(database: Database, make_school: Callable[[Database], School]) -> School:
    """The school, with a cabinet that has begun its first epoch and sent nothing."""
    return make_school(database)


@pytest.fixture
def reference_of() -> Callable[[str], str]:
    """Makes the badge reference of a badge that is called something, as the cabinets do."""
    return reference
