"""Looks at every part of a device, changes nothing, and says for each what to do."""

import os
import re
import socket
import sqlite3
import ssl
from datetime import UTC, datetime
from pathlib import Path

from hardware.board import open_board
from hardware.errors import HardwareError
from kiosk.cabinet.keys import read_keys
from kiosk.clock import DeviceClock, SimulatedSource, SystemSource, boot_number
from kiosk.config import DeviceConfig
from kiosk.device.findings import Check, Finding, fault, look, ok
from kiosk.device.kind import database_of, program_of, wiring_of
from kiosk.errors import ConfigurationError, KeysMissing
from policy.clock import ClockQuality

READER_VERSIONS = {0x91: "1.0", 0x92: "2.0", 0x88: "a copy (FM17522)", 0xB2: "a copy"}
CONNECT_WITHIN_S = 5.0
CERTIFICATE_LOW_DAYS = 60


class Doctor:
    """Examines one device."""

    def __init__(self, config: DeviceConfig, simulate: Path | None) -> None:
        self._config = config
        self._simulate = simulate

    def examine(self) -> list[Finding]:
        """Look at everything, one part after another."""
        checks: list[Check] = [
            self._reader_and_pins,
            self._keys,
            self._database,
            self._disk,
            self._socket,
            self._clock,
            self._certificate,
            self._broker,
        ]
        return [finding for check in checks for finding in check()]

    def _cabinet_runs(self) -> bool:
        return self._reach_socket() is None

    def _reader_and_pins(self) -> list[Finding]:
        try:
            wiring = wiring_of(self._config)
        except ConfigurationError as mistake:
            return [fault("pins", str(mistake), "correct the configuration")]
        pins = [ok("pins", f"locks {len(wiring.locks)}, contacts {len(wiring.doors)}, buttons {len(wiring.buttons)}")]
        if self._cabinet_runs():
            held = f"{program_of(self._config)} runs and holds the reader and the pins"
            return [*pins, look("reader", held, "stop it and ask again to look at the reader itself")]
        simulator = None if self._simulate is None else self._simulate / f"{self._config.device}.sock"
        try:
            board = open_board(wiring, simulator=simulator)
        except HardwareError as trouble:
            return [
                fault("pins", str(trouble), "enable SPI with raspi-config and run this as root or in groups spi, gpio")
            ]
        try:
            return pins + [_reader(reader.name, reader.version()) for reader in board.readers]
        finally:
            board.close()

    def _keys(self) -> list[Finding]:
        directory = self._config.keys / "cabinet"
        try:
            read_keys(directory, self._config)
        except KeysMissing as missing:
            return [fault("keys", str(missing), "copy the files again")]
        open_to_others = [path.name for path in directory.glob("*.key") if path.stat().st_mode & 0o077]
        if open_to_others:
            readable = f"{', '.join(open_to_others)} can be read by others"
            return [fault("keys", readable, f"run: chmod 600 {directory}/*.key")]
        return [ok("keys", "event key, site key and central's keys are there and fit this device")]

    def _database(self) -> list[Finding]:
        file = database_of(self._config)
        if not file.exists():
            return [look("database", f"there is no {file} yet", f"start {program_of(self._config)} once, it makes it")]
        try:
            connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=2)
            try:
                verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                events = connection.execute("SELECT count(*) FROM outbox_event").fetchone()[0]
            finally:
                connection.close()
        except sqlite3.Error as trouble:
            return [fault("database", f"{file} cannot be read ({trouble})", "run this as root, or replace the SD card")]
        if verdict != "ok":
            damaged = f"{file} is damaged ({verdict})"
            return [fault("database", damaged, "replace the SD card; central keeps what it has acknowledged")]
        return [ok("database", f"{file} is sound and holds {events} events")]

    def _disk(self) -> list[Finding]:
        where = next(path for path in (self._config.data, *self._config.data.parents) if path.exists())
        room = os.statvfs(where)
        free_kb = room.f_bavail * room.f_frsize // 1024
        if room.f_flag & os.ST_RDONLY:
            return [fault("disk", f"{where} is read-only", "replace the SD card: a worn one turns read-only")]
        if free_kb < self._config.storage.low_kb:
            return [fault("disk", f"{free_kb} kB are free at {where}", "make room on the disk")]
        return [ok("disk", f"{free_kb // 1024} MB are free at {where}")]

    def _reach_socket(self) -> str | None:
        """Try to connect to the device socket; None when it answers, else what is wrong."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trying:
            trying.settimeout(CONNECT_WITHIN_S)
            try:
                trying.connect(str(self._config.socket_path))
            except OSError as trouble:
                return str(trouble)
        return None

    def _socket(self) -> list[Finding]:
        path = self._config.socket_path
        trouble = self._reach_socket()
        if trouble is None:
            return [ok("socket", f"{program_of(self._config)} serves {path}")]
        if not path.exists():
            return [fault("socket", f"there is no {path}", f"start {program_of(self._config)}")]
        return [
            fault(
                "socket",
                f"nobody answers at {path} ({trouble})",
                f"start {program_of(self._config)}, or run this as root",
            )
        ]

    def _clock(self) -> list[Finding]:
        simulate, device = self._simulate, self._config.device
        source = SystemSource() if simulate is None else SimulatedSource(simulate / "clock.json", device)
        now = DeviceClock(source, boot_number()).now()
        shown = f"{now.utc:%Y-%m-%d %H:%M:%S} UTC"
        if now.quality is ClockQuality.SYNCED:
            return [ok("clock", f"{shown}, set by a time server")]
        return [
            look(
                "clock", f"{shown}, not set since power-on", "check systemd-timesyncd and its server in timesyncd.conf"
            )
        ]

    def _certificate(self) -> list[Finding]:
        file = self._config.keys / "link" / "device.pem"
        again = "copy the directory link/ that `phonekeep-admin device add` wrote at central here again"
        ends_for_good = "this edition cannot renew it; once it has ended taps go on, and events wait here unheard"
        try:
            ends = end_of(file.read_text(encoding="ascii"))
        except (OSError, ValueError) as trouble:
            return [fault("certificate", f"{file} cannot be read ({trouble})", again)]
        # TLS always goes by the machine's clock.
        left = (ends - datetime.now(UTC)).days
        if left < 0:
            return [fault("certificate", f"{file} ended {-left} days ago", ends_for_good)]
        if left < CERTIFICATE_LOW_DAYS:
            return [look("certificate", f"{file} is good for {left} more days", ends_for_good)]
        return [ok("certificate", f"{file} is good for {left} more days")]

    def _broker(self) -> list[Finding]:
        broker, keys = self._config.broker, self._config.keys / "link"
        where = f"{broker.host}:{broker.port}"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_verify_locations(keys / "ca.pem")
            context.load_cert_chain(keys / "device.pem", keys / "device.key")
        except (OSError, ssl.SSLError) as trouble:
            missing = f"no connection to {where} was tried: {keys} has no usable certificate ({trouble})"
            return [fault("broker", missing, "copy the directory link/ of `phonekeep-admin device add` here")]
        try:
            with (
                socket.create_connection((broker.host, broker.port), CONNECT_WITHIN_S) as plain,
                context.wrap_socket(plain, server_hostname=broker.host) as trusted,
            ):
                version = trusted.version()
        except ssl.SSLError as trouble:
            untrusted = f"{where} answers, but not as our broker ({trouble})"
            return [fault("broker", untrusted, "check [broker] host, the clock, and that ca.pem is this school's")]
        except OSError as trouble:
            return [fault("broker", f"{where} cannot be reached ({trouble})", "check cable, network and [broker] host")]
        return [ok("broker", f"{where} answers with our school's certificate, {version}")]


def end_of(pem: str) -> datetime:
    """When a certificate's validity ends, in UTC; raise ValueError when this is none (RFC 5280, section 4.1.2.5)."""
    validity = re.search(rb"\x30\x1e\x17\x0d\d{12}Z\x17\x0d(\d{12}Z)", ssl.PEM_cert_to_DER_cert(pem))
    if validity is None:
        raise ValueError("this is not a certificate of our authority")
    return datetime.strptime(validity[1].decode(), "%y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _reader(name: str, version: int | None) -> Finding:
    if version is None:
        return fault("reader", f"{name} does not answer", "check its cable, its 3.3 V and its chip select")
    known = READER_VERSIONS.get(version)
    if known is None:
        unknown = f"{name} is of an unknown version 0x{version:02x}"
        return look("reader", unknown, "check that it is an MFRC522, and its cable")
    return ok("reader", f"{name} is an MFRC522, version {known} (0x{version:02x})")
