"""Builders: a simulated world on a virtual clock, the driver on it, pins that remember, a schedule moved by hand."""

import importlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, Protocol

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.pinfactory.guard import contained
from hardware.reader import BadgeHeld, BadgePresented, BadgeRemoved, ReaderEvent
from hardware.rfid.driver import Mfrc522Reader
from hardware.schedule import Agenda, Call
from hardware.simulator import profiles
from hardware.simulator.cable.factory import SimulatedFactory
from hardware.simulator.cable.port import Watcher
from hardware.simulator.clock import VirtualClock
from hardware.simulator.modules import FakeGpio, fake_modules, fake_spidev, install_modules
from hardware.simulator.pins import Header, Mode
from hardware.simulator.radio.card import Card
from hardware.simulator.radio.chip import Chip as SimulatedChip
from hardware.simulator.wires import LocalWires
from hardware.simulator.world import World

SEED = 20261124


class Bench:
    """A world on a virtual clock, with the hands of a test."""

    def __init__(self, wiring: Any = None) -> None:
        print(f"seed {SEED}")
        self.clock = VirtualClock()
        self.world = World(self.clock, wiring or profiles.one_door(), Random(SEED))
        self.wires = LocalWires(self.world)

    @property
    def chip(self) -> SimulatedChip:
        """The first reader's chip."""
        return next(iter(self.world.chips.values()))

    def put(self, *uids: str, chip: SimulatedChip | None = None) -> list[Card]:
        """Put cards into the field, powered up."""
        cards = [Card(bytes.fromhex(uid), enters_us=self.clock.now_us() - 5000) for uid in uids]
        (chip or self.chip).field.cards += cards
        return cards

    def clear(self, chip: SimulatedChip | None = None) -> None:
        """Take every card away."""
        for card in (chip or self.chip).field.cards:
            card.leaves_us = self.clock.now_us()

    def a_reader(self, name: str = "reader", device: int = 0) -> Mfrc522Reader:
        """Our driver on the simulated chip, already set up."""
        reader = self.a_cold_reader(name, device)
        assert reader.poll() == []
        return reader

    def a_cold_reader(self, name: str = "reader", device: int = 0) -> Mfrc522Reader:
        """Our driver before its first look."""
        install_modules(self.wires, self.wires)
        from hardware.rfid.chip import Chip

        spi: Any = fake_spidev(self.wires)
        bus = spi.SpiDev()
        bus.open(0, device)
        bus.max_speed_hz = 1_000_000
        return Mfrc522Reader(name, Chip(bus, self.clock), None, self.clock)

    def look(self, reader: Mfrc522Reader, times: int = 1) -> list[ReaderEvent]:
        """Ask a reader every 50 ms."""
        events: list[ReaderEvent] = []
        for _ in range(times):
            self.clock.sleep(0.05)
            events += reader.poll()
        return events

    def the_package(self) -> tuple[ModuleType, FakeGpio]:
        """A fresh copy of the unmodified `mfrc522` package on this world."""
        fakes = fake_modules(self.wires, self.wires)
        names = [*fakes, "mfrc522", "mfrc522.MFRC522", "mfrc522.SimpleMFRC522"]
        kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
        try:
            sys.modules.update(fakes)
            package = importlib.import_module("mfrc522")
        finally:
            for name in names:
                sys.modules.pop(name, None)
            sys.modules.update(kept)
        gpio = fakes["RPi.GPIO"]
        assert isinstance(gpio, FakeGpio)
        return package, gpio


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="session")
def a_bench() -> Callable[..., Bench]:
    return Bench


Short = tuple[str, str]


@pytest.fixture(scope="session")
def in_short() -> Callable[[list[ReaderEvent]], list[Short]]:
    """Events as (word, UID) pairs."""

    def shorten(events: list[ReaderEvent]) -> list[Short]:
        words: list[Short] = []
        for event in events:
            if isinstance(event, BadgePresented | BadgeHeld | BadgeRemoved):
                words.append((type(event).__name__.removeprefix("Badge").lower(), event.uid.hex()))
            else:
                words.append((type(event).__name__, str(getattr(event, "fault", ""))))
        return words

    return shorten


@dataclass
class ManualSchedule:
    """A schedule that a test moves by hand."""

    now: int = 1_000_000_000
    agenda: Agenda = field(default_factory=Agenda)
    is_closed: bool = False

    def now_ns(self) -> int:
        return self.now

    def call_at(self, at_ns: int, action: Callable[[], None]) -> Call:
        return self.agenda.add(at_ns, action)

    def close(self) -> None:
        self.is_closed = True

    def advance(self, seconds: float) -> None:
        """Let time pass and do what falls due in it."""
        until = self.now + round(seconds * 1e9)
        while (call := self.agenda.pop_due(until)) is not None:
            self.now = max(self.now, call.at_ns)
            Agenda.run(call)
        self.now = until


