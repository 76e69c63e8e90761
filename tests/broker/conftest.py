"""Builders shared by the tests of the wire: a manual clock, keys, a cabinet's outbox."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from broker.certificates import Authority, Issued, create_authority, issue_device, issue_server
from broker.keys import new_recovery_key, new_signing_key
from broker.messages.door import LockEnergised
from broker.messages.tap import TapGranted, TapGrantedPrivate
from broker.mosquitto import Certificates, write_configuration
from broker.outbox import Outbox
from broker.outbox_tables import transaction
from policy.clock import ClockQuality, Moment
from policy.gesture import Intent

BADGE = "1:" + "5a" * 32
SITE = "hillside"


@dataclass
class ManualClock:
    """A clock that moves when told."""

    utc: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    boottime_ns: int = 7_000_000_000

    def now(self, after_s: float = 0.0) -> Moment:
        self.utc += timedelta(seconds=after_s)
        self.boottime_ns += int(after_s * 1e9)
        return Moment(self.utc, ClockQuality.SYNCED, self.boottime_ns)


@dataclass
class Cabinet:
    """A cabinet's database with its outbox, as a program has it between start and kill."""

    path: Path
    device: str = "robins"
    event_key: Ed25519PrivateKey = field(default_factory=new_signing_key)
    recovery: X25519PrivateKey = field(default_factory=new_recovery_key)
    clock: ManualClock = field(default_factory=ManualClock)
    connection: sqlite3.Connection = field(init=False)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        # Tests kill the program, never the machine: nothing has to reach the disk, and a test stays instant.
        self.connection.execute("PRAGMA synchronous = OFF")
        self.outbox = Outbox(
            self.connection, SITE, self.device, self.event_key, 41, recovery=self.recovery.public_key()
        )
        self.outbox.create_schema()
        self.outbox.open_epoch(self.clock.now())

    def kill(self) -> None:
        """End without a word: what is not committed is gone."""
        self.connection.close()

    def tap(self, person: str = "joanne-birtles") -> int:
        with transaction(self.connection):
            return self.outbox.append(
                TapGranted(point=self.device, intent=Intent.PUT_IN, opens=True),
                TapGrantedPrivate(badge=BADGE, person=person, slot=1, reason="put_in", clause="5"),
                self.clock.now(0.25),
            )

    def pulse(self, tap: int) -> int:
        with transaction(self.connection):
            return self.outbox.append(
                LockEnergised(point=self.device, tap=str(tap), slot=1, ms=3000), None, self.clock.now(0.01)
            )


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path / "cabinet.db")


@pytest.fixture
def another_cabinet(tmp_path: Path) -> Callable[[str], Cabinet]:
    return lambda device: Cabinet(tmp_path / f"{device}.db", device)


@dataclass
class RunningMosquitto:
    """A real mosquitto under our configuration, with our authority and certificates in `directory`."""

    directory: Path
    port: int
    authority: Authority
    process: subprocess.Popen[bytes]

    def certificate(self, name: str, issued: Issued | None = None) -> tuple[Path, Path]:
        """Write a device's certificate and key; the same name gets the same files."""
        certificate, key = self.directory / f"{name}.pem", self.directory / f"{name}.key"
        if issued is not None or not key.exists():
            issued = issued or issue_device(self.authority, name)
            certificate.write_bytes(issued.certificate)
            key.write_bytes(issued.key)
        return certificate, key

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)


def start_mosquitto(directory: Path, port: int) -> subprocess.Popen[bytes]:
    """Start it and wait until it listens."""
    log = (directory / "log").open("ab")
    process = subprocess.Popen([find_mosquitto(), "-c", str(directory / "mosquitto.conf")], stderr=log, stdout=log)
    log.close()
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"mosquitto does not listen:\n{(directory / 'log').read_text()}")
            time.sleep(0.02)


def find_mosquitto() -> str:
    """Debian puts it where the PATH of a user does not look; without it a test is skipped, in CI it fails."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "mosquitto is missing: run `make` to install it"
        )
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMosquitto]:
    directory, port = tmp_path_factory.mktemp("mosquitto"), free_port()
    find_mosquitto()
    authority = create_authority(directory, site=SITE)
    server = issue_server(authority, ["localhost", "127.0.0.1"])
    (directory / "server.pem").write_bytes(server.certificate)
    (directory / "server.key").write_bytes(server.key)
    files = Certificates(
        directory / "ca.pem", directory / "server.pem", directory / "server.key", directory / "crl.pem"
    )
    write_configuration(directory, site=SITE, port=port, certificates=files, bind="127.0.0.1")
    process = start_mosquitto(directory, port)
    yield RunningMosquitto(directory, port, authority, process)
    process.terminate()
    process.wait(timeout=10)
