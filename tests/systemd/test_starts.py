"""Each unit's program starts as its own user: it says READY=1, does its work, and reads nothing it may not.

What a unit's file says is what is started (conftest.py); a simulator of the cabinet's user stands for the hardware.
"""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

Machine = Any  # of conftest.py; tests have no package to import it from


ROOT = Path(__file__).parents[2]
UNITS = ("mosquitto", "ingest", "web", "cabinet", "link")
UID = "04a1b2c3d4e580"
WITHIN_S = 30


def wait_until(true: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + WITHIN_S
    while not (answer := true()):
        assert time.monotonic() < end, f"{what}: not within {WITHIN_S} s"
        time.sleep(0.02)
    return answer


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


class School:
    """The whole school on one machine, installed as docs/install.md says, every program started from its unit."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.central = machine.place("/var/lib/phonekeep")
        self.web_port, self.broker_port = free_port(), free_port()
        self.simulation = machine.make("/simulation", "phonekeep-cabinet", "phonekeep-device", 0o700)
        self.simulator: subprocess.Popen[bytes] | None = None
        self.token = ""
        self.tapped_at = 0.0

    def install_central(self) -> None:
        admin = self.machine.admin
        self.machine.make_documented_directories()
        self.found()
        settings = self.central / "central.toml"  # a test listens on loopback alone
        text = settings.read_text().replace('bind = "0.0.0.0"', 'bind = "127.0.0.1"')
        settings.write_text(text.replace("[broker]\n", '[broker]\nbind = "127.0.0.1"\n'))
        self.found()
        admin("point", "add", "robins", "--name", "Robins", "--kind", "one_door")
        reference = admin("badge-reference", given=UID).strip()
        person: dict[str, Any] = {"id": "amara-osei", "name": "Amara Osei", "group": "classroom", "badges": [reference]}
        person |= {"points": [{"id": "robins", "slot": None}], "working_hours": {}}
        import_file = self.machine.make("/import", "phonekeep-ingest", "phonekeep-central", 0o700) / "school.json"
        import_file.write_text(json.dumps({"people": [person]}))
        import_file.chmod(0o644)
        admin("import", str(import_file))
        self.token = admin("token", "add", "--name", "A test", "--role", "headteacher").strip()

    def found(self) -> None:
        ports = ["--broker-port", str(self.broker_port), "--web-port", str(self.web_port)]
        self.machine.admin("init", "--site", "school", "--name", "Ashgrove Primary", *ports, "--web-name", "localhost")

    def install_device(self) -> None:
        out = self.machine.place("/run/phonekeep-carry/robins")
        self.machine.admin("device", "add", "robins", "--point", "robins", "--out", str(out))
        etc = self.machine.place("/etc/phonekeep")
        for half in ("cabinet", "link"):
            (out / half).rename(etc / half)
            for path in (etc / half, *(etc / half).iterdir()):
                os.chown(path, 0, 0)
        text = (ROOT / "kiosk" / "kiosk.example.toml").read_text()
        for path in ("/var/lib/", "/etc/phonekeep", "/run/"):
            text = text.replace(f'"{path}', f'"{self.machine.place(path)}/'.replace("phonekeep/", "phonekeep"))
        text = text.replace('"phonekeep.lan"', '"localhost"').replace("8883", str(self.broker_port))
        uid = self.machine.unit("link").uid  # a number, since no passwd knows the name here
        text = text.replace("pulse_ms = 600", "pulse_ms = 1000")
        (etc / "kiosk.toml").write_text(text.replace('["phonekeep-link"]', f"[{uid}]"))

    def start(self) -> None:
        cabinet = self.machine.unit("cabinet")
        path = self.simulation / "robins.sock"
        words = [
            sys.executable,
            "-m",
            "hardware.simulator",
            "--socket",
            str(path),
            "--profile",
            "one_door",
            "--buttons",
        ]
        self.simulator = self.machine.spawn(cabinet.uid, cabinet.gid, words)
        wait_until(path.exists, "the simulator's socket")
        for name in UNITS:
            self.start_unit(name)

    def start_unit(self, name: str) -> None:
        self.machine.start(name, *(["--simulate", str(self.simulation)] if name == "cabinet" else []))

    def stop(self) -> None:
        if self.simulator is not None:
            self.simulator.kill()
            self.simulator.wait()

    def bench(self, op: str, **what: object) -> dict[str, Any]:
        """One line to the simulated hardware and its answer."""
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rw") as lines:
            line.connect(str(self.simulation / "robins.sock"))
            lines.write("bench\n" + json.dumps({"op": op, **what}) + "\n")
            lines.flush()
            answer: dict[str, Any] = json.loads(lines.readline())
        assert "error" not in answer, answer
        return answer

    def lock(self) -> str:
        return str(self.bench("state")["slots"][0]["lock"])

    def releases(self) -> int:
        return int(self.bench("state")["releases"]["1"])

    def has_released(self, pulses: int) -> bool:
        return self.releases() >= pulses

    def tap(self, button: str) -> None:
        # A badge that comes again within 2 s of its tap, before its button is told, is that tap still.
        wait_until(lambda: time.monotonic() > self.tapped_at + 2.5, "the tap before being over")
        self.bench("button", name=button, hold_ms=400)
        pressed = time.monotonic()
        wait_until(lambda: time.monotonic() > pressed + 0.1, "the button's contact being quiet")
        self.bench("badge", uids=[UID], hold_ms=500)
        self.tapped_at = time.monotonic()

    def api(self, path: str, body: object = None, **headers: str) -> tuple[Any, str | None]:
        """A call of the API: its body and ETag, over TLS with the certificate of the school's own authority."""
        trust = ssl.create_default_context(cafile=self.central / "web" / "ca.pem")
        data = None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        request = Request(f"https://localhost:{self.web_port}/api/v1/{path}", data, given)
        request.method = "GET" if body is None else "PUT"
        with urlopen(request, timeout=10, context=trust) as answer:
            return json.loads(answer.read()), answer.headers["ETag"]

    def device(self) -> dict[str, Any]:
        return dict(self.api("devices")[0]["items"][0])

    def events(self, kind: str) -> list[dict[str, Any]]:
        return list(self.api(f"events?limit=500&kind={kind}")[0]["items"])


@pytest.fixture(scope="module")
def school(machine: Machine) -> Iterator[School]:
    school = School(machine)
    try:
        school.install_central()
        school.install_device()
        school.start()
        yield school
    finally:
        school.stop()


@pytest.mark.parametrize("name", UNITS)
def test_each_program_says_ready_under_the_user_and_group_of_its_unit(school: School, name: str) -> None:
    started = school.machine.running[name]
    assert started.said_by == (started.process.pid, started.unit.uid, started.unit.gid)
    status = Path(f"/proc/{started.process.pid}/status").read_text().splitlines()
    fields = {line.split(":")[0]: line.split()[1:] for line in status}
    assert set(fields["Uid"]) == {str(started.unit.uid)}
    assert fields["Groups"] == []
    assert fields["CapEff"] == fields["CapBnd"] == ["0" * 16]


def test_a_tap_goes_through_the_socket_the_broker_and_the_database_that_two_users_share(school: School) -> None:
    wait_until(lambda: school.device()["rules_applied"], "rules at the cabinet")
    before = len(school.events("tap.granted"))
    school.tap("put_in")
    granted = wait_until(lambda: school.events("tap.granted")[before:], "the tap at central")
    assert [event["person"]["id"] for event in granted] == ["amara-osei"]
    wait_until(lambda: school.device()["outbox_depth"] == 0, "the acknowledgement back at the cabinet")


def test_what_web_writes_ingest_publishes_and_the_cabinet_obeys(school: School) -> None:
    before = wait_until(lambda: school.device()["rules_applied"], "rules at the cabinet")
    _, etag = school.api("points/robins/restricted")
    block = {"weekday": "mon", "from": "08:50", "until": "15:30", "name": "Lessons", "breaks": []}
    school.api("points/robins/restricted", {"blocks": [block]}, **{"If-Match": str(etag)})
    wait_until(lambda: school.device()["rules_applied"] != before, "the edit obeyed by the cabinet")


def test_mosquitto_reads_what_init_renewed_when_it_is_reloaded(school: School) -> None:
    broker, acl = school.machine.running["mosquitto"], school.central / "broker" / "acl"
    log: Path = broker.log
    complaint = "Unable to open acl_file"
    acl.chmod(0o600)
    broker.process.send_signal(signal.SIGHUP)
    wait_until(lambda: complaint in log.read_text(), "a complaint about a file that mosquitto may not read")
    school.found()
    already = len(log.read_text())
    before = len(school.events("tap.granted"))
    broker.process.send_signal(signal.SIGHUP)
    school.tap("take_out")
    wait_until(lambda: school.events("tap.granted")[before:], "a tap at central")
    assert complaint not in log.read_text()[already:]


@pytest.mark.parametrize(
    ("name", "forbidden"),
    [
        *(("web", f"/var/lib/phonekeep/{path}") for path in ("keys/central.key", "keys/event.key", "keys/site.key")),
        *(("web", f"/var/lib/phonekeep/{path}") for path in ("ca/ca.key", "broker/server.key", "broker/acl")),
        *(("web", f"/var/lib/phonekeep/{path}") for path in ("recovery.key", "owner-link", "keys/ingest.key")),
        *(("mosquitto", f"/var/lib/phonekeep/{path}") for path in ("central.db", "keys/central.key", "web/web.key")),
        *(("link", f"/etc/phonekeep/cabinet/{path}") for path in ("event.key", "site.key")),
        *(("link", f"/credentials/cabinet/{path}") for path in ("event.key", "site.key")),
        ("link", "/var/lib/phonekeep-cabinet/cabinet.db"),
        ("cabinet", "/var/lib/phonekeep-link/link.db"),
        ("cabinet", "/credentials/link/device.key"),
        ("cabinet", "/etc/phonekeep/link/device.key"),
    ],
)
def test_nobody_reads_what_it_may_not(school: School, name: str, forbidden: str) -> None:
    path = school.machine.place(forbidden)
    assert path.is_file(), f"{forbidden} has moved: this test would prove nothing"
    assert not school.machine.may(name, "cat", str(path))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ingest", "/var/lib/phonekeep/keys/central.key"),
        ("web", "/var/lib/phonekeep/web/web.key"),
        ("cabinet", "/credentials/cabinet/event.key"),
        ("link", "/credentials/link/device.key"),
    ],
)
def test_each_reads_its_own(school: School, name: str, path: str) -> None:
    assert school.machine.may(name, "cat", str(school.machine.place(path)))


