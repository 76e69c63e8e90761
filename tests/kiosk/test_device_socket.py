"""The device socket under friendly and hostile peers: one connection, rates, limits and time-outs."""

import os
import select
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import kiosk.socket.conversation as conversation_module
from kiosk.errors import CabinetAway, SocketFailed
from kiosk.socket.client import DeviceSocketClient
from kiosk.socket.framing import (
    LENGTH,
    MESSAGE_LIMIT,
    Ask,
    Outcome,
    PlacedFrame,
    Position,
    decode_events_ask,
    decode_frames,
    decode_need_ask,
    encode_ask,
    encode_events_ask,
    encode_frames,
    encode_need_ask,
)
from kiosk.socket.server import DeviceSocketServer, ServerConfig

EPOCH = "0123456789abcdef"


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pk") as directory:  # short: a socket's path may have 107 bytes
        yield Path(directory) / "device.sock"


class Asked:
    """Answers every ask with its own body and keeps what was asked, with times."""

    def __init__(self) -> None:
        self.asks: list[tuple[float, Ask, bytes]] = []

    def __call__(self, ask: Ask, body: bytes) -> tuple[Outcome, bytes]:
        self.asks.append((time.monotonic(), ask, body))
        return Outcome.DONE, body


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def serve(path: Path, asked: Asked) -> Iterator[Callable[..., DeviceSocketServer]]:
    started: list[DeviceSocketServer] = []

    def start(uids: frozenset[int] = frozenset({os.getuid()})) -> DeviceSocketServer:
        server = DeviceSocketServer(ServerConfig(path, uids), asked)
        server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        server.close()


def connected(path: Path) -> DeviceSocketClient:
    client = DeviceSocketClient(path)
    client.connect()
    return client


