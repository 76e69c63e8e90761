"""Who has not brought a phone back after a break (clause 11)."""

from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality
from policy.overdue import find_overdue
from policy.state import Declared

if TYPE_CHECKING:
    from tests.policy.conftest import School

LESSONS = "Lessons 08:50-12:00, break 10:40-10:55"


@pytest.mark.parametrize(("now", "count"), [("10:54", 0), ("10:59:59", 0), ("11:00", 1), ("11:30", 1), ("15:00", 1)])
def test_a_phone_taken_out_in_the_break_is_overdue_five_minutes_after_it(
    school: "School", now: str, count: int
) -> None:
    state = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    found = find_overdue(school.rules(LESSONS), state, school.at(now))
    assert len(found) == count
    for one in found:
        assert (one.person, one.badge, one.slot) == ("amara", school.amara, 1)
        assert (one.due, one.block.name, one.block.ends) == (school.at("11:00").utc, "Lessons", school.at("10:55").utc)


@pytest.mark.parametrize("taken", ["08:00", "10:39", "10:56", "12:00"])
def test_what_was_not_taken_out_in_a_break_is_not_overdue(school: "School", taken: str) -> None:
    state = school.declared(school.amara, "amara", Declared.OUT, at=taken)
    assert find_overdue(school.rules(LESSONS), state, school.at("12:30")) == ()


def test_who_declared_it_in_again_is_not_overdue(school: "School") -> None:
    state = school.declared(school.amara, "amara", Declared.IN, at="10:50")
    assert find_overdue(school.rules(LESSONS), state, school.at("11:30")) == ()


def test_nobody_is_overdue_whose_day_ends_before_it_is_due(school: "School") -> None:
    rules = school.rules(LESSONS, people=(school.person("amara", "08:00-10:58"),))
    state = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    assert find_overdue(rules, state, school.at("11:30")) == ()


def test_nobody_is_overdue_after_a_break_that_ends_with_its_block(school: "School") -> None:
    rules = school.rules("Lessons 08:50-10:55, break 10:40-10:55")
    state = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    assert find_overdue(rules, state, school.at("11:30")) == ()


def test_a_cover_pool_badge_is_overdue_by_the_sites_hours(school: "School") -> None:
    state = school.declared(school.cover, None, Declared.OUT, at="10:45")
    (found,) = find_overdue(school.rules(LESSONS), state, school.at("11:00"))
    assert (found.person, found.holder) == (None, f"badge:{school.cover}")


def test_yesterdays_break_and_an_untrusted_clock_make_nobody_overdue(school: "School") -> None:
    rules = school.rules(blocks=(*school.lessons(LESSONS, day="2026-11-23"), *school.lessons(LESSONS)))
    yesterday = school.declared(school.amara, "amara", Declared.OUT, at="2026-11-23 10:45")
    assert find_overdue(rules, yesterday, school.at("11:30")) == ()
    today = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    assert find_overdue(rules, today, school.at("11:30", quality=ClockQuality.FLOOR)) == ()
