"""TAKE OUT: the first reason that holds, the refusal, and the next time it would be allowed."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality
from policy.decision import Outcome, Reason
from policy.gesture import Intent
from policy.ids import HolderId
from policy.rules import Settings
from policy.state import Declared, State

if TYPE_CHECKING:
    from tests.policy.conftest import School

MORNING = "Lessons 08:50-12:00, break 10:40-10:55"
AFTERNOON = "Afternoon 13:00-15:15"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("08:49", Reason.OUTSIDE_FORMAL_TIME),
        ("08:50", Reason.RESTRICTED),
        ("10:39", Reason.RESTRICTED),
        ("10:40", Reason.BREAK),
        ("10:54", Reason.BREAK),
        ("10:55", Reason.RESTRICTED),
        ("11:59", Reason.RESTRICTED),
        ("12:00", Reason.OUTSIDE_FORMAL_TIME),
        ("12:59", Reason.OUTSIDE_FORMAL_TIME),
        ("13:00", Reason.RESTRICTED),
        ("15:14", Reason.RESTRICTED),
        ("15:15", Reason.OUTSIDE_FORMAL_TIME),
        ("15:59", Reason.OUTSIDE_FORMAL_TIME),
        ("16:00", Reason.LEAVING),
        ("23:59", Reason.LEAVING),
    ],
)
def test_a_day_minute_by_minute_at_every_boundary(school: "School", now: str, reason: Reason) -> None:
    decision = school.tap(school.rules(MORNING, AFTERNOON), school.amara, school.at(now), Intent.TAKE_OUT)
    assert decision.reason is reason
    assert decision.outcome is (Outcome.REFUSED if reason is Reason.RESTRICTED else Outcome.GRANTED)


def test_the_last_second_of_a_minute_still_belongs_to_it(school: "School") -> None:
    rules = school.rules(MORNING)
    assert school.tap(rules, school.amara, school.at("10:39:59"), Intent.TAKE_OUT).reason is Reason.RESTRICTED
    assert school.tap(rules, school.amara, school.at("10:54:59"), Intent.TAKE_OUT).reason is Reason.BREAK


def test_a_refusal_names_whose_tap_it_was_and_that_of_the_cover_pool_no_person(school: "School") -> None:
    refused = school.tap(school.rules(MORNING), school.amara, school.at("09:15"), Intent.TAKE_OUT)
    assert (refused.badge, refused.holder, refused.person) == (school.amara, "amara", "amara")
    cover = school.tap(school.rules(MORNING), school.cover, school.at("09:15"), Intent.TAKE_OUT)
    assert (cover.badge, cover.holder, cover.person) == (school.cover, f"badge:{school.cover}", None)


@pytest.mark.parametrize("intent", [Intent.PUT_IN, Intent.TAKE_OUT, None])
def test_a_badge_that_is_not_live_is_refused_with_what_it_asked_for_and_whose_it_was(
    school: "School", intent: Intent | None
) -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", lost=school.at("08:00").utc),))
    refused = school.tap(rules, school.amara, school.at("09:15"), intent)
    assert (refused.reason, refused.intent) == (Reason.BADGE_LOST, intent)
    assert (refused.badge, refused.holder, refused.person) == (school.amara, "amara", "amara")


def test_a_refusal_names_the_block_its_times_the_clause_and_the_next_allowed_time(school: "School") -> None:
    decision = school.tap(school.rules(MORNING, AFTERNOON), school.amara, school.at("09:15"), Intent.TAKE_OUT)
    assert decision.clause == "12"
    assert decision.block is not None
    assert (decision.block.name, decision.block.starts, decision.block.ends) == (
        "Lessons",
        school.at("08:50").utc,
        school.at("12:00").utc,
    )
    assert decision.next_allowed == school.at("10:40").utc
    assert (decision.slot, decision.declares) == (None, None)


def test_a_break_names_its_own_times_under_the_name_of_its_block(school: "School") -> None:
    decision = school.tap(school.rules(MORNING), school.amara, school.at("10:45"), Intent.TAKE_OUT)
    assert decision.clause == "11"
    assert decision.block is not None
    assert (decision.block.name, decision.block.starts, decision.block.ends) == (
        "Lessons",
        school.at("10:40").utc,
        school.at("10:55").utc,
    )
    assert (decision.slot, decision.declares) == (1, Declared.OUT)


def test_the_next_allowed_time_skips_a_block_that_follows_at_once(school: "School") -> None:
    rules = school.rules("Lessons 08:50-12:00", "Lunch club 12:00-13:00", AFTERNOON)
    assert school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT).next_allowed == school.at("15:15").utc


def test_the_next_allowed_time_may_be_the_end_of_the_persons_day(school: "School") -> None:
    people = (school.person("amara", "08:00-11:30"),)
    decision = school.tap(school.rules(MORNING, people=people), school.amara, school.at("11:00"), Intent.TAKE_OUT)
    assert decision.next_allowed == school.at("11:30").utc


def test_the_next_allowed_time_may_be_a_gap_between_two_spans_of_working_hours(school: "School") -> None:
    people = (school.person("amara", "07:00-09:30", "11:00-16:00"),)
    decision = school.tap(
        school.rules("Lessons 07:00-16:00", people=people), school.amara, school.at("08:00"), Intent.TAKE_OUT
    )
    assert decision.next_allowed == school.at("09:30").utc


def test_a_badge_that_ends_before_the_block_does_and_has_no_phone_in_has_no_next_time(school: "School") -> None:
    ends = school.at("11:00").utc
    rules = school.rules("Lessons 08:50-12:00", badges=(school.badge(school.amara, "amara", ends=ends),))
    assert school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT).next_allowed is None


def test_a_badge_that_ends_before_the_block_does_takes_out_at_its_end(school: "School") -> None:
    ends = school.at("11:00").utc
    rules = school.rules("Lessons 08:50-12:00", badges=(school.badge(school.amara, "amara", ends=ends),))
    state = school.declared(school.amara, "amara", Declared.IN)
    decision = school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT, state=state)
    assert decision.next_allowed == ends


@pytest.mark.parametrize(
    ("hours", "now", "reason"),
    [
        ([], "09:00", Reason.LEAVING),
        (["08:00-16:00"], "07:59", Reason.RESTRICTED),
        (["08:00-16:00"], "15:59", Reason.RESTRICTED),
        (["08:00-16:00"], "16:00", Reason.LEAVING),
        (["08:00-10:00", "12:00-14:00"], "07:00", Reason.RESTRICTED),
        (["08:00-10:00", "12:00-14:00"], "09:59", Reason.RESTRICTED),
        (["08:00-10:00", "12:00-14:00"], "10:00", Reason.LEAVING),
        (["08:00-10:00", "12:00-14:00"], "11:59", Reason.LEAVING),
        (["08:00-10:00", "12:00-14:00"], "12:00", Reason.RESTRICTED),
        (["08:00-10:00", "12:00-14:00"], "14:00", Reason.LEAVING),
        (["12:00-14:00", "08:00-10:00"], "10:30", Reason.LEAVING),
    ],
)
def test_leaving_is_no_hours_that_day_or_outside_all_spans_once_the_first_has_begun(
    school: "School", hours: list[str], now: str, reason: Reason
) -> None:
    rules = school.rules("Everything 00:00-24:00", people=(school.person("amara", *hours),))
    assert school.tap(rules, school.amara, school.at(now), Intent.TAKE_OUT).reason is reason


def test_hours_are_those_of_the_weekday(school: "School") -> None:
    friday_only = ((),) * 4 + (school.week("08:00-16:00")[0],) + ((), ())
    rules = school.rules("Lessons 08:50-12:00", people=(school.person("amara", week=friday_only),))
    assert school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT).reason is Reason.LEAVING


def test_from_23_o_clock_everybody_is_leaving_whatever_the_bundle_says(school: "School") -> None:
    people = (school.person("amara", "00:00-24:00"),)
    rules = school.rules("Everything 00:00-24:00", people=people)
    assert school.tap(rules, school.amara, school.at("22:59"), Intent.TAKE_OUT).reason is Reason.RESTRICTED
    assert school.tap(rules, school.amara, school.at("23:00"), Intent.TAKE_OUT).reason is Reason.LEAVING


def test_leaving_comes_before_break_and_before_outside_formal_time(school: "School") -> None:
    rules = school.rules(MORNING, people=(school.person("amara", "08:00-10:00"),))
    assert school.tap(rules, school.amara, school.at("10:45"), Intent.TAKE_OUT).reason is Reason.LEAVING
    assert school.tap(rules, school.amara, school.at("12:30"), Intent.TAKE_OUT).reason is Reason.LEAVING


def test_rules_that_do_not_cover_the_date_before_or_after_are_stale_and_allow(school: "School") -> None:
    for first, last in (("2026-11-25", "2026-12-01"), ("2026-11-01", "2026-11-23")):
        rules = school.rules(MORNING, first=first, last=last, people=(school.person("amara"),))
        decision = school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT)
        assert (decision.outcome, decision.reason) == (Outcome.GRANTED, Reason.RULES_STALE)


def test_the_first_and_the_last_date_of_the_rules_are_covered(school: "School") -> None:
    rules = school.rules(MORNING, first="2026-11-24", last="2026-11-24")
    assert school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT).reason is Reason.RESTRICTED


@pytest.mark.parametrize("quality", [ClockQuality.FLOOR, ClockQuality.UNSET])
def test_a_clock_that_is_not_trusted_allows_before_anything_else_is_asked(
    school: "School", quality: ClockQuality
) -> None:
    rules = school.rules(MORNING, first="2026-11-25", last="2026-12-01", people=(school.person("amara"),))
    decision = school.tap(rules, school.amara, school.at("09:00", quality=quality), Intent.TAKE_OUT)
    assert (decision.outcome, decision.reason) == (Outcome.GRANTED, Reason.CLOCK_UNTRUSTED)


def test_a_date_without_a_timetable_is_not_restricted(school: "School") -> None:
    decision = school.tap(school.rules(), school.amara, school.at("09:00"), Intent.TAKE_OUT)
    assert (decision.outcome, decision.reason) == (Outcome.GRANTED, Reason.OUTSIDE_FORMAL_TIME)


def test_a_break_in_one_block_does_not_lift_another_block(school: "School") -> None:
    rules = school.rules(MORNING, "Wet play 10:30-11:00")
    assert school.tap(rules, school.amara, school.at("10:45"), Intent.TAKE_OUT).reason is Reason.RESTRICTED


def test_take_out_does_not_ask_whether_the_phone_was_declared_in(school: "School") -> None:
    for declared in (Declared.OUT, Declared.UNKNOWN):
        state = school.declared(school.amara, "amara", declared)
        decision = school.tap(school.rules(), school.amara, school.at("09:00"), Intent.TAKE_OUT, state=state)
        assert (decision.outcome, decision.declares) == (Outcome.GRANTED, Declared.OUT)


def test_a_cover_pool_badge_has_the_sites_hours(school: "School") -> None:
    rules = school.rules("Everything 00:00-24:00")
    assert school.tap(rules, school.cover, school.at("16:29"), Intent.TAKE_OUT).reason is Reason.RESTRICTED
    assert school.tap(rules, school.cover, school.at("16:30"), Intent.TAKE_OUT).reason is Reason.LEAVING


def test_the_emergency_hold_opens_and_says_so(school: "School") -> None:
    rules = school.rules(MORNING)
    refused = school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT)
    assert refused.hold_opens
    decision = school.tap(rules, school.amara, school.at("09:00"), Intent.TAKE_OUT, emergency=True)
    assert (decision.outcome, decision.reason, decision.slot, decision.declares, decision.clause) == (
        Outcome.GRANTED,
        Reason.EMERGENCY,
        1,
        Declared.OUT,
        "19",
    )


def test_without_the_setting_or_without_buttons_there_is_no_emergency(school: "School") -> None:
    off = school.rules(MORNING, settings=Settings(emergency=False))
    assert not school.tap(off, school.amara, school.at("09:00"), Intent.TAKE_OUT).hold_opens
    held = school.tap(off, school.amara, school.at("09:00"), Intent.TAKE_OUT, emergency=True)
    assert held.reason is Reason.RESTRICTED
    point = school.one_door(buttons=False)
    bare = school.tap(school.rules(MORNING), school.amara, school.at("09:00"), Intent.TAKE_OUT, point=point)
    assert (bare.reason, bare.hold_opens) == (Reason.RESTRICTED, False)


def test_blocks_follow_the_wall_clock_through_both_british_clock_changes(school: "School") -> None:
    for day, utc_hour in (("2026-10-23", 8), ("2026-10-26", 9), ("2026-03-27", 9), ("2026-03-30", 8)):
        rules = school.rules(
            blocks=school.lessons("Lessons 09:00-12:00", day=day), first="2026-01-01", last="2026-12-31"
        )
        before = school.at(f"{day} 08:59")
        assert before.utc + timedelta(minutes=1) == datetime.fromisoformat(day).replace(hour=utc_hour, tzinfo=UTC)
        assert school.tap(rules, school.amara, before, Intent.TAKE_OUT).reason is Reason.OUTSIDE_FORMAL_TIME
        assert school.tap(rules, school.amara, school.at(f"{day} 09:00"), Intent.TAKE_OUT).reason is Reason.RESTRICTED


def test_the_doubled_hour_of_autumn_is_judged_by_the_clock_on_the_wall_both_times(school: "School") -> None:
    rules = school.rules(
        blocks=school.lessons("Night 01:15-01:45", day="2026-10-25"),
        people=(school.person("amara", week=(school.week("00:00-22:00")[0],) * 7),),
        first="2026-10-24",
        last="2026-10-26",
    )
    for fold in (0, 1):
        asleep = school.at("2026-10-25 01:30", fold=fold)
        decision = school.tap(rules, school.amara, asleep, Intent.TAKE_OUT)
        assert decision.reason is Reason.RESTRICTED
        assert decision.next_allowed == school.at("2026-10-25 01:45", fold=fold).utc
        awake = school.at("2026-10-25 01:50", fold=fold)
        assert school.tap(rules, school.amara, awake, Intent.TAKE_OUT).reason is Reason.OUTSIDE_FORMAL_TIME


def test_the_change_of_autumn_itself_may_be_the_next_allowed_time(school: "School") -> None:
    rules = school.rules(
        blocks=school.lessons("Night 01:30-03:00", day="2026-10-25"),
        people=(school.person("amara", week=(school.week("00:00-22:00")[0],) * 7),),
        first="2026-10-24",
        last="2026-10-26",
    )
    decision = school.tap(rules, school.amara, school.at("2026-10-25 01:40", fold=0), Intent.TAKE_OUT)
    assert decision.next_allowed == datetime(2026, 10, 25, 1, 0, tzinfo=UTC)


def test_a_block_that_ends_in_the_hour_spring_leaves_out_ends_with_the_change(school: "School") -> None:
    rules = school.rules(
        blocks=school.lessons("Night 00:30-01:30", day="2026-03-29"),
        people=(school.person("amara", week=(school.week("00:00-22:00")[0],) * 7),),
        first="2026-03-28",
        last="2026-03-30",
    )
    decision = school.tap(rules, school.amara, school.at("2026-03-29 00:45"), Intent.TAKE_OUT)
    assert decision.reason is Reason.RESTRICTED
    assert decision.next_allowed == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_going_home_said_for_later_by_a_clock_ahead_of_this_one_is_the_next_allowed_time(school: "School") -> None:
    rules = school.rules(MORNING, people=(school.person("amara", "08:00-16:00", going_home="09:20"),))
    said_here = State(going_home={HolderId("amara"): school.at("09:10").utc})
    at = school.at("09:00")
    assert school.tap(rules, school.amara, at, Intent.TAKE_OUT).next_allowed == school.at("09:20").utc
    decision = school.tap(rules, school.amara, at, Intent.TAKE_OUT, state=said_here)
    assert decision.next_allowed == school.at("09:10").utc
