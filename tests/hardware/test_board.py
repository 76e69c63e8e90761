"""A whole board over the simulator's socket: the contract that the cabinet's program is written to."""

import ast
import re
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hardware.board import Board, drive_locks_off, open_board
from hardware.errors import BoardUnavailable
from hardware.happenings import (
    ButtonPressed,
    ButtonReleased,
    DoorClosed,
    DoorOpened,
    DoorState,
    LockFailed,
    LockFault,
    LockPulse,
)
from hardware.lamps import Signal
from hardware.reader import BadgePresented
from hardware.simulator import profiles

UID = "04a1b2c3d4e580"


@pytest.fixture
def simulator(a_simulator: Callable[..., Any]) -> Any:
    return a_simulator("--profile", "one_door", "--buttons")


@pytest.fixture
def board(simulator: Any) -> Iterator[Board]:
    board = open_board(profiles.one_door(), simulator=simulator.path)
    yield board
    board.close()


def test_a_badge_is_read_over_the_socket(simulator: Any, board: Board, until: Any) -> None:
    reader = board.readers[0]
    assert reader.poll() == []
    assert reader.version() == 0x92
    simulator.ask("badge", uids=[UID], hold_ms=5000)
    seen: list[Any] = []

    def look() -> list[Any]:
        seen.extend(reader.poll())
        return seen

    until(look)
    assert [(type(event), event.uid.hex()) for event in seen] == [(BadgePresented, UID)]
    simulator.ask("reader", fault="unplugged")
    until(lambda: reader.version() is None)


def test_a_release_drives_the_coil_and_is_told(simulator: Any, board: Board, until: Any) -> None:
    done: list[Any] = []
    started: list[int] = []
    board.locks[1].release(0.3, done.append, started.append)
    until(lambda: done)
    (pulse,) = done
    assert isinstance(pulse, LockPulse)
    assert (pulse.slot, pulse.started_ns) == (1, started[0])
    assert 295 <= pulse.ms < 1000
    assert simulator.ask("state")["releases"] == {"1": 1}
    coil = [entry for entry in simulator.ask("history")["history"] if entry["what"].startswith("coil")]
    assert [entry["what"] for entry in coil] == ["coil_on", "coil_off"]
    assert 290 <= (coil[1]["at_ns"] - coil[0]["at_ns"]) / 1e6 < 1000


def test_a_jammed_relay_is_a_failed_lock(simulator: Any, board: Board, until: Any) -> None:
    simulator.ask("relay", slot=1, fault="jammed")
    done: list[Any] = []
    board.locks[1].release(0.3, done.append)
    until(lambda: done)
    assert isinstance(done[0], LockFailed)
    assert done[0].fault is LockFault.NO_CURRENT
    assert simulator.ask("state")["releases"] == {"1": 0}
    simulator.ask("relay", slot=1, fault=None)
    board.locks[1].release(0.3, done.append)
    until(lambda: len(done) == 2)
    assert isinstance(done[1], LockPulse)


def test_doors_and_buttons_arrive_on_the_queue_in_order(simulator: Any, board: Board) -> None:
    assert board.door_state(1) is DoorState.CLOSED
    assert board.door_state(2) is DoorState.UNKNOWN
    simulator.ask("door", slot=1, open=True)
    assert isinstance(board.events.get(timeout=5), DoorOpened)
    assert board.door_state(1) is DoorState.OPEN
    simulator.ask("door", slot=1, open=False)
    assert isinstance(board.events.get(timeout=5), DoorClosed)
    simulator.ask("button", name="take_out", hold_ms=100)
    pressed, released = board.events.get(timeout=5), board.events.get(timeout=5)
    assert isinstance(pressed, ButtonPressed)
    assert isinstance(released, ButtonReleased)
    assert (pressed.name, released.name) == ("take_out", "take_out")
    assert 80 <= (released.at_ns - pressed.at_ns) / 1e6 < 1000


def test_lamps_and_beeps_are_seen_on_the_bench(simulator: Any, board: Board, until: Any) -> None:
    assert board.lamps is not None
    board.lamps.show(Signal.OUT)
    board.lamps.show(Signal.FAULT)
    until(lambda: simulator.ask("state")["beeps"] == 2)
    assert simulator.ask("state")["lamps"] == {"red": "slow", "amber": "steady", "green": "off"}
    board.lamps.show(Signal.PRESS_A_BUTTON)
    until(lambda: simulator.ask("state")["lamps"]["red"] == "double")
    board.lamps.clear(Signal.PRESS_A_BUTTON)
    board.lamps.clear(Signal.FAULT)
    board.lamps.clear(Signal.OUT)
    until(lambda: set(simulator.ask("state")["lamps"].values()) == {"off"})


