"""The device's clock: a floor that one bad step cannot poison, and school time of the bench."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.clock import DeviceClock, Floor, SimulatedSource, boottime_ns
from policy.clock import ClockQuality, Moment

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class HandClock:
    """A time source moved by hand."""

    skipped_ns = 0

    def __init__(self, utc: datetime, synced: bool) -> None:
        self.utc, self.synced = utc, synced

    def read(self, boottime: int) -> tuple[datetime, bool]:
        return self.utc, self.synced


def a_clock(utc: datetime = NOON, *, synced: bool = True) -> tuple[DeviceClock, HandClock]:
    source = HandClock(utc, synced)
    return DeviceClock(source, boot=7), source


def a_floor(at: datetime = NOON, *, boot: int = 7) -> Floor:
    return Floor(at, boot, boottime_ns(), at)


def test_a_synced_clock_is_trusted_also_below_the_floor() -> None:
    clock, source = a_clock()
    clock.restore(a_floor())
    source.utc = NOON - 3 * DAY
    now = clock.now()
    assert (now.utc, now.quality) == (NOON - 3 * DAY, ClockQuality.SYNCED)


def test_an_unsynced_clock_shows_the_floor_moved_on() -> None:
    clock, source = a_clock(synced=False)
    source.utc = NOON + 2000 * DAY
    clock.restore(a_floor())
    now = clock.now()
    assert now.quality is ClockQuality.FLOOR
    assert NOON <= now.utc < NOON + timedelta(seconds=5)


def test_without_a_floor_nothing_is_known() -> None:
    clock, _ = a_clock(synced=False)
    assert clock.now().quality is ClockQuality.UNSET


def test_a_floor_of_another_boot_moves_on_from_the_start() -> None:
    clock, _ = a_clock(synced=False)
    clock.restore(Floor(NOON, 6, boottime_ns() - 10**15, NOON))
    assert clock.now().utc < NOON + timedelta(seconds=5)


def test_the_floor_rises_at_most_a_day_beyond_what_central_signed() -> None:
    clock, source = a_clock()
    clock.restore(a_floor())
    source.utc = NOON + 5 * 365 * DAY
    floor = clock.rise(clock.now())
    assert floor is not None
    assert floor.at == NOON + DAY


def test_the_floor_does_not_rise_with_time_that_is_not_synced() -> None:
    clock, source = a_clock(synced=False)
    clock.restore(a_floor())
    floor = clock.rise(Moment(NOON + DAY / 2, ClockQuality.FLOOR, boottime_ns()))
    assert floor is not None
    assert floor.at == NOON


def test_a_signed_time_lowers_the_floor() -> None:
    clock, _ = a_clock(synced=False)
    clock.restore(a_floor())
    floor = clock.hear(NOON - 3 * DAY, clock.now())
    assert floor is not None
    assert floor.at == floor.signed == NOON - 3 * DAY


def test_a_signed_time_a_moment_old_lowers_nothing() -> None:
    clock, _ = a_clock(synced=False)
    clock.restore(a_floor())
    floor = clock.hear(NOON - timedelta(seconds=5), clock.now())
    assert floor is not None
    assert floor.at == NOON


def test_a_signed_time_sets_the_first_floor() -> None:
    clock, _ = a_clock(synced=False)
    clock.hear(NOON, clock.now())
    assert clock.now().quality is ClockQuality.FLOOR


def write_school_time(file: Path, now: datetime, synced: list[str], **more: int) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps({"now": now.isoformat(), "boottime_ns": boottime_ns(), "synced": synced} | more))
    new.replace(file)


def test_school_time_runs_on_from_what_the_bench_set(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    source = SimulatedSource(file, "robins")
    write_school_time(file, NOON, ["robins"])
    utc, synced = source.read(boottime_ns())
    assert synced
    assert NOON <= utc < NOON + timedelta(seconds=5)
    write_school_time(file, NOON - 3 * DAY, ["wrens"])
    utc, synced = source.read(boottime_ns())
    assert not synced
    assert utc < NOON - 2 * DAY


def test_a_wait_that_the_bench_skips_has_passed_and_never_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = DeviceClock(SimulatedSource(file, "robins"), boot=7)
    write_school_time(file, NOON, ["robins"])
    before = clock.now().boottime_ns
    write_school_time(file, NOON, ["robins"], skipped_ns=61 * 10**9)
    assert 61 <= (clock.now().boottime_ns - before) / 1e9 < 66
    write_school_time(file, NOON, ["robins"])
    assert (clock.now().boottime_ns - before) / 1e9 >= 61


def test_without_the_file_school_time_is_the_machines(tmp_path: Path) -> None:
    utc, synced = SimulatedSource(tmp_path / "clock.json", "robins").read(boottime_ns())
    assert synced
    assert abs(utc - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_file_that_is_being_written_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    source = SimulatedSource(file, "robins")
    write_school_time(file, NOON, ["robins"])
    source.read(boottime_ns())
    file.write_text('{"now": ')
    assert source.read(boottime_ns())[0] < NOON + timedelta(seconds=5)
