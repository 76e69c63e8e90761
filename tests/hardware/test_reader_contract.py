"""What every reader does, whatever its wires: the driver beside the chip, and with the chip in another process."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest

from hardware.board import open_board
from hardware.reader import Reader, ReaderEvent
from hardware.simulator import profiles

UID, OTHER = "04a1b2c3d4e580", "deadbeef"


class Setting(Protocol):
    """A reader and the hands in front of it."""

    reader: Reader

    def hold(self, *uids: str, ms: int) -> None:
        """Hold cards up for a while."""
        ...

    def break_reader(self, fault: str | None) -> None:
        """Give the reader a fault, or none."""
        ...

    def look(self, until: Callable[[list[ReaderEvent]], bool]) -> list[ReaderEvent]:
        """Ask every 50 ms until what was told is enough, for 8 s at most."""
        ...


class InProcess:
    """On a virtual clock."""

    def __init__(self, bench: Any) -> None:
        self._bench = bench
        self.reader: Reader = bench.a_cold_reader()

    def hold(self, *uids: str, ms: int) -> None:
        self._bench.world.hold_badges([bytes.fromhex(uid) for uid in uids], ms)

    def break_reader(self, fault: str | None) -> None:
        self._bench.world.break_reader(fault)

    def look(self, until: Callable[[list[ReaderEvent]], bool]) -> list[ReaderEvent]:
        events: list[ReaderEvent] = []
        for _ in range(160):
            self._bench.clock.sleep(0.05)
            events += self.reader.poll()
            if until(events):
                break
        return events


class OverTheSocket:
    """On the machine's clock, the chip in a process of its own."""

    def __init__(self, simulator: Any) -> None:
        self._simulator = simulator
        self.board = open_board(profiles.one_door(), simulator=simulator.path)
        self.reader: Reader = self.board.readers[0]

    def hold(self, *uids: str, ms: int) -> None:
        assert self._simulator.ask("badge", uids=list(uids), hold_ms=ms) == {}

    def break_reader(self, fault: str | None) -> None:
        assert self._simulator.ask("reader", fault=fault) == {}

    def look(self, until: Callable[[list[ReaderEvent]], bool]) -> list[ReaderEvent]:
        events: list[ReaderEvent] = []
        end = time.monotonic() + 8
        while time.monotonic() < end and not until(events):
            events += self.reader.poll()
            time.sleep(0.05)
        return events


@pytest.fixture(params=["in process", "over the socket", "over the socket in real time"])
def setting(request: pytest.FixtureRequest, bench: Any, a_simulator: Any) -> Iterator[Setting]:
    if request.param == "in process":
        yield InProcess(bench)
        return
    made = OverTheSocket(a_simulator("--buttons", *(["--real-time"] if "real" in request.param else [])))
    yield made
    made.board.close()


def enough(count: int) -> Callable[[list[ReaderEvent]], bool]:
    return lambda events: len(events) >= count


def test_a_tap_is_presented_and_removed(setting: Setting, in_short: Any) -> None:
    setting.look(lambda _: setting.reader.version() is not None)
    setting.hold(UID, ms=400)
    events = setting.look(enough(2))
    assert in_short(events) == [("presented", UID), ("removed", UID)]
    assert all(event.reader == "reader" for event in events)


def test_a_card_held_is_told_after_three_seconds(setting: Setting, in_short: Any) -> None:
    setting.hold(UID, ms=4000)
    events: Any = setting.look(enough(3))
    assert in_short(events) == [("presented", UID), ("held", UID), ("removed", UID)]
    assert 2.9e9 < events[1].at_ns - events[0].at_ns < 3.5e9


def test_several_cards_are_all_presented(setting: Setting, in_short: Any) -> None:
    setting.hold(UID, OTHER, ms=2000)
    assert sorted(in_short(setting.look(enough(2)))) == [("presented", UID), ("presented", OTHER)]


def test_a_random_uid_is_no_badge(setting: Setting, in_short: Any) -> None:
    setting.hold("08010203", ms=500)
    assert in_short(setting.look(enough(1))) == [("RandomBadge", "")]


@pytest.mark.parametrize(("fault", "code"), [("unplugged", "not_there"), ("stuck", "stuck"), ("noise", "noise")])
def test_a_fault_is_told_and_its_end(setting: Setting, in_short: Any, fault: str, code: str) -> None:
    assert setting.look(lambda _: setting.reader.version() is not None) == []
    setting.break_reader(fault)
    assert in_short(setting.look(enough(1))) == [("ReaderFailed", code)]
    setting.break_reader(None)
    assert in_short(setting.look(enough(1))) == [("ReaderRecovered", "")]


def test_a_reader_may_be_closed_twice(setting: Setting) -> None:
    setting.reader.close()
    setting.reader.close()
