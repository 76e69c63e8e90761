"""School time: what may be asked for, and what stands in the file that every program reads."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from demo.clock import SchoolClock, boottime_ns, entered_on, first_school_day, parse_moment
from demo.errors import BodyInvalid


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("2026-11-24T10:40:00", datetime(2026, 11, 24, 10, 40, tzinfo=UTC)),
        ("2026-06-24T10:40:00", datetime(2026, 6, 24, 9, 40, tzinfo=UTC)),
        ("2026-10-25T01:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T01:30:00+01:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T01:30:00+00:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2026-11-24T10:40:00Z", datetime(2026, 11, 24, 10, 40, tzinfo=UTC)),
    ],
)
def test_a_time_is_the_schools_wall_time_unless_it_has_an_offset(asked: str, meant: datetime) -> None:
    assert parse_moment(asked) == meant


@pytest.mark.parametrize(
    "asked", ["soon", "", "2027-03-28T01:30:00", "1026-11-24T10:40:00", "9999-12-31T23:59:59-12:00"]
)
def test_a_time_that_cannot_be_is_refused_with_what_to_do(asked: str) -> None:
    with pytest.raises(BodyInvalid) as refused:
        parse_moment(asked)
    assert refused.value.field == "now"
    assert refused.value.what_to_do


def test_the_file_says_when_it_was_what_time_and_who_may_trust_it(tmp_path: Path) -> None:
    clock = SchoolClock(tmp_path / "clock.json")
    clock.set(datetime(2026, 11, 24, 10, 40, tzinfo=UTC))
    clock.add_synced(["wrens", "robins"])
    clock.drop_synced("wrens")
    told = json.loads((tmp_path / "clock.json").read_text())
    assert told["now"] == "2026-11-24T10:40:00.000000Z"
    assert told["synced"] == ["robins"]
    assert 0 <= boottime_ns() - told["boottime_ns"] < 10**10
    assert timedelta(0) <= clock.now() - datetime(2026, 11, 24, 10, 40, tzinfo=UTC) < timedelta(seconds=10)


def test_a_new_school_begins_on_a_morning_with_lessons_and_was_set_up_long_before() -> None:
    for day in range(7, 21):
        today = datetime(2026, 11, day, 15, 0, tzinfo=UTC)
        begins = first_school_day(today)
        assert begins.weekday() < 5
        assert (begins.hour, begins.minute) == (8, 40)
        assert entered_on(today) == datetime(2025, 9, 1, 7, 0, tzinfo=UTC)
