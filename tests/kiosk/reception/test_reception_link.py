"""The reception with the real link and a real mosquitto: offline, then online, each event once (flow 1, 1 to 9)."""

import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broker.certificates import create_authority, issue_device, issue_server
from broker.envelope import decode_event
from broker.messages.status import Status
from broker.messages.wire import Ack
from broker.mosquitto import Certificates, write_configuration
from broker.packing import decode_frame
from broker.session import Message, Session, SessionConfig
from broker.signed import Purpose, sign, sign_rules
from broker.topics import Channel, everything_up, topic


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Central:
    """Publishes a bundle and acknowledges what comes, as ingest does after its commit."""

    def __init__(self, reception: Any, config: SessionConfig) -> None:
        self.reception = reception
        self.session = Session(config)
        self.ids: list[str] = []
        self.told: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        self.status: Status | None = None
        self.session.start()

    def wait(self, true: Callable[[], Any], what: str, within_s: float = 20) -> Any:
        end = time.monotonic() + within_s
        while not (answer := true()):
            assert time.monotonic() < end, f"{what}: not within {within_s} s"
            try:
                self._take(self.session.inbox.get(timeout=0.05))
            except queue.Empty:
                continue
        return answer

    def _take(self, said: Any) -> None:
        if type(said).__name__ == "Connected":
            self.session.subscribe(everything_up("school"))
            bundle = self.reception.make_bundle()
            signed = sign_rules(self.reception.central, "school", "reception", bundle.revision, bundle.to_body())
            self.session.publish(topic("school", "reception", Channel.RULES), signed, retain=True)
        elif isinstance(said, Message):
            if said.topic.endswith("up/events"):
                self._commit(said.payload)
            elif said.topic.endswith("up/status") and said.payload:
                self.status = Status.from_bytes(said.payload)
            self.session.acknowledge(said)

    def _commit(self, payload: bytes) -> None:
        frame = decode_frame(payload)
        for item in frame.events:
            event = decode_event(item.event)
            if event.id not in self.ids:
                self.ids.append(event.id)
                self.told.append((event.name[:-3], event.data, json.loads(item.private or b"{}")))
        head = frame.head
        ack = Ack(
            site="school",
            device="reception",
            epoch=head.epoch,
            upto=str(head.sequence),
            leaf=head.leaf.hex(),
            time="2026-11-24T18:00:00.000Z",
        )
        signed = sign(self.reception.central, Purpose.ACK, ack.to_bytes())
        self.session.publish(topic("school", "reception", Channel.ACK), signed)

    def of(self, kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        return [(data, private) for name, data, private in self.told if name == kind]


@pytest.fixture
def school(installed: Any) -> Iterator[tuple[Any, Callable[[], Central]]]:
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("mosquitto is missing: `make` installs it")
    directory = installed.directory / "broker"
    directory.mkdir()
    authority = create_authority(directory, site="school")
    issued = {"server": issue_server(authority, ["127.0.0.1"]), "central": issue_device(authority, "central")}
    issued["reception"] = issue_device(authority, "reception")
    for name, one in issued.items():
        (directory / f"{name}.pem").write_bytes(one.certificate)
        (directory / f"{name}.key").write_bytes(one.key)
    keys = installed.directory / "keys" / "link"
    for source, name in (("ca.pem", "ca.pem"), ("reception.pem", "device.pem"), ("reception.key", "device.key")):
        shutil.copy(directory / source, keys / name)
    port = free_port()
    text = installed.config.read_text()
    installed.config.write_text(text.replace("port = 1\n", f"port = {port}\n"))
    files = Certificates(
        directory / "ca.pem", directory / "server.pem", directory / "server.key", directory / "crl.pem"
    )
    configuration = write_configuration(directory, site="school", port=port, certificates=files, bind="127.0.0.1")
    started: list[subprocess.Popen[bytes]] = []
    centrals: list[Central] = []

    def begin() -> Central:
        """Switch the network on: broker, link and central."""
        started.append(subprocess.Popen([found, "-c", str(configuration)], stderr=subprocess.DEVNULL))
        command = [sys.executable, "-m", "kiosk.link.main", "--config", str(installed.config)]
        with (installed.directory / "link.log").open("ab") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log))
        config = SessionConfig(
            "127.0.0.1", port, "central", directory / "ca.pem", directory / "central.pem", directory / "central.key"
        )
        centrals.append(Central(installed, config))
        return centrals[-1]

    yield installed, begin
    for central in centrals:
        central.session.stop()
    for process in started:
        process.kill()
        process.wait()


def test_rules_come_down_and_what_was_done_offline_goes_up_once(school: Any) -> None:
    reception, begin = school
    reception.start()
    reception.page_is("closed")
    reception.send_rules()
    reception.page_is("welcome")
    names = [f"Visitor {number}" for number in range(3)]
    numbers = [reception.sign_in(name) for name in names]
    reception.kill()
    reception.start()
    reception.page_is("welcome")
    reception.sign_out(names[0], numbers[0])

    central = begin()
    central.wait(lambda: len(central.of("visit.signed_out")) == 1, "the sign-out at central")
    assert [private["name"] for _, private in central.of("visit.signed_in")] == names
    central.wait(lambda: reception.waiting() == 0, "every acknowledgement")
    assert len(central.ids) == len(set(central.ids))
    reception.sign_in("Bo Lind")
    central.wait(lambda: len(central.of("rules.acknowledged")) == 4, "a sign-in online")
    status = central.wait(lambda: central.status, "the status")
    assert status.device == "reception"
    assert status.rules_applied == "1.1"
