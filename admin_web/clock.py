"""The two clocks central may be built with: the machine's, and the bench's school time under `--simulate DIR`."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from admin_web.errors import ClockFileInvalid
from policy.clock import Clock, ClockQuality, Moment


def machine_now() -> datetime:
    """Read the machine's own clock: sessions, throttles, tokens and the audit never use school time."""
    return datetime.now(UTC)


def boottime_ns() -> int:
    """Read CLOCK_BOOTTIME in nanoseconds: it never steps and goes on through suspend (clock_gettime(2))."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class SystemClock:
    """The machine's clock; central is the school's time server, so it counts as synced."""

    def now(self) -> Moment:
        """Read wall time and monotonic time once."""
        return Moment(utc=machine_now(), quality=ClockQuality.SYNCED, boottime_ns=boottime_ns())


class SimulatedClock:
    """School time as the bench set it in `DIR/clock.json`, running on from there; without the file the machine's."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "clock.json"
        self._seen: tuple[int, int] | None = None
        self._set_to = datetime.min.replace(tzinfo=UTC)
        self._set_at_ns = 0

    def now(self) -> Moment:
        """Read school time once; raises ClockFileInvalid where the file says no time."""
        at_ns = boottime_ns()
        if not self._refresh():
            return Moment(utc=machine_now(), quality=ClockQuality.SYNCED, boottime_ns=at_ns)
        passed = timedelta(microseconds=(at_ns - self._set_at_ns) // 1000)
        return Moment(utc=self._set_to + passed, quality=ClockQuality.SYNCED, boottime_ns=at_ns)

    def _refresh(self) -> bool:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return False
        seen = (found.st_ino, found.st_mtime_ns)
        if seen != self._seen:
            self._set_to, self._set_at_ns = _read(self._path)
            self._seen = seen
        return True


def clock_for(simulate: Path | None) -> Clock:
    """Choose the clock a program of central is built with."""
    return SystemClock() if simulate is None else SimulatedClock(simulate)


def _read(path: Path) -> tuple[datetime, int]:
    try:
        content = json.loads(path.read_bytes())
        moment = datetime.fromisoformat(content["now"])
        set_at_ns = int(content["boottime_ns"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ClockFileInvalid(
            f"{path} does not say the school time ({problem}): set the clock on the bench again, or delete the file."
        ) from problem
    if moment.tzinfo is None:
        raise ClockFileInvalid(f"{path}: `now` has no offset: write it in UTC, like 2026-11-24T10:40:00Z.")
    return moment.astimezone(UTC), set_at_ns
