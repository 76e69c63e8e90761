"""The MQTT session, and the only place that knows paho: connects, reconnects, and turns callbacks into a queue.

paho's callbacks run in its thread: they only put on `inbox`, and one worker of the program takes from it. Every
connection has a client of its own and a generation, so nothing that paho queued in memory outlives its connection
and no acknowledgement of an earlier connection is taken for one of this.
"""

import logging
import random
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

LONGEST_BACK_OFF_S: Final = 30.0
NOT_AUTHORIZED: Final = 0x87
NO_SUBSCRIBERS: Final = 0x10
_CONNECT_TIMEOUT_S: Final = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Where and as whom to connect; `expiry_s` is how long the broker keeps the session without a connection."""

    host: str
    port: int
    client_id: str
    ca: Path
    certificate: Path
    key: Path
    keepalive: int = 10
    will: tuple[str, bytes, bool] | None = None
    """Topic, payload, retained."""
    clean_start: bool = False
    expiry_s: int = 3600
    receive_maximum: int = 20
    """How many unacknowledged messages the broker may have under way to us, and we to it."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker has accepted us; subscribe now."""

    generation: int
    session_present: bool


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone or did not come about; another is tried by itself."""

    generation: int
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """Something arrived; the broker sends it again after a reconnect until `acknowledge`."""

    generation: int
    mid: int
    topic: str
    payload: bytes
    qos: int
    retained: bool


@dataclass(frozen=True, slots=True)
class Published:
    """The broker answered a publish; `token` is what `publish` gave."""

    generation: int
    token: "Token"
    reason: int

    @property
    def alarm(self) -> str | None:
        """What is wrong, in a sentence, or None: "not authorized" and "nobody listens" are alarms."""
        if self.reason == NOT_AUTHORIZED:
            return "the broker does not let this certificate publish there: check device name, site and acl"
        if self.reason == NO_SUBSCRIBERS:
            return "nobody at the broker listens to it: check that phonekeep-ingest runs and has subscribed"
        return f"the broker refused it with reason 0x{self.reason:02x}" if self.reason >= 0x80 else None


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The broker answered a subscription; it says "granted" also to what it will never deliver."""

    generation: int
    reasons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Token:
    """Which publish: message ids start again with every connection, so the generation belongs to it."""

    generation: int
    mid: int


Inbound = Connected | Disconnected | Message | Published | Subscribed


class Session:
    """A connection to the broker that comes back by itself after 1 to 30 s, with jitter."""

    def __init__(self, config: SessionConfig, *, jitter: Callable[[float, float], float] = random.uniform) -> None:
        self.inbox: SimpleQueue[Inbound] = SimpleQueue()
        self._config = config
        self._jitter = jitter
        self._stopping = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mqtt-{config.client_id}", daemon=True)
        self._live: tuple[int, Client] | None = None
        self._generation = 0
        self._attempts = 0

    def start(self) -> None:
        """Begin to connect; the first answer arrives in `inbox`."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect in order (the broker publishes no will) and wait until the thread has ended."""
        self._stopping.set()
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * _CONNECT_TIMEOUT_S)

    def subscribe(self, filters: Iterable[str]) -> None:
        """Subscribe at QoS 1; retained messages come at once. Without a connection nothing happens."""
        live = self._live
        if live is not None:
            live[1].subscribe([(name, SubscribeOptions(qos=1)) for name in filters])

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, expiry_s: int | None = None
    ) -> Token | None:
        """Send; `Published` with this token answers. None when there is no connection: nothing was sent or kept."""
        live = self._live
        if live is None:
            return None
        generation, client = live
        properties = None
        if expiry_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
            properties.MessageExpiryInterval = expiry_s
        info = client.publish(topic, payload, qos, retain, properties)
        return Token(generation, info.mid) if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that a message is dealt with; one of an earlier connection is left to its redelivery."""
        live = self._live
        if live is not None and live[0] == message.generation and message.qos > 0:
            live[1].ack(message.mid, message.qos)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._generation += 1
            self._over.clear()
            try:
                client = self._connect(self._generation)
            except (OSError, ValueError) as error:
                self.inbox.put(Disconnected(self._generation, _say(error)))
            else:
                self._over.wait()
                self._live = None
                client.disconnect()
                client.loop_stop()
            self._stopping.wait(self._back_off())

    def _back_off(self) -> float:
        self._attempts += 1
        return self._jitter(1.0, min(LONGEST_BACK_OFF_S, 2.0 ** min(self._attempts, 5)))

    def _connect(self, generation: int) -> Client:
        config = self._config
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=config.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = _CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(config.receive_maximum)
        client.tls_set_context(_trust(config))
        if config.will is not None:
            client.will_set(config.will[0], config.will[1], qos=1, retain=config.will[2])
        self._listen(client, generation)
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        properties.SessionExpiryInterval = config.expiry_s
        properties.ReceiveMaximum = config.receive_maximum
        client.connect(
            config.host, config.port, config.keepalive, clean_start=config.clean_start, properties=properties
        )
        client.loop_start()
        return client

    def _listen(self, client: Client, generation: int) -> None:
        """Hang callbacks on a client that do nothing but put on the queue: an exception in one would end its thread."""
        inbox = self.inbox

        def connected(
            client: Client, _data: Any, flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
        ) -> None:
            if code.is_failure:
                inbox.put(Disconnected(generation, f"the broker refused the connection: {code}"))
                self._over.set()
                return
            self._attempts = 0
            self._live = (generation, client)
            inbox.put(Connected(generation, flags.session_present))

        def disconnected(
            _client: Client, _data: Any, _flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
        ) -> None:
            self._live = None
            if not self._over.is_set():
                inbox.put(Disconnected(generation, f"the connection to the broker ended: {code}"))
                self._over.set()

        def arrived(_client: Client, _data: Any, message: MQTTMessage) -> None:
            inbox.put(
                Message(
                    generation, message.mid, message.topic, bytes(message.payload), message.qos, bool(message.retain)
                )
            )

        def published(_client: Client, _data: Any, mid: int, code: ReasonCode, _properties: Properties | None) -> None:
            inbox.put(Published(generation, Token(generation, mid), code.value))

        def subscribed(
            _client: Client, _data: Any, _mid: int, codes: list[ReasonCode], _properties: Properties | None
        ) -> None:
            inbox.put(Subscribed(generation, tuple(code.value for code in codes)))

        client.on_connect = connected
        client.on_disconnect = disconnected
        client.on_message = arrived
        client.on_publish = published
        client.on_subscribe = subscribed


def _trust(config: SessionConfig) -> ssl.SSLContext:
    """TLS 1.3 only, our authority only, our certificate shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(config.ca)
    context.load_cert_chain(config.certificate, config.key)
    return context


def _say(error: Exception) -> str:
    return f"the broker cannot be reached: {error}"
