"""The device's clock: machine or school time, with a floor while no time server has set it (event-log: Time)."""

import ctypes
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from policy.clock import ClockQuality, Moment

SIGNED_LEAD = timedelta(days=1)
"""How far beyond central's last signed time the floor may rise."""
LOWERING = timedelta(minutes=1)
"""An acknowledgement lowers a floor that is above its time by more than this; less is the network's delay."""
BUNDLE_AGE = timedelta(days=1)
"""How old the newest rules bundle may be: central builds one every day, and only beyond that it lowers the floor."""

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5
_SYNCHRONISED_FILE = Path("/run/systemd/timesync/synchronized")


def boottime_ns() -> int:
    """CLOCK_BOOTTIME in nanoseconds."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def boot_number() -> int:
    """A number that names this boot of the machine, the same for every program and restart in it.

    A sandbox with `ProcSubset=pid` hides the kernel's file; its unit says `Environment=PHONEKEEP_BOOT=%b` instead.
    """
    try:
        text = os.environ.get("PHONEKEEP_BOOT") or Path("/proc/sys/kernel/random/boot_id").read_text()
        return int(text.strip().replace("-", "")[:15], 16)
    except (OSError, ValueError):
        return int.from_bytes(os.urandom(7))


class TimeSource(Protocol):
    """Where the wall time comes from, and whether a time server has set it since power-on."""

    skipped_ns: int
    """How much of CLOCK_BOOTTIME the bench has skipped, so that a wait of a minute takes none; 0 on a device."""

    def read(self, boottime: int) -> tuple[datetime, bool]:
        """Return the time in UTC and whether it is synced; `boottime` is this moment's CLOCK_BOOTTIME in ns."""
        ...


class SystemSource:
    """The machine's own clock; the kernel says whether a time server disciplines it (adjtimex(2))."""

    skipped_ns = 0

    def __init__(self) -> None:
        self._synced = False
        self._next_look = 0

    def read(self, boottime: int) -> tuple[datetime, bool]:
        """Read the machine's clock; once synced it stays so until the program ends (a crystal drifts 1 s in 12 h)."""
        if not self._synced and boottime >= self._next_look:
            self._next_look = boottime + 1_000_000_000
            self._synced = _kernel_is_synced() or _SYNCHRONISED_FILE.exists()
        return datetime.now(UTC), self._synced


class SimulatedSource:
    """School time of the bench: `clock.json` says what time it was at a CLOCK_BOOTTIME, and who is synced.

    `skipped_ns` in it, which only grows, lets a wait pass at once; `now` has to be as much later.
    """

    def __init__(self, file: Path, device: str) -> None:
        self._file = file
        self._device = device
        self._seen: tuple[int, int] | None = None
        self._offset: tuple[datetime, int] | None = None
        self._synced = True
        self.skipped_ns = 0

    def read(self, boottime: int) -> tuple[datetime, bool]:
        """Read school time; without the file it is the machine's, and synced."""
        self._look()
        if self._offset is None:
            return datetime.now(UTC), True
        now, at = self._offset
        return now + timedelta(microseconds=(boottime - at) // 1000), self._synced

    def _look(self) -> None:
        try:
            status = self._file.stat()
        except OSError:
            self._seen = self._offset = None
            return
        if (status.st_mtime_ns, status.st_ino) == self._seen:
            return
        try:
            said = json.loads(self._file.read_bytes())
            now = datetime.fromisoformat(said["now"]).astimezone(UTC)
            at, synced = int(said["boottime_ns"]), self._device in said["synced"]
            skipped = int(said.get("skipped_ns", 0))
        except (OSError, ValueError, KeyError, TypeError):
            return  # being replaced, or not the bench's: what was read before holds
        self._seen = (status.st_mtime_ns, status.st_ino)
        self._offset, self._synced = (now, at), synced
        self.skipped_ns = max(self.skipped_ns, skipped)


@dataclass(frozen=True, slots=True)
class Floor:
    """The oldest time that can be true, as it was at one moment of one boot; kept in `cabinet.db`."""

    at: datetime
    boot: int
    boottime: int
    signed: datetime
    """The newest time that central has signed."""


class DeviceClock:
    """The `Clock` of a device: wall time when synced, else the floor moved on by the monotonic clock."""

    def __init__(self, source: TimeSource, boot: int) -> None:
        self._source = source
        self._boot = boot
        self._floor: Floor | None = None

    @property
    def floor(self) -> Floor | None:
        """What is to be kept for the next start."""
        return self._floor

    def restore(self, floor: Floor | None) -> None:
        """Take up the floor kept before; of another boot it begins to move from now."""
        if floor is not None and floor.boot != self._boot:
            floor = Floor(floor.at, self._boot, boottime_ns(), floor.signed)
        self._floor = floor

    def now(self) -> Moment:
        """Read the clock once."""
        boottime = boottime_ns()
        utc, synced = self._source.read(boottime)
        boottime += self._source.skipped_ns
        if synced:
            return Moment(utc, ClockQuality.SYNCED, boottime)
        if self._floor is None:
            return Moment(utc, ClockQuality.UNSET, boottime)
        return Moment(_moved(self._floor, boottime), ClockQuality.FLOOR, boottime)

    def rise(self, now: Moment) -> Floor | None:
        """Let the floor rise with synced time, at most a day beyond central's last signed time."""
        floor = self._floor
        if floor is None or now.quality is not ClockQuality.SYNCED:
            return floor
        reached = min(now.utc, floor.signed + SIGNED_LEAD)
        if reached > _moved(floor, now.boottime_ns):
            self._floor = Floor(reached, self._boot, now.boottime_ns, floor.signed)
        return self._floor

    def hear(self, signed: datetime, now: Moment, slack: timedelta = LOWERING) -> Floor | None:
        """Take note of a time central has signed: it sets the first floor, or lowers one that is `slack` above it."""
        floor = self._floor
        if floor is None or signed < _moved(floor, now.boottime_ns) - slack:
            self._floor = Floor(signed, self._boot, now.boottime_ns, signed)
        else:
            self._floor = Floor(floor.at, floor.boot, floor.boottime, max(signed, floor.signed))
        return self.rise(now)


def _moved(floor: Floor, boottime: int) -> datetime:
    return floor.at + timedelta(microseconds=(boottime - floor.boottime) // 1000)


def _kernel_is_synced() -> bool:
    """Ask the kernel (adjtimex(2), read only); False where a sandbox forbids it."""
    buffer = ctypes.create_string_buffer(208)  # struct timex of 64-bit Linux; modes = 0 changes nothing
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (OSError, AttributeError):
        return False
    status = int.from_bytes(buffer.raw[40:44], "little", signed=True)
    return 0 <= state < _TIME_ERROR and not status & _STA_UNSYNC
