"""Wall time: what a school's clock shows at an instant, and when it comes to a minute (both British clock changes)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_FIRST = datetime(2, 1, 1, tzinfo=UTC)
_LAST = datetime(9998, 12, 31, tzinfo=UTC)
_A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WallTime:
    """A local date and the whole minutes since its midnight, as a clock on the wall shows them."""

    date: date
    minute: int

    @property
    def weekday(self) -> int:
        """0 is Monday."""
        return self.date.weekday()


_shown: dict[str, tuple[datetime, datetime, WallTime]] = {}
"""By zone: the minute that its wall clock was last seen to show, from one instant up to but without another."""


def wall_time(zone: str, utc: datetime) -> WallTime:
    """Read the wall clock of an IANA zone at an instant; an instant no zone can hold is read as the nearest one.

    A cabinet looks at it many times in one minute, and then between a badge and a lock.
    """
    held = _shown.get(zone)
    if held is not None and held[0] <= utc < held[1]:
        return held[2]
    return _look(zone, utc)


@lru_cache(maxsize=64)
def _look(zone: str, utc: datetime) -> WallTime:
    """Read the wall clock, and remember the minute it shows."""
    local = min(max(utc, _FIRST), _LAST).astimezone(ZoneInfo(zone))
    wall = WallTime(local.date(), local.hour * 60 + local.minute)
    begun = local.astimezone(UTC) - timedelta(seconds=local.second, microseconds=local.microsecond)
    over = begun + _A_MINUTE
    # Where the offset changes within the minute (dates long ago), two minutes are shown in it.
    if begun.astimezone(local.tzinfo).utcoffset() == over.astimezone(local.tzinfo).utcoffset() == local.utcoffset():
        _shown[zone] = begun, over, wall
    return wall


@lru_cache(maxsize=1024)
def instants_of(zone: str, day: date, minute: int) -> tuple[datetime, ...]:
    """Tell when the wall clock comes to a minute of a day, in UTC, earliest first; minute 1440 is the next midnight.

    One instant on most days; two in the hour that autumn shows twice; in the hour that spring leaves out it is the
    instant of the change, where the clock passes that minute.
    """
    wall = datetime.combine(day, time(), ZoneInfo(zone)) + timedelta(minutes=minute)
    early, late = wall.replace(fold=0).astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    if early == late:
        return (early,)
    if early < late:
        return early, late
    return (_change_between(zone, late, early),)


@lru_cache(maxsize=256)
def change_on(zone: str, day: date) -> datetime | None:
    """Tell when on a day the zone's clocks change, in UTC; None on the other 363 days."""
    starts, ends = instants_of(zone, day, 0)[0], instants_of(zone, day, 24 * 60)[-1]
    local = ZoneInfo(zone)
    if starts.astimezone(local).utcoffset() == ends.astimezone(local).utcoffset():
        return None
    return _change_between(zone, starts, ends)


def _change_between(zone: str, before: datetime, after: datetime) -> datetime:
    """Find the second at which the offset of `before` ends, by halving."""
    local = ZoneInfo(zone)
    offset = before.astimezone(local).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(local).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
