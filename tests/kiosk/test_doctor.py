"""The doctor: one line a part, each saying what to do; it changes nothing and never shows a traceback."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.certificates import create_authority, issue_device
from broker.keys import new_recovery_key, new_signing_key, new_site_key, public_bytes, save_private_key, save_site_key
from kiosk.cabinet.storage.store import open_connection
from kiosk.config import example_text, load_config
from kiosk.device.doctor import Doctor
from kiosk.device.findings import Verdict
from kiosk.socket.framing import Outcome
from kiosk.socket.server import DeviceSocketServer, ServerConfig


@pytest.fixture
def home() -> Iterator[Path]:
    """A device's directory: configuration and keys, nothing running."""
    with tempfile.TemporaryDirectory(prefix="pk") as short:  # a socket's path may have 107 bytes
        directory = Path(short)
        text = example_text().replace('"phonekeep.lan"', '"127.0.0.1"').replace("8883", "1")
        for old, new in (
            ("/var/lib/phonekeep-cabinet", "data"),
            ("/etc/phonekeep", "keys"),
            ("/run/phonekeep/device.sock", "d.sock"),
        ):
            text = text.replace(f'"{old}"', f'"{new}"')
        (directory / "kiosk.toml").write_text(text)
        for name in ("keys/cabinet", "keys/link", "sim", "data"):
            (directory / name).mkdir(parents=True)
        said = {"site": "school", "device": "robins", "point": "robins", "key_epoch": 1}
        said |= {"central_public": public_bytes(new_signing_key()).hex()}
        said |= {"recovery_public": public_bytes(new_recovery_key()).hex()}
        (directory / "keys" / "cabinet" / "central.json").write_text(json.dumps(said))
        save_private_key(directory / "keys" / "cabinet" / "event.key", new_signing_key())
        save_site_key(directory / "keys" / "cabinet" / "site.key", new_site_key())
        authority = create_authority(directory / "keys" / "link", site="school")
        issued = issue_device(authority, "robins")
        (directory / "keys" / "link" / "device.pem").write_bytes(issued.certificate)
        (directory / "keys" / "link" / "device.key").write_bytes(issued.key)
        yield directory


@pytest.fixture
def simulator(home: Path) -> Iterator[None]:
    path = home / "sim" / "robins.sock"
    process = subprocess.Popen([sys.executable, "-m", "hardware.simulator", "--socket", str(path), "--buttons"])
    end = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < end, "the simulator did not start"
        time.sleep(0.02)
    yield
    process.terminate()
    process.wait(10)


def examined(home: Path) -> dict[str, tuple[Verdict, str]]:
    findings = Doctor(load_config(home / "kiosk.toml"), home / "sim").examine()
    return {finding.part: (finding.verdict, str(finding)) for finding in findings}


def test_every_part_has_a_line_that_says_what_to_do(home: Path, simulator: None) -> None:
    found = examined(home)
    assert list(found) == ["pins", "reader", "keys", "database", "disk", "socket", "clock", "certificate", "broker"]
    assert all(line.endswith(".") and "; " in line for _, line in found.values())
    assert found["reader"][0] is Verdict.OK
    assert "version 2.0 (0x92)" in found["reader"][1]
    assert found["keys"][0] is found["disk"][0] is found["clock"][0] is found["certificate"][0] is Verdict.OK
    assert found["database"][0] is Verdict.LOOK
    assert found["socket"][0] is found["broker"][0] is Verdict.FAULT


def test_without_hardware_it_says_so(home: Path) -> None:
    found = examined(home)
    assert found["pins"][0] is Verdict.FAULT
    assert "reader" not in found


def test_a_reader_that_does_not_answer(home: Path, simulator: None) -> None:
    with socket.socket(socket.AF_UNIX) as bench:
        bench.connect(str(home / "sim" / "robins.sock"))
        bench.sendall(b'bench\n{"op":"reader","fault":"unplugged"}\n')
        bench.recv(100)
        assert "check its cable" in examined(home)["reader"][1]


def test_keys_that_others_may_read(home: Path) -> None:
    (home / "keys" / "cabinet" / "event.key").chmod(0o644)
    verdict, line = examined(home)["keys"]
    assert verdict is Verdict.FAULT
    assert "chmod 600" in line


def test_keys_of_another_device(home: Path) -> None:
    file = home / "keys" / "cabinet" / "central.json"
    file.write_text(file.read_text().replace("robins", "wrens"))
    assert "belongs to another device" in examined(home)["keys"][1]


def test_a_damaged_database(home: Path) -> None:
    (home / "data" / "cabinet.db").write_bytes(b"no database" * 1000)
    assert examined(home)["database"][0] is Verdict.FAULT


def test_a_sound_database_and_a_served_socket(home: Path) -> None:
    connection = open_connection(home / "data" / "cabinet.db")
    connection.execute("CREATE TABLE outbox_event (position INTEGER)")
    config = ServerConfig(home / "d.sock", frozenset({os.getuid()}))
    server = DeviceSocketServer(config, lambda ask, body: (Outcome.DONE, b""))
    server.start()
    try:
        found = examined(home)
    finally:
        server.close()
    assert found["database"][0] is found["socket"][0] is Verdict.OK
    assert "holds the reader" in found["reader"][1]


def test_a_clock_that_was_not_set(home: Path) -> None:
    (home / "sim" / "clock.json").write_text('{"now": "2026-11-24T10:40:00Z", "boottime_ns": 1, "synced": []}')
    assert examined(home)["clock"][0] is Verdict.LOOK


def test_a_missing_certificate(home: Path) -> None:
    (home / "keys" / "link" / "device.pem").unlink()
    found = examined(home)
    assert "phonekeep-admin device add" in found["certificate"][1]
    assert found["broker"][0] is Verdict.FAULT


def test_a_broker_that_is_somebody_else(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        text = (home / "kiosk.toml").read_text()
        (home / "kiosk.toml").write_text(text.replace("port = 1\n", f"port = {listener.getsockname()[1]}\n"))
        listener.settimeout(0.1)
        listener.close()
        assert "cannot be reached" in examined(home)["broker"][1]


@pytest.mark.parametrize("arguments", [["doctor"], ["locks-off"]])
def test_a_missing_configuration_is_one_sentence(home: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "kiosk.device.main", *arguments, "--config", str(home / "none.toml")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stderr.startswith("There is no ")
    assert "Traceback" not in said.stderr


def test_the_command_prints_the_lines_and_fails_when_a_part_does(home: Path, simulator: None) -> None:
    command = [sys.executable, "-m", "kiosk.device.main", "doctor"]
    command += ["--config", str(home / "kiosk.toml"), "--simulate", str(home / "sim")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "ok    reader" in said.stdout
    assert "fault socket" in said.stdout


def test_every_lock_is_switched_off_by_hand(home: Path, simulator: None) -> None:
    command = [sys.executable, "-m", "kiosk.device.main", "locks-off"]
    command += ["--config", str(home / "kiosk.toml"), "--simulate", str(home / "sim")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "Every lock is off.\n")
