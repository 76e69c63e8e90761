"""Own property is never held hostage: *Going home*, and opened for a named person (policy-clauses: promise 2)."""

from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Intent
from policy.ids import BadgeReference, HolderId, PersonId
from policy.rules import PointKind
from policy.state import Declared, State

if TYPE_CHECKING:
    from tests.policy.conftest import School

LESSONS = "Lessons 08:50-12:00, break 10:40-10:55"
LUNCH = "Lunch 12:00-13:00, break 12:00-13:00"
AFTERNOON = "Afternoon 13:00-15:15"
DAY = (LESSONS, LUNCH, AFTERNOON)
TAKE_OUT = Intent.TAKE_OUT
GRANTED, REFUSED = Outcome.GRANTED, Outcome.REFUSED


def ruled(decision: Decision) -> tuple[Outcome, Reason, str]:
    return decision.outcome, decision.reason, decision.clause


class TestGoingHome:
    @pytest.mark.parametrize(
        ("said", "now", "reason"),
        [
            ("09:10", "09:09", Reason.RESTRICTED),
            ("09:10", "09:10", Reason.LEAVING),
            ("09:10", "15:00", Reason.LEAVING),
            ("2026-11-23 14:00", "09:15", Reason.RESTRICTED),
        ],
    )
    def test_said_in_the_office_it_holds_until_the_day_ends(
        self, school: "School", said: str, now: str, reason: Reason
    ) -> None:
        rules = school.rules(*DAY, people=(school.person("amara", "08:00-16:00", going_home=said),))
        assert school.tap(rules, school.amara, school.at(now), TAKE_OUT).reason is reason

    def test_said_by_a_badge_here_it_is_remembered_for_cover_staff_too(self, school: "School") -> None:
        cover = HolderId(f"badge:{school.cover}")
        state = State(going_home={HolderId("amara"): school.at("09:10").utc, cover: school.at("09:10").utc})
        for badge in (school.amara, school.cover):
            assert (
                school.tap(school.rules(*DAY), badge, school.at("09:15"), TAKE_OUT, state=state).reason
                is Reason.LEAVING
            )
        assert school.tap(school.rules(*DAY), school.bilal, school.at("09:15"), TAKE_OUT, state=state).reason is (
            Reason.RESTRICTED
        )

    def test_a_senior_leaders_or_the_offices_badge_before_the_persons_says_it(self, school: "School") -> None:
        for sender in (school.leader, school.head, school.office):
            decision = school.tap(school.rules(*DAY), school.amara, school.at("09:00"), TAKE_OUT, sent_home_by=sender)
            assert (*ruled(decision), decision.approver) == (GRANTED, Reason.LEAVING, "12", sender)

    def test_nobody_sends_himself_home_nor_does_a_colleague(self, school: "School") -> None:
        second = BadgeReference("1:amaras-other")
        badges = (school.badge(school.amara, "amara", role="SLT"), school.badge(second, "amara", role="SLT"))
        rules = school.rules(*DAY, badges=badges)
        for sender in (school.amara, second, school.bilal, school.cover, school.stranger):
            decision = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT, sent_home_by=sender)
            assert (decision.reason, decision.approver) == (Reason.RESTRICTED, None)

    @pytest.mark.parametrize("stale", [True, False])
    def test_without_a_clock_or_rules_there_is_no_day_it_could_hold_for(self, school: "School", stale: bool) -> None:
        now = school.at("2031-01-06 09:00") if stale else school.at("09:00", quality=ClockQuality.FLOOR)
        decision = school.tap(school.rules(*DAY), school.amara, now, TAKE_OUT, sent_home_by=school.head)
        reason = Reason.RULES_STALE if stale else Reason.CLOCK_UNTRUSTED
        assert (decision.outcome, decision.reason, decision.approver) == (GRANTED, reason, None)

    def test_it_is_not_said_by_putting_in(self, school: "School") -> None:
        decision = school.tap(
            school.rules(*DAY), school.amara, school.at("09:00"), Intent.PUT_IN, sent_home_by=school.head
        )
        assert (decision.reason, decision.approver) == (Reason.PUT_IN, None)


class TestOpenedFor:
    def test_it_opens_the_slot_of_the_declaration_before_that_of_the_link(self, school: "School") -> None:
        rules = school.rules(kind=PointKind.BANK)
        bank = school.bank()
        inside = school.declared(school.amara, "amara", Declared.IN, slot=5)
        outside = school.declared(school.amara, "amara", Declared.OUT, slot=5)
        assert school.open_for(rules, "amara", inside, bank).slot == 5
        assert school.open_for(rules, "amara", outside, bank).slot == 2
        assert school.open_for(rules, "amara", None, bank).slot == 2

    def test_it_opens_by_the_link_whatever_has_become_of_the_badge(self, school: "School") -> None:
        early = school.at("08:00").utc
        for badge in (
            school.badge(school.amara, "amara", lost=early),
            school.badge(school.amara, "amara", ends=early),
        ):
            decision = school.open_for(school.rules(*DAY, badges=(badge,)), "amara")
            assert (decision.reason, decision.badge) == (Reason.OPENED_FOR, school.amara)

    def test_it_opens_for_cover_staff_and_for_whom_the_bundle_has_forgotten(self, school: "School") -> None:
        holder = f"badge:{school.cover}"
        assert school.open_for(school.rules(), holder).reason is Reason.OPENED_FOR
        gone = school.declared(school.stranger, "grace", Declared.IN)
        decision = school.open_for(school.rules(), "grace", gone)
        assert (decision.reason, decision.person, decision.badge) == (
            Reason.OPENED_FOR,
            PersonId("grace"),
            school.stranger,
        )

    @pytest.mark.parametrize("holder", ["grace", "", "badge:1:stranger", "badge:1:head"])
    def test_for_whom_nothing_is_kept_here_it_opens_nothing(self, school: "School", holder: str) -> None:
        decision = school.open_for(school.rules(), holder)
        assert ruled(decision) == (REFUSED, Reason.BADGE_NOT_KNOWN_HERE, "7")
        assert (decision.slot, decision.badge, decision.intent) == (None, None, TAKE_OUT)

    def test_a_link_that_has_ended_opens_nothing_unless_a_phone_is_in(self, school: "School") -> None:
        rules = school.rules(people=(school.person("amara", "08:00-16:00", ends=school.at("08:00").utc),))
        assert school.open_for(rules, "amara").outcome is REFUSED
        assert school.open_for(rules, "amara", school.declared(school.amara, "amara", Declared.IN)).outcome is GRANTED
