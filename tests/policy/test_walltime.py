"""What the clock on the wall shows, through both British clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.walltime import WallTime, change_on, instants_of, wall_time

LONDON = "Europe/London"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_most_minutes_come_once_a_day() -> None:
    assert instants_of(LONDON, date(2026, 7, 1), 540) == (datetime(2026, 7, 1, 8, tzinfo=UTC),)
    assert instants_of(LONDON, date(2026, 11, 24), 1440) == (datetime(2026, 11, 25, tzinfo=UTC),)


def test_the_doubled_hour_comes_twice_and_the_missing_one_passes_at_the_change() -> None:
    assert instants_of(LONDON, AUTUMN, 90) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    assert instants_of(LONDON, SPRING, 90) == (datetime(2026, 3, 29, 1, tzinfo=UTC),)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_both_changes_are_at_one_o_clock_utc(day: date) -> None:
    assert change_on(LONDON, day) == datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    assert change_on(LONDON, day + timedelta(days=1)) is None


@pytest.mark.parametrize("utc", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_an_instant_no_zone_can_hold_is_read_as_the_nearest(utc: datetime) -> None:
    assert isinstance(wall_time("Pacific/Kiritimati", utc), WallTime)


@given(
    st.sampled_from([LONDON, "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.dates(date(2010, 1, 1), date(2035, 12, 31)),
    st.integers(0, 1439),
)
def test_at_each_instant_named_for_a_minute_the_wall_shows_it_or_has_just_passed_it(
    zone: str, day: date, minute: int
) -> None:
    for instant in instants_of(zone, day, minute):
        shown = wall_time(zone, instant)
        assert (shown.date, shown.minute) >= (day, minute)
        before = wall_time(zone, instant - timedelta(seconds=1))
        assert (before.date, before.minute) < (day, minute) or change_on(zone, day) == instant


MONROVIA = "Africa/Monrovia"
"""Its offset had seconds until 1972, when it changed within a minute of wall time."""
CHANGES = (
    (LONDON, datetime(2026, 3, 29, 1, tzinfo=UTC)),
    (LONDON, datetime(2026, 10, 25, 1, tzinfo=UTC)),
    (MONROVIA, datetime(1972, 1, 7, 0, 44, 30, tzinfo=UTC)),
    (LONDON, datetime(1847, 12, 1, 0, 1, 15, tzinfo=UTC)),
    (LONDON, datetime(2, 1, 1, tzinfo=UTC)),
    (LONDON, datetime(9998, 12, 31, tzinfo=UTC)),
)


@given(st.sampled_from(CHANGES), st.lists(st.integers(-150_000_000, 150_000_000), min_size=2, max_size=12))
def test_the_minute_that_is_remembered_is_what_the_wall_shows(change: tuple[str, datetime], after: list[int]) -> None:
    zone, at = change
    for microseconds in after:
        utc = at + timedelta(microseconds=microseconds)
        inside = min(max(utc, datetime(2, 1, 1, tzinfo=UTC)), datetime(9998, 12, 31, tzinfo=UTC))
        local = inside.astimezone(ZoneInfo(zone))
        assert wall_time(zone, utc) == WallTime(local.date(), local.hour * 60 + local.minute)
