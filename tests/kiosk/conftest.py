"""A cabinet in one process: real fold, decide and cabinet.db; the board and the wall clock are moved by hand."""

import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.envelope import decode_event
from broker.keys import badge_reference, new_recovery_key, new_signing_key, new_site_key
from broker.messages.bundle import Bundle
from broker.messages.wire import Ack, Command
from broker.outbox import Outbox
from broker.packing import decode_frame
from broker.signed import Purpose, sign, sign_rules
from hardware.board import Board
from hardware.happenings import ButtonPressed, ButtonReleased, DoorState, LockFailed, LockPulse
from hardware.lamps import Lamp, Rhythm, Signal
from hardware.reader import BadgeHeld, BadgePresented, BadgeRemoved
from kiosk.cabinet.cabinet import Cabinet
from kiosk.cabinet.clock_watch import ClockWatch
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.office.central import Central
from kiosk.cabinet.office.commands import Commands
from kiosk.cabinet.office.desk import Desk
from kiosk.cabinet.office.health import Health
from kiosk.cabinet.office.nonces import Nonces
from kiosk.cabinet.office.obedience import Obedience
from kiosk.cabinet.office.status import StatusBoard
from kiosk.cabinet.overdue_watch import OverdueWatch
from kiosk.cabinet.seniors.approvals import Approvals
from kiosk.cabinet.seniors.children_in import ChildrenIn
from kiosk.cabinet.seniors.fold import Seniors
from kiosk.cabinet.sequels import Sequels
from kiosk.cabinet.storage.beginning import begin, no_rules
from kiosk.cabinet.storage.disk import Disk
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store, open_connection, open_reader
from kiosk.cabinet.storage.watch import ArchiveWatch, StorageWatch
from kiosk.cabinet.taps import Taps
from kiosk.cabinet.visitors import Visitors
from kiosk.clock import DeviceClock
from kiosk.socket.framing import Ask
from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference, PersonId, PointId
from policy.rules import (
    BadgeKind,
    BadgeRules,
    DatedBlock,
    PersonRules,
    Point,
    PointKind,
    PointLink,
    Revision,
    Rules,
    Settings,
    Span,
)

SITE, DEVICE, POINT = "school", "robins", PointId("robins")
TUESDAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
AMARA, BILAL = PersonId("amara"), PersonId("bilal")
AMARA_UID, BILAL_UID, STRANGER_UID = (
    bytes.fromhex("04a1b2c3d4e580"),
    bytes.fromhex("04a1b2ffeedd81"),
    b"\x01\x02\x03\x04",
)
SENIOR_UID, CLERK_UID = bytes.fromhex("04d1e2f3a4b580"), bytes.fromhex("04e1f2a3b4c580")
"""Carried for their roles only: a senior leader's and the office's."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class HandClock(DeviceClock):
    """A device's clock that stands until it is moved; its monotonic time moves with it."""

    def __init__(self) -> None:
        super().__init__(cast(Any, None), 7)
        self.utc, self.quality, self.boottime = MORNING, ClockQuality.SYNCED, 1_000_000_000_000

    def now(self) -> Moment:
        return Moment(self.utc, self.quality, self.boottime)

    def move(self, **by: float) -> None:
        delta = timedelta(**by)
        self.utc += delta
        self.boottime += delta // timedelta(microseconds=1) * 1000


class FakeLock:
    """Records its pulses; each is done when the test says so."""

    def __init__(self, slot: int, clock: HandClock) -> None:
        self.slot, self.clock, self.pulses = slot, clock, 0
        self.waiting: list[Callable[[LockPulse | LockFailed], None]] = []

    def release(self, duration_s: float, when_done: Callable[[LockPulse | LockFailed], None]) -> None:
        self.pulses += 1
        self.waiting.append(when_done)

    def done(self) -> None:
        self.waiting.pop(0)(LockPulse(self.slot, self.clock.boottime, self.clock.boottime + 600_000_000))


@dataclass
class FakeDoor:
    state: DoorState = DoorState.CLOSED


