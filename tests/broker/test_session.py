"""The MQTT session against a real mosquitto: generations, manual acknowledgement, alarms, coming back by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from broker.certificates import create_authority
from broker.session import (
    Connected,
    Disconnected,
    Message,
    Published,
    Session,
    SessionConfig,
    Subscribed,
    Token,
)
from broker.topics import Channel, topic

Kind = TypeVar("Kind")
UP = topic("hillside", "robins", Channel.EVENTS)


def config_of(mosquitto: Any, name: str) -> SessionConfig:
    certificate, key = mosquitto.certificate(name)
    return SessionConfig(
        host="127.0.0.1", port=mosquitto.port, client_id=name, ca=mosquitto.directory / "ca.pem",
        certificate=certificate, key=key, clean_start=True, expiry_s=0,
    )  # fmt: skip


def at_once(_shortest: float, _longest: float) -> float:
    return 0.01


@pytest.fixture
def session(mosquitto: Any) -> Iterator[Callable[..., Session]]:
    opened: list[Session] = []

    def open_session(name: str, **changes: Any) -> Session:
        made = Session(replace(config_of(mosquitto, name), **changes), jitter=at_once)
        opened.append(made)
        made.start()
        return made

    yield open_session
    for made in opened:
        made.stop()


def wait_for(session: Session, kind: type[Kind]) -> Kind:
    """The next of its kind in the inbox; others that come before it are dropped."""
    while True:
        item = session.inbox.get(timeout=10)
        if isinstance(item, kind):
            return item


def test_what_is_published_arrives_and_the_token_names_its_answer(session: Callable[..., Session]) -> None:
    central, robins = session("central"), session("robins")
    assert wait_for(central, Connected).generation == 1
    central.subscribe(["phonekeep/v1/hillside/+/up/#"])
    wait_for(central, Subscribed)
    wait_for(robins, Connected)
    token = robins.publish(UP, b"frame", expiry_s=60)
    answer = wait_for(robins, Published)
    assert (answer.token, answer.alarm) == (token, None)
    message = wait_for(central, Message)
    assert (message.topic, message.payload, message.retained) == (UP, b"frame", False)
    central.acknowledge(message)


def test_without_a_connection_nothing_is_sent_or_kept(mosquitto: Any) -> None:
    idle = Session(config_of(mosquitto, "robins"))
    assert idle.publish(UP, b"frame") is None
    idle.subscribe([UP])
    idle.stop()
    assert idle.inbox.empty()


def test_not_authorized_and_nobody_listening_are_alarms(session: Callable[..., Session]) -> None:
    robins = session("robins")
    wait_for(robins, Connected)
    robins.publish(topic("hillside", "wrens", Channel.EVENTS), b"frame")
    assert "does not let this certificate" in str(wait_for(robins, Published).alarm)
    robins.publish(topic("hillside", "robins", Channel.STATUS), b"status")
    assert "nobody at the broker listens" in str(wait_for(robins, Published).alarm)


def test_a_lost_line_is_told_and_a_new_generation_follows(session: Callable[..., Session]) -> None:
    robins = session("robins")
    first = wait_for(robins, Connected)
    cut(robins)
    assert wait_for(robins, Disconnected).generation == first.generation
    assert wait_for(robins, Connected).generation > first.generation


def cut(session: Session) -> None:
    """Pull the cable of the live connection."""
    live: Any = session._live
    live[1].socket().shutdown(2)


def test_a_message_that_was_not_acknowledged_comes_again_after_a_reconnect(session: Callable[..., Session]) -> None:
    central = session("central", clean_start=False, expiry_s=60)
    wait_for(central, Connected)
    central.subscribe([UP])
    wait_for(central, Subscribed)
    robins = session("robins")
    wait_for(robins, Connected)
    robins.publish(UP, b"frame")
    first = wait_for(central, Message)
    flush(central)
    cut(central)
    again = wait_for(central, Message)
    assert again.payload == first.payload
    assert again.generation > first.generation
    central.acknowledge(first)
    flush(central)
    cut(central)
    third = wait_for(central, Message)
    assert third.payload == b"frame", "an acknowledgement of an earlier connection is none of this one"
    central.acknowledge(third)
    flush(central)
    cut(central)
    wait_for(central, Connected)
    robins.publish(UP, b"only this")
    assert wait_for(central, Message).payload == b"only this", "what was acknowledged does not come again"


def flush(session: Session) -> None:
    """Wait until the broker has answered something sent after what matters."""
    session.publish(topic("hillside", "robins", Channel.ACK), b"flush")
    wait_for(session, Published)


def test_the_will_is_published_when_the_line_is_lost_and_not_when_the_session_stops(
    session: Callable[..., Session], mosquitto: Any
) -> None:
    online = topic("hillside", "robins", Channel.ONLINE)
    central = session("central")
    wait_for(central, Connected)
    central.subscribe([online])
    wait_for(central, Subscribed)
    robins = session("robins", will=(online, b"gone", False))
    wait_for(robins, Connected)
    cut(robins)
    assert wait_for(central, Message).payload == b"gone"
    wait_for(robins, Connected)
    robins.stop()
    robins = session("robins")
    wait_for(robins, Connected)
    robins.publish(online, b"back")
    assert wait_for(central, Message).payload == b"back"


def test_a_broker_that_cannot_be_reached_or_shows_another_authority_is_told_and_tried_again(
    session: Callable[..., Session], tmp_path: Any, mosquitto: Any
) -> None:
    create_authority(tmp_path, site="valley")
    stranger = session("robins", ca=tmp_path / "ca.pem")
    for _ in range(2):
        assert "certificate verify failed" in wait_for(stranger, Disconnected).reason
    nobody = session("robins", port=1)
    for _ in range(2):
        assert "cannot be reached" in wait_for(nobody, Disconnected).reason


def test_the_back_off_grows_to_half_a_minute_and_has_jitter(mosquitto: Any) -> None:
    asked: list[tuple[float, float]] = []

    def remember(shortest: float, longest: float) -> float:
        asked.append((shortest, longest))
        return 0.0

    hopeless = Session(replace(config_of(mosquitto, "robins"), port=1), jitter=remember)
    hopeless.start()
    for _ in range(8):
        wait_for(hopeless, Disconnected)
    hopeless.stop()
    assert asked[:7] == [(1.0, 2.0), (1.0, 4.0), (1.0, 8.0), (1.0, 16.0), (1.0, 30.0), (1.0, 30.0), (1.0, 30.0)]


def test_tokens_of_two_connections_are_never_the_same() -> None:
    assert Token(1, 1) != Token(2, 1)
