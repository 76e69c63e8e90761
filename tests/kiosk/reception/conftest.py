"""Two receptions: the flow alone under a clock moved by hand, and the real program without a window."""

import hashlib
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.envelope import decode_event
from broker.keys import (
    badge_reference,
    new_recovery_key,
    new_signing_key,
    new_site_key,
    public_bytes,
    save_private_key,
    save_site_key,
)
from broker.messages.reception_bundle import ReceptionBundle
from broker.messages.wire import Command
from broker.signed import Purpose, sign, sign_rules
from kiosk.config import reception_example_text
from kiosk.reception.content import Content, read_content
from kiosk.reception.flow.effects import (
    ArriveOrLeave,
    Effect,
    FindHost,
    LeaveUnsure,
    SignIn,
    SignOutByBadge,
    SignOutByName,
)
from kiosk.reception.flow.flow import Flow
from kiosk.reception.flow.inputs import (
    Arrives,
    BadgeSeen,
    Erased,
    HostFound,
    Input,
    Pressed,
    SignedIn,
    SignOutAnswered,
    Tick,
    Typed,
)
from kiosk.reception.flow.screen import Lanyard, Page, Screen
from kiosk.socket.client import DeviceSocketClient
from kiosk.socket.framing import Ask, Outcome
from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference

MORNING = datetime(2026, 11, 24, 9, 12, tzinfo=UTC)


def reference(number: int) -> BadgeReference:
    """A badge's reference."""
    return BadgeReference(f"1:{number:064x}")


STAFF, OFFICE, LANYARD_14, REGULAR, STRANGER = map(reference, (1, 2, 14, 50, 99))

RULES_EN = (
    ("silent", "Keep it silent."),
    ("hidden", "Keep it out of sight."),
    ("children", "Do not use it where there are children."),
    ("images", "No photos, video or sound, unless the headteacher has agreed."),
    ("places", "Some places have no phones at all. We will tell you."),
    ("own_risk", "It is at your own risk if it is lost, stolen or broken."),
    ("search", "If there is good reason to worry, the school may check a phone. The headteacher may ask you to stop."),
)
RULES_UR = (
    ("silent", "فون کو خاموش رکھیں۔"),
    ("images", "تصویر، ویڈیو یا آواز ریکارڈ نہ کریں۔"),
    ("hidden", "فون کو نظروں سے دور رکھیں۔"),
)


