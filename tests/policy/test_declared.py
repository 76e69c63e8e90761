"""Who is expected to be declared in, and a room's numbers (clauses 7 to 10, promise 3)."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from policy.declared import DeclaredCount, Keeper, count_declared, has_formal_time, is_expected
from policy.staff_groups import GROUPS, StorageDuty, group_problems
from policy.state import Declared

if TYPE_CHECKING:
    from tests.policy.conftest import School


def keeper(school: "School", *hours: str, declared: Declared = Declared.UNKNOWN) -> Keeper:
    return Keeper(StorageDuty.CABINET, 530, school.week(*(hours or ("08:00-16:00",))), declared)


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (["08:00-16:00"], "08:49", False),
        (["08:00-16:00"], "08:50", True),
        (["08:00-16:00"], "15:59", True),
        (["08:00-16:00"], "16:00", False),
        (["12:00-15:00"], "08:50", False),
        (["12:00-15:00"], "12:00", True),
        (["08:00-10:00", "12:00-14:00"], "11:00", False),
        (["08:00-10:00", "12:00-14:00"], "12:00", True),
        (["08:00-16:00"], "2026-11-28 09:00", False),
        (["08:00-24:00"], "22:59", True),
        (["08:00-24:00"], "23:00", False),
        ([], "09:00", False),
    ],
)
def test_a_phone_is_expected_from_the_later_of_the_groups_time_and_the_own_hours(
    school: "School", hours: list[str], now: str, expected: bool
) -> None:
    person = replace(keeper(school), hours=school.week(*hours))
    assert is_expected(school.zone, person, school.at(now).utc) is expected


def test_without_a_time_of_the_group_the_own_hours_count(school: "School") -> None:
    cleaning = replace(keeper(school, "16:30-19:00"), duty=StorageDuty.BOX, expected_by=None)
    shown = [is_expected(school.zone, cleaning, school.at(now).utc) for now in ("08:50", "16:29", "16:30")]
    assert shown == [False, False, True]


@pytest.mark.parametrize("duty", [StorageDuty.OFFICE, StorageDuty.NONE])
def test_whoever_keeps_no_phone_in_a_cabinet_is_never_expected(school: "School", duty: StorageDuty) -> None:
    assert not is_expected(school.zone, replace(keeper(school), duty=duty), school.at("09:00").utc)


def test_no_phone_counts_as_done(school: "School") -> None:
    assert not is_expected(school.zone, replace(keeper(school), no_phone=True), school.at("09:00").utc)


@pytest.mark.parametrize(("said", "expected"), [("10:00", False), ("10:01", True), ("2026-11-23 10:00", True)])
def test_nobody_is_expected_after_going_home_that_day(school: "School", said: str, expected: bool) -> None:
    person = replace(keeper(school), going_home=school.at(said).utc)
    assert is_expected(school.zone, person, school.at("10:00").utc) is expected


def test_a_room_is_numbers(school: "School") -> None:
    room = [
        keeper(school, declared=declared) for declared in (Declared.IN, Declared.IN, Declared.OUT, Declared.UNKNOWN)
    ]
    count = count_declared(school.zone, room, school.at("09:00").utc)
    assert count == DeclaredCount(expected=4, declared_in=2, declared_out=1)
    assert (str(count), count.not_declared) == ("declared in 2 of 4", 1)


def test_nothing_that_is_counted_says_who_it_is() -> None:
    assert not {field.name for field in fields(Keeper)} & {"id", "name", "person", "badge", "holder"}


def test_times_follow_the_wall_clock_through_both_british_clock_changes(school: "School") -> None:
    for day in ("2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"):
        shown = [is_expected(school.zone, keeper(school), school.at(f"{day} {now}").utc) for now in ("08:49", "08:50")]
        assert shown == [False, True]


def test_a_day_of_breaks_alone_or_of_nothing_has_no_formal_time(school: "School") -> None:
    day = school.lessons("Lunch 12:00-13:00")[0].date
    assert has_formal_time(school.lessons("Lessons 08:50-12:00, break 10:40-10:55"), day)
    assert not has_formal_time(school.lessons("Lunch 12:00-13:00, break 12:00-13:00"), day)
    assert not has_formal_time(school.lessons("Lessons 08:50-12:00", day="2026-11-23"), day)


def test_every_staff_group_has_a_duty_and_only_those_with_a_cabinet_a_time() -> None:
    assert len(GROUPS) == 11
    for name, group in GROUPS.items():
        assert name == group.name
        assert group_problems(name, group.duty, group.expected_by) == ()


@pytest.mark.parametrize(
    ("name", "duty", "expected_by", "field"),
    [
        ("teachers", "cabinet", 530, "group"),
        ("classroom", "drawer", None, "duty"),
        ("office", "office", 530, "expected_by"),
        ("governor", "none", 530, "expected_by"),
        ("classroom", "cabinet", 1440, "expected_by"),
        ("classroom", "cabinet", -1, "expected_by"),
    ],
)
def test_a_groups_rule_that_may_not_be_saved_names_field_and_cure(
    name: str, duty: str, expected_by: int | None, field: str
) -> None:
    (problem,) = group_problems(name, duty, expected_by)
    assert problem.field == field
    assert problem.what_to_do
