"""Corrected time: exact, interpolated, bounded or unknown; better known later, and never rewritten in the bytes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from admin_web.database.events import Event, LogRow
from admin_web.database.people import DeclaredState
from broker.instants import write_instant
from broker.messages.device import ClockAnchored
from policy.clock import ClockQuality
from policy.gesture import Intent

FLOOR = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TAP = "tap.granted.v1"


def times(school: Any, type: str = TAP) -> list[tuple[datetime, str]]:
    return [(event.time, event.time_quality) for event in school.all(Event, Event.type == type)]


def anchor(cabinet: Any) -> None:
    cabinet.quality, cabinet.time = ClockQuality.SYNCED, None
    now = cabinet.now()
    cabinet.append(
        ClockAnchored(from_quality=ClockQuality.FLOOR, utc=write_instant(now.utc), monotonic=str(now.boottime_ns)), None
    )


@pytest.fixture
def unset_cabinet(school: Any) -> Any:
    """`robins` after a power cut: its clock shows Friday while it is Monday."""
    cabinet = school.cabinets["robins"]
    cabinet.quality, cabinet.time = ClockQuality.FLOOR, FLOOR
    return cabinet


def test_a_synced_clock_is_exact(school: Any) -> None:
    school.cabinets["robins"].tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    assert times(school) == [(school.clock.now().utc, "exact")]


def test_a_floor_bounds_the_time_and_the_raw_time_stays_in_the_bytes(school: Any, unset_cabinet: Any) -> None:
    unset_cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    assert times(school) == [(FLOOR, "bounded")]
    (event,) = school.all(Event, Event.type == TAP)
    assert json.loads(event.body)["time"] == "2026-11-20T16:00:00.000Z"


def test_an_unset_clock_leaves_the_arrival(school: Any, unset_cabinet: Any) -> None:
    unset_cabinet.quality, unset_cabinet.time = ClockQuality.UNSET, datetime(1970, 1, 1, tzinfo=UTC)
    unset_cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.clock.advance(minutes=3)
    school.deliver("robins")
    assert times(school) == [(school.clock.now().utc, "unknown")]


def test_an_anchor_in_the_same_batch_puts_earlier_events_right(school: Any, unset_cabinet: Any) -> None:
    tapped = school.clock.now().utc
    unset_cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.clock.advance(minutes=20)
    anchor(unset_cabinet)
    school.deliver("robins")
    assert times(school) == [(tapped, "interpolated")]


def test_a_later_anchor_corrects_event_row_and_declared_state_of_its_boot_and_of_no_other(
    school: Any, unset_cabinet: Any
) -> None:
    other_boot = school.clock.now().utc
    unset_cabinet.boot = 6
    unset_cabinet.start()
    unset_cabinet.tap_granted("bilal", "bilal-hussain", Intent.PUT_IN)
    unset_cabinet.boot = 7
    unset_cabinet.start()
    school.clock.advance(minutes=10)
    tapped = school.clock.now().utc
    unset_cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    unset_cabinet.start()  # the program restarts; the boot goes on
    school.deliver("robins")
    for _ in range(3):
        school.deliver("robins")
    assert [quality for _, quality in times(school)] == ["bounded", "bounded"]
    school.clock.advance(hours=2)
    anchor(unset_cabinet)
    school.deliver("robins")
    assert times(school) == [(FLOOR, "bounded"), (tapped, "interpolated")]
    rows = {row.person_id: row.time for row in school.all(LogRow, LogRow.kind == "put_in")}
    assert rows == {"bilal-hussain": FLOOR, "amara-osei": tapped}
    states = {state.holder: state.at for state in school.all(DeclaredState)}
    assert states == {"bilal-hussain": FLOOR, "amara-osei": tapped}
    assert other_boot != tapped


def test_events_that_come_after_their_boots_anchor_are_interpolated_too(school: Any, unset_cabinet: Any) -> None:
    anchor(unset_cabinet)
    school.deliver("robins")
    school.clock.advance(minutes=7)
    unset_cabinet.quality, unset_cabinet.time = ClockQuality.FLOOR, FLOOR
    unset_cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    assert times(school) == [(school.clock.now().utc, "interpolated")]


@pytest.mark.parametrize("quality", [ClockQuality.SYNCED, ClockQuality.FLOOR])
def test_a_clock_five_years_ahead_never_dates_an_event_after_its_arrival(school: Any, quality: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.quality, cabinet.time = quality, school.clock.now().utc + timedelta(days=5 * 365)
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    assert times(school) == [(school.clock.now().utc, "bounded")]