def a_bundle(**change: Any) -> ReceptionBundle:
    """The reception of Fernhollow: two rooms, some staff, four lanyards, one expected and one regular visitor."""

    def lines(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
        return [{"id": id, "text": text, "tick": id == "images"} for id, text in pairs]

    values: dict[str, Any] = {
        "site": "school",
        "device": "reception",
        "generation": 1,
        "number": 1,
        "issued": "2026-11-24T07:00:00.000Z",
        "point": "reception",
        "zone": "Europe/London",
        "name": "Fernhollow Infant and Nursery School",
        "telephone": "01632 960 155",
        "closing": time(18, 0),
        "texts": {
            "version": 3,
            "hash": hashlib.sha256(b"three").hexdigest(),
            "published_at": "2026-11-20T15:00:00.000Z",
            "languages": {
                "en": {"lines": lines(RULES_EN), "checked": True},
                "ur": {"lines": lines(RULES_UR), "checked": False},
            },
        },
        "rooms": [{"id": "robins", "name": "Robins"}, {"id": "wrens", "name": "Wrens"}],
        "roles": [{"id": "headteacher", "name": "Headteacher"}, {"id": "office", "name": "School office"}],
        "hosts": [
            {"person": "joanne-birtles", "name": "Joanne Birtles", "room": "wrens"},
            {"person": "sian-pritchard", "name": "Siân Pritchard", "room": "robins"},
            {"person": "ruth-ashcombe", "name": "Ruth Ashcombe", "role": "headteacher"},
            *({"person": f"marin-{n}", "name": f"Ioana Marin {'abcdefg'[n]}"} for n in range(7)),
        ],
        "badges": [
            {"reference": STAFF, "person": "joanne-birtles", "role": "teacher"},
            {"reference": OFFICE, "person": None, "role": "office"},
        ],
        "lanyards": [
            {"number": "14", "colour": "green", "reference": LANYARD_14},
            {"number": "15", "colour": "green"},
            {"number": "16", "colour": "green"},
            {"number": "71", "colour": "red", "contractors": True},
        ],
        "expected": [
            {
                "id": "exp-1",
                "name": "Owen Castleton",
                "organisation": "Willowmere Theatre",
                "host": "ruth-ashcombe",
                "from": "2026-11-24T09:00:00.000Z",
                "until": "2026-11-24T11:00:00.000Z",
                "image_permission": True,
                "kind": "meeting",
            }
        ],
        "regular": [
            {
                "reference": REGULAR,
                "name": "Katarzyna Wójcik",
                "organisation": "Reading help",
                "reason": "volunteer",
                "host": "sian-pritchard",
            }
        ],
    }
    return ReceptionBundle.model_validate(values | change)


def a_content(**change: Any) -> Content:
    """The same, ready to be asked."""
    return read_content(a_bundle(**change))


@dataclass
class Hand:
    """A finger at the screen, and a program that commits everything."""

    content: Content | None = field(default_factory=a_content)
    capacity: Callable[[Screen], int] = lambda screen: 1000
    answers: bool = True
    """Whether effects are answered as by a program with a disk."""
    utc: datetime = MORNING
    boottime: int = 10**12
    quality: ClockQuality = ClockQuality.SYNCED
    here: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.effects: list[Effect] = []
        self.flow = Flow(self.content, self.now, capacity=self.capacity)

    @property
    def now(self) -> Moment:
        return Moment(self.utc, self.quality, self.boottime)

    @property
    def screen(self) -> Screen:
        return self.flow.screen

    @property
    def page(self) -> Page:
        return self.flow.screen.page

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick at every deadline on the way."""
        end = self.boottime + int(seconds * 1e9)
        ticks = 0
        while (deadline := self.flow.deadline) is not None and deadline <= end:
            self._move(max(deadline - self.boottime, 0))
            self.take(Tick())
            ticks += 1
            assert ticks < 10_000, f"a deadline that nothing is done about: {self.page}"
        self._move(end - self.boottime)
        self.take(Tick())

    def _move(self, ns: int) -> None:
        self.boottime += ns
        self.utc += timedelta(microseconds=ns // 1000)

    def take(self, input: Input) -> list[Effect]:
        """Hand the flow an input, and the program's answers to what it wants."""
        effects = self.flow.handle(input, self.now)
        self.effects += effects
        for effect in effects if self.answers else ():
            answer = self._answer(effect)
            if answer is not None:
                self.take(answer)
        return effects

    def _answer(self, effect: Effect) -> Input | None:
        if isinstance(effect, SignIn):
            return SignedIn(Lanyard("14", "green", ""))
        if isinstance(effect, SignOutByBadge):
            return SignOutAnswered(effect.badge in self.here)
        if isinstance(effect, SignOutByName):
            return SignOutAnswered(f"{effect.name}/{effect.number}" in self.here)
        if isinstance(effect, LeaveUnsure):
            return SignOutAnswered(False)
        if isinstance(effect, ArriveOrLeave):
            return Arrives(effect.badge)
        return HostFound((), None) if isinstance(effect, FindHost) else None

    def press(self, *ids: str) -> list[Effect]:
        """Press buttons one after the other, each a second after the one before."""
        effects: list[Effect] = []
        for id in ids:
            self._move(10**9)
            effects += self.take(Pressed(id))
        return effects

    def type(self, text: str) -> None:
        """Type a text key by key."""
        for letter in text:
            self.take(Typed(letter))

    def erase(self) -> None:
        """Take the last character back."""
        self.take(Erased())

    def hold(self, badge: BadgeReference) -> list[Effect]:
        """Hold a badge to the reader."""
        self._move(10**9)
        return self.take(BadgeSeen(badge))

    def buttons(self) -> list[str]:
        """The ids of the page's own buttons."""
        return [button.id for button in self.screen.buttons]

    def fill_in(self, name: str = "Aleksandra Kowalczyk") -> None:
        """Go from the first page to the last question."""
        self.press("sign_in")
        self.type(name)
        self.press("next")
        self.type("Willowmere Speech Therapy")
        self.press("next", "reason:meeting", "room:robins", "tick:images")
        self.wait(19)
        self.press("read", "need:no")

    def visits(self) -> list[Any]:
        """What was to be committed."""
        return [effect.visit for effect in self.effects if isinstance(effect, SignIn)]


STAFF_UID, LANYARD_UID, STRANGER_UID = "04a1b2c3d4e580", "04b1b2c3d4e580", "04c1b2c3d4e580"


def wait_until(true: Callable[[], Any], what: str, within_s: float = 15) -> Any:
    end = clock.monotonic() + within_s
    while not (answer := true()):
        assert clock.monotonic() < end, f"{what}: not within {within_s} s"
        clock.sleep(0.005)
    return answer


class Bench:
    """The simulator's other half."""

    def __init__(self, path: Path) -> None:
        self._socket = wait_until(lambda: self._connected(path), "the simulator listening")
        self._socket.sendall(b"bench\n")
        self._lines = self._socket.makefile("rb")

    def _connected(self, path: Path) -> socket.socket | None:
        """The file is there a moment before anybody listens at it."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            return None
        return connection

    def __call__(self, **asked: Any) -> dict[str, Any]:
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        return dict(json.loads(self._lines.readline()))

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


class Reception:
    """A reception's directory, its program as a process, and a hand at its lines."""

    def __init__(self, directory: Path, make_bundle: Callable[..., ReceptionBundle], port: int = 1) -> None:
        self.directory, self.make_bundle = directory, make_bundle
        self.central, self.site_key, self.revision = new_signing_key(), new_site_key(), 0
        self.screen: dict[str, Any] = {}
        self.spoken: list[Any] = []
        self.resets = 0
        self.process: subprocess.Popen[str] | None = None
        keys = directory / "keys"
        for program in ("cabinet", "link"):
            (keys / program).mkdir(parents=True)
            said = {"site": "school", "device": "reception", "point": "reception", "key_epoch": 1}
            said |= {"central_public": public_bytes(self.central).hex()}
            said |= {"recovery_public": public_bytes(new_recovery_key()).hex()}
            (keys / program / "central.json").write_text(json.dumps(said))
        save_private_key(keys / "cabinet" / "event.key", new_signing_key())
        save_site_key(keys / "cabinet" / "site.key", self.site_key)
        text = reception_example_text().replace('"phonekeep.lan"', '"127.0.0.1"').replace("8883", str(port))
        for old, new in (
            ('"/var/lib/phonekeep-reception"', '"data"'),
            ('"/var/lib/phonekeep-link"', '"link"'),
            ('"/etc/phonekeep"', '"keys"'),
            ('"/run/phonekeep/device.sock"', '"d.sock"'),
            ("merge_ms = 250", "merge_ms = 0"),
        ):
            assert old in text
            text = text.replace(old, new)
        self.config = directory / "reception.toml"
        self.config.write_text(text)
        (directory / "sim").mkdir()
        path = directory / "sim" / "reception.sock"
        command = [sys.executable, "-m", "hardware.simulator", "--socket", str(path), "--profile", "reception"]
        self.simulator = subprocess.Popen(command)
        wait_until(path.exists, "the simulator's socket")
        self.bench = Bench(path)

    @property
    def database(self) -> Path:
        return self.directory / "data" / "reception.db"

    @property
    def log(self) -> str:
        return (self.directory / "reception.log").read_text()

    def reference(self, uid: str) -> str:
        return badge_reference(self.site_key, 1, bytes.fromhex(uid))

    def start(self) -> None:
        """Start the program and wait for its first page."""
        self.screen = {}
        command = [sys.executable, "-m", "kiosk.reception.main", "--no-screen", "--config", str(self.config)]
        command += ["--simulate", str(self.directory / "sim")]
        with (self.directory / "reception.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        wait_until(lambda: self.screen, "the first page")

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said = json.loads(line)
            if "screen" in said and process is self.process:
                self.screen = said["screen"]
            elif "speak" in said:
                self.spoken.append(said["speak"])
            elif "reset" in said:
                self.resets += 1

    def kill(self) -> None:
        """Power off."""
        process = self.running
        process.kill()
        process.wait()

    @property
    def running(self) -> subprocess.Popen[str]:
        assert self.process is not None
        return self.process

    def stop(self) -> int:
        """End in order."""
        self.running.terminate()
        return self.running.wait(20)

    def close(self) -> None:
        for process in (self.process, self.simulator):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        self.bench.close()

    # A finger

    def say(self, line: str) -> None:
        written = self.running.stdin
        assert written is not None
        written.write(line + "\n")
        written.flush()

    def set_clock(self, now: str, synced: bool = True) -> None:
        """Let school time be this from now on."""
        said = {"now": now, "boottime_ns": clock.clock_gettime_ns(clock.CLOCK_BOOTTIME)}
        said |= {"synced": ["reception"] if synced else []}
        file = self.directory / "sim" / "clock.json"
        file.with_suffix(".new").write_text(json.dumps(said))
        file.with_suffix(".new").replace(file)

    def page_is(self, page: str, within_s: float = 10) -> dict[str, Any]:
        wait_until(lambda: self.screen.get("page") == page, f"page {page}, not {self.screen.get('page')}", within_s)
        return self.screen

    def press(self, id: str, page: str) -> None:
        """Press a button and wait for the page that follows."""
        self.say(f"press {id}")
        self.page_is(page)

    def type(self, text: str, kept: str | None = None) -> None:
        """Type a text and wait until it stands in the field."""
        self.say(f"type {text}")
        wanted = text if kept is None else kept
        wait_until(lambda: (self.screen.get("field") or {}).get("text") == wanted, f"the text {wanted!r}")

    def to_check(self, name: str) -> None:
        """Answer every question."""
        self.press("sign_in", "name")
        self.type(name)
        self.press("next", "organisation")
        self.press("next", "reason")
        self.press("reason:meeting", "host")
        self.press("room:robins", "phone_rules")
        self.say("press tick:images")
        wait_until(lambda: any(line["tick"] for line in self.screen["lines"]), "the tick")
        self.press("read", "need_phone")
        self.press("need:no", "check")

    def sign_in(self, name: str) -> str:
        """Sign in; the lanyard's number."""
        self.to_check(name)
        self.press("sign_in", "done")
        lanyard = self.screen["lanyard"]
        self.press("finish", "welcome")
        return "" if lanyard is None else str(lanyard["number"])

    def sign_out(self, name: str, number: str, page: str = "signed_out") -> None:
        """Sign out by name and number."""
        self.press("sign_out", "sign_out")
        self.type(name)
        self.press("next", "sign_out_lanyard")
        self.type(number)
        self.press("sign_out_now", page)
        self.press("finish", "welcome")

    # Central

    def link(self) -> DeviceSocketClient:
        client = DeviceSocketClient(self.directory / "d.sock")
        client.connect()
        return client

    def hand_in(self, ask: Ask, payload: bytes) -> None:
        """Hand in what central signed."""
        client = self.link()
        try:
            outcome, body = client.ask(ask, payload)
            assert outcome is Outcome.DONE, body
        finally:
            client.close()

    def send_rules(self, *, wait: bool = True, **change: Any) -> None:
        """Sign a bundle, hand it in and wait until it is in force."""
        self.revision += 1
        before = self.make_bundle()
        badges = [
            {"reference": self.reference(STAFF_UID), "person": "joanne-birtles", "role": "teacher"},
        ]
        lanyards = [lanyard.model_dump() for lanyard in before.lanyards]
        lanyards[0]["reference"] = self.reference(LANYARD_UID)
        bundle = self.make_bundle(**{"number": self.revision, "badges": badges, "lanyards": lanyards} | change)
        signed = sign_rules(self.central, "school", "reception", bundle.revision, bundle.to_body())
        self.hand_in(Ask.RULES, signed)
        if wait:
            wait_until(lambda: f"rules 1.{self.revision} are in force" in self.log, "the rules")

    def order(self, command: str, nonce: str, **more: Any) -> None:
        """Sign a command and hand it in."""
        body = Command(site="school", device="reception", command=command, nonce=nonce, **more).to_bytes()
        self.hand_in(Ask.COMMAND, sign(self.central, Purpose.COMMAND, body))

    def hold(self, uid: str) -> None:
        """Hold a badge to the reader for a moment."""
        self.bench(op="badge", uids=[uid], hold_ms=300)

    def events(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Every event, those acknowledged without what is private: type, data, private."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            rows = connection.execute("SELECT event, private FROM outbox_event ORDER BY position").fetchall()
        connection.close()
        return [
            (decode_event(event).name.rpartition(".")[0], decode_event(event).data, json.loads(private or b"{}"))
            for event, private in rows
        ]

    def waiting(self) -> int:
        """How many events central has not acknowledged."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        count = connection.execute("SELECT count(*) FROM outbox_event WHERE archived_at IS NULL").fetchone()[0]
        connection.close()
        return int(count)

    def of(self, kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The events of one type."""
        return [(data, private) for name, data, private in self.events() if name == kind]


@pytest.fixture
def hand() -> Hand:
    """A finger at the first page, with the rules in force."""
    return Hand()


@pytest.fixture(scope="session")
def make_hand() -> type[Hand]:
    """Make a finger otherwise."""
    return Hand


@pytest.fixture(scope="session")
def make_content() -> Callable[..., Content]:
    """Make another edition."""
    return a_content


@pytest.fixture(scope="session")
def make_bundle() -> Callable[..., ReceptionBundle]:
    """Make another bundle."""
    return a_bundle


@pytest.fixture
def badges() -> dict[str, BadgeReference]:
    """The badges of the sample reception."""
    return {"staff": STAFF, "office": OFFICE, "lanyard": LANYARD_14, "regular": REGULAR, "stranger": STRANGER}


@pytest.fixture
def installed(make_bundle: Callable[..., ReceptionBundle]) -> Iterator[Reception]:
    """A reception that has never been started, in a short directory: a socket's path has at most 107 bytes."""
    directory = Path(tempfile.mkdtemp(prefix="pk-"))
    made = Reception(directory, make_bundle)
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(directory)


@pytest.fixture
def reception(installed: Reception) -> Reception:
    """A running reception with its rules."""
    installed.start()
    installed.page_is("closed")
    installed.send_rules()
    installed.page_is("welcome")
    return installed
