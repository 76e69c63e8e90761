"""Attacks on a real mosquitto under our configuration; deliveries are looked at: a granted SUBACK proves nothing."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from broker.certificates import create_authority, issue_device, issue_server, write_crl
from broker.topics import Channel, central_status, topic

NOT_AUTHORIZED = 0x87
UP = topic("hillside", "robins", Channel.EVENTS)
RULES = topic("hillside", "wrens", Channel.RULES)


class Peer:
    """A client of the test: connects as somebody, tries something, and keeps what it was sent."""

    def __init__(self, mosquitto: Any, name: str, *, client_id: str | None = None, will: str | None = None) -> None:
        self.received: SimpleQueue[MQTTMessage] = SimpleQueue()
        self.answers: SimpleQueue[tuple[int, int]] = SimpleQueue()
        self.connected: SimpleQueue[int] = SimpleQueue()
        self.gone: SimpleQueue[str] = SimpleQueue()
        self.client = Client(
            CallbackAPIVersion.VERSION2, client_id or name, protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )  # fmt: skip
        self.client.tls_set_context(trust(mosquitto.directory, *mosquitto.certificate(name)))
        if will is not None:
            self.client.will_set(will, b"will", qos=1, retain=True)
        self.client.on_connect = lambda _c, _d, _f, code, _p: self.connected.put(code.value)
        self.client.on_disconnect = lambda _c, _d, _f, code, _p: self.gone.put(str(code))
        self.client.on_message = lambda _c, _d, message: self.received.put(message)
        self.client.on_publish = lambda _c, _d, mid, code, _p: self.answers.put((mid, code.value))
        self.subscribed: SimpleQueue[list[int]] = SimpleQueue()
        self.client.on_subscribe = lambda _c, _d, _m, codes, _p: self.subscribed.put([code.value for code in codes])
        self.port = mosquitto.port

    def connect(self) -> int:
        self.client.connect("127.0.0.1", self.port, keepalive=30, clean_start=True)
        self.client.loop_start()
        return self.connected.get(timeout=5)

    def subscribe(self, *filters: str) -> None:
        self.client.subscribe([(name, 1) for name in filters])
        self.subscribed.get(timeout=5)

    def publish(self, name: str, payload: bytes = b"attack", *, retain: bool = False, qos: int = 1) -> int:
        """The reason code of the PUBACK."""
        mid = self.client.publish(name, payload, qos=qos, retain=retain).mid
        while True:
            answered, reason = self.answers.get(timeout=5)
            if answered == mid:
                return reason

    def payloads_until(self, last: bytes) -> list[bytes]:
        """Everything that was delivered up to a message that was sent last, on the same way."""
        payloads: list[bytes] = []
        while True:
            message = self.received.get(timeout=5)
            if message.payload == last:
                return payloads
            payloads.append(bytes(message.payload))

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def trust(directory: Path, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=directory / "ca.pem")
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


Connector = Callable[..., Peer]


@pytest.fixture
def peer(mosquitto: Any) -> Iterator[Connector]:
    peers: list[Peer] = []

    def connect(name: str, **more: Any) -> Peer:
        made = Peer(mosquitto, name, **more)
        peers.append(made)
        assert made.connect() == 0
        return made

    yield connect
    for made in peers:
        made.close()


def mqtt_says_hello(mosquitto: Any, context: ssl.SSLContext) -> bytes:
    """What comes back after the TLS handshake and a CONNECT: under TLS 1.3 a bad certificate shows only here."""
    hello = bytes.fromhex("100f00044d51545405020010000000026162")
    try:
        with (
            socket.create_connection(("127.0.0.1", mosquitto.port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.sendall(hello)
            return secured.recv(4)
    except (ssl.SSLError, ConnectionError):
        return b""


def test_a_good_certificate_is_let_in(mosquitto: Any) -> None:
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory, *mosquitto.certificate("robins")))[:1] == b"\x20"


def test_no_certificate_is_refused(mosquitto: Any) -> None:
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory)) == b""


def test_a_certificate_of_another_authority_is_refused(mosquitto: Any, tmp_path: Path) -> None:
    rogue = issue_device(create_authority(tmp_path, site="hillside"), "robins")
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory, *mosquitto.certificate("rogue", rogue))) == b""


def test_an_expired_certificate_is_refused(mosquitto: Any) -> None:
    old = issue_device(mosquitto.authority, "robins", now=datetime.now(UTC) - timedelta(days=401))
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory, *mosquitto.certificate("expired", old))) == b""


def test_a_server_certificate_does_not_make_a_device(mosquitto: Any) -> None:
    server = issue_server(mosquitto.authority, ["robins"])
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory, *mosquitto.certificate("server-type", server))) == b""


def test_a_device_certificate_does_not_make_a_broker(mosquitto: Any) -> None:
    stolen = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    stolen.load_cert_chain(*mosquitto.certificate("localhost"))
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    false_broker = stolen.wrap_bio(up, down, server_side=True)
    device = trust(mosquitto.directory).wrap_bio(down, up, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        device.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        false_broker.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError):
        device.do_handshake()


def test_tls_1_2_is_refused(mosquitto: Any) -> None:
    context = trust(mosquitto.directory, *mosquitto.certificate("robins"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert mqtt_says_hello(mosquitto, context) == b""


def test_plaintext_is_refused(mosquitto: Any) -> None:
    with socket.create_connection(("127.0.0.1", mosquitto.port), timeout=5) as plain:
        plain.sendall(bytes.fromhex("100f00044d51545405020010000000026162"))
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = plain.recv(64)
    assert answer[:1] != b"\x20"


def test_a_device_publishes_under_its_own_name_only(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    central.subscribe("phonekeep/v1/hillside/+/up/#")
    for channel in (Channel.EVENTS, Channel.STATUS, Channel.ONLINE):
        assert robins.publish(topic("hillside", "wrens", channel)) == NOT_AUTHORIZED
        assert robins.publish(topic("hillside", "wrens", channel), retain=True) == NOT_AUTHORIZED
        assert robins.publish(topic("valley", "robins", channel)) == NOT_AUTHORIZED
    assert robins.publish("phonekeep/v1/hillside/robins/wrens/up/events") == NOT_AUTHORIZED
    assert robins.publish(UP, b"honest") == 0
    assert central.payloads_until(b"honest") == []


def test_a_device_reads_nothing_of_another_whatever_it_subscribes_to(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    central.publish(RULES, b"kept for wrens", retain=True)
    robins.subscribe(
        "#", "+/#", "phonekeep/v1/hillside/wrens/#", "phonekeep/v1/hillside/+/down/#", RULES, "$SYS/#",
        f"$share/group/{RULES}", "$share/group/phonekeep/v1/hillside/+/up/#",
    )  # fmt: skip
    wrens = peer("wrens")
    assert wrens.publish(topic("hillside", "wrens", Channel.EVENTS), b"frame of wrens") in (0, 0x10)
    for channel in (Channel.ACK, Channel.RULES, Channel.COMMAND):
        central.publish(topic("hillside", "wrens", channel), b"for wrens")
    central.publish(topic("hillside", "robins", Channel.ACK), b"for robins")
    assert robins.payloads_until(b"for robins") == []
    central.publish(RULES, b"", retain=True)


def test_a_device_hears_what_is_meant_for_it_and_the_announcement(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    central.publish(central_status("hillside"), b"announced", retain=True)
    robins.subscribe("phonekeep/v1/hillside/robins/down/#", central_status("hillside"))
    central.publish(topic("hillside", "robins", Channel.RULES), b"rules")
    assert robins.payloads_until(b"rules") == [b"announced"]
    central.publish(central_status("hillside"), b"", retain=True)


def test_a_device_poisons_nobodys_rules_not_even_its_own(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    for device in ("robins", "wrens"):
        for channel in (Channel.RULES, Channel.COMMAND, Channel.ACK):
            assert robins.publish(topic("hillside", device, channel), b"poison", retain=True) == NOT_AUTHORIZED
    assert robins.publish(central_status("hillside"), b"poison", retain=True) == NOT_AUTHORIZED
    wrens = peer("wrens")
    wrens.subscribe("phonekeep/v1/hillside/wrens/down/#", central_status("hillside"))
    robins.subscribe("phonekeep/v1/hillside/robins/down/#")
    for device, victim in (("robins", robins), ("wrens", wrens)):
        central.publish(topic("hillside", device, Channel.ACK), b"true")
        assert victim.payloads_until(b"true") == []


def test_a_will_on_another_devices_topic_is_never_published(mosquitto: Any, peer: Connector) -> None:
    central = peer("central")
    central.subscribe("phonekeep/v1/hillside/+/up/#")
    attacker = Peer(mosquitto, "robins", will=topic("hillside", "wrens", Channel.ONLINE))
    if attacker.connect() == 0:
        drop_the_line(attacker)
    attacker.close()
    honest = Peer(mosquitto, "robins", will=topic("hillside", "robins", Channel.ONLINE))
    assert honest.connect() == 0
    drop_the_line(honest)
    message = central.received.get(timeout=5)
    assert (message.topic, bytes(message.payload)) == (topic("hillside", "robins", Channel.ONLINE), b"will")
    honest.close()
    peer("robins").publish(topic("hillside", "robins", Channel.ONLINE), b"", retain=True)


def drop_the_line(of: Peer) -> None:
    """As a pulled cable does it: no DISCONNECT, so that the broker publishes the will."""
    line: Any = of.client.socket()
    line.shutdown(socket.SHUT_RDWR)
    of.gone.get(timeout=5)


def test_a_device_that_calls_itself_another_does_not_take_over_its_session(mosquitto: Any, peer: Connector) -> None:
    wrens = peer("wrens")
    wrens.subscribe("phonekeep/v1/hillside/wrens/down/#")
    robins = peer("robins", client_id="wrens")
    robins.subscribe("phonekeep/v1/hillside/wrens/down/#")
    central = peer("central")
    central.publish(topic("hillside", "wrens", Channel.ACK), b"still here")
    assert wrens.payloads_until(b"still here") == []
    assert wrens.gone.empty()
    central.publish(topic("hillside", "robins", Channel.ACK), b"yours")
    robins.subscribe("phonekeep/v1/hillside/robins/down/#")
    central.publish(topic("hillside", "robins", Channel.ACK), b"last")
    assert robins.payloads_until(b"last") == []


def test_a_user_name_of_its_own_choice_makes_a_device_nobody_else(mosquitto: Any) -> None:
    liar = Peer(mosquitto, "robins")
    liar.client.username_pw_set("central", "anything")
    assert liar.connect() == 0
    assert liar.publish(RULES, b"poison") == NOT_AUTHORIZED
    liar.close()


def test_an_oversized_payload_ends_the_connection_and_reaches_nobody(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    central.subscribe(UP)
    robins.client.publish(UP, b"x" * 2_000_000, qos=1)
    robins.gone.get(timeout=5)
    again = peer("robins")
    assert again.publish(UP, b"y" * 60_000) == 0
    again.publish(UP, b"end")
    assert central.payloads_until(b"end") == [b"y" * 60_000]


def test_a_topic_of_190_levels_is_refused_and_the_broker_lives(peer: Connector) -> None:
    central, robins = peer("central"), peer("robins")
    central.subscribe("phonekeep/v1/hillside/+/up/#")
    assert robins.publish("phonekeep/v1/hillside/wrens/up/" + "/".join("x" * 185)) == NOT_AUTHORIZED
    robins.subscribe("/".join("+" * 190))
    assert robins.publish(UP, b"alive") == 0
    assert central.payloads_until(b"alive") == []


def test_a_device_cannot_leave_a_command_behind_and_a_frame_it_retains_is_marked_as_such(peer: Connector) -> None:
    robins = peer("robins")
    assert robins.publish(topic("hillside", "robins", Channel.COMMAND), b"unlock", retain=True) == NOT_AUTHORIZED
    assert robins.publish(UP, b"frame", retain=True) in (0, 0x10)
    central = peer("central")
    central.subscribe("phonekeep/v1/hillside/+/up/#", "phonekeep/v1/hillside/+/down/#")
    message = central.received.get(timeout=5)
    assert (bytes(message.payload), message.retain) == (b"frame", True)
    robins.publish(UP, b"", retain=True)
    with pytest.raises(Empty):
        central.received.get(timeout=0.2).payload or central.received.get(timeout=0.2)


def test_a_refused_publish_says_so_only_under_mqtt_5_and_a_topic_without_listener_says_that(peer: Connector) -> None:
    robins = peer("robins")
    assert robins.publish(topic("hillside", "robins", Channel.STATUS), b"nobody listens") == 0x10


def test_a_long_keep_alive_is_cut_to_what_notices_a_dead_line(mosquitto: Any) -> None:
    slow = Peer(mosquitto, "robins")
    given: SimpleQueue[Any] = SimpleQueue()
    slow.client.on_connect = lambda _c, _d, _f, _code, properties: given.put(properties)
    slow.client.connect("127.0.0.1", slow.port, keepalive=65535)
    slow.client.loop_start()
    assert given.get(timeout=5).ServerKeepAlive == 60
    slow.close()


def test_a_revoked_certificate_is_refused_after_a_reload_and_the_others_are_not(mosquitto: Any) -> None:
    stolen = issue_device(mosquitto.authority, "kitchen")
    context = trust(mosquitto.directory, *mosquitto.certificate("stolen", stolen))
    assert mqtt_says_hello(mosquitto, context)[:1] == b"\x20"
    write_crl(mosquitto.authority, mosquitto.directory / "crl.pem", [stolen.serial])
    mosquitto.reload()
    until = time.monotonic() + 5
    while mqtt_says_hello(mosquitto, context) and time.monotonic() < until:
        time.sleep(0.05)
    assert mqtt_says_hello(mosquitto, context) == b""
    assert mqtt_says_hello(mosquitto, trust(mosquitto.directory, *mosquitto.certificate("robins")))[:1] == b"\x20"