def test_closing_switches_a_driven_coil_off(simulator: Any) -> None:
    board = open_board(profiles.one_door(), simulator=simulator.path)
    done: list[Any] = []
    board.locks[1].release(1.0, done.append)
    board.close()
    board.close()
    assert done[0].fault is LockFault.SWITCHED_OFF
    assert simulator.ask("state")["slots"][0]["lock"] == "locked"


def test_pins_stay_driven_when_the_program_is_killed_and_locks_off_drops_them(
    simulator: Any, until: Any, tmp_path: Path
) -> None:
    pin = profiles.one_door().locks[1].pin
    line = simulator.connect(b"board\n")
    line.sendall(bytes((*b"M", pin, 3, 1)) + bytes((*b"R", pin)))
    assert line.recv(3) == bytes((*b"V", pin, 1))
    line.shutdown(socket.SHUT_RDWR)
    line.close()
    assert simulator.ask("state")["slots"][0]["lock"] == "released"
    drive_locks_off(profiles.one_door(), simulator=simulator.path)
    until(lambda: simulator.ask("state")["slots"][0]["lock"] == "locked")


def test_power_off_drops_every_pin_and_unplugs_the_reader(simulator: Any, board: Board, until: Any) -> None:
    assert board.readers[0].poll() == []
    assert board.lamps is not None
    board.locks[1].release(1.0)
    board.lamps.show(Signal.OUT)
    until(lambda: simulator.ask("state")["slots"][0]["lock"] == "released")
    simulator.ask("power", on=False)
    state = simulator.ask("state")
    assert (state["powered"], state["slots"][0]["lock"], state["lamps"]["amber"]) == (False, "locked", "off")
    assert board.readers[0].version() is None
    simulator.ask("power", on=True)
    assert board.readers[0].version() == 0x92


def test_the_board_comes_back_when_the_simulator_was_restarted(
    simulator: Any, board: Board, a_simulator: Any, until: Any
) -> None:
    reader = board.readers[0]
    assert reader.poll() == []
    simulator.restart()
    until(lambda: (reader.poll(), reader.version() == 0x92)[1])
    until(lambda: [entry["what"] for entry in simulator.ask("history")["history"]].count("board_came") == 1)
    simulator.ask("door", slot=1, open=True)
    assert isinstance(board.events.get(timeout=5), DoorOpened)


def test_the_program_tells_the_simulator_its_own_wiring(simulator: Any, until: Any) -> None:
    wiring = profiles.one_door()
    moved = replace(wiring, locks={1: replace(wiring.locks[1], pin=27, active_high=False)}, lock_feedback=None)
    board = open_board(moved, simulator=simulator.path)
    assert simulator.ask("state")["releases"] == {"1": 0}
    board.locks[1].release(0.3)
    until(lambda: simulator.ask("state")["releases"] == {"1": 1})
    board.close()
    assert simulator.ask("state")["slots"][0]["lock"] == "locked"


def test_a_bank_releases_its_own_slots(a_simulator: Any, until: Any) -> None:
    simulator = a_simulator("--profile", "bank", "--slots", "6")
    board = open_board(profiles.bank(), simulator=simulator.path)
    for slot in (6, 2):
        board.locks[slot].release(0.3)
    until(lambda: simulator.ask("state")["releases"]["2"] == 1)
    assert simulator.ask("state")["releases"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 0, "6": 1}
    assert dict(board.buttons) == {}
    board.close()


def test_no_simulator_is_said_with_what_to_start(tmp_path: Path) -> None:
    with pytest.raises(BoardUnavailable, match="python -m hardware.simulator"):
        open_board(profiles.one_door(), simulator=tmp_path / "none.sock")


@pytest.mark.skipif("lgpio" in sys.modules, reason="only where there are no pins")
def test_a_machine_without_pins_is_said_with_what_to_do() -> None:
    with pytest.raises(BoardUnavailable, match=r"python3-lgpio|--simulate"):
        open_board(profiles.one_door())


HARDWARE = Path(__file__).parents[2] / "hardware"


@pytest.mark.parametrize(
    "name", ["LockRelay", "DoorContact", "Lamps", "Beeper", "Button", "Cabinet", "Chip", "Mfrc522Reader"]
)
def test_every_device_says_how_to_use_it_in_four_lines(name: str) -> None:
    for file in (*HARDWARE.glob("devices/*.py"), *HARDWARE.glob("rfid/*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                text = ast.get_docstring(node) or ""
                assert re.search(r"[Ww]ire", text), f"{name} does not say how to wire it"
                example = re.findall(r"^    .+$", text, re.MULTILINE)
                assert len(example) == 4
                compile("\n".join(line[4:] for line in example), name, "exec")
                return
    pytest.fail(f"there is no class {name}")