@pytest.fixture
def schedule() -> ManualSchedule:
    return ManualSchedule()


class SafeMockPin(MockPin):
    """gpiozero's mock pin with what our factories promise: outputs begin at their level, handlers are contained."""

    def output_with_state(self, state: bool) -> None:
        self._function = "output"
        self._change_state(bool(state))

    def _call_when_changed(self) -> None:
        contained(super()._call_when_changed)


class PinRig(Protocol):
    """A pin factory and the other end of its pins."""

    factory: Any

    def level(self, pin: int) -> bool:
        """What the pin carries."""
        ...

    def force(self, pin: int, level: bool) -> None:
        """Pull an input to a level."""
        ...

    def driven(self, pin: int) -> list[bool]:
        """Every level the pin was driven to as an output, in order."""
        ...


class MockRig:
    """On gpiozero's mock pins."""

    def __init__(self) -> None:
        self.factory: Any = MockFactory(pin_class=SafeMockPin)

    def level(self, pin: int) -> bool:
        return bool(self.factory.pin(pin).state)

    def force(self, pin: int, level: bool) -> None:
        mock = self.factory.pin(pin)
        mock.drive_high() if level else mock.drive_low()

    def driven(self, pin: int) -> list[bool]:
        # The first state is that of the floating pin, before anybody drove it.
        return [bool(state.state) for state in self.factory.pin(pin).states[1:]]


class SimulatedRig:
    """On the simulator's header."""

    def __init__(self) -> None:
        self._driven: dict[int, list[bool]] = {}
        self._header = Header(self._note)
        self.factory: Any = SimulatedFactory(self)

    def _note(self, pin: int, level: bool | None) -> None:
        # An idle pin is low, as the mock's, so that both rigs tell the same story.
        history = self._driven.setdefault(pin, [])
        now = bool(level)
        if now != (history[-1] if history else False):
            history.append(now)

    def set_mode(self, pin: int, mode: Mode, level: bool = False) -> None:
        self._header.set_mode(pin, mode, level)

    def write(self, pin: int, level: bool) -> None:
        self._header.write(pin, level)

    def read(self, pin: int) -> bool:
        return self._header.read(pin)

    def watch(self, pin: int, watcher: Watcher) -> Callable[[], None]:
        return self._header.watch(pin, watcher)

    def close(self) -> None:
        """Nothing to close."""

    def level(self, pin: int) -> bool:
        return self._header.read(pin)

    def force(self, pin: int, level: bool) -> None:
        self._header.force(pin, level)

    def driven(self, pin: int) -> list[bool]:
        return list(self._driven.get(pin, []))


@pytest.fixture(params=[MockRig, SimulatedRig], ids=["mock pins", "simulated pins"])
def rig(request: pytest.FixtureRequest) -> Iterator[PinRig]:
    rig: PinRig = request.param()
    yield rig
    rig.factory.close()


class SimulatorProcess:
    """`python -m hardware.simulator` and a bench connection to it."""

    def __init__(self, socket_path: Path, *words: str) -> None:
        self.path = socket_path
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hardware.simulator", "--socket", str(socket_path), *words],
            cwd=Path(__file__).parents[2],
        )
        self._line = self.connect(b"bench\n")
        self._answers = self._line.makefile("rb")
        self._words = words

    def restart(self) -> None:
        """End the process and start another at the same socket."""
        self.close()
        self.__dict__ = SimulatorProcess(self.path, *self._words).__dict__

    def connect(self, hello: bytes) -> socket.socket:
        """Open a connection, as soon as the process listens."""
        until = time.monotonic() + 20
        while True:
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                line.connect(str(self.path))
            except OSError:
                line.close()
                assert time.monotonic() < until, "the simulator does not come up"
                assert self.process.poll() is None, "the simulator ended"
                time.sleep(0.01)
                continue
            line.settimeout(10)
            line.sendall(hello)
            return line

    def ask(self, op: str, **more: object) -> dict[str, Any]:
        """One request of the bench, and its answer."""
        self._line.sendall(json.dumps({"op": op, **more}).encode() + b"\n")
        answer: dict[str, Any] = json.loads(self._answers.readline())
        return answer

    def close(self) -> None:
        """End the process."""
        self._answers.close()
        self._line.close()
        self.process.terminate()
        assert self.process.wait(10) == 0


@pytest.fixture
def a_simulator(tmp_path: Path) -> Iterator[Callable[..., SimulatorProcess]]:
    made: list[SimulatorProcess] = []

    def make(*words: str) -> SimulatorProcess:
        made.append(SimulatorProcess(tmp_path / f"{len(made)}.sock", *words))
        return made[-1]

    yield make
    for simulator in made:
        if simulator.process.poll() is None:
            simulator.close()


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Wait on a condition."""

    def wait(condition: Callable[[], object], seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not come true"
            time.sleep(0.01)

    return wait
