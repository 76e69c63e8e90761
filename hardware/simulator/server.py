"""The simulator's process: one thread serves boards and benches on one Unix socket, asleep when not asked."""

import json
import logging
import os
import select
import socket
from collections.abc import Callable
from pathlib import Path

from hardware.simulator.bench import answer
from hardware.simulator.cable import protocol
from hardware.simulator.cable.wiring_text import wiring_from_json
from hardware.simulator.pins import PINS, Mode
from hardware.simulator.world import World

log = logging.getLogger(__name__)

LINE_LIMIT = 65_536
LONGEST_PATH = 107


class Garbled(Exception):
    """A connection that speaks something else; it is hung up."""


class Connection:
    """One connection: first its greeting, then board bytes or bench lines."""

    def __init__(self, line: socket.socket, world: World) -> None:
        self.line = line
        self.is_board = False
        self.has_pins = False
        self._world = world
        self._pending = b""
        self._take: Callable[[], bool] = self._greeting
        self._unwatch: list[Callable[[], None]] = []

    def feed(self, data: bytes) -> None:
        """Take in what came; raises Garbled or OSError to have the connection closed."""
        self._pending += data
        while self._take():
            pass

    def close(self) -> None:
        """Forget it."""
        for unwatch in self._unwatch:
            unwatch()
        if self.has_pins:
            self._world.note("board_left")
            self._world.program_left()
        self.line.close()

    def _greeting(self) -> bool:
        for hello, take, is_board in (
            (protocol.BOARD_HELLO, self._board_request, True),
            (protocol.BENCH_HELLO, self._bench_line, False),
        ):
            if self._pending.startswith(hello):
                self._pending = self._pending[len(hello) :]
                self._take, self.is_board = take, is_board
                return True
        if len(self._pending) >= len(protocol.BOARD_HELLO):
            raise Garbled("a connection begins with the line `board` or `bench`")
        return False

    def _bench_line(self) -> bool:
        line, newline, rest = self._pending.partition(b"\n")
        if not newline:
            if len(line) > LINE_LIMIT:
                raise Garbled("a line of the bench is too long")
            return False
        self._pending = rest
        self._world.settle()
        self.line.sendall(answer(self._world, line))
        return True

    def _board_request(self) -> bool:
        kind = self._pending[:1]
        size = protocol.LENGTHS.get(kind)
        if size is None:
            if kind:
                raise Garbled(f"there is no board request {kind!r}")
            return False
        if len(self._pending) < size:
            return False
        if kind == b"S":
            _, bus, device, speed, length = protocol.SPI.unpack_from(self._pending)
            if len(self._pending) < size + length:
                return False
            out = self._pending[size : size + length]
            self._pending = self._pending[size + length :]
            self.line.sendall(self._world.transfer(bus, device, out, speed or 1_000_000))
            return True
        if kind == b"T":
            length = protocol.TELL.unpack_from(self._pending)[1]
            if len(self._pending) < size + length:
                return False
            self._told(self._pending[size : size + length])
            self._pending = self._pending[size + length :]
            return True
        self._pin_request(kind, self._pending[1:size])
        self._pending = self._pending[size:]
        return True

    def _pin_request(self, kind: bytes, rest: bytes) -> None:
        header, pin = self._world.header, rest[0]
        if pin not in PINS:
            raise Garbled(f"there is no pin {pin}")
        if kind == b"M":
            header.set_mode(pin, Mode(rest[1] & 3), bool(rest[2]))
        elif kind == b"W":
            header.write(pin, bool(rest[1]))
        elif kind == b"R":
            self.line.sendall(protocol.LEVEL.pack(b"V", pin, header.read(pin)))
        else:
            self._unwatch.append(header.watch(pin, self._edge))

    def _edge(self, pin: int, level: bool) -> None:
        try:
            self.line.sendall(protocol.LEVEL.pack(b"E", pin, level))
        except OSError as fault:
            # The loop sees the end of this connection by itself; the hand that moved the pin is another's.
            log.debug("an edge found nobody: %s", fault)

    def _told(self, body: bytes) -> None:
        try:
            told = json.loads(body)
            if "wiring" in told:
                self._world.wire(wiring_from_json(told["wiring"]))
                self.has_pins = True
                self._world.note("board_came")
            else:
                self._world.lamps[told["lamp"]].told = str(told["rhythm"])
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise Garbled(f"the board told something unintelligible: {fault!r}") from fault


class Server:
    """Serves one world at one socket until `stop`."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._connections: dict[int, Connection] = {}
        self._stopping = False
        self._waker = os.eventfd(0, os.EFD_CLOEXEC)

    def run(self) -> None:
        """Bind and serve; returns after `stop`. Raises OSError if the socket cannot be made."""
        if len(str(self._path).encode()) > LONGEST_PATH:
            raise OSError(f"the socket's path is longer than {LONGEST_PATH} bytes: choose a shorter directory")
        self._path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, select.epoll() as poll:
            listener.bind(str(self._path))
            self._path.chmod(0o600)
            listener.listen(16)
            poll.register(listener, select.EPOLLIN)
            poll.register(self._waker, select.EPOLLIN)
            try:
                while not self._stopping:
                    self._turn(listener, poll)
            finally:
                for connection in tuple(self._connections.values()):
                    connection.close()
                self._path.unlink(missing_ok=True)

    def stop(self) -> None:
        """End at once; may be called from a signal handler."""
        self._stopping = True
        os.eventfd_write(self._waker, 1)

    def _turn(self, listener: socket.socket, poll: select.epoll) -> None:
        due = self._world.next_due_us()
        wait_s = 3600.0 if due is None else max(0.0, (due - self._world.clock.now_us()) / 1_000_000)
        ready = poll.poll(wait_s)
        self._world.settle()
        for number, _ in ready:
            if number == listener.fileno():
                line, _address = listener.accept()
                self._connections[line.fileno()] = Connection(line, self._world)
                poll.register(line, select.EPOLLIN)
            elif number in self._connections:
                self._serve(number, poll)

    def _serve(self, number: int, poll: select.epoll) -> None:
        connection = self._connections[number]
        try:
            data = connection.line.recv(65_536)
            if data:
                connection.feed(data)
                return
        except Garbled as fault:
            log.warning("hung up on a connection: %s", fault)
        except OSError as fault:
            log.debug("a connection broke: %s", fault)
        poll.unregister(number)
        del self._connections[number]
        connection.close()
