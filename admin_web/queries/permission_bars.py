"""Permissions over the school year as bars: the picture beside the list, which says the same in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from admin_web.queries.permissions import PermissionKept
from admin_web.queries.school_time import MONTHS, SchoolTime

LEFT, WIDTH, ROW, TOP = 150, 560, 26, 26
_SEPTEMBER = 9
MOST = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One permission's time within the school year."""

    name: str
    y: int
    x: float
    width: float
    soon: bool
    words: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture, ready to be drawn; lengths in the units of the drawing."""

    width: int
    height: int
    left: int
    track: int
    months: tuple[tuple[float, str], ...]
    bars: tuple[Bar, ...]
    needle: float


def permission_bars(kept: Iterable[PermissionKept], times: SchoolTime) -> Bars | None:
    """Lay out what holds now or later, from September to August; None where nothing does."""
    today = times.today
    year = today.year if today.month >= _SEPTEMBER else today.year - 1
    first, last = date(year, _SEPTEMBER, 1), date(year + 1, _SEPTEMBER, 1)
    days = (last - first).days

    def x_of(day: date) -> float:
        return round(LEFT + min(max((day - first).days, 0), days) * WIDTH / days, 1)

    shown = [one for one in kept if not one.is_over][:MOST]
    if not shown:
        return None
    bars = tuple(
        Bar(
            name=one.who if len(one.who) <= 20 else f"{one.who[:19]}…",
            y=TOP + number * ROW,
            x=(x := x_of(times.day_of(one.starts))),
            width=max(round(x_of(one.last_day(times)) - x, 1), 4),
            soon=one.ends_soon,
            words=f"{one.who}: {_day(one.starts, times)} to {times.short_day(one.last_day(times))}",
        )
        for number, one in enumerate(shown)
    )
    months = tuple(
        (x_of(date(year + (month > 12), (month - 1) % 12 + 1, 1)) + WIDTH / 24, MONTHS[(month - 1) % 12][:3])
        for month in range(_SEPTEMBER, _SEPTEMBER + 12)
    )
    return Bars(LEFT + WIDTH + 4, TOP + len(bars) * ROW, LEFT, WIDTH, months, bars, x_of(today))


def _day(moment: datetime, times: SchoolTime) -> str:
    return times.short_day(times.day_of(moment))
