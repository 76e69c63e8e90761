"""The cabinet's end of the device socket, in a thread of its own: whatever `link` does here, a tap does not wait.

One connection, the peer's uid checked, at most 20 messages a second read, time-outs both ways (flow 1, step 7).
"""

import contextlib
import grp
import logging
import os
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import SocketFailed
from kiosk.socket.framing import LENGTH, MESSAGE_LIMIT, NEW_EVENTS, STATUS_CHANGED, Ask, Outcome, encode_answer

MESSAGES_A_SECOND = 20
MESSAGE_TIMEOUT_S = 5.0
"""A begun message must be whole, and an answer taken, within this."""
SILENCE_TIMEOUT_S = 30.0
READ_PAUSE_S = 0.004
"""Between two reads of one message: bytes sent one by one must not keep this thread awake."""
_CREDENTIALS = struct.Struct("3i")

log = logging.getLogger(__name__)

Answering = Callable[[Ask, bytes], tuple[Outcome, bytes]]
"""Answers one ask; runs in the socket's thread."""


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where the socket lies and who may come."""

    path: Path
    allowed_uids: frozenset[int]
    group: str | None = None


class DeviceSocketServer:
    """Serves one `link`; `announce` may be called from any thread and never blocks."""

    def __init__(self, config: ServerConfig, answer: Answering) -> None:
        self._config = config
        self._answer = answer
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._closing = threading.Event()
        self._waiting = bytearray()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="device-socket", daemon=True)
        self._listener: socket.socket | None = None
        self._accepted: deque[float] = deque(maxlen=MESSAGES_A_SECOND)

    def start(self) -> None:
        """Bind the socket and begin to serve; raise SocketFailed when it cannot be bound."""
        self._listener = _bind(self._config)
        self._thread.start()

    def announce(self, byte: bytes = NEW_EVENTS) -> None:
        """Tell `link` by one byte that there are new events, or a new status."""
        with self._lock:
            if byte in self._waiting:
                return
            self._waiting += byte
        with contextlib.suppress(BlockingIOError):  # the pipe is full of wake-ups already
            os.write(self._wake_write, b"w")

    def close(self) -> None:
        """End the thread and remove the socket; safe to call twice."""
        if self._closing.is_set():
            return
        self._closing.set()
        os.write(self._wake_write, b"w")
        if self._thread.is_alive():
            self._thread.join(MESSAGE_TIMEOUT_S)
        if self._listener is not None:
            self._listener.close()
            self._config.path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                connection = self._accept()
                if connection is not None:
                    with connection:
                        _Conversation(connection, self._answer, self._take, self._wake_read, self._turn_away).run(
                            self._closing
                        )
            except Exception:  # this thread must outlive anything a hostile link thinks of
                log.exception("device socket: the conversation ended by a fault; waiting for link again")

    def _take(self) -> bytes:
        """Take the bytes waiting to be told."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        with self._lock:
            waiting = bytes(self._waiting)
            self._waiting.clear()
        return waiting

    def _accept(self) -> socket.socket | None:
        """Wait for a link; None when closing or when it was turned away."""
        assert self._listener is not None  # set by start(), before the thread runs
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake_read, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
        if self._listener not in ready:
            # Nobody is connected: whoever comes is told everything by asking.
            self._take()
            return None
        _pace(self._accepted)
        connection, _ = self._listener.accept()
        uid = _peer_uid(connection)
        if uid not in self._config.allowed_uids:
            log.warning(
                "device socket: turned away uid %d; [socket] allowed_users in the configuration says who may", uid
            )
            connection.close()
            return None
        return connection

    def _turn_away(self) -> socket.socket:
        """The listener, so that a conversation can turn a second caller away."""
        assert self._listener is not None  # set by start(), before the thread runs
        return self._listener


