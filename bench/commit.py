"""Badge presented -> decision committed, against one bare INSERT of as many bytes, interleaved on the same disk.

Ours is `Cabinet.handle` until its first order to lock or lamps, which follows the commit: fold, badge reference,
decision, events with chain and commitment, declared state, commit. A button was pressed before each tap. The bare one
inserts as many bytes as this very tap has written.
"""

import importlib.util
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
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


class FirstOrder:
    """When the first order since `begin` reached a part of the board: straight after the commit."""

    def __init__(self, board: Any) -> None:
        self.at_ns: int | None = None
        for part, order in [(board.lamps, "show"), *((lock, "release") for lock in board.locks.values())]:
            setattr(part, order, self._noting(getattr(part, order)))

    def _noting(self, order: Callable[..., None]) -> Callable[..., None]:
        def noted(*args: Any, **named: Any) -> None:
            self.at_ns = self.at_ns or time.perf_counter_ns()
            order(*args, **named)

        return noted


def newest_position(reader: sqlite3.Connection) -> int:
    """Where the newest event lies."""
    return int(reader.execute("SELECT max(position) FROM outbox_event").fetchone()[0])


def bytes_after(reader: sqlite3.Connection, position: int) -> int:
    """What the events after a position weigh, private parts, salt and leaf included."""
    return int(
        reader.execute(
            "SELECT sum(length(event) + coalesce(length(private), 0) + coalesce(length(salt), 0) + length(leaf))"
            " FROM outbox_event WHERE position > ?",
            (position,),
        ).fetchone()[0]
    )


def take() -> list[Figure]:
    """Tap and bare commit in turn."""
    directory = Path(tempfile.mkdtemp(prefix="phonekeep-bench-"))
    try:
        cabinet = load_cabinet(directory)
        bare = sqlite3.connect(directory / "bare.db", isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        reader = sqlite3.connect(cabinet.file, isolation_level=None)
        order = FirstOrder(cabinet.board)
        ours: list[float] = []
        theirs: list[float] = []
        sizes: list[float] = []
        for number in range(TAPS + WARM_UP):
            uid, button = (cabinet.amara, cabinet.bilal)[number % 2], ("put_in", "take_out")[number // 2 % 2]
            cabinet.clock.move(seconds=6)
            cabinet.cabinet.handle(ButtonPressed(button, cabinet.clock.boottime))
            cabinet.go_on(milliseconds=100)
            presented = BadgePresented(uid, cabinet.clock.boottime, "reader")
            before, order.at_ns = newest_position(reader), None
            begun = time.perf_counter_ns()
            cabinet.cabinet.handle(presented)
            ended = order.at_ns
            assert ended is not None, "a tap was not answered"
            body = bytes(bytes_after(reader, before))
            cabinet.cabinet.settle()
            cabinet.cabinet.handle(ButtonReleased(button, cabinet.clock.boottime))
            cabinet.clock.move(milliseconds=300)
            cabinet.cabinet.handle(BadgeRemoved(uid, cabinet.clock.boottime, "reader"))
            cabinet.go_on(milliseconds=10)
            begun_bare = time.perf_counter_ns()
            bare.execute("INSERT INTO event (body) VALUES (?)", (body,))
            ended_bare = time.perf_counter_ns()
            if number >= WARM_UP:
                sizes.append(len(body))
                ours.append((ended - begun) / 1e6)
                theirs.append((ended_bare - begun_bare) / 1e6)
        kinds = {kind: cabinet.types().count(kind) for kind in set(cabinet.types())}
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert kinds["tap.granted"] + kinds.get("tap.refused", 0) == TAPS + WARM_UP
    mine, bare_numbers = spread(ours), spread(theirs)
    ratio = mine["median"] / bare_numbers["median"]
    return [
        Figure(
            "badge presented -> committed decision",
            "median <= 1.5 x a bare commit",
            f"{ratio:.2f} x (median {mine['median']:.2f} against {bare_numbers['median']:.2f} ms, "
            f"p99 {mine['p99']:.2f} against {bare_numbers['p99']:.2f} ms)",
            ratio <= 1.5,
            {
                "ours_ms": mine,
                "bare_ms": bare_numbers,
                "ratio": round(ratio, 3),
                "bytes": spread(sizes),
                "events": kinds,
            },
        )
    ]