@dataclass
class FakeLamps:
    history: list[tuple[str, Signal]] = field(default_factory=list)
    sounded: list[Signal] = field(default_factory=list)

    def show(self, signal: Signal, *, quietly: bool = False) -> None:
        self.history.append(("show", signal))
        if not quietly:
            self.sounded.append(signal)

    def clear(self, signal: Signal) -> None:
        self.history.append(("clear", signal))


def all_off() -> dict[Lamp, Rhythm]:
    """How the lamps shine, for a status."""
    return dict.fromkeys(Lamp, Rhythm.OFF)


class FakeBoard:
    """A board whose parts only record."""

    def __init__(self, slots: int, clock: HandClock) -> None:
        self.locks = {slot: FakeLock(slot, clock) for slot in range(1, slots + 1)}
        self.doors = {slot: FakeDoor() for slot in range(1, slots + 1)}
        self.lamps = FakeLamps()
        self.readers: list[Any] = []

    def door_state(self, slot: int) -> DoorState:
        return self.doors[slot].state


@dataclass(frozen=True)
class Keys:
    """What `phonekeep-admin device add` would have written, and central's private halves."""

    event: Ed25519PrivateKey = field(default_factory=new_signing_key)
    central: Ed25519PrivateKey = field(default_factory=new_signing_key)
    site: bytes = field(default_factory=new_site_key)
    recovery: Any = field(default_factory=new_recovery_key)

    def reference(self, uid: bytes) -> BadgeReference:
        return badge_reference(self.site, 1, uid)


def some_rules(keys: Keys, number: int = 1, **change: Any) -> Rules:
    """A one-door cabinet of two people, restricted from 9 to 12 but for a break from 10:30 to 10:45."""
    all_day = ((Span(8 * 60, 17 * 60),),) * 7
    values: dict[str, Any] = {
        "revision": Revision(1, number),
        "issued": MORNING,
        "zone": "Europe/London",
        "first": TUESDAY - timedelta(days=1),
        "last": TUESDAY + timedelta(days=28),
        "point": POINT,
        "kind": PointKind.ONE_DOOR,
        "slots": 1,
        "settings": Settings(cover_hours=all_day),
        "blocks": (DatedBlock(TUESDAY, Span(540, 720), "Lessons", (Span(630, 645),)),),
        "people": {person: PersonRules(person, all_day, (PointLink(None, LONG_AGO),)) for person in (AMARA, BILAL)},
        "badges": {
            keys.reference(uid): BadgeRules(keys.reference(uid), BadgeKind.PERSONAL, person, LONG_AGO)
            for uid, person in ((AMARA_UID, AMARA), (BILAL_UID, BILAL))
        }
        | {
            keys.reference(uid): BadgeRules(keys.reference(uid), BadgeKind.ROLE, None, LONG_AGO, role=role)
            for uid, role in ((SENIOR_UID, "SLT"), (CLERK_UID, "office"))
        },
    }
    return Rules(**values | change)


