"""The bench's half of the simulator's socket: what it answers, what it refuses, and that it survives nonsense."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from hardware.simulator import profiles
from hardware.simulator.bench import answer
from hardware.simulator.cable.wiring_text import wiring_from_json, wiring_to_json


def ask(bench: Any, op: str, **more: object) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(answer(bench.world, json.dumps({"op": op, **more}).encode()))
    return reply


def test_the_state_before_anything_happened(bench: Any) -> None:
    assert ask(bench, "state") == {
        "powered": True,
        "lamps": {"red": "off", "amber": "off", "green": "off"},
        "beeps": 0,
        "slots": [{"slot": 1, "lock": "locked", "door": "closed"}],
        "releases": {"1": 0},
    }


def test_a_badge_leaves_by_itself(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    assert ask(bench, "badge", uids=["04a1b2c3d4e580", "deadbeef"], hold_ms=300) == {}
    assert sorted(in_short(bench.look(reader, 3))) == [("presented", "04a1b2c3d4e580"), ("presented", "deadbeef")]
    assert sorted(in_short(bench.look(reader, 10))) == [("removed", "04a1b2c3d4e580"), ("removed", "deadbeef")]
    whats = [entry["what"] for entry in ask(bench, "history")["history"]]
    assert whats == ["card_in", "card_in", "card_out", "card_out"]


def test_a_single_uid_may_be_given_as_one(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    ask(bench, "badge", uid="deadbeef")
    assert in_short(bench.look(reader, 2)) == [("presented", "deadbeef")]


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"op": "fly"}, "There is no op"),
        ({"op": 7}, "op"),
        ({"op": "badge", "uids": []}, "at least one"),
        ({"op": "badge", "uids": ["xyz"]}, "hexadecimal"),
        ({"op": "badge", "uids": ["0102"]}, "4, 7 or 10"),
        ({"op": "badge", "uids": [7]}, "hexadecimal"),
        ({"op": "badge", "uids": ["deadbeef"], "hold_ms": 0}, "hold_ms"),
        ({"op": "badge", "uids": ["deadbeef"], "reader": 3}, "no reader 3"),
        ({"op": "door", "slot": 2, "open": True}, "no door at slot 2"),
        ({"op": "door", "slot": 1, "open": "yes"}, "open"),
        ({"op": "door", "slot": True, "open": True}, "slot"),
        ({"op": "button", "name": "bell"}, "put_in, take_out"),
        ({"op": "reader", "fault": "sleepy"}, "unplugged, stuck, noise or null"),
        ({"op": "relay", "slot": 1, "fault": "rusty"}, "jammed or null"),
        ({"op": "relay", "slot": 4, "fault": "jammed"}, "no lock at slot 4"),
        ({"op": "power"}, "on"),
    ],
)
def test_a_wrong_request_is_answered_with_a_sentence(bench: Any, request_: dict[str, Any], says: str) -> None:
    reply = json.loads(answer(bench.world, json.dumps(request_).encode()))
    assert says in reply["error"]


@pytest.mark.parametrize("line", [b"", b"nonsense", b"[1]", b"\xff\xfe", b"7"])
def test_what_is_no_request_is_answered_too(bench: Any, line: bytes) -> None:
    assert "error" in json.loads(answer(bench.world, line))


@pytest.mark.parametrize("wiring", [profiles.one_door(), profiles.one_door(buttons=False), profiles.bank(6)])
def test_a_wiring_survives_the_socket(wiring: Any) -> None:
    assert wiring_from_json(json.loads(json.dumps(wiring_to_json(wiring)))) == wiring


def test_nonsense_on_the_socket_ends_its_connection_and_nothing_else(a_simulator: Callable[..., Any]) -> None:
    simulator = a_simulator()
    for words in (
        b"hello\n\n",
        b"board\nX",
        b"board\nM\xff\x01\x01",
        b"board\nT\x00\x05{bad}",
        b"bench\n" + b"x" * 70_000,
    ):
        line = simulator.connect(words)
        assert line.recv(100) == b""
        line.close()
    assert simulator.ask("state")["powered"]


def test_a_socket_path_that_is_too_long_is_said_so(tmp_path: Any) -> None:
    import subprocess
    import sys
    from pathlib import Path

    ended = subprocess.run(
        [sys.executable, "-m", "hardware.simulator", "--socket", str(tmp_path / ("x" * 120))],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "choose a shorter directory" in ended.stderr
    assert "Traceback" not in ended.stderr
