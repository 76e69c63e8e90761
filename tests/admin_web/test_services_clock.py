"""Central's clocks: the machine's, and the school time the bench sets, which runs on by itself."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from admin_web.clock import SimulatedClock, SystemClock, boottime_ns, clock_for, machine_now
from admin_web.errors import ClockFileInvalid
from policy.clock import ClockQuality


def set_school_time(directory: Path, now: str, ago_s: float = 0) -> None:
    new = directory / "clock.new"
    new.write_text(json.dumps({"now": now, "boottime_ns": boottime_ns() - int(ago_s * 1e9), "synced": []}))
    new.replace(directory / "clock.json")


def test_the_machine_s_clock_is_the_wall_clock_and_synced() -> None:
    before, moment, after = machine_now(), SystemClock().now(), machine_now()
    assert before <= moment.utc <= after
    assert moment.quality is ClockQuality.SYNCED
    assert abs(moment.boottime_ns - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) < 10**9


def test_school_time_runs_on_from_where_it_was_set(tmp_path: Path) -> None:
    set_school_time(tmp_path, "2026-11-24T10:40:00Z", ago_s=90)
    moment = SimulatedClock(tmp_path).now()
    passed = moment.utc - datetime(2026, 11, 24, 10, 41, 30, tzinfo=UTC)
    assert timedelta(0) <= passed < timedelta(seconds=5)
    assert moment.quality is ClockQuality.SYNCED


def test_school_time_can_be_set_back_and_on_while_the_program_runs(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path)
    assert abs(clock.now().utc - machine_now()) < timedelta(seconds=5), "no file yet: the machine's time"
    for year in (2026, 2031, 2023):
        set_school_time(tmp_path, f"{year}-11-24T10:40:00+01:00")
        assert clock.now().utc.replace(second=0, microsecond=0) == datetime(year, 11, 24, 9, 40, tzinfo=UTC)
    assert clock.now().utc.tzinfo is UTC


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"now": "noon", "boottime_ns": 1}', '{"now": "2026-11-24T10:40:00", "boottime_ns": 1}']
)
def test_a_file_that_says_no_time_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "clock.json").write_text(content)
    with pytest.raises(ClockFileInvalid, match=r"clock\.json"):
        SimulatedClock(tmp_path).now()


def test_the_clock_is_chosen_by_the_option(tmp_path: Path) -> None:
    assert isinstance(clock_for(None), SystemClock)
    assert isinstance(clock_for(tmp_path), SimulatedClock)
