"""phonekeep-ingest as a process, with a real mosquitto: commit before acknowledgement, and kills of either."""

import contextlib
import json
import os
import queue
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from broker.keys import load_signing_key, recovery_public_key, signing_public_key
from broker.messages.bundle import Bundle
from broker.messages.order import CommandObeyed, CommandRefused
from broker.messages.tap import TapRefused, TapRefusedPrivate
from broker.messages.wire import Ack, Command, IngestAnnouncement
from broker.outbox import Outbox
from broker.session import Connected, Message, Session, SessionConfig
from broker.signed import Purpose, open_signed
from broker.topics import Channel, central_status, everything_down, topic
from policy.clock import Clock

SITE = "ashgrove"
PATIENCE_S = 40.0


def program(module: str, *arguments: str | Path) -> list[str]:
    code = f"import sys; from {module} import main; sys.exit(main())"
    if module.endswith("commands.main"):
        code = f"from {module} import app; app()"
    return [sys.executable, "-c", code, *map(str, arguments)]


class Central:
    """A set-up school with its mosquitto and ingest, each of which may be killed and started."""

    def __init__(self, home: Path) -> None:
        self.home, self.data, self.device = home, home / "central", home / "device"
        self.log = home / "log"
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
        self.mosquitto: subprocess.Popen[bytes] | None = None
        self.ingest: subprocess.Popen[bytes] | None = None
        self.admin(
            "init", "--site", SITE, "--name", "Ashgrove Primary", "--broker-port", self.port, "--http-on-loopback"
        )
        self.admin("point", "add", "robins", "--name", "Robins", "--kind", "one_door", "--slots", "1")
        self.admin("device", "add", "robins", "--point", "robins", "--out", self.device)
        self._fresh = (self.data / "central.db").read_bytes()

    def reset(self) -> None:
        """Begin again with the database as it was set up."""
        self.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{self.data / 'central.db'}{suffix}").unlink(missing_ok=True)
        (self.data / "central.db").write_bytes(self._fresh)
        self.log.write_bytes(b"")

    def admin(self, *arguments: object) -> None:
        command = program("admin_web.commands.main", "--data", self.data, *(str(one) for one in arguments))
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path.cwd())
        assert done.returncode == 0, done.stderr

    def start_mosquitto(self) -> None:
        found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if found is None:
            say = "mosquitto is missing: run `make test`, which installs it"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(say)
        with (self.home / "mosquitto.log").open("ab") as log:
            self.mosquitto = subprocess.Popen(
                [str(found), "-c", str(self.data / "broker" / "mosquitto.conf")], stderr=log, stdout=log
            )

    def start_ingest(self) -> None:
        with self.log.open("ab") as log:
            self.ingest = subprocess.Popen(
                program("admin_web.ingest.main", "--data", self.data), stderr=log, stdout=log, cwd=Path.cwd()
            )

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.data / "central.db", timeout=30)) as connection:
            return connection.execute(question).fetchall()

    def write(self, statement: str) -> None:
        """Commit something as the web view would."""
        with contextlib.closing(sqlite3.connect(self.data / "central.db", timeout=30)) as connection:
            connection.execute(statement)
            connection.commit()

    def holds(self, events: int) -> bool:
        """Tell whether so many events of the device are committed."""
        return bool(self.rows("SELECT count(*) FROM event WHERE device = 'robins'")[0][0] >= events)

    def close(self) -> None:
        for process in (self.ingest, self.mosquitto):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()


