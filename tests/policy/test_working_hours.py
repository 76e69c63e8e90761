"""Working hours: what the office may enter, and when somebody's day is over (promise 2)."""

from typing import TYPE_CHECKING

import pytest

from policy.working_hours import hours_problems, leaves

if TYPE_CHECKING:
    from tests.policy.conftest import School


@pytest.mark.parametrize(
    ("monday", "field"),
    [
        ("08:00-16:00", None),
        ("08:00-23:00", None),
        ("08:00-23:01", "working_hours.mon"),
        ("08:00-12:00 12:00-16:00", None),
        ("12:00-16:00 08:00-12:00", None),
        ("08:00-12:01 12:00-16:00", "working_hours.mon"),
    ],
)
def test_hours_end_by_23_00_and_spans_do_not_overlap(school: "School", monday: str, field: str | None) -> None:
    week = (tuple(school.span(one) for one in monday.split()), *((),) * 6)
    problems = hours_problems(week)
    assert [one.field for one in problems] == ([] if field is None else [field])
    assert all(one.what_to_do for one in problems)


@pytest.mark.parametrize(
    ("minute", "leaving"), [(0, False), (479, False), (480, False), (959, False), (960, True), (1380, True)]
)
def test_somebody_leaves_once_the_hours_are_over_and_not_before_they_begin(
    school: "School", minute: int, leaving: bool
) -> None:
    assert leaves((school.span("08:00-16:00"),), minute) is leaving


def test_without_hours_the_whole_day_is_free_and_whatever_the_hours_say_from_23_00_on(school: "School") -> None:
    assert leaves((), 0)
    assert not leaves((school.span("08:00-24:00"),), 1379)
    assert leaves((school.span("08:00-24:00"),), 1380)
    assert leaves((school.span("23:30-24:00"),), 1380)
