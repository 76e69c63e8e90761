"""The real programs: cabinet on the emulated chip, link, mosquitto, a central that acknowledges (flow 1, 1 to 9)."""

import json
import os
import queue
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.certificates import create_authority, issue_device, issue_server
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
from broker.messages.bundle import Bundle
from broker.messages.status import Status
from broker.messages.wire import Ack, IngestAnnouncement
from broker.mosquitto import Certificates, write_configuration
from broker.packing import decode_frame
from broker.session import Message, Session, SessionConfig
from broker.signed import Purpose, sign, sign_rules
from broker.topics import Channel, central_status, everything_up, topic
from kiosk.config import example_text
from policy.ids import PersonId, PointId
from policy.rules import BadgeKind, BadgeRules, PersonRules, PointKind, PointLink, Revision, Rules, Span

AMARA = "04a1b2c3d4e580"
ALL_DAY = ((Span(0, 1380),),) * 7
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def wait_until(true: Callable[..., Any], what: str, within_s: float = 15) -> Any:
    end = time.monotonic() + within_s
    while not (answer := true()):
        assert time.monotonic() < end, f"{what}: not within {within_s} s"
        time.sleep(0.02)
    return answer


class Bench:
    """The simulator's other half: hands, and eyes."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._socket.sendall(b"bench\n")
        self._lines = self._socket.makefile("rb")
        self._gone_at = 0.0

    def __call__(self, **asked: Any) -> dict[str, Any]:
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        return dict(json.loads(self._lines.readline()))

    def tap(self, uid: str, button: str) -> None:
        # A card still in the field from the tap before would be no new presentation.
        wait_until(lambda: time.monotonic() > self._gone_at, "the card being taken away")
        self(op="button", name=button, hold_ms=150)
        pressed = time.monotonic()
        wait_until(lambda: time.monotonic() > pressed + 0.06, "the button's contact being quiet")
        self(op="badge", uids=[uid], hold_ms=300)
        self._gone_at = time.monotonic() + 1.3

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


class Device:
    """A device's directory with keys and configuration, and its programs as processes."""

    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.central, self.site_key = new_signing_key(), new_site_key()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.bench: Bench
        keys = directory / "keys"
        for program in ("cabinet", "link"):
            (keys / program).mkdir(parents=True)
            said = {"site": "school", "device": "robins", "point": "robins", "key_epoch": 1}
            said |= {"central_public": public_bytes(self.central).hex()}
            said |= {"recovery_public": public_bytes(new_recovery_key()).hex()}
            (keys / program / "central.json").write_text(json.dumps(said))
        save_private_key(keys / "cabinet" / "event.key", new_signing_key())
        save_site_key(keys / "cabinet" / "site.key", self.site_key)
        text = example_text().replace('"phonekeep.lan"', '"127.0.0.1"').replace("8883", str(port))
        for old, new in (
            ("/var/lib/phonekeep-cabinet", "data"),
            ("/var/lib/phonekeep-link", "link"),
            ("/etc/phonekeep", "keys"),
            ("/run/phonekeep/device.sock", "d.sock"),
        ):
            text = text.replace(f'"{old}"', f'"{new}"')
        (directory / "kiosk.toml").write_text(text)
        (directory / "sim").mkdir()

    def start(self, program: str, *arguments: str) -> None:
        log = (self.directory / f"{program}.log").open("ab")
        command = [sys.executable, "-m", f"kiosk.{program}.main", "--config", str(self.directory / "kiosk.toml")]
        command += ["--simulate", str(self.directory / "sim"), *arguments]
        self.processes[program] = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()

    def start_simulator(self) -> None:
        path = self.directory / "sim" / "robins.sock"
        command = [sys.executable, "-m", "hardware.simulator", "--socket", str(path), "--buttons", "--real-time"]
        self.processes["simulator"] = subprocess.Popen(command)
        wait_until(path.exists, "the simulator's socket")
        self.bench = Bench(path)

    def start_cabinet(self) -> None:
        begun = self.log("cabinet").count("is ready")
        self.start("cabinet")
        wait_until(lambda: self.log("cabinet").count("is ready") > begun, "the cabinet's start")

    def kill(self, program: str) -> None:
        process = self.processes.pop(program)
        process.kill()
        process.wait()

    def stop(self, program: str) -> int:
        process = self.processes.pop(program)
        process.terminate()
        return process.wait(10)

    def log(self, program: str) -> str:
        path = self.directory / f"{program}.log"
        return path.read_text() if path.exists() else ""

    def close(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait()
        if hasattr(self, "bench"):
            self.bench.close()

    def ids(self) -> list[str]:
        return [event.id for event in self.stored()]

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Every event in cabinet.db: type, data."""
        return [(event.name.rpartition(".")[0], event.data) for event in self.stored()]

    def stored(self) -> list[Any]:
        connection = sqlite3.connect(f"file:{self.directory / 'data' / 'cabinet.db'}?mode=ro", uri=True)
        rows = connection.execute("SELECT event FROM outbox_event ORDER BY position").fetchall()
        connection.close()
        return [decode_event(event) for (event,) in rows]

    def types(self) -> list[str]:
        return [name for name, _ in self.events()]

    def bundle(self, number: int = 1) -> bytes:
        """Signed rules that know one person and restrict nothing."""
        reference = badge_reference(self.site_key, 1, bytes.fromhex(AMARA))
        person, today = PersonId("amara"), datetime.now(UTC).date()
        rules = Rules(
            revision=Revision(1, number),
            issued=datetime.now(UTC),
            zone="Europe/London",
            first=today - timedelta(days=1),
            last=today + timedelta(days=28),
            point=PointId("robins"),
            kind=PointKind.ONE_DOOR,
            slots=1,
            people={person: PersonRules(person, ALL_DAY, (PointLink(None, LONG_AGO),))},
            badges={reference: BadgeRules(reference, BadgeKind.PERSONAL, person, LONG_AGO)},
        )
        body = Bundle.from_rules(rules, site="school", device="robins").to_body()
        return sign_rules(self.central, "school", "robins", rules.revision, body)


class FakeCentral:
    """Acknowledges every frame that goes on where its epoch had got to, as ingest does after its commit."""

    def __init__(self, device: Device, config: SessionConfig) -> None:
        self.device = device
        self.session = Session(config)
        self.frames: list[Any] = []
        self.status: Status | None = None
        self.online: list[bool] = []
        self.held: dict[str, int] = {}
        self.acknowledging = True
        self.ignored = 0
        self.session.start()

    def announce(self, start_id: str) -> None:
        said = IngestAnnouncement(start_id=start_id * 16, devices=1, time="2026-11-24T09:00:00.000Z")
        self.session.publish(central_status("school"), said.to_bytes(), retain=True)

    def work(self) -> bool:
        """Take in what has arrived."""
        while True:
            try:
                said = self.session.inbox.get_nowait()
            except queue.Empty:
                return True
            if type(said).__name__ == "Connected":
                self.session.subscribe(everything_up("school"))
                self.announce("a")
                self.session.publish(topic("school", "robins", Channel.RULES), self.device.bundle(), retain=True)
            elif isinstance(said, Message):
                self._take(said)
                self.session.acknowledge(said)

    def _take(self, message: Message) -> None:
        if message.topic.endswith("up/events"):
            frame = decode_frame(message.payload)
            head = frame.head
            first = head.sequence - len(frame.events) + 1
            if self.acknowledging and first <= self.held.get(head.epoch, 0) + 1:
                self.held[head.epoch] = max(head.sequence, self.held.get(head.epoch, 0))
                self.frames.append(frame)
                ack = Ack(
                    site="school", device="robins", epoch=head.epoch, upto=str(head.sequence), leaf=head.leaf.hex(),
                    time="2026-11-24T09:00:00.000Z",
                )  # fmt: skip
                signed = sign(self.device.central, Purpose.ACK, ack.to_bytes())
                self.session.publish(topic("school", "robins", Channel.ACK), signed)
            else:
                self.ignored += 1
        elif message.topic.endswith("up/status") and message.payload:
            self.status = Status.from_bytes(message.payload)
        elif message.topic.endswith("up/online"):
            self.online.append(json.loads(message.payload)["online"])

    def arrived(self) -> dict[str, str]:
        """Id and type of all events that arrived, each once, in their order."""
        events = (decode_event(item.event) for frame in self.frames for item in frame.events)
        return {event.id: event.name.rpartition(".")[0] for event in events}

    def types(self) -> list[str]:
        return list(self.arrived().values())

    def ids(self) -> list[str]:
        return list(self.arrived())

    def wait(self, true: Callable[[], Any], what: str, within_s: float = 20) -> Any:
        return wait_until(lambda: self.work() and true(), what, within_s)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def device() -> Iterator[Device]:
    with tempfile.TemporaryDirectory(prefix="pk") as short:  # a socket's path may have 107 bytes
        made = Device(Path(short), free_port())
        made.start_simulator()
        yield made
        for program in ("cabinet", "link"):
            print(f"--- {program}\n{made.log(program)[-3000:]}")
        made.close()


@pytest.fixture
def school(device: Device) -> Iterator[tuple[Device, FakeCentral]]:
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("mosquitto is missing: `make` installs it")
    directory = device.directory / "broker"
    directory.mkdir()
    authority = create_authority(directory, site="school")
    issued = {"server": issue_server(authority, ["127.0.0.1"]), "central": issue_device(authority, "central")}
    issued["robins"] = issue_device(authority, "robins")
    for name, one in issued.items():
        (directory / f"{name}.pem").write_bytes(one.certificate)
        (directory / f"{name}.key").write_bytes(one.key)
    keys = device.directory / "keys" / "link"
    for source, name in (("ca.pem", "ca.pem"), ("robins.pem", "device.pem"), ("robins.key", "device.key")):
        shutil.copy(directory / source, keys / name)
    port = free_port()
    text = (device.directory / "kiosk.toml").read_text().splitlines()
    text = [f"port = {port}" if line.startswith("port = ") else line for line in text]
    (device.directory / "kiosk.toml").write_text("\n".join(text))
    files = Certificates(
        directory / "ca.pem", directory / "server.pem", directory / "server.key", directory / "crl.pem"
    )
    configuration = write_configuration(directory, site="school", port=port, certificates=files, bind="127.0.0.1")

    def start_broker() -> None:
        device.processes["broker"] = subprocess.Popen([found, "-c", str(configuration)], stderr=subprocess.DEVNULL)

    device.start_broker = start_broker  # type: ignore[attr-defined]  # only this fixture's device has a broker
    start_broker()
    config = SessionConfig(
        "127.0.0.1", port, "central", directory / "ca.pem", directory / "central.pem", directory / "central.key"
    )
    central = FakeCentral(device, config)
    yield device, central
    central.session.stop()


def test_a_tap_reaches_central_and_is_archived(school: tuple[Device, FakeCentral]) -> None:
    device, central = school
    device.start_cabinet()
    device.start("link")
    central.wait(lambda: "rules.applied" in central.types(), "the rules' way down and up")
    device.bench.tap(AMARA, "put_in")
    central.wait(lambda: "lock.energised" in central.types(), "the tap at central")
    assert central.types()[:2] == ["log.epoch_started", "device.started"]
    assert [name for name in central.types() if name.startswith(("tap", "phone", "lock"))] == [
        "tap.granted", "phone.declared", "lock.energised",
    ]  # fmt: skip
    assert device.bench(op="state")["releases"] == {"1": 1}
    status = central.wait(
        lambda: central.status if central.status and central.status.outbox_depth == 0 else None, "an empty outbox"
    )
    assert status.rules_applied == "1.1"
    assert status.clock == "synced"
    assert {part.part: part.state for part in status.health}["reader"] == "ok"
    assert central.online[-1] is True


def test_every_event_arrives_once_its_programs_are_killed_and_started_again(
    school: tuple[Device, FakeCentral],
) -> None:
    device, central = school
    device.start_cabinet()
    device.start("link")
    central.wait(lambda: "rules.applied" in central.types(), "the rules' way down and up")
    for granted, victim in enumerate(("cabinet", "link", "broker", "cabinet"), 1):
        device.bench.tap(AMARA, "put_in")
        wait_until(lambda at_least=granted: device.types().count("tap.granted") >= at_least, "the commit")
        device.kill(victim)
        if victim == "broker":
            device.start_broker()  # type: ignore[attr-defined]  # see the fixture
        elif victim == "cabinet":
            device.start_cabinet()
        else:
            device.start(victim)
    central.wait(lambda: set(central.ids()) == set(device.ids()), "all events at central", 40)
    assert device.types().count("tap.granted") == 4
    assert device.bench(op="state")["releases"]["1"] in (2, 3, 4)  # two kills came between commit and pulse, or after


def test_an_ingest_that_starts_again_is_sent_what_was_not_acknowledged(school: tuple[Device, FakeCentral]) -> None:
    device, central = school
    central.acknowledging = False
    device.start_cabinet()
    device.start("link")
    central.wait(lambda: central.ignored, "the first frames")
    central.acknowledging = True
    central.announce("b")
    central.wait(lambda: "device.started" in central.types(), "them again, at once", 2)


def test_a_cabinet_that_is_away_is_reported_by_link(school: tuple[Device, FakeCentral]) -> None:
    device, central = school
    device.start_cabinet()
    device.start("link")
    central.wait(lambda: central.status is not None, "a status")
    device.kill("cabinet")
    central.wait(
        lambda: central.status is not None and any(part.part == "cabinet" for part in central.status.health),
        "link saying that the cabinet is away",
    )
    device.start_cabinet()
    central.wait(
        lambda: central.status is not None and all(part.part != "cabinet" for part in central.status.health),
        "the cabinet's own status again",
    )


def test_sigterm_switches_the_coil_off_and_is_the_last_event(device: Device) -> None:
    device.start_cabinet()
    assert device.stop("cabinet") == 0
    assert device.types() == ["log.epoch_started", "device.started", "device.stopping"]
    device.start_cabinet()
    assert device.events()[-1] == ("device.started", device.events()[-1][1] | {"unclean": False})


def test_sigkill_makes_the_next_start_unclean(device: Device) -> None:
    device.start_cabinet()
    device.kill("cabinet")
    device.start_cabinet()
    assert device.events()[-1][1]["unclean"] is True


def test_a_reader_unplugged_and_back_is_two_events_without_a_restart(device: Device) -> None:
    device.start_cabinet()
    device.bench(op="reader", fault="unplugged")
    wait_until(lambda: "reader.failed" in device.types(), "reader.failed")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "slow", "the fault lamp")
    device.bench(op="reader", fault=None)
    wait_until(lambda: "reader.recovered" in device.types(), "reader.recovered", 30)
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "off", "the fault lamp going off")


def limit_files(pid: int, size: int) -> None:
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_disk_that_takes_nothing_opens_nothing_and_recovers_without_a_restart(device: Device) -> None:
    device.start_cabinet()
    process = device.processes["cabinet"]
    limit_files(process.pid, 0)
    device.bench.tap(AMARA, "put_in")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "slow", "the fault lamp")
    assert device.bench(op="state")["releases"] == {"1": 0}
    limit_files(process.pid, resource.RLIM_INFINITY)
    wait_until(lambda: "storage.recovered" in device.types(), "storage.recovered")
    assert process.poll() is None
    device.bench.tap(AMARA, "put_in")
    wait_until(lambda: "tap.refused" in device.types(), "taps being decided again")


def test_a_cabinet_started_on_a_disk_that_takes_nothing_begins_when_it_does(device: Device) -> None:
    def no_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    command = [sys.executable, "-m", "kiosk.cabinet.main", "--config", str(device.directory / "kiosk.toml")]
    command += ["--simulate", str(device.directory / "sim")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, preexec_fn=no_files)
    device.processes["cabinet"] = process
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "slow", "the fault lamp")
    limit_files(process.pid, resource.RLIM_INFINITY)
    wait_until(lambda: (device.directory / "d.sock").exists(), "the cabinet's start")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "off", "the fault lamp going off")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def start_on_small_disk(device: Device, then: str = "true") -> Path:
    """Start a cabinet on a real file system of 3 MB in a mount namespace of its own; its path from outside."""
    data = device.directory / "data"
    data.mkdir()
    cabinet = f"{sys.executable} -m kiosk.cabinet.main --config {device.directory}/kiosk.toml"
    script = f"mount -t tmpfs -o size=3m none {data} && {then} && exec {cabinet} --simulate {device.directory}/sim"
    rights = ["-m"] if os.geteuid() == 0 else ["-U", "-r", "-m"]
    log = (device.directory / "cabinet.log").open("ab")
    device.processes["cabinet"] = subprocess.Popen(["unshare", *rights, "sh", "-c", script], stderr=log)
    log.close()
    return Path(f"/proc/{device.processes['cabinet'].pid}/root{data}")


def types_on(disk: Path) -> list[str]:
    """The events on a disk that may be full or read-only: a copy is read, since reading WAL writes."""
    with tempfile.TemporaryDirectory() as copy:
        for name in ("cabinet.db", "cabinet.db-wal"):
            shutil.copy(disk / name, copy)
        rows = sqlite3.connect(Path(copy) / "cabinet.db").execute("SELECT event FROM outbox_event ORDER BY position")
        return [decode_event(event).name.rpartition(".")[0] for (event,) in rows]


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def test_on_a_full_disk_the_reserve_lets_taps_go_on_until_there_is_room_again(device: Device) -> None:
    small_disk = start_on_small_disk(device)
    wait_until(lambda: "is ready" in device.log("cabinet"), "the cabinet's start")
    assert (small_disk / "reserve").exists()
    with pytest.raises(OSError, match="No space"):
        fill(small_disk / "filler")
    for number in range(40):
        device.bench(op="badge", uids=[f"0102{number:04x}"], hold_ms=400)
        seen = number + 1
        wait_until(lambda at_least=seen: types_on(small_disk).count("tap.refused") >= at_least, "the tap's commit")
        if not (small_disk / "reserve").exists():
            break
    assert not (small_disk / "reserve").exists(), "the disk was never full"
    wait_until(lambda: "storage.full" in types_on(small_disk), "storage.full")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "slow", "the fault lamp", 8)
    (small_disk / "filler").unlink()
    wait_until(lambda: "storage.recovered" in types_on(small_disk), "storage.recovered")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "off", "the fault lamp going off", 8)
    assert (small_disk / "reserve").exists()


def test_on_a_read_only_disk_it_shows_a_fault_and_begins_when_it_may_write(device: Device) -> None:
    # Remounting under open files is refused by the kernel, so it is read-only from the start.
    data = device.directory / "data"
    small_disk = start_on_small_disk(device, then=f"mount -o remount,ro {data}")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "slow", "the fault lamp")
    device.bench(op="badge", uids=[AMARA], hold_ms=400)
    enter = ["nsenter", "-t", str(device.processes["cabinet"].pid), "-m", *([] if os.geteuid() == 0 else ["-U"])]
    subprocess.run([*enter, "mount", "-o", "remount,rw", str(data)], check=True)
    wait_until(lambda: "is ready" in device.log("cabinet"), "the cabinet's start")
    wait_until(lambda: device.bench(op="state")["lamps"]["red"] == "off", "the fault lamp going off")
    assert types_on(small_disk)[:2] == ["log.epoch_started", "device.started"]
    assert device.bench(op="state")["releases"] == {"1": 0}
    assert device.processes["cabinet"].poll() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("pin = 17", "pin = 2"), "line"),
        (("[broker]", "[brocker]"), "there is no setting brocker"),
        (('id = "robins"', 'id = "wrens"'), "belongs to another device"),
        (("slots = 1", "slots = 2"), "one slot"),
    ],
)
def test_a_mistake_in_the_configuration_is_one_sentence_and_no_traceback(
    device: Device, change: tuple[str, str], words: str
) -> None:
    file = device.directory / "kiosk.toml"
    file.write_text(file.read_text().replace(*change, 1))
    device.start("cabinet")
    assert device.processes.pop("cabinet").wait(20) == 1
    said = device.log("cabinet")
    assert words in said
    assert "Traceback" not in said
