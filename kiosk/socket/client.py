"""Link's end of the device socket: one ask at a time, and single bytes that say something is new (flow 1, step 7)."""

import socket
import time
from pathlib import Path

from kiosk.errors import CabinetAway
from kiosk.socket.framing import (
    ANSWER,
    LENGTH,
    MESSAGE_LIMIT,
    NEW_EVENTS,
    STATUS_CHANGED,
    Ask,
    Outcome,
    encode_ask,
)

ANSWER_TIMEOUT_S = 15.0
"""The cabinet answers within a second, or two when it makes link wait for the 20 messages a second."""


class DeviceSocketClient:
    """A connection to `cabinet`; every method raises CabinetAway when it has gone, and then a new one is needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket: socket.socket | None = None
        self._input = bytearray()
        self.new_events = False
        """Whether the cabinet has said so since this was last set to False."""
        self.status_changed = False

    def connect(self) -> None:
        """Connect; raise CabinetAway when nobody serves the socket."""
        self.close()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            connection.connect(str(self._path))
        except OSError as fault:
            connection.close()
            raise CabinetAway(
                f"nobody serves the device socket {self._path} ({fault}): is phonekeep-cabinet running?"
            ) from fault
        self._socket = connection

    @property
    def connected(self) -> bool:
        """Whether a connection is thought to be open."""
        return self._socket is not None

    def fileno(self) -> int:
        """The descriptor to wait for; raise CabinetAway without a connection."""
        return self._open().fileno()

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._input.clear()

    def ask(self, ask: Ask, body: bytes = b"") -> tuple[Outcome, bytes]:
        """Ask one thing and wait for the answer; announcements that come before it are noted."""
        connection = self._open()
        end = time.monotonic() + ANSWER_TIMEOUT_S
        try:
            connection.settimeout(ANSWER_TIMEOUT_S)
            connection.sendall(encode_ask(ask, body))
            while True:
                answer = self._take()
                if answer is not None:
                    return answer
                connection.settimeout(max(end - time.monotonic(), 0.001))
                self._receive(connection)
        except OSError as fault:
            self.close()
            raise CabinetAway(f"the cabinet stopped answering at {self._path}: {fault}") from fault

    def listen(self) -> None:
        """Note the announcements that have come, without waiting."""
        connection = self._open()
        try:
            connection.settimeout(0)
            while True:
                self._receive(connection)
        except BlockingIOError:
            pass
        except OSError as fault:
            self.close()
            raise CabinetAway(f"the cabinet has gone from {self._path}: {fault}") from fault
        if self._take() is not None:
            self.close()
            raise CabinetAway("the cabinet answered what nobody asked: the connection is opened anew")

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise CabinetAway(f"not connected to {self._path}")
        return self._socket

    def _receive(self, connection: socket.socket) -> None:
        chunk = connection.recv(65536)
        if not chunk:
            raise ConnectionResetError("closed by the cabinet")
        self._input += chunk

    def _take(self) -> tuple[Outcome, bytes] | None:
        """Take announcements off the input, and the answer if it is whole."""
        while self._input[:1] in (NEW_EVENTS, STATUS_CHANGED):
            if self._input[:1] == NEW_EVENTS:
                self.new_events = True
            else:
                self.status_changed = True
            del self._input[:1]
        if len(self._input) < 1 + LENGTH.size:
            return None
        length: int = LENGTH.unpack_from(self._input, 1)[0]
        if self._input[:1] != ANSWER or not 1 <= length <= MESSAGE_LIMIT:
            raise ConnectionAbortedError("what it sent is no answer: both programs must be of one version")
        end = 1 + LENGTH.size + length
        if len(self._input) < end:
            return None
        message = bytes(self._input[1 + LENGTH.size : end])
        del self._input[:end]
        return Outcome(message[:1]), message[1:]