class Kiosk:
    """A cabinet in a directory, which can be started again and again."""

    amara, bilal, stranger = AMARA_UID, BILAL_UID, STRANGER_UID
    senior, clerk = SENIOR_UID, CLERK_UID

    def __init__(self, directory: Path, *, buttons: bool = True, keys: Keys | None = None) -> None:
        self.directory, self.keys = directory, keys or Keys()
        self.clock = HandClock()
        self.point = Point(POINT, PointKind.ONE_DOOR, 1, buttons)
        self.inbox: SimpleQueue[Any] = SimpleQueue()
        self.told = 0
        self.disk = Disk(directory, 64, 128)
        self.central = Central(self.keys.central.public_key(), SITE, DEVICE, self.point)
        self.start()

    @property
    def file(self) -> Path:
        return self.directory / "cabinet.db"

    def outbox(self, connection: sqlite3.Connection) -> Outbox:
        return Outbox(connection, SITE, DEVICE, self.keys.event, 7, recovery=self.keys.recovery.public_key())

    def start(self) -> None:
        """Begin a run, as after a power cut."""
        connection = open_connection(self.file)
        self.store = Store(connection, self.outbox(connection), 7)
        begun = begin(self.store, self.clock, self.central)
        remembered, rules = begun.remembered, begun.rules
        self.board = FakeBoard(self.point.slots, self.clock)
        self.health, self.journal = Health(), Journal(self.store)
        pulses = dict.fromkeys(self.board.locks, 0.6)
        self.effects = Effects(cast(Board, self.board), pulses, self.inbox.put, self.clock.boottime)
        self.status = StatusBoard(DEVICE, 7, self.store.outbox, self.health, all_off, self.effects.doors)
        nonces = Nonces()
        self.approvals = Approvals(self.point.id, nonces, self.journal)
        sequels = Sequels(self.point.id, self.approvals, self.store, remembered.going_home)
        self.taps = Taps(self.point, no_rules(self.point), remembered, self.store, self.journal, self.effects, sequels)
        commands = Commands(self.taps, self.approvals, nonces)
        self.obedience = Obedience(self.taps, self.store, self.journal, self.clock, self.status, self.health, commands)
        if rules is not None:
            self.obedience.put_in_force(rules, self.clock.now())
        self.desk = Desk(lambda: self.outbox(open_reader(self.file)), self.central, self.inbox.put, lambda: b"{}")
        gestures = Gestures(self.point)
        self.cabinet = Cabinet(
            point=self.point,
            clock=self.clock,
            site_key=self.keys.site,
            key_epoch=1,
            gestures=gestures,
            seniors=Seniors(gestures, buttons=self.point.buttons),
            approvals=self.approvals,
            children_in=ChildrenIn(self.point.id, self.taps, self.store, self.journal, self.effects, self.status),
            visitors=Visitors(
                self.point.id, self.taps, self.store, self.journal, self.effects, begun.visits, begun.briefed
            ),
            taps=self.taps,
            effects=self.effects,
            store=self.store,
            journal=self.journal,
            health=self.health,
            obedience=self.obedience,
            storage=StorageWatch(self.disk, self.store, self.journal, self.health),
            clock_watch=ClockWatch(self.clock, self.store, self.journal, self.health),
            overdue=OverdueWatch(self.taps, remembered.overdue, self.store, self.journal),
            archive=ArchiveWatch(self.store, self.journal, 30),
            tell_link=self._tell_link,
        )

    def badge(self, uid: bytes, **change: Any) -> dict[BadgeReference, BadgeRules]:
        """The badges of this point, one of them otherwise than it was."""
        badges = dict(self.taps.rules.badges)
        reference = self.keys.reference(uid)
        badges[reference] = replace(badges[reference], **change)
        return badges

    def hold(self, uid: bytes) -> None:
        """Hold a badge to the reader for 3 s and a little more, and take it away."""
        self.cabinet.handle(BadgePresented(uid, self.clock.boottime, "reader"))
        self.go_on(seconds=3)
        self.cabinet.handle(BadgeHeld(uid, self.clock.boottime, "reader"))
        self.go_on(milliseconds=200)
        self.cabinet.handle(BadgeRemoved(uid, self.clock.boottime, "reader"))
        self.go_on(milliseconds=10)

    def command(self, key: Ed25519PrivateKey | None = None, device: str = DEVICE, **said: Any) -> Any:
        """Hand a signed command in at the desk, as link does."""
        body = Command(site=SITE, device=device, **said).to_bytes()
        answer = self.desk.answer(Ask.COMMAND, sign(key or self.keys.central, Purpose.COMMAND, body))
        self.go_on()
        return answer

    def rules(self, number: int = 1, **change: Any) -> Rules:
        """The rules of this point, in some edition."""
        return some_rules(self.keys, number, **change)

    def release(self, button: str) -> Any:
        """A button coming up a little later."""
        return released(button, self.clock.boottime + 2000)

    def press(self, button: str) -> Any:
        """A button going down now."""
        return pressed(button, self.clock.boottime)

    def _tell_link(self) -> None:
        self.told += 1

    def crash(self) -> None:
        """End the run without a word, and begin another."""
        self.store.close()
        self.start()

    def go_on(self, **by: float) -> None:
        """Let time pass, then finish a round with everything that has arrived."""
        self.clock.move(**by)
        while not self.inbox.empty():
            self.cabinet.handle(self.inbox.get())
        self.cabinet.tick()
        self.cabinet.settle()

    def tap(self, uid: bytes, button: str | None = None) -> None:
        """Press a button if one is named, hold a badge to the reader, and take it away."""
        if button is not None:
            self.cabinet.handle(pressed(button, self.clock.boottime))
            self.go_on(milliseconds=100)
        self.cabinet.handle(BadgePresented(uid, self.clock.boottime, "reader"))
        self.cabinet.settle()
        if button is not None:
            self.cabinet.handle(released(button, self.clock.boottime))
        self.clock.move(milliseconds=300)
        self.cabinet.handle(BadgeRemoved(uid, self.clock.boottime, "reader"))
        self.go_on(milliseconds=10)

    def obey(self, rules: Rules, key: Ed25519PrivateKey | None = None, device: str = DEVICE) -> Any:
        """Hand a signed bundle in at the desk, as link does."""
        return self.hand_in_rules(Bundle.from_rules(rules, site=SITE, device=device).to_body(), key, rules.revision)

    def hand_in_rules(self, body: bytes, key: Ed25519PrivateKey | None = None, revision: Revision | None = None) -> Any:
        """Sign any body as rules and hand it in."""
        revision = revision or Revision(1, 1)
        answer = self.desk.answer(Ask.RULES, sign_rules(key or self.keys.central, SITE, DEVICE, revision, body))
        self.go_on()
        return answer

    def break_disk(self) -> None:
        """Let every write to any file fail, as on a disk that is full and read-only at once (RLIMIT_FSIZE)."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def mend_disk(self) -> None:
        """Let files be written again."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def acknowledge(self) -> None:
        """Let central acknowledge everything written so far."""
        frames = self.frames()
        if frames:
            head = frames[-1].head
            ack = Ack(
                site=SITE,
                device=DEVICE,
                epoch=head.epoch,
                upto=str(head.sequence),
                leaf=head.leaf.hex(),
                time="2026-11-24T08:41:00.000Z",
            )
            self.desk.answer(Ask.ACKNOWLEDGEMENT, sign(self.keys.central, Purpose.ACK, ack.to_bytes()))
            self.go_on()

    def frames(self) -> list[Any]:
        """What link would be given, from the first event not acknowledged."""
        outbox = self.outbox(open_reader(self.file))
        found, place = [], None
        while (payload := outbox.next_frame(place)) is not None:
            frame = decode_frame(payload)
            place = (frame.head.epoch, frame.head.sequence)
            found.append(frame)
        return found

    def events(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Every event in the database: type, data, private."""
        rows = sqlite3.connect(self.file).execute("SELECT event, private FROM outbox_event ORDER BY position")
        return [
            (decode_event(event).name.rpartition(".")[0], decode_event(event).data, json.loads(private or b"{}"))
            for event, private in rows
        ]

    def types(self) -> list[str]:
        """Every event's type, without the first two of each run."""
        return [name for name, _, _ in self.events() if name not in ("log.epoch_started", "device.started")]


def pressed(name: str, at: int) -> Any:
    return ButtonPressed(name, at)


def released(name: str, at: int) -> Any:
    return ButtonReleased(name, at)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """A one-door cabinet with buttons, that has its rules."""
    made = Kiosk(tmp_path)
    made.obey(some_rules(made.keys))
    yield made
    made.mend_disk()
    made.store.close()


@pytest.fixture
def kiosk_without_buttons(tmp_path: Path) -> Iterator[Kiosk]:
    """A one-door cabinet without buttons, that has its rules."""
    made = Kiosk(tmp_path, buttons=False)
    made.obey(some_rules(made.keys))
    yield made
    made.mend_disk()
    made.store.close()
