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
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import SocketFailed
from kiosk.socket.conversation import MESSAGE_TIMEOUT_S, MESSAGES_A_SECOND, Answering, Conversation
from kiosk.socket.framing import NEW_EVENTS
from kiosk.socket.pace import Pace

CONNECTIONS_A_SECOND = 20
_CREDENTIALS = struct.Struct("3i")

log = logging.getLogger(__name__)


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
        self._accepted, self._turned_away = Pace(CONNECTIONS_A_SECOND), Pace(CONNECTIONS_A_SECOND)
        # One rate for all connections: coming again does not help.
        self._messages = Pace(MESSAGES_A_SECOND)

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
                        self._converse(connection)
            except Exception:  # this thread must outlive anything a hostile link thinks of
                log.exception("device socket: the conversation ended by a fault; waiting for link again")

    def _converse(self, connection: socket.socket) -> None:
        try:
            Conversation(
                connection,
                self._listening(),
                self._answer,
                wake=self._wake_read,
                take_news=self._take_news,
                messages=self._messages,
                turned_away=self._turned_away,
            ).run(self._closing)
        except (OSError, SocketFailed) as fault:
            log.warning("device socket: the connection of link is closed: %s", fault)

    def _take_news(self) -> bytes:
        """Take the bytes waiting to be told."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        with self._lock:
            waiting = bytes(self._waiting)
            self._waiting.clear()
        return waiting

    def _accept(self) -> socket.socket | None:
        """Wait for a link; None when closing or when it was turned away."""
        listener = self._listening()
        with selectors.DefaultSelector() as selector:
            selector.register(listener, selectors.EVENT_READ)
            selector.register(self._wake_read, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select()]
        if listener not in ready:
            # Nobody is connected: whoever comes is told everything by asking.
            self._take_news()
            return None
        now = time.monotonic()
        self._closing.wait(self._accepted.allowed_at(now) - now)
        self._accepted.note(time.monotonic())
        connection, _ = self._listening().accept()
        uid = _peer_uid(connection)
        if uid not in self._config.allowed_uids:
            log.warning(
                "device socket: turned away uid %d; [socket] allowed_users in the configuration says who may", uid
            )
            connection.close()
            return None
        return connection

    def _listening(self) -> socket.socket:
        if self._listener is None:
            raise SocketFailed("the device socket is served before it was started: call start() first")
        return self._listener


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
