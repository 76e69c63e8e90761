"""Badge presented -> decision committed, against one bare INSERT of as many bytes, interleaved on the same disk.

Ours is `Cabinet.handle` until its COMMIT has returned: fold, badge reference, decision, events with chain and
commitment, declared state, commit. A button was pressed before each tap. The bare one
inserts as many bytes as this very tap has written. The figure is that of a tap that opens: PUT IN and TAKE OUT in
turn, outside formal time; a TAKE OUT refused in lesson time stands beside it in the numbers.
"""

import importlib.util
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figure import Figure, spread
from hardware.happenings import ButtonPressed, ButtonReleased
from hardware.reader import BadgePresented, BadgeRemoved

GRANTS, REFUSALS, WARM_UP = 1500, 400, 50
BETWEEN_TAPS_S = 6
TO_LESSONS = {"minutes": 21}
"""From the clock's 08:40, when PUT IN is granted, to 09:01; the refusals last until 09:50."""
TO_AFTERNOON = {"hours": 3, "minutes": 30}
"""From there past 12:00, when lessons end; the grants last until about 16:00, with working hours until 17:00."""


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


@dataclass
class Samples:
    """Taps of one outcome, each with its bare commit, in ms, and the bytes of both."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How much longer ours takes in the median."""
        return spread(self.ours)["median"] / spread(self.bare)["median"]

    def numbers(self) -> dict[str, Any]:
        """For the table of results."""
        return {
            "ours_ms": spread(self.ours),
            "bare_ms": spread(self.bare),
            "ratio": round(self.ratio, 3),
            "bytes": spread(self.sizes),
        }


class Comparison:
    """A cabinet and a bare table on the same disk."""

    def __init__(self, directory: Path) -> None:
        self.cabinet = load_cabinet(directory)
        self._committed_ns: int | None = None
        self._lengthened = self.cabinet.store.outbox.lengthened
        self.cabinet.store.outbox.lengthened = self._note_commit
        self._reader = sqlite3.connect(self.cabinet.file, isolation_level=None)
        self._position = int(self._reader.execute("SELECT max(position) FROM outbox_event").fetchone()[0])
        self._bare = sqlite3.connect(directory / "bare.db", isolation_level=None)
        self._bare.execute("PRAGMA journal_mode = WAL")
        self._bare.execute("PRAGMA synchronous = FULL")
        self._bare.execute("CREATE TABLE event (position INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def take(self, uid: bytes, button: str, samples: Samples) -> None:
        """One tap after a press, and one bare commit of as many bytes."""
        cabinet, before = self.cabinet, self._position
        cabinet.clock.move(seconds=BETWEEN_TAPS_S)
        cabinet.cabinet.handle(ButtonPressed(button, cabinet.clock.boottime))
        cabinet.go_on(milliseconds=100)
        presented = BadgePresented(uid, cabinet.clock.boottime, "reader")
        self._committed_ns = None
        begun = time.perf_counter_ns()
        cabinet.cabinet.handle(presented)
        ended = self._committed_ns
        assert ended is not None, "a tap was not committed"
        body = bytes(self._bytes_after(before))
        cabinet.cabinet.settle()
        cabinet.cabinet.handle(ButtonReleased(button, cabinet.clock.boottime))
        cabinet.clock.move(milliseconds=300)
        cabinet.cabinet.handle(BadgeRemoved(uid, cabinet.clock.boottime, "reader"))
        cabinet.go_on(milliseconds=10)
        begun_bare = time.perf_counter_ns()
        self._bare.execute("INSERT INTO event (body) VALUES (?)", (body,))
        ended_bare = time.perf_counter_ns()
        samples.ours.append((ended - begun) / 1e6)
        samples.bare.append((ended_bare - begun_bare) / 1e6)
        samples.sizes.append(len(body))

    def _note_commit(self, end: Any) -> None:
        """The outbox hears of every commit, straight after it; to ask the file itself would cool the caches."""
        self._committed_ns = self._committed_ns or time.perf_counter_ns()
        self._position = end.position
        self._lengthened(end)

    def _bytes_after(self, position: int) -> int:
        """What the events after a position weigh, private parts, salt and leaf included."""
        return int(
            self._reader.execute(
                "SELECT sum(length(event) + coalesce(length(private), 0) + coalesce(length(salt), 0) + length(leaf))"
                " FROM outbox_event WHERE position > ?",
                (position,),
            ).fetchone()[0]
        )


def take() -> list[Figure]:
    """Tap and bare commit in turn."""
    directory = Path(tempfile.mkdtemp(prefix="phonekeep-bench-"))
    warm_up, refused, granted = Samples(), Samples(), Samples()
    try:
        compared = Comparison(directory)
        cabinet = compared.cabinet
        for number in range(WARM_UP):
            compared.take((cabinet.amara, cabinet.bilal)[number % 2], "put_in", warm_up)
        cabinet.clock.move(**TO_LESSONS)
        for number in range(REFUSALS):
            compared.take((cabinet.amara, cabinet.bilal)[number % 2], "take_out", refused)
        cabinet.clock.move(**TO_AFTERNOON)
        for number in range(GRANTS):
            uid, button = (cabinet.amara, cabinet.bilal)[number % 2], ("take_out", "put_in")[number // 2 % 2]
            compared.take(uid, button, granted)
        kinds = {kind: cabinet.types().count(kind) for kind in set(cabinet.types())}
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    assert kinds["tap.granted"] == WARM_UP + GRANTS, kinds
    assert kinds["tap.refused"] == REFUSALS, kinds
    mine, bare = spread(granted.ours), spread(granted.bare)
    return [
        Figure(
            "badge presented -> committed decision",
            "median <= 1.5 x a bare commit",
            f"{granted.ratio:.2f} x (median {mine['median']:.3f} against {bare['median']:.3f} ms, "
            f"p99 {mine['p99']:.2f} against {bare['p99']:.2f} ms; a refusal {refused.ratio:.2f} x)",
            granted.ratio <= 1.5,
            granted.numbers() | {"refusals": refused.numbers(), "events": kinds},
        )
    ]