def raw(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(10)
    connection.connect(str(path))
    return connection


def closed_within(connection: socket.socket, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([connection], [], [], 0.1)[0]:
            try:
                if not connection.recv(65536):
                    return True
            except ConnectionResetError:
                return True
    return False


def test_an_ask_is_answered(serve: Callable[..., DeviceSocketServer], path: Path, asked: Asked) -> None:
    serve()
    client = connected(path)
    assert client.ask(Ask.RULES, b"bundle") == (Outcome.DONE, b"bundle")
    assert [ask for _, ask, _ in asked.asks] == [Ask.RULES]


def test_a_message_of_the_largest_size_passes(serve: Callable[..., DeviceSocketServer], path: Path) -> None:
    serve()
    body = bytes(MESSAGE_LIMIT - 1)
    assert connected(path).ask(Ask.RULES, body) == (Outcome.DONE, body)


def test_the_socket_is_for_owner_and_group_only(serve: Callable[..., DeviceSocketServer], path: Path) -> None:
    serve()
    assert stat.S_IMODE(path.stat().st_mode) == 0o660


def test_new_events_are_told_by_one_byte(serve: Callable[..., DeviceSocketServer], path: Path) -> None:
    server = serve()
    connection = raw(path)
    assert connection.recv(2, socket.MSG_WAITALL) == b"\x01\x02"
    server.announce()
    assert connection.recv(10) == b"\x01"


def test_a_connection_is_told_everything_at_its_start(serve: Callable[..., DeviceSocketServer], path: Path) -> None:
    serve()
    client = connected(path)
    client.ask(Ask.STATUS)
    assert client.new_events
    assert client.status_changed


def test_a_second_connection_is_closed_and_the_first_goes_on(
    serve: Callable[..., DeviceSocketServer], path: Path
) -> None:
    serve()
    first = connected(path)
    first.ask(Ask.STATUS)
    assert closed_within(raw(path), 3)
    assert first.ask(Ask.STATUS)[0] is Outcome.DONE


def test_after_link_was_killed_the_next_one_is_served(serve: Callable[..., DeviceSocketServer], path: Path) -> None:
    serve()
    first = connected(path)
    first.ask(Ask.STATUS)
    first.close()
    assert connected(path).ask(Ask.STATUS)[0] is Outcome.DONE


def test_a_link_that_left_half_a_message_behind_does_not_hold_the_place(
    serve: Callable[..., DeviceSocketServer], path: Path
) -> None:
    serve()
    for _ in range(5):
        connection = raw(path)
        connection.sendall(LENGTH.pack(1000) + b"R")
        connection.close()
        assert connected(path).ask(Ask.STATUS)[0] is Outcome.DONE


def test_a_foreign_uid_is_turned_away(serve: Callable[..., DeviceSocketServer], path: Path, asked: Asked) -> None:
    serve(frozenset({os.getuid() + 1}))
    connection = raw(path)
    assert closed_within(connection, 3)
    assert asked.asks == []


def test_no_more_than_twenty_messages_are_read_in_any_second(
    serve: Callable[..., DeviceSocketServer], path: Path, asked: Asked
) -> None:
    serve()
    for _ in range(3):
        client = connected(path)  # coming again does not help
        for _ in range(15):
            client.ask(Ask.STATUS)
        client.close()
    times = [at for at, _, _ in asked.asks]
    assert all(later - at >= 0.99 for at, later in zip(times, times[20:], strict=False))


def test_a_flood_sent_without_reading_answers_is_cut_off(
    serve: Callable[..., DeviceSocketServer], path: Path, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_module, "MESSAGE_TIMEOUT_S", 0.5)
    serve()
    connection = raw(path)
    message = encode_ask(Ask.RULES, bytes(200_000))
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        connection.sendall(message * 200)
    assert len(asked.asks) < 30


def test_half_a_message_is_cut_off_in_time(
    serve: Callable[..., DeviceSocketServer], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_module, "MESSAGE_TIMEOUT_S", 0.3)
    serve()
    connection = raw(path)
    connection.sendall(LENGTH.pack(1000) + b"R")
    assert closed_within(connection, 4)


def test_a_silent_peer_is_cut_off_in_time(
    serve: Callable[..., DeviceSocketServer], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_module, "SILENCE_TIMEOUT_S", 0.3)
    serve()
    assert closed_within(raw(path), 4)


@pytest.mark.parametrize("length", [0, MESSAGE_LIMIT + 1, 2**32 - 1])
def test_an_impossible_length_closes_the_connection(
    serve: Callable[..., DeviceSocketServer], path: Path, length: int, asked: Asked
) -> None:
    serve()
    connection = raw(path)
    connection.sendall(LENGTH.pack(length) + b"S")
    assert closed_within(connection, 3)
    assert asked.asks == []


def test_an_unknown_ask_closes_the_connection_and_the_next_is_served(
    serve: Callable[..., DeviceSocketServer], path: Path
) -> None:
    serve()
    connection = raw(path)
    connection.sendall(LENGTH.pack(1) + b"?")
    assert closed_within(connection, 3)
    assert connected(path).ask(Ask.STATUS)[0] is Outcome.DONE


def test_an_answer_that_fails_ends_one_connection_and_not_the_thread(path: Path) -> None:
    def answer(ask: Ask, body: bytes) -> tuple[Outcome, bytes]:
        if ask is Ask.COMMAND:
            raise RuntimeError("a fault nobody thought of")
        return Outcome.DONE, b""

    server = DeviceSocketServer(ServerConfig(path, frozenset({os.getuid()})), answer)
    server.start()
    try:
        with pytest.raises(CabinetAway):
            connected(path).ask(Ask.COMMAND)
        assert connected(path).ask(Ask.STATUS)[0] is Outcome.DONE
    finally:
        server.close()


def test_a_message_sent_byte_by_byte_does_not_keep_the_thread_awake(
    serve: Callable[..., DeviceSocketServer], path: Path
) -> None:
    serve()
    connection = raw(path)
    connection.sendall(LENGTH.pack(100_000) + b"R")
    before, end = time.process_time(), time.monotonic() + 1.0
    sent = 0
    while time.monotonic() < end:
        connection.send(b"x")
        sent += 1
        select.select([], [], [], 0.002)
    assert sent > 100
    assert time.process_time() - before < 0.5


def test_nobody_at_the_socket_is_said_in_a_sentence(path: Path) -> None:
    with pytest.raises(CabinetAway, match="is phonekeep-cabinet running"):
        connected(path)


def test_a_path_too_long_for_a_socket_is_said_in_a_sentence(tmp_path: Path, asked: Asked) -> None:
    server = DeviceSocketServer(ServerConfig(tmp_path / ("x" * 120), frozenset({os.getuid()})), asked)
    with pytest.raises(SocketFailed, match="107 bytes"):
        server.start()


def test_what_is_laid_out_is_read_again() -> None:
    frames = [PlacedFrame(Position(EPOCH, 2**53 - 1), b"{}"), PlacedFrame(Position("f" * 16, 1), b"x" * 1000)]
    assert decode_frames(encode_frames(frames)) == frames
    assert decode_events_ask(encode_events_ask(Position(EPOCH, 7), 3)) == (Position(EPOCH, 7), 3)
    assert decode_events_ask(encode_events_ask(None, 4)) == (None, 4)
    assert decode_need_ask(encode_need_ask(9, b"signed")) == (9, b"signed")


def test_as_many_frames_as_one_message_holds_are_laid_out() -> None:
    frames = [PlacedFrame(Position(EPOCH, number), bytes(65536)) for number in range(1, 6)]
    body = encode_frames(frames)
    assert len(body) < MESSAGE_LIMIT
    assert decode_frames(body) == frames[:3]


@pytest.mark.parametrize("cut", [1, 5, 27, 30])
def test_frames_cut_short_are_refused(cut: int) -> None:
    body = encode_frames([PlacedFrame(Position(EPOCH, 1), b"some bytes")])
    with pytest.raises(SocketFailed):
        decode_frames(body[:cut])
