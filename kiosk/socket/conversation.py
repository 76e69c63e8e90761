"""One connection of link from its first byte to its last, on the cabinet's side: limits, rate and time-outs."""

import select
import selectors
import socket
import threading
import time
from collections.abc import Callable

from kiosk.errors import SocketFailed
from kiosk.socket.framing import LENGTH, MESSAGE_LIMIT, NEW_EVENTS, STATUS_CHANGED, Ask, Outcome, encode_answer
from kiosk.socket.pace import Pace

MESSAGES_A_SECOND = 20
MESSAGE_TIMEOUT_S = 5.0
"""A begun message must be whole, and an answer taken, within this."""
SILENCE_TIMEOUT_S = 30.0
READ_PAUSE_S = 0.004
"""Between two reads of one message: bytes sent one by one must not keep this thread awake."""

Answering = Callable[[Ask, bytes], tuple[Outcome, bytes]]
"""Answers one ask; runs in the socket's thread."""


class Conversation:
    """Serves one peer; `run` returns by SocketFailed or OSError, saying why it is over, or when the program ends."""

    def __init__(
        self,
        connection: socket.socket,
        listener: socket.socket,
        answer: Answering,
        *,
        wake: int,
        take_news: Callable[[], bytes],
        messages: Pace,
        turned_away: Pace,
    ) -> None:
        self._connection = connection
        self._listener = listener
        self._answer = answer
        self._wake = wake
        self._take_news = take_news
        self._turned_away = turned_away
        self._input = bytearray()
        self._output = bytearray()
        self._messages = messages
        self._begun: float | None = None
        self._heard = time.monotonic()
        self._unsent_since: float | None = None
        self._pause_until = 0.0

    def run(self, closing: threading.Event) -> None:
        """Serve until the peer leaves, breaks a rule or the program ends."""
        self._connection.setblocking(False)
        self._output += NEW_EVENTS + STATUS_CHANGED
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake, selectors.EVENT_READ)
            while not closing.is_set():
                now = time.monotonic()
                self._refuse_overdue(now)
                self._wish(selector, now)
                self._step({key.fileobj for key, _ in selector.select(self._patience(now))})

    def _step(self, ready: set[object]) -> None:
        """Do what is ready."""
        if self._wake in ready:
            self._output += self._take_news()
        if self._connection in ready and self._may_read(time.monotonic()):
            self._read()
        if self._listener in ready:
            self._turn_away()
        self._answer_next()
        self._send()

    def _turn_away(self) -> None:
        """One connection: the second goes at once, unless the first has gone itself."""
        if has_gone(self._connection):
            raise SocketFailed("link has gone")
        self._turned_away.note(time.monotonic())
        self._listener.accept()[0].close()

    def _may_read(self, now: float) -> bool:
        return now >= self._pause_until and not self._output and not self._whole()

    def _wish(self, selector: selectors.BaseSelector, now: float) -> None:
        wishes = selectors.EVENT_WRITE if self._output else 0
        if self._may_read(now):
            wishes |= selectors.EVENT_READ
        _register(selector, self._connection, wishes)
        _register(selector, self._listener, selectors.EVENT_READ if self._turned_away.allows(now) else 0)

    def _patience(self, now: float) -> float:
        """Seconds until something must be looked at even if nothing comes."""
        until = [now + 1.0]
        if self._pause_until > now:
            until.append(self._pause_until)
        if not self._turned_away.allows(now):
            until.append(self._turned_away.allowed_at(now))
        if self._whole():
            until.append(self._messages.allowed_at(now))
        return min(until) - now

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
        if self._output or not self._whole() or not self._messages.allows(now):
            return
        self._messages.note(now)
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


def has_gone(connection: socket.socket) -> bool:
    """Whether the peer has closed its end, also while something of it is still unread (poll(2), POLLHUP)."""
    looking = select.poll()
    looking.register(connection, 0)  # POLLHUP is always told
    return bool(looking.poll(0))


def _register(selector: selectors.BaseSelector, file: socket.socket, wishes: int) -> None:
    registered = file in selector.get_map()
    if wishes and registered:
        selector.modify(file, wishes)
    elif wishes:
        selector.register(file, wishes)
    elif registered:
        selector.unregister(file)
