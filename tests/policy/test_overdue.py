"""Who has not brought a phone back after a break or a trip (clauses 11, 15)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality, Moment
from policy.overdue import find_overdue
from policy.rules import Permission, Rules
from policy.standing import is_timely
from policy.state import Declared, State

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


@pytest.mark.parametrize("now", ["12:30", "14:59"])
def test_what_was_taken_out_in_a_lesson_by_an_approval_or_an_emergency_is_never_overdue(
    school: "School", now: str
) -> None:
    rules = school.rules(LESSONS, "Afternoon 12:00-15:00")
    state = school.declared(school.amara, "amara", Declared.OUT, at="10:56")
    assert find_overdue(rules, state, school.at(now)) == ()


def test_nobody_is_overdue_whom_the_rules_do_not_name_any_more(school: "School") -> None:
    state = school.declared(school.amara, "grace", Declared.OUT, at="10:45")
    assert find_overdue(school.rules(LESSONS), state, school.at("11:30")) == ()


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


def test_a_clock_behind_what_central_has_signed_makes_nobody_overdue(school: "School") -> None:
    rules, out = school.rules(LESSONS), school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    assert find_overdue(replace(rules, issued=school.at("11:30:01").utc), out, school.at("11:30")) == ()
    assert len(find_overdue(replace(rules, issued=school.at("11:30").utc), out, school.at("11:30"))) == 1


def test_what_was_taken_out_by_a_clock_that_was_wrong_then_is_not_overdue(school: "School") -> None:
    out = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    by_hand = {holder: one._replace(timely=False) for holder, one in out.declarations.items()}
    assert find_overdue(school.rules(LESSONS), replace(out, declarations=by_hand), school.at("11:30")) == ()


@pytest.mark.parametrize(
    ("quality", "behind", "timely"),
    [(ClockQuality.SYNCED, 0, True), (ClockQuality.SYNCED, 1, False), (ClockQuality.FLOOR, 0, False)],
)
def test_a_clock_is_timely_that_is_trusted_and_not_behind_the_rules(
    school: "School", quality: ClockQuality, behind: int, timely: bool
) -> None:
    now = school.at("10:45", quality=quality)
    rules = replace(school.rules(LESSONS), issued=now.utc + timedelta(seconds=behind))
    assert is_timely(rules, now) is timely


def trip(school: "School", span: str, id: str = "farm") -> Permission:
    return school.permission(span, id=id)


def dues(rules: Rules, state: State, now: Moment) -> list[tuple[str, datetime]]:
    return [(one.block.name, one.due) for one in find_overdue(rules, state, now)]


def test_a_break_that_goes_over_into_a_trip_is_due_after_the_trip(school: "School") -> None:
    rules = school.rules("Lessons 08:50-15:00, break 10:40-10:55", permissions=(trip(school, "10:50 until 13:00"),))
    out = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    assert dues(rules, out, school.at("11:30")) == []
    assert dues(rules, out, school.at("13:15")) == [("Off-site visit", school.at("13:15").utc)]


def test_a_trip_that_returns_in_a_break_is_due_after_the_break(school: "School") -> None:
    rules = school.rules("Lessons 08:50-15:00, break 12:00-13:00", permissions=(trip(school, "09:00 until 12:30"),))
    out = school.declared(school.amara, "amara", Declared.OUT, at="09:30")
    assert dues(rules, out, school.at("12:59")) == []
    assert dues(rules, out, school.at("13:05")) == [("Lessons", school.at("13:05").utc)]


def test_a_trip_after_a_trip_is_due_after_the_later_one(school: "School") -> None:
    trips = (trip(school, "09:00 until 11:00"), trip(school, "11:00 until 13:00", "museum"))
    rules = school.rules("Lessons 08:50-15:00", permissions=trips)
    out = school.declared(school.amara, "amara", Declared.OUT, at="09:30")
    assert dues(rules, out, school.at("11:15")) == []
    assert dues(rules, out, school.at("13:15")) == [("Off-site visit", school.at("13:15").utc)]


@pytest.mark.parametrize("taken", ["08:40", "11:10"])
def test_nobody_is_overdue_after_a_trip_who_took_out_before_or_after_it(school: "School", taken: str) -> None:
    rules = school.rules("Lessons 08:50-15:00", permissions=(trip(school, "09:00 until 11:00"),))
    out = school.declared(school.amara, "amara", Declared.OUT, at=taken)
    assert dues(rules, out, school.at("14:00")) == []


def test_nobody_is_overdue_whose_trip_returns_after_the_lessons_or_after_going_home(school: "School") -> None:
    out = school.declared(school.amara, "amara", Declared.OUT, at="09:30")
    late = school.rules("Lessons 08:50-15:00", permissions=(trip(school, "09:00 until 14:50"),))
    assert dues(late, out, school.at("15:30")) == []
    home = school.rules(
        "Lessons 08:50-15:00",
        people=(school.person("amara", "08:00-16:00", going_home="11:05"),),
        permissions=(trip(school, "09:00 until 11:00"),),
    )
    assert dues(home, out, school.at("12:00")) == []


def test_a_break_withdrawn_or_turned_wet_while_the_phone_was_out_leaves_it_due_as_before(school: "School") -> None:
    out = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
    withdrawn = replace(
        school.rules(LESSONS, restrictions=(school.restriction(since="10:50"),)), issued=school.at("10:50").utc
    )
    wet = replace(school.rules(LESSONS, room_states=(school.room_state("10:50 until 11:30"),)), issued=out_at(out))
    for rules in (withdrawn, wet):
        assert dues(rules, out, school.at("11:00")) == [("Lessons", school.at("11:00").utc)]


def out_at(state: State) -> datetime:
    (one,) = state.declarations.values()
    return one.at


def test_a_trip_that_ended_just_before_the_rules_were_issued_still_leaves_its_phones_overdue(school: "School") -> None:
    rules = school.rules("Lessons 08:50-15:00", permissions=(school.permission("09:30 until 14:00"),))
    issued = replace(rules, issued=school.at("14:05").utc)
    out = school.declared(school.amara, "amara", Declared.OUT, at="09:40")
    assert len(find_overdue(issued, out, school.at("14:15"))) == 1
