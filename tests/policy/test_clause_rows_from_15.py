"""Appendix 1 row by row, 15 to 25: permissions, approvals, emergencies, and what no cabinet is told."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from policy.approval import is_sender_home, is_senior_leader
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Intent
from policy.ids import BadgeReference
from policy.overdue import find_overdue
from policy.permission import (
    PURPOSES,
    GrantKind,
    PermissionDraft,
    permission_problems,
    permission_warnings,
    reach_warnings,
)
from policy.rules import BadgeKind, PermissionKind, PersonRules, Rules
from policy.state import Declared

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


def named(decision: Decision) -> str | None:
    return None if decision.block is None else decision.block.name


class TestClause15OffSiteVisits:
    @pytest.mark.parametrize(
        ("now", "reason"),
        [
            ("09:29", Reason.RESTRICTED),
            ("09:30", Reason.PERMISSION),
            ("10:45", Reason.PERMISSION),
            ("13:59", Reason.PERMISSION),
            ("14:00", Reason.RESTRICTED),
        ],
    )
    def test_a_phone_may_be_taken_out_from_departure_to_return(
        self, school: "School", now: str, reason: Reason
    ) -> None:
        rules = school.rules(*DAY, permissions=(school.permission("09:30 until 14:00"),))
        decision = school.tap(rules, school.amara, school.at(now), TAKE_OUT)
        assert decision.reason is reason
        if reason is Reason.PERMISSION:
            assert (*ruled(decision), decision.permission) == (GRANTED, reason, "15", "farm")
        assert school.tap(rules, school.bilal, school.at("09:45"), TAKE_OUT).reason is Reason.RESTRICTED

    def test_the_next_allowed_time_is_the_departure(self, school: "School") -> None:
        rules = school.rules(*DAY, permissions=(school.permission("09:30 until 14:00"),))
        assert school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT).next_allowed == school.at("09:30").utc

    @pytest.mark.parametrize(("now", "count"), [("14:00", 0), ("14:14", 0), ("14:15", 1), ("14:40", 1)])
    def test_after_the_return_and_the_grace_the_phone_is_overdue(self, school: "School", now: str, count: int) -> None:
        rules = school.rules(*DAY, permissions=(school.permission("09:30 until 14:00"),))
        out = school.declared(school.amara, "amara", Declared.OUT, at="09:40")
        found = find_overdue(rules, out, school.at(now))
        assert len(found) == count
        for one in found:
            assert (one.block.name, one.block.ends, one.due) == (
                "Off-site visit",
                school.at("14:00").utc,
                school.at("14:15").utc,
            )

    @pytest.mark.parametrize("school_phone", [None, "", "phone-3"])
    def test_a_trip_without_a_school_phone_warns_and_may_be_saved(
        self, school: "School", school_phone: str | None
    ) -> None:
        draft = PermissionDraft(
            GrantKind.TRIP,
            ("amara",),
            "educational_visit",
            school.at("09:30").utc,
            school.at("14:00").utc,
            school_phone=school_phone,
        )
        assert permission_problems(draft, school.at("09:00").utc) == ()
        warned = [warning.field for warning in permission_warnings(draft)]
        assert warned == ([] if school_phone else ["school_phone"])


class TestClause16PermissionInAnEmergency:
    def test_a_refused_take_out_asks_and_a_senior_leaders_badge_approves(self, school: "School") -> None:
        rules = school.rules(*DAY)
        asked = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT)
        assert (asked.outcome, asked.reason, asked.asks_approval) == (REFUSED, Reason.RESTRICTED, True)
        for badge in (school.leader, school.head):
            granted = school.tap(rules, school.amara, school.at("09:01"), TAKE_OUT, approver=badge)
            assert (*ruled(granted), granted.approver) == (GRANTED, Reason.APPROVAL, "16", badge)
            assert (granted.slot, granted.declares) == (1, Declared.OUT)

    def test_an_account_in_the_office_approves_and_no_badge_is_named(self, school: "School") -> None:
        granted = school.tap(school.rules(*DAY), school.amara, school.at("09:01"), TAKE_OUT, approved=True)
        assert (granted.reason, granted.approver) == (Reason.APPROVAL, None)

    @pytest.mark.parametrize(
        "who", ["own badge", "office", "colleague", "cover pool", "stranger", "lost", "ended", "not begun"]
    )
    def test_nobody_elses_badge_is_an_approval(self, school: "School", who: str) -> None:
        early, late = school.at("08:00").utc, school.at("09:30").utc
        senior = BadgeKind.ROLE
        badges = {
            "lost": school.badge(school.leader, kind=senior, role="SLT", lost=early),
            "ended": school.badge(school.leader, kind=senior, role="SLT", ends=early),
            "not begun": school.badge(school.leader, kind=senior, role="SLT", starts=late),
        }
        second = {
            "own badge": school.amara,
            "office": school.office,
            "colleague": school.bilal,
            "cover pool": school.cover,
            "stranger": school.stranger,
        }.get(who, school.leader)
        rules = school.rules(*DAY, badges=(badges[who],) if who in badges else ())
        decision = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT, approver=second)
        assert (decision.reason, decision.asks_approval, decision.approver) == (Reason.RESTRICTED, True, None)

    @pytest.mark.parametrize(
        ("starts", "ends", "good"),
        [
            ("09:00", None, True),
            ("09:00:01", None, False),
            ("08:00", "09:00:01", True),
            ("08:00", "09:00", False),
            ("08:00", "17:00", True),
        ],
    )
    def test_a_badge_with_an_end_approves_from_its_first_moment_until_its_last(
        self, school: "School", starts: str, ends: str | None, good: bool
    ) -> None:
        until = None if ends is None else school.at(ends).utc
        badge = school.badge(school.leader, kind=BadgeKind.ROLE, role="SLT", starts=school.at(starts).utc, ends=until)
        rules, now = school.rules(*DAY, badges=(badge,)), school.at("09:00")
        granted = school.tap(rules, school.amara, now, TAKE_OUT, approver=school.leader)
        assert granted.reason is (Reason.APPROVAL if good else Reason.RESTRICTED)
        assert is_senior_leader(rules, school.leader, now) is good
        assert is_sender_home(rules, school.leader, now) is good

    def test_only_senior_leaders_say_children_stay_in_and_the_office_too_says_going_home(
        self, school: "School"
    ) -> None:
        rules, now = school.rules(*DAY), school.at("09:00")
        may = {
            badge: (is_senior_leader(rules, badge, now), is_sender_home(rules, badge, now))
            for badge in (school.head, school.leader, school.office, school.amara, school.cover, school.stranger)
        }
        assert list(may.values()) == [(True, True), (True, True), (False, True), *[(False, False)] * 3]

    def test_a_senior_leader_approves_another_person_and_never_himself(self, school: "School") -> None:
        second = BadgeReference("1:amaras-other")
        rules = school.rules(
            *DAY,
            badges=(school.badge(school.amara, "amara", role="SLT"), school.badge(second, "amara", role="SLT")),
        )
        at = school.at("09:00")
        assert school.tap(rules, school.amara, at, TAKE_OUT, approver=school.amara).reason is Reason.RESTRICTED
        assert school.tap(rules, school.amara, at, TAKE_OUT, approver=second).reason is Reason.RESTRICTED
        assert school.tap(rules, school.bilal, at, TAKE_OUT, approver=second).reason is Reason.APPROVAL

    def test_a_cover_badge_approves_nothing_of_its_own_whatever_role_it_carries(self, school: "School") -> None:
        rules = school.rules(*DAY, badges=(school.badge(school.cover, kind=BadgeKind.COVER, role="SLT"),))
        at = school.at("09:00")
        assert school.tap(rules, school.cover, at, TAKE_OUT, approver=school.cover).reason is Reason.RESTRICTED
        assert school.tap(rules, school.cover, at, TAKE_OUT, approver=school.leader).reason is Reason.APPROVAL

    def test_what_is_allowed_by_then_needs_no_approval_and_putting_in_never_does(self, school: "School") -> None:
        rules = school.rules(*DAY)
        on_break = school.tap(rules, school.amara, school.at("10:40"), TAKE_OUT, approver=school.leader)
        assert (on_break.reason, on_break.approver) == (Reason.BREAK, None)
        put_in = school.tap(rules, school.amara, school.at("09:00"), Intent.PUT_IN, approver=school.stranger)
        assert put_in.reason is Reason.PUT_IN

    def test_where_no_buttons_are_wired_an_inferred_take_out_asks_too(self, school: "School") -> None:
        inside = school.declared(school.amara, "amara", Declared.IN)
        point = school.one_door(buttons=False)
        decision = school.tap(school.rules(*DAY), school.amara, school.at("09:00"), state=inside, point=point)
        assert (decision.reason, decision.asks_approval) == (Reason.RESTRICTED, True)


class TestClause19OwnDeviceInAnEmergency:
    def test_the_held_press_opens_and_cites_it_whatever_refused(self, school: "School") -> None:
        rules = school.rules(
            *DAY, restrictions=(school.restriction(),), room_states=(school.room_state("12:00 until 13:00"),)
        )
        for now, reason in (
            ("09:00", Reason.RESTRICTED),
            ("10:45", Reason.WITHDRAWN),
            ("12:20", Reason.CHILDREN_PRESENT),
        ):
            refused = school.tap(rules, school.amara, school.at(now), TAKE_OUT)
            assert (refused.reason, refused.hold_opens) == (reason, True)
            held = school.tap(rules, school.amara, school.at(now), TAKE_OUT, emergency=True)
            assert ruled(held) == (GRANTED, Reason.EMERGENCY, "19")


class TestClause20SiteTeam:
    def draft(self, school: "School", starts: str, ends: str | None, **more: object) -> PermissionDraft:
        values: dict[str, object] = {
            "kind": GrantKind.SITE_TEAM,
            "people": ("amara",),
            "purpose": "lone_working",
            "starts": school.at(starts).utc,
            "ends": None if ends is None else school.at(ends).utc,
            "areas": ("hall",),
        }
        return PermissionDraft(**{**values, **more})  # type: ignore[arg-type]

    def test_one_that_is_over_already_is_not_saved_and_only_a_standing_agreement_is_bound_to_a_year(
        self, school: "School"
    ) -> None:
        over = self.draft(school, "2026-11-20 09:00", "2026-11-24 08:00")
        assert [one.field for one in permission_problems(over, school.at("08:00").utc)] == ["ends"]
        assert permission_problems(over, school.at("07:59").utc) == ()
        long = {"kind": GrantKind.ADJUSTMENT, "purpose": "agreed_adjustment"}
        adjusted = self.draft(school, "2026-11-24 09:00", "2029-08-31 18:00", **long)
        assert permission_problems(adjusted, school.at("08:00").utc) == ()

    @pytest.mark.parametrize(
        ("kind", "people", "keeping", "withdrawn", "warns"),
        [
            (GrantKind.SITE_TEAM, "amara", "amara", "", False),
            (GrantKind.SITE_TEAM, "amara", "", "", True),
            (GrantKind.SITE_TEAM, "amara", "bilal", "", True),
            (GrantKind.SITE_TEAM, "amara", "amara", "amara", True),
            (GrantKind.SITE_TEAM, "amara", "amara", "bilal", False),
            (GrantKind.TRIP, "amara bilal", "amara", "", False),
            (GrantKind.TRIP, "amara bilal", "amara", "amara", True),
            (GrantKind.TRIP, "amara bilal", "amara bilal", "amara", False),
            (GrantKind.IMAGE, "amara", "", "", False),
            (GrantKind.IMAGE, "", "", "", False),
        ],
    )
    def test_one_by_which_no_cabinet_would_give_a_phone_out_warns(
        self, school: "School", kind: GrantKind, people: str, keeping: str, withdrawn: str, warns: bool
    ) -> None:
        draft = self.draft(school, "09:00", "17:00", kind=kind, people=tuple(people.split()))
        found = reach_warnings(draft, set(keeping.split()), set(withdrawn.split()))
        assert [one.field for one in found] == (["people"] if warns else [])
        assert permission_warnings(self.draft(school, "09:00", "17:00")) == (), "only a trip takes a school phone"

    @pytest.mark.parametrize(
        ("ends", "field"),
        [
            (None, "ends"),
            ("2026-11-24 09:00", "ends"),
            ("2026-11-24 08:59", "ends"),
            ("2027-11-26 09:00", "ends"),
            ("2027-08-31 18:00", ""),
            ("2027-11-24 09:00", ""),
        ],
    )
    def test_it_ends_within_a_school_year_and_without_an_end_it_cannot_be_saved(
        self, school: "School", ends: str | None, field: str
    ) -> None:
        problems = permission_problems(self.draft(school, "2026-11-24 09:00", ends), school.at("08:00").utc)
        assert " ".join(problem.field for problem in problems) == field
        assert all(problem.what_to_do for problem in problems)

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"people": ()}, "people"),
            ({"people": ("amara", "amara")}, "people"),
            ({"purpose": "educational_visit"}, "purpose"),
            ({"purpose": ""}, "purpose"),
            ({"areas": ()}, "areas"),
        ],
    )
    def test_it_names_person_purpose_and_areas(self, school: "School", more: dict[str, object], field: str) -> None:
        draft = self.draft(school, "2026-11-24 09:00", "2027-07-20 18:00", **more)
        assert [problem.field for problem in permission_problems(draft, school.at("08:00").utc)] == [field]

    @pytest.mark.parametrize(
        ("now", "reason"),
        [("2026-11-24 09:15", Reason.PERMISSION), ("2026-11-25 09:15", Reason.RESTRICTED)],
    )
    def test_the_day_after_its_expiry_it_allows_nothing(self, school: "School", now: str, reason: Reason) -> None:
        agreed = school.permission("2026-09-02 07:00 until 2026-11-24 18:00", kind=PermissionKind.SITE_TEAM)
        rules = school.rules(
            blocks=school.lessons(*DAY) + school.lessons(*DAY, day="2026-11-25"), permissions=(agreed,)
        )
        decision = school.tap(rules, school.amara, school.at(now), TAKE_OUT)
        assert decision.reason is reason
        if reason is Reason.PERMISSION:
            assert decision.clause == "20"

    def test_a_phone_of_the_site_team_is_never_overdue(self, school: "School") -> None:
        agreed = school.permission("08:00 until 10:00", kind=PermissionKind.SITE_TEAM)
        out = school.declared(school.amara, "amara", Declared.OUT, at="09:40")
        assert find_overdue(school.rules(*DAY, permissions=(agreed,)), out, school.at("11:00")) == ()

    def test_an_agreed_adjustment_has_one_purpose_so_that_no_diagnosis_is_stored(self) -> None:
        assert list(PURPOSES[GrantKind.ADJUSTMENT]) == ["agreed_adjustment"]


class TestClause24PupilsPhones:
    def test_no_rule_of_a_cabinet_knows_a_pupil(self) -> None:
        words = {field.name for part in (Rules, PersonRules) for field in fields(part)}
        assert not {word for word in words if "pupil" in word or "child" in word}


class TestClause25ReadAndUnderstood:
    def test_no_unread_policy_keeps_a_phone_in_because_no_cabinet_is_told(self) -> None:
        words = {field.name for part in (Rules, PersonRules) for field in fields(part)}
        assert not {word for word in words if "acknowledge" in word or "policy" in word or "read" in word}