class Device:
    """A cabinet with its link in one: an outbox, and a session that sends its frames and keeps what comes."""

    def __init__(self, central: Central, clock: Clock) -> None:
        keys, link = central.device / "cabinet", central.device / "link"
        self.clock = clock
        said = json.loads((keys / "central.json").read_text())
        self.central_key = signing_public_key(bytes.fromhex(said["central_public"]))
        recovery = recovery_public_key(bytes.fromhex(said["recovery_public"]))
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.outbox = Outbox(
            self.connection, SITE, "robins", load_signing_key(keys / "event.key"), 3, recovery=recovery
        )
        self.outbox.create_schema()
        self.outbox.open_epoch(clock.now())
        self.outbox.sign_head()
        self.session = Session(
            SessionConfig(
                host="127.0.0.1",
                port=central.port,
                client_id="robins",
                ca=link / "ca.pem",
                certificate=link / "device.pem",
                key=link / "device.key",
                will=(topic(SITE, "robins", Channel.ONLINE), b'{"online":false}', True),
            )
        )
        self.bundles: list[Bundle] = []
        self.commands: list[Command] = []
        self.heard_at = 0.0
        self.announced: list[str] = []
        self.session.start()

    def tap(self) -> None:
        private = TapRefusedPrivate(
            badge="1:" + "5a" * 32, person="amara-osei", reason="restricted", clause="12", intent=None
        )
        self.outbox.append(TapRefused(point="robins"), private, self.clock.now())
        self.outbox.sign_head()

    def send(self) -> None:
        after = None
        while (frame := self.outbox.next_frame(after)) is not None:
            head = json.loads(frame)["head"]
            after = (head["epoch"], int(head["sequence"]))
            self.session.publish(topic(SITE, "robins", Channel.EVENTS), frame)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Work like a link until something has come about."""
        end = time.monotonic() + PATIENCE_S
        resend = 0.0
        while not condition():
            assert time.monotonic() < end, f"waited in vain for: {what}"
            with contextlib.suppress(queue.Empty):
                self._take(self.session.inbox.get(timeout=0.05))
            if time.monotonic() > resend:
                self.send()
                resend = time.monotonic() + 1.0

    def _take(self, inbound: object) -> None:
        if isinstance(inbound, Connected):
            self.session.subscribe(everything_down(SITE, "robins"))
            self.session.publish(topic(SITE, "robins", Channel.ONLINE), b'{"online":true}', retain=True)
        if not isinstance(inbound, Message):
            return
        if inbound.topic == central_status(SITE):
            self.announced.append(IngestAnnouncement.from_bytes(inbound.payload).start_id)
        elif inbound.topic.endswith(Channel.ACK):
            ack = Ack.from_bytes(open_signed(self.central_key, Purpose.ACK, inbound.payload))
            self.outbox.acknowledge(ack, inbound.payload)
        elif inbound.topic.endswith(Channel.RULES):
            self.bundles.append(Bundle.from_bytes(open_signed(self.central_key, Purpose.RULES, inbound.payload)))
        elif inbound.topic.endswith(Channel.COMMAND):
            self.heard_at = time.monotonic()
            self.commands.append(Command.from_bytes(open_signed(self.central_key, Purpose.COMMAND, inbound.payload)))
        self.session.acknowledge(inbound)


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Central:
    return Central(tmp_path_factory.mktemp("school"))


@pytest.fixture
def central(set_up: Central) -> Iterator[Central]:
    set_up.reset()
    yield set_up
    set_up.close()


@pytest.fixture
def device(central: Central, clock: Clock) -> Iterator[Device]:
    device = Device(central, clock)
    yield device
    device.session.stop()


def test_everything_started_in_the_wrong_order_comes_together(central: Central, device: Device) -> None:
    central.start_ingest()
    device.tap()
    central.start_mosquitto()
    device.until(lambda: device.outbox.depth() == 0, "an acknowledgement")
    device.until(lambda: bool(device.bundles) and bool(device.announced), "rules and the announcement")
    assert central.rows("SELECT count(*) FROM event WHERE device = 'robins'") == [(2,)]
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(1,)], "robins online")
    assert central.ingest is not None
    central.ingest.terminate()
    assert central.ingest.wait(timeout=15) == 0
    unheaded = (
        "SELECT count(*) FROM device_epoch d WHERE device = 'central' AND NOT EXISTS (SELECT 1 FROM head h "
        "WHERE h.device = d.device AND h.epoch = d.epoch AND h.sequence = d.upto)"
    )
    assert central.rows(unheaded) == [(0,)]
    assert "Traceback" not in central.log.read_text()


def test_kills_of_ingest_and_mosquitto_lose_and_double_nothing(central: Central, device: Device) -> None:
    central.start_mosquitto()
    central.start_ingest()
    sent = 1
    chance = random.Random(11)
    print("seed 11")
    for turn in range(6):
        for _ in range(70):
            device.tap()
        sent += 70
        device.send()
        victim = central.ingest if turn % 2 == 0 else central.mosquitto
        assert victim is not None
        if chance.random() < 0.5:
            wanted = chance.randint(sent - 69, sent)
            device.until(partial(central.holds, wanted), f"{wanted} events committed")
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        central.start_ingest() if turn % 2 == 0 else central.start_mosquitto()
    device.until(lambda: device.outbox.depth() == 0, "the last acknowledgement")
    sequences = central.rows("SELECT sequence FROM event WHERE device = 'robins' ORDER BY id")
    assert sequences == [(number,) for number in range(1, sent + 1)]
    assert central.rows('SELECT kind FROM "exception"') == []
    device.until(lambda: len(set(device.announced)) >= 3, "three starts announced")


def test_an_order_is_under_way_soon_after_its_commit_and_its_answer_lands_on_the_row(
    central: Central, device: Device, clock: Clock
) -> None:
    central.start_mosquitto()
    central.start_ingest()
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(1,)], "robins online")
    waits = []
    for nonce in ("11" * 16, "22" * 16, "33" * 16):
        later = int(time.time() * 1000) + 120_000
        central.write(
            "INSERT INTO command_order (device, command, nonce, state, ordered_by, ordered_at, good_until)"
            f" VALUES ('robins', 'approve', '{nonce}', 'waiting', 'account:1', 0, {later})"
        )
        committed = time.monotonic()
        device.until(partial(_has_heard, device, nonce), "the command")
        waits.append(device.heard_at - committed)
    assert min(waits) < 0.1, waits  # the machine may be busy; the poll itself may not take longer
    device.outbox.append(CommandObeyed(command="approve", nonce="11" * 16), None, clock.now())
    device.outbox.append(CommandRefused(command="approve", nonce="22" * 16, why="late"), None, clock.now())
    device.outbox.sign_head()
    answered = [("obeyed", None), ("refused", "late"), ("sent", None)]
    device.until(lambda: central.rows("SELECT state, why FROM command_order ORDER BY id") == answered, "the answers")


def _has_heard(device: Device, nonce: str) -> bool:
    return any(command.nonce == nonce for command in device.commands)


def test_what_ended_while_ingest_was_away_is_written_as_ended_after_its_start(central: Central, device: Device) -> None:
    central.write(
        "INSERT INTO permission (id, kind, purpose, everywhere, starts, ends, etag, generation, number, granted_by,"
        " granted_at) VALUES ('perm-1', 'trip', 'swimming', 1, 0, 1000, 1, 1, 1, 'account:1', 0)"
    )
    central.start_mosquitto()
    central.start_ingest()
    expired = "SELECT count(*) FROM event WHERE type = 'permission.expired.v1'"
    device.until(lambda: central.rows(expired) == [(1,)], "the permission to expire")
    assert central.rows("SELECT count(*) FROM permission WHERE expired_at IS NOT NULL") == [(1,)]


def test_the_last_will_of_a_device_that_fell_silent_is_seen(central: Central, device: Device) -> None:
    central.start_mosquitto()
    central.start_ingest()
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(1,)], "robins online")
    device.session.publish(topic(SITE, "robins", Channel.ONLINE), b'{"online":false}', retain=True)
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(0,)], "robins offline")


@pytest.mark.long
def test_a_broker_that_is_away_for_long_has_nobody_connected(central: Central, device: Device) -> None:
    central.start_mosquitto()
    central.start_ingest()
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(1,)], "robins online")
    assert central.mosquitto is not None
    central.mosquitto.kill()
    central.mosquitto.wait()
    device.until(lambda: central.rows("SELECT online FROM device_status") == [(0,)], "robins offline")


def test_a_directory_that_was_never_set_up_is_said_plainly(tmp_path: Path) -> None:
    command = program("admin_web.ingest.main", "--data", tmp_path / "nothing")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path.cwd())
    assert done.returncode == 1
    assert "phonekeep-admin" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.long
def test_a_database_that_is_away_at_the_start_is_waited_for(central: Central, device: Device) -> None:
    database = central.data / "central.db"
    for suffix in ("-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
    keeper = sqlite3.connect(database, isolation_level=None)
    keeper.execute("BEGIN EXCLUSIVE")
    central.start_mosquitto()
    central.start_ingest()
    device.until(lambda: "Trying again" in central.log.read_text(), "the complaint")
    keeper.execute("ROLLBACK")
    keeper.close()
    device.tap()
    device.until(lambda: device.outbox.depth() == 0, "an acknowledgement")