def test_mosquitto_sees_its_own_part_of_central_alone_and_writes_nothing(school: School) -> None:
    pid = school.machine.running["mosquitto"].process.pid
    seen = Path(f"/proc/{pid}/root{school.central}")
    assert [path.name for path in seen.iterdir()] == ["broker"]
    for directory in (seen, seen / "broker"):
        assert os.statvfs(directory).f_flag & os.ST_RDONLY
    assert not school.machine.may("mosquitto", "touch", str(school.central / "broker" / "acl"))


def test_link_reaches_the_device_socket_and_neither_replaces_it_nor_reaches_the_hardware(school: School) -> None:
    machine, connect = school.machine, "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
    device_socket = machine.place("/run/phonekeep/device.sock")
    reach = [sys.executable, "-c", connect]
    assert machine.may("link", *reach, str(device_socket))
    assert not machine.may("mosquitto", *reach, str(device_socket))
    assert not machine.may("link", "rm", str(device_socket))
    assert not machine.may("link", *reach, str(school.simulation / "robins.sock"))


def test_a_coil_that_a_killed_cabinet_left_on_goes_off(school: School) -> None:
    for _ in range(5):  # on a busy machine the pulse may be over before the kill: then once more
        pulses = school.releases() + 1
        school.tap("put_in")
        wait_until(partial(school.has_released, pulses), "a pulse")
        school.machine.running["cabinet"].stop(signal.SIGKILL)
        if school.lock() == "released":
            break
        school.start_unit("cabinet")
    assert school.lock() == "released", "no kill came within a pulse: this test would prove nothing"
    done = school.machine.stop_post("cabinet", "--simulate", str(school.simulation))
    assert (done.returncode, done.stderr) == (0, "")
    assert school.lock() == "locked"
    school.start_unit("cabinet")


@pytest.mark.parametrize("name", ["cabinet", "link", "web", "ingest", "mosquitto"])
def test_each_program_ends_in_order_when_systemd_asks(school: School, name: str) -> None:
    assert school.machine.running[name].stop(signal.SIGTERM) == 0, school.machine.running[name].log.read_text()[-2000:]
