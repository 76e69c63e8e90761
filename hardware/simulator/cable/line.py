"""The program's ends of the wires over the simulator's socket: SPI on one connection, pins on another.

Both connect again by themselves when the simulator was restarted, and set every pin up anew.
"""

import json
import logging
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from hardware.errors import BoardUnavailable
from hardware.simulator.cable import protocol
from hardware.simulator.cable.port import Watcher
from hardware.simulator.pins import Mode

log = logging.getLogger(__name__)

ANSWER_WITHIN_S = 2
AGAIN_AFTER_S = 0.3


def connect(path: Path) -> socket.socket:
    """Open a `board` connection; raises BoardUnavailable."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # A time-out of the kernel costs nothing; Python's own costs a poll before every receive.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", ANSWER_WITHIN_S, 0))
    try:
        # A socket's address has 107 bytes at most, so a long path is entered through its resolved end.
        line.connect(str(path.resolve()))
        line.sendall(protocol.BOARD_HELLO)
    except OSError as fault:
        line.close()
        raise BoardUnavailable(
            f"No simulated board answers at {path} ({fault}). "
            f"Start one with: python -m hardware.simulator --socket {path} --profile one_door"
        ) from None
    return line


class SpiLine:
    """SPI frames to the simulator, each a round trip."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line: socket.socket | None = None

    def transfer(self, bus: int, device: int, out: bytes, speed_hz: int) -> bytes:
        """Exchange one frame; raises BoardUnavailable (an OSError) while the simulator is away."""
        try:
            if self._line is None:
                self._line = connect(self._path)
            self._line.sendall(protocol.SPI.pack(b"S", bus, device, speed_hz, len(out)) + out)
            answer = self._line.recv(len(out))
            while len(answer) < len(out):
                more = self._line.recv(len(out) - len(answer))
                if not more:
                    raise ConnectionError("it hung up")
                answer += more
        except OSError as fault:
            self.close()
            raise BoardUnavailable(f"The simulated SPI bus at {self._path} is gone: {fault}.") from fault
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None


class PinLine:
    """Pins at the simulator; changes of inputs arrive in a thread of its own and are handed to watchers."""

    def __init__(self, path: Path, wiring: dict[str, Any] | None) -> None:
        self._path = path
        self._wiring = wiring
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        self._levels: SimpleQueue[tuple[int, bool]] = SimpleQueue()
        self._modes: dict[int, tuple[Mode, bool]] = {}
        self._watchers: dict[int, list[Watcher]] = {}
        self._closed = threading.Event()
        self._line = connect(path)
        self._thread = threading.Thread(target=self._listen, name="simulated-pins", daemon=True)
        if wiring is not None:
            self._tell({"wiring": wiring})
        self._thread.start()

    def set_mode(self, pin: int, mode: Mode, level: bool = False) -> None:
        self._modes[pin] = (mode, level)
        self._send(protocol.MODE.pack(b"M", pin, mode.value, level))

    def write(self, pin: int, level: bool) -> None:
        self._modes[pin] = (Mode.OUTPUT, level)
        self._send(protocol.WRITE.pack(b"W", pin, level))

    def read(self, pin: int) -> bool:
        with self._reading:
            self._send(protocol.READ.pack(b"R", pin))
            try:
                # An answer that came too late for an earlier question is passed over.
                while True:
                    answered, level = self._levels.get(timeout=ANSWER_WITHIN_S)
                    if answered == pin:
                        return level
            except Empty:
                raise BoardUnavailable(f"The simulated board at {self._path} does not answer.") from None

    def watch(self, pin: int, watcher: Watcher) -> Callable[[], None]:
        watchers = self._watchers.setdefault(pin, [])
        watchers.append(watcher)
        self._send(protocol.WATCH.pack(b"N", pin))
        return lambda: watchers.remove(watcher) if watcher in watchers else None

    def show_lamp(self, lamp: str, rhythm: str) -> None:
        """Tell what a lamp is about to show, so that an onlooker need not wait for a whole rhythm."""
        self._tell({"lamp": lamp, "rhythm": rhythm})

    def close(self) -> None:
        """Hang up; the pins stay as they are."""
        self._closed.set()
        # Closing alone would leave the listening thread in recv.
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            log.debug("the simulator had hung up before")
        self._line.close()
        if self._thread is not threading.current_thread():
            self._thread.join(ANSWER_WITHIN_S)

    def _tell(self, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self._send(protocol.TELL.pack(b"T", len(body)) + body)

    def _send(self, data: bytes) -> None:
        try:
            with self._sending:
                self._line.sendall(data)
        except OSError as fault:
            raise BoardUnavailable(f"The simulated board at {self._path} is gone: {fault}.") from fault

    def _listen(self) -> None:
        pending = b""
        while not self._closed.is_set():
            try:
                data = self._line.recv(4096)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if not data:
                pending = b""
                self._come_back()
                continue
            pending += data
            while len(pending) >= protocol.LEVEL.size:
                kind, pin, level = protocol.LEVEL.unpack_from(pending)
                pending = pending[protocol.LEVEL.size :]
                if kind == b"V":
                    self._levels.put((pin, bool(level)))
                else:
                    self._hand_on(pin, bool(level))

    def _hand_on(self, pin: int, level: bool) -> None:
        for watcher in tuple(self._watchers.get(pin, ())):
            try:
                watcher(pin, level)
            except Exception:
                log.exception("a handler of pin %d failed; later edges go on", pin)

    def _come_back(self) -> None:
        """The simulator went: as a Pi after a power cut, wait for it and set the pins up again."""
        while not self._closed.wait(AGAIN_AFTER_S):
            try:
                line = connect(self._path)
            except BoardUnavailable:
                continue
            old, self._line = self._line, line
            old.close()
            if self._wiring is not None:
                self._tell({"wiring": self._wiring})
            for pin, (mode, level) in tuple(self._modes.items()):
                self._send(protocol.MODE.pack(b"M", pin, mode.value, level))
            for pin in tuple(self._watchers):
                self._send(protocol.WATCH.pack(b"N", pin))
            log.warning("the simulated board is back")
            return
