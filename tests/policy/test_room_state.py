"""Until when children are staying in that a senior leader's badge said are (clause 6)."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality
from policy.room_state import until

if TYPE_CHECKING:
    from tests.policy.conftest import School

DAY = ("Lessons 08:50-12:00, break 10:40-10:55", "Lunch 12:00-13:00, break 12:00-13:00", "Afternoon 13:00-15:15")


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("09:00", "10:00"),
        ("09:24", "10:24"),
        ("09:25", "10:55"),
        ("10:39", "10:55"),
        ("10:40", "10:55"),
        ("10:54", "10:55"),
        ("10:55", "11:55"),
        ("11:29", "12:29"),
        ("11:30", "13:00"),
        ("12:20", "13:00"),
        ("13:00", "14:00"),
        ("23:30", "2026-11-25 00:30"),
    ],
)
def test_it_ends_with_the_break_that_runs_or_the_next_within_90_minutes_or_after_an_hour(
    school: "School", now: str, ends: str
) -> None:
    assert until(school.rules(*DAY), school.at(now)) == school.at(ends).utc


@pytest.mark.parametrize(("first", "last"), [("2026-11-24", "2026-12-22"), ("2026-11-01", "2026-11-24")])
def test_the_first_and_the_last_day_that_the_rules_cover_have_their_breaks(
    school: "School", first: str, last: str
) -> None:
    rules = school.rules(*DAY, first=first, last=last)
    assert until(rules, school.at("10:40")) == school.at("10:55").utc


def test_of_two_breaks_that_run_the_longer_one_counts(school: "School") -> None:
    rules = school.rules(*DAY, "Choir 10:30-11:15, break 10:30-11:10")
    assert until(rules, school.at("10:45")) == school.at("11:10").utc


def test_a_break_of_a_staff_group_says_nothing_about_the_children(school: "School") -> None:
    (office,) = school.lessons("Office 11:00-12:00, break 11:00-12:00")
    rules = school.rules(blocks=(replace(office, group="office"),))
    assert until(rules, school.at("11:10")) == school.at("12:10").utc


def test_without_a_clock_or_rules_for_the_day_it_is_an_hour(school: "School") -> None:
    assert until(school.rules(*DAY), school.at("12:20", quality=ClockQuality.FLOOR)) == school.at("13:20").utc
    stale = school.rules(*DAY, first="2026-11-25")
    assert until(stale, school.at("12:20")) == school.at("13:20").utc


def test_it_is_real_time_that_passes_through_the_doubled_hour_of_autumn(school: "School") -> None:
    rules = school.rules(
        blocks=school.lessons("Night 00:00-03:00, break 01:15-01:45", day="2026-10-25"),
        first="2026-10-24",
        last="2026-10-26",
    )
    assert until(rules, school.at("2026-10-25 01:30", fold=0)) == school.at("2026-10-25 01:45", fold=1).utc
