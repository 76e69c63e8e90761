"""Badge presented -> decision committed, against one bare INSERT of as many bytes, interleaved on the same disk.

Ours is the whole of `Cabinet.handle`: fold, badge reference, decision, two events with chain and commitment, declared
state, commit, and the orders to lock and lamps, whose parts here only record. A button was pressed before each tap.
"""

import importlib.util
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.figure import Figure, spread
from hardware.happenings import ButtonPressed, ButtonReleased
from hardware.reader import BadgePresented, BadgeRemoved

TAPS, WARM_UP = 1500, 50


def load_cabinet(directory: Path) -> Any:
    """The cabinet of the tests: everything real but the board, which records, and the clock, which is moved by hand."""
    source = Path(__file__).parents[1] / "tests" / "kiosk" / "conftest.py"
    spec = importlib.util.spec_from_file_location("bench_cabinet", source)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(source)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    made = module.Kiosk(directory)
    made.obey(module.some_rules(made.keys))
    return made


def bytes_a_tap(cabinet: Any) -> int:
    """What the events of the newest tap weigh, private parts and salt included."""
    rows = sqlite3.connect(cabinet.file).execute(
        "SELECT length(event) + coalesce(length(private), 0) + coalesce(length(salt), 0) + length(leaf)"
        " FROM outbox_event ORDER BY position DESC LIMIT 2"
    )
    return sum(size for (size,) in rows)


def take() -> list[Figure]:
    """Tap and bare commit in turn."""
    directory = Path(tempfile.mkdtemp(prefix="phonekeep-bench-"))
    try:
        cabinet = load_cabinet(directory)
        bare = sqlite3.connect(directory / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        cabinet.tap(cabinet.amara, "put_in")
        body = bytes(bytes_a_tap(cabinet))
        ours, theirs = [], []
        for number in range(TAPS + WARM_UP):
            uid, button = (cabinet.amara, cabinet.bilal)[number % 2], ("put_in", "take_out")[number // 2 % 2]
            cabinet.clock.move(seconds=6)
            cabinet.cabinet.handle(ButtonPressed(button, cabinet.clock.boottime))
            cabinet.go_on(milliseconds=100)
            presented = BadgePresented(uid, cabinet.clock.boottime, "reader")
            begun = time.perf_counter_ns()
            cabinet.cabinet.handle(presented)
            ended = time.perf_counter_ns()
            cabinet.cabinet.settle()
            cabinet.cabinet.handle(ButtonReleased(button, cabinet.clock.boottime))
            cabinet.clock.move(milliseconds=300)
            cabinet.cabinet.handle(BadgeRemoved(uid, cabinet.clock.boottime, "reader"))
            cabinet.go_on(milliseconds=10)
            begun_bare = time.perf_counter_ns()
            bare.execute("INSERT INTO event (body) VALUES (?)", (body,))
            ended_bare = time.perf_counter_ns()
            if number >= WARM_UP:
                ours.append((ended - begun) / 1e6)
                theirs.append((ended_bare - begun_bare) / 1e6)
        kinds = {kind: cabinet.types().count(kind) for kind in set(cabinet.types())}
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert kinds["tap.granted"] + kinds.get("tap.refused", 0) == TAPS + WARM_UP + 1
    mine, bare_numbers = spread(ours), spread(theirs)
    ratio = mine["median"] / bare_numbers["median"]
    return [
        Figure(
            "badge presented -> committed decision",
            "median <= 1.5 x a bare commit",
            f"{ratio:.2f} x (median {mine['median']:.2f} against {bare_numbers['median']:.2f} ms, "
            f"p99 {mine['p99']:.2f} against {bare_numbers['p99']:.2f} ms)",
            ratio <= 1.5,
            {"ours_ms": mine, "bare_ms": bare_numbers, "ratio": round(ratio, 3), "bytes": len(body), "events": kinds},
        )
    ]