class _Conversation:
    """One connection from its first byte to its last."""

    def __init__(
        self,
        connection: socket.socket,
        answer: Answering,
        take: Callable[[], bytes],
        wake: int,
        listener: Callable[[], socket.socket],
    ) -> None:
        self._connection = connection
        self._answer = answer
        self._take = take
        self._wake = wake
        self._listener = listener()
        self._input = bytearray()
        self._output = bytearray()
        self._read_at: deque[float] = deque(maxlen=MESSAGES_A_SECOND)
        self._turned_away: deque[float] = deque(maxlen=MESSAGES_A_SECOND)
        self._begun: float | None = None
        self._heard = time.monotonic()
        self._unsent_since: float | None = None
        self._pause_until = 0.0

    def run(self, closing: threading.Event) -> None:
        """Serve until the peer leaves, breaks a rule or the program ends."""
        self._connection.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._connection, selectors.EVENT_READ)
            self._output += NEW_EVENTS + STATUS_CHANGED
            try:
                while not closing.is_set():
                    now = time.monotonic()
                    self._refuse_overdue(now)
                    self._wish(selector, now)
                    self._step({key.fileobj for key, _ in selector.select(self._patience(now))})
            except (OSError, SocketFailed) as fault:
                log.warning("device socket: the connection of link is closed: %s", fault)

    def _step(self, ready: set[object]) -> None:
        """Do what is ready; raise SocketFailed or OSError when the conversation is over."""
        if self._listener in ready:
            _pace(self._turned_away)
            self._listener.accept()[0].close()  # one connection: the second goes at once
        if self._wake in ready:
            self._output += self._take()
        if self._connection in ready and self._may_read(time.monotonic()):
            self._read()
        self._answer_next()
        self._send()

    def _may_read(self, now: float) -> bool:
        return now >= self._pause_until and not self._output and not self._whole()

    def _wish(self, selector: selectors.BaseSelector, now: float) -> None:
        wishes = selectors.EVENT_WRITE if self._output else 0
        if self._may_read(now):
            wishes |= selectors.EVENT_READ
        registered = self._connection in selector.get_map()
        if wishes and registered:
            selector.modify(self._connection, wishes)
        elif wishes:
            selector.register(self._connection, wishes)
        elif registered:
            selector.unregister(self._connection)

    def _patience(self, now: float) -> float:
        """Seconds until something must be looked at even if nothing comes."""
        until = [1.0]
        if self._pause_until > now:
            until.append(self._pause_until - now)
        if self._whole():
            until.append(max(self._allowed_at(now) - now, 0.0))
        return min(until)

    def _allowed_at(self, now: float) -> float:
        """When the next message may be dealt with: the twentieth last must be a second old."""
        return self._read_at[0] + 1.0 if len(self._read_at) == MESSAGES_A_SECOND else now

    def _refuse_overdue(self, now: float) -> None:
        if self._begun is not None and not self._whole() and now - self._begun > MESSAGE_TIMEOUT_S:
            raise SocketFailed(f"a message was not whole within {MESSAGE_TIMEOUT_S:.0f} s")
        if self._unsent_since is not None and now - self._unsent_since > MESSAGE_TIMEOUT_S:
            raise SocketFailed(f"an answer was not taken within {MESSAGE_TIMEOUT_S:.0f} s")
        if now - self._heard > SILENCE_TIMEOUT_S:
            raise SocketFailed(f"nothing was asked for {SILENCE_TIMEOUT_S:.0f} s")

    def _length(self) -> int | None:
        if len(self._input) < LENGTH.size:
            return None
        length: int = LENGTH.unpack_from(self._input)[0]
        if not 1 <= length <= MESSAGE_LIMIT:
            raise SocketFailed(f"a message of {length} bytes; 1 to {MESSAGE_LIMIT} are allowed")
        return length

    def _whole(self) -> bool:
        length = self._length()
        return length is not None and len(self._input) >= LENGTH.size + length

    def _read(self) -> None:
        """Read no further than the end of one message; raise SocketFailed at the end of the stream."""
        while not self._whole():
            length = self._length()
            wanted = min((LENGTH.size if length is None else LENGTH.size + length) - len(self._input), 65536)
            try:
                chunk = self._connection.recv(wanted)
            except BlockingIOError:
                return
            if not chunk:
                raise SocketFailed("link has gone")
            self._heard = time.monotonic()
            if self._begun is None:
                self._begun = self._heard
            self._input += chunk
            if len(chunk) < wanted:
                self._pause_until = self._heard + READ_PAUSE_S
                return

    def _answer_next(self) -> None:
        now = time.monotonic()
        if self._output or not self._whole() or now < self._allowed_at(now):
            return
        self._read_at.append(now)
        message = bytes(self._input[LENGTH.size :])
        self._input.clear()
        self._begun = None
        try:
            ask = Ask(message[:1])
        except ValueError:
            raise SocketFailed(f"an ask {message[:1]!r} that this version does not know") from None
        outcome, body = self._answer(ask, message[1:])
        self._output += encode_answer(outcome, body)

    def _send(self) -> None:
        if not self._output:
            return
        try:
            sent = self._connection.send(self._output)
        except BlockingIOError:
            sent = 0
        del self._output[:sent]
        if not self._output:
            self._unsent_since = None
        elif sent or self._unsent_since is None:
            self._unsent_since = time.monotonic()


def _pace(times: deque[float]) -> None:
    """Wait until fewer than 20 such things happened within the last second."""
    now = time.monotonic()
    if len(times) == times.maxlen:
        time.sleep(max(times[0] + 1.0 - now, 0.0))
    times.append(time.monotonic())


def _peer_uid(connection: socket.socket) -> int:
    """Ask the kernel who connected (SO_PEERCRED, unix(7))."""
    _, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return int(uid)


def _bind(config: ServerConfig) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        config.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            listener.bind(str(config.path))
        finally:
            os.umask(before)
        if config.group is not None:
            os.chown(config.path, -1, grp.getgrnam(config.group).gr_gid)
        config.path.chmod(0o660)
        listener.listen(2)
    except (OSError, KeyError) as fault:
        listener.close()
        raise SocketFailed(
            f"the device socket {config.path} cannot be served: {fault}. The path may have at most 107 bytes, its "
            "directory must exist and be writable, and [socket] group must name a group of this machine"
        ) from fault
    return listener
