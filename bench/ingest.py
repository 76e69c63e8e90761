"""How fast ingest takes frames that wait at the broker: real MQTT, the product's program, SQLite with synchronous FULL.

The baseline inserts the very same rows into the same tables and indices with bare `executemany`, 500 events at once.
"""

import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from bench.authored import frames_of, open_outbox, write_taps
from bench.figure import Figure
from broker.session import Connected, Published, Session, SessionConfig
from broker.topics import Channel, topic
from demo.driver import wait_until
from policy.clock import ClockQuality, Moment

SITE, DEVICES, TAPS_A_DEVICE = "bench", 4, 2000
TABLES = ("event", "event_private", "log_row", "head")
SEED = 20261124


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Central:
    """A school's server made by phonekeep-admin, with its programs started by hand."""

    def __init__(self, directory: Path) -> None:
        self.data = directory / "central"
        self.directory = directory
        self.port = free_port()
        self._programs: list[subprocess.Popen[bytes]] = []

    def admin(self, *words: str) -> str:
        """Run one command of phonekeep-admin."""
        command = [
            sys.executable,
            "-c",
            "from admin_web.commands.main import app; app()",
            "--data",
            str(self.data),
            *words,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def set_up(self) -> list[Path]:
        """Found the school with its devices; their key directories."""
        self.admin("init", "--site", SITE, "--name", "Bench", "--http-on-loopback", "--broker-port", str(self.port))
        keys = []
        for number in range(DEVICES):
            name = f"room-{number}"
            self.admin("point", "add", name, "--name", f"Room {number}", "--kind", "one_door", "--slots", "1")
            keys.append(self.directory / name)
            self.admin("device", "add", name, "--point", name, "--out", str(keys[-1]))
        return keys

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program; `stop` ends it."""
        with (self.directory / "programs.log").open("ab") as log:
            program = subprocess.Popen(command, stdout=log, stderr=log)
        self._programs.append(program)
        return program

    def start_ingest(self) -> subprocess.Popen[bytes]:
        """Start phonekeep-ingest."""
        entry = "from admin_web.ingest.main import main; raise SystemExit(main())"
        return self.start(sys.executable, "-c", entry, "--data", str(self.data))

    def stop(self) -> None:
        """End everything that was started."""
        for program in reversed(self._programs):
            program.kill()
            program.wait()

    def query(self, text: str) -> list[tuple[int, ...]]:
        """Ask the database."""
        with sqlite3.connect(f"file:{self.data}/central.db?mode=ro", uri=True) as connection:
            return list(connection.execute(text))


def hand_in(central: Central, keys: Path, name: str, frames: list[bytes]) -> None:
    """Publish a device's frames and wait until the broker has every one."""
    link = keys / "link"
    session = Session(
        SessionConfig(
            "127.0.0.1",
            central.port,
            name,
            link / "ca.pem",
            link / "device.pem",
            link / "device.key",
            receive_maximum=100,
        )
    )
    session.start()
    while not isinstance(session.inbox.get(timeout=20), Connected):
        pass
    sent = acknowledged = 0
    while acknowledged < len(frames):
        while sent < len(frames) and sent - acknowledged < 80:
            session.publish(str(topic(SITE, name, Channel.EVENTS)), frames[sent])
            sent += 1
        if isinstance(session.inbox.get(timeout=20), Published):
            acknowledged += 1
    session.stop()


def bare_rate(central: Central, scratch: Path, expected: int) -> float:
    """Events a second of bare executemany: the same rows, tables and indices, 500 events a transaction."""
    source = sqlite3.connect(central.data / "central.db")
    schema = [
        str(text)
        for (text,) in source.execute(
            f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN {TABLES} ORDER BY type DESC"
        )
    ]
    rows = {table: list(source.execute(f"SELECT * FROM {table}")) for table in TABLES}
    source.close()
    by_event = {table: {row[0]: row for row in rows[table]} for table in ("event_private", "log_row")}
    target = sqlite3.connect(scratch, isolation_level=None)
    target.execute("PRAGMA journal_mode = WAL")
    target.execute("PRAGMA synchronous = FULL")
    for statement in schema:
        target.execute(statement)
    events = sorted(rows["event"])
    heads = rows["head"]
    inserts = {
        table: f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[table][0]))})" for table in TABLES if rows[table]
    }
    begun = time.perf_counter()
    for start in range(0, len(events), 500):
        batch = events[start : start + 500]
        target.execute("BEGIN IMMEDIATE")
        target.executemany(inserts["event"], batch)
        for table, found in by_event.items():
            target.executemany(inserts[table], [found[row[0]] for row in batch if row[0] in found])
        if heads:
            share = len(heads) * 500 // len(events) + 1
            target.executemany(inserts["head"], heads[:share])
            heads = heads[share:]
        target.execute("COMMIT")
    seconds = time.perf_counter() - begun
    target.close()
    assert len(events) >= expected
    return len(events) / seconds


def take() -> list[Figure]:
    """Author, hand in, start ingest, and time from its first commit of them to its last."""
    directory = Path(tempfile.mkdtemp(prefix="phonekeep-bench-"))
    central = Central(directory)
    try:
        keys = central.set_up()
        # As root mosquitto would become another user, who could not read the certificates.
        mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        central.start(mosquitto, "-c", str(central.data / "broker" / "mosquitto.conf"))
        first = central.start_ingest()
        wait_until(
            lambda: central.query("SELECT count(*) FROM event")[0][0] > 0, within_s=20, what="ingest's first start"
        )
        time.sleep(2)  # its session with the broker is made right after; nothing tells from outside
        first.kill()
        first.wait()
        random, expected = Random(SEED), 0
        people = [f"person-{number}" for number in range(40)]
        for number, keys_of in enumerate(keys):
            outbox = open_outbox(directory / f"room-{number}.db", keys_of / "cabinet")
            outbox.open_epoch(start_of_bench())
            expected += write_taps(outbox, keys_of / "cabinet", people, TAPS_A_DEVICE, random)
            hand_in(central, keys_of, f"room-{number}", frames_of(outbox))
        before = central.query("SELECT count(*) FROM event WHERE device != 'central'")[0][0]
        central.start_ingest()
        device_events = "FROM event WHERE device != 'central'"
        wait_until(
            lambda: central.query(f"SELECT count(*) {device_events}")[0][0] >= expected,
            within_s=120,
            what=f"{expected} events committed",
            every_s=0.1,
        )
        first_ms, last_ms, count = central.query(
            f"SELECT min(committed_at), max(committed_at), count(*) {device_events}"
        )[0]
        if before:
            raise AssertionError("frames arrived before ingest was to take them")
        ours = (count - 500) / max(1, last_ms - first_ms) * 1000
        bare = bare_rate(central, directory / "bare.db", expected)
    finally:
        central.stop()
        shutil.rmtree(directory, ignore_errors=True)
    ratio = ours / bare
    numbers = {"events": count, "ours_per_s": round(ours), "bare_per_s": round(bare), "ratio": round(ratio, 3)}
    return [
        Figure(
            "ingest, frames of 50, SQLite",
            ">= 0.25 of bare executemany, >= 5,000 events/s",
            f"{ratio:.2f} of bare, {ours:,.0f} events/s",
            ratio >= 0.25 and ours >= 5000,
            numbers,
        )
    ]


def start_of_bench() -> Moment:
    """Now, as a synced clock says it."""
    return Moment(datetime.now(UTC), ClockQuality.SYNCED, time.clock_gettime_ns(time.CLOCK_BOOTTIME))
