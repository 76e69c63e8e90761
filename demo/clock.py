"""School time: the file under the simulation's directory from which every program's simulated clock reads."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from demo.errors import BodyInvalid

ZONE = ZoneInfo("Europe/London")


def boottime_ns() -> int:
    """Read CLOCK_BOOTTIME in nanoseconds, the clock that school time runs on by."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


class SchoolClock:
    """What time it is at school, and which devices may trust it; every change replaces the file at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._at = datetime.now(UTC)
        self._since_ns = boottime_ns()
        self._synced: set[str] = set()

    def now(self) -> datetime:
        """School time in UTC."""
        return self._at + timedelta(microseconds=(boottime_ns() - self._since_ns) // 1000)

    def local(self) -> datetime:
        """School time as the clock on the wall shows it."""
        return self.now().astimezone(ZONE)

    def set(self, moment: datetime) -> None:
        """Put school time to this moment; it runs on from there."""
        self._at, self._since_ns = moment.astimezone(UTC), boottime_ns()
        self._write()

    def add_synced(self, devices: Iterable[str]) -> None:
        """Note that these devices have had their network up since power-on."""
        self._synced.update(devices)
        self._write()

    def drop_synced(self, device: str) -> None:
        """Note that a device lost its power, and with it its trust in its clock."""
        self._synced.discard(device)
        self._write()

    def _write(self) -> None:
        content = {
            "now": self._at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "boottime_ns": self._since_ns,
            "synced": sorted(self._synced),
        }
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(content), encoding="utf-8")
        new.replace(self._file)


def parse_moment(text: str) -> datetime:
    """Read `2026-11-24T10:40:00` as school wall time, or with an offset as that exact moment.

    A wall time of the doubled hour in October is its first pass; with an offset both can be named. Raises BodyInvalid.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BodyInvalid(
            f'"{text}" is not a time.', what_to_do="Write it like 2026-11-24T10:40:00.", field="now"
        ) from None
    if moment.tzinfo is None:
        wall = moment
        moment = wall.replace(tzinfo=ZONE)
        if moment.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != wall:
            raise BodyInvalid(
                f"The clocks go forward over {text}: there is no such time.",
                what_to_do="Choose one an hour later.",
                field="now",
            )
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = datetime.max.replace(tzinfo=UTC)
    if not 2000 <= moment.year <= 2100:
        raise BodyInvalid(f"{text} is too far away.", what_to_do="Choose a year from 2000 to 2100.", field="now")
    return moment


def entered_on(today: datetime) -> datetime:
    """Choose when the sample school was set up: 1 September of the school year before this one.

    Badges and places count from then on, so that a visitor of the bench may move the clock far back.
    """
    local = today.astimezone(ZONE)
    year = local.year - 1 if local.month >= 9 else local.year - 2
    return datetime(year, 9, 1, 8, 0, tzinfo=ZONE).astimezone(UTC)


def first_school_day(today: datetime) -> datetime:
    """Choose where a new school begins: 08:40 of today, or of the Friday before at a weekend."""
    local = today.astimezone(ZONE)
    day = local - timedelta(days=max(0, local.weekday() - 4))
    return day.replace(hour=8, minute=40, second=0, microsecond=0).astimezone(UTC)
