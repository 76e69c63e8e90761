"""Appendix 1 row by row, 1 to 12: what the policy's code does for each clause, each test named after its clause."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policy.clauses import BY_REASON, CLAUSES, STORED_IN
from policy.decision import Decision, Outcome, Reason
from policy.declared import Keeper, count_declared
from policy.gesture import Intent
from policy.overdue import find_overdue
from policy.permission import GrantKind, PermissionDraft, permission_problems
from policy.rules import DatedBlock, Entitlement, Point, PointKind
from policy.staff_groups import GROUPS, StorageDuty
from policy.state import Declared, State
from policy.timetable import BlockRow, dated_blocks_of

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


class TestClause1AtOwnRisk:
    def test_a_phone_is_its_owners_whatever_ends_and_the_text_says_so(self, school: "School") -> None:
        ended = school.badge(school.amara, "amara", ends=school.at("08:45").utc)
        inside = school.declared(school.amara, "amara", Declared.IN)
        decision = school.tap(school.rules(*DAY, badges=(ended,)), school.amara, school.at("09:00"), state=inside)
        assert ruled(decision) == (GRANTED, Reason.TAKEN_AFTER_END, "1")
        assert "own risk" in CLAUSES["1"].words

    def test_the_office_opens_for_the_owner_of_a_lost_badge(self, school: "School") -> None:
        lost = school.badge(school.amara, "amara", lost=school.at("08:30").utc)
        inside = school.declared(school.amara, "amara", Declared.IN)
        decision = school.open_for(school.rules(*DAY, badges=(lost,)), "amara", inside)
        assert ruled(decision) == (GRANTED, Reason.OPENED_FOR, "1")
        assert (decision.slot, decision.declares, decision.person) == (1, Declared.OUT, "amara")


class TestClauses2And3And13And17And18And26:
    @pytest.mark.parametrize("clause", ["2", "3", "5", "13", "14", "17", "18", "21", "22", "23", "24", "25", "26"])
    def test_no_decision_about_taking_out_rests_on_what_a_cabinet_cannot_see(self, clause: str) -> None:
        assert clause not in {*BY_REASON.values(), *STORED_IN.values()}
        assert CLAUSES[clause].words


class TestClause3ImagesAndSound:
    def test_an_image_permission_is_dated_and_no_cabinet_carries_it(self, school: "School") -> None:
        assert GrantKind.IMAGE.carried is None
        assert GrantKind.IMAGE.clause == "3"
        draft = PermissionDraft(GrantKind.IMAGE, (), "school_event", school.at("13:00").utc, None)
        assert [problem.field for problem in permission_problems(draft, school.at("09:00").utc)] == ["ends"]


class TestClause4OpenToScrutiny:
    def test_withdraw_takes_breaks(self, school: "School") -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(),))
        decision = school.tap(rules, school.amara, school.at("10:45"), TAKE_OUT)
        assert ruled(decision) == (REFUSED, Reason.WITHDRAWN, "4")
        assert named(decision) == "Lessons"
        assert decision.block is not None
        assert (decision.block.starts, decision.block.ends) == (school.at("10:40").utc, school.at("10:55").utc)
        assert decision.next_allowed == school.at("15:15").utc

    def test_withdraw_takes_permissions(self, school: "School") -> None:
        rules = school.rules(
            *DAY, permissions=(school.permission("09:30 until 14:00"),), restrictions=(school.restriction(),)
        )
        decision = school.tap(rules, school.amara, school.at("09:45"), TAKE_OUT)
        assert ruled(decision) == (REFUSED, Reason.WITHDRAWN, "4")
        assert named(decision) == "Lessons"

    def test_withdraw_takes_approvals(self, school: "School") -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(),))
        asked = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT)
        assert (asked.reason, asked.asks_approval) == (Reason.RESTRICTED, False)
        for how in ({"approver": school.leader}, {"approved": True}):
            again = school.tap(rules, school.amara, school.at("09:01"), TAKE_OUT, **how)
            assert again.reason is Reason.RESTRICTED

    @pytest.mark.parametrize("takes", list(Entitlement))
    def test_restrict_takes_only_what_it_names(self, school: "School", takes: Entitlement) -> None:
        rules = school.rules(
            *DAY,
            permissions=(school.permission("11:00 until 11:30"),),
            restrictions=(school.restriction(takes),),
        )
        on_break = school.tap(rules, school.amara, school.at("10:45"), TAKE_OUT)
        permitted = school.tap(rules, school.amara, school.at("11:15"), TAKE_OUT)
        approved = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT, approver=school.leader)
        taken = {
            Entitlement.BREAKS: on_break.reason is Reason.WITHDRAWN,
            Entitlement.PERMISSIONS: permitted.reason is Reason.WITHDRAWN,
            Entitlement.APPROVALS: approved.reason is Reason.RESTRICTED,
        }
        assert {one for one, gone in taken.items() if gone} == {takes}

    def test_a_permission_that_is_withdrawn_takes_nothing_that_was_free_without_it(self, school: "School") -> None:
        rules = school.rules(
            *DAY,
            permissions=(school.permission("09:30 until 15:45"),),
            restrictions=(school.restriction(Entitlement.PERMISSIONS),),
        )
        for now, reason in (("10:45", Reason.BREAK), ("15:20", Reason.OUTSIDE_FORMAL_TIME), ("16:00", Reason.LEAVING)):
            assert school.tap(rules, school.amara, school.at(now), TAKE_OUT).reason is reason

    @pytest.mark.parametrize("person", ["amara", None])
    def test_it_never_takes_putting_in_nor_the_end_of_the_day(self, school: "School", person: str | None) -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(person=person),))
        for now, intent, reason in (
            ("09:00", Intent.PUT_IN, Reason.PUT_IN),
            ("10:45", Intent.PUT_IN, Reason.PUT_IN),
            ("09:00", Intent.NO_PHONE, Reason.NO_PHONE),
            ("15:20", TAKE_OUT, Reason.OUTSIDE_FORMAL_TIME),
            ("16:00", TAKE_OUT, Reason.LEAVING),
            ("2027-02-01 10:45", TAKE_OUT, Reason.RULES_STALE),
        ):
            assert ruled(school.tap(rules, school.amara, school.at(now), intent))[:2] == (GRANTED, reason)
        held = school.tap(rules, school.amara, school.at("10:45"), TAKE_OUT, emergency=True)
        assert held.reason is Reason.EMERGENCY
        home = school.tap(rules, school.amara, school.at("09:00"), TAKE_OUT, sent_home_by=school.leader)
        assert home.reason is Reason.LEAVING
        assert school.open_for(rules, "amara").reason is Reason.OPENED_FOR

    def test_everybody_means_the_cover_pool_too_and_one_person_means_nobody_else(self, school: "School") -> None:
        at = school.at("10:45")
        everybody = school.rules(*DAY, restrictions=(school.restriction(person=None),))
        one = school.rules(*DAY, restrictions=(school.restriction(),))
        for badge, of_one in (
            (school.amara, Reason.WITHDRAWN),
            (school.bilal, Reason.BREAK),
            (school.cover, Reason.BREAK),
        ):
            assert school.tap(everybody, badge, at, TAKE_OUT).reason is Reason.WITHDRAWN
            assert school.tap(one, badge, at, TAKE_OUT).reason is of_one

    @pytest.mark.parametrize(
        ("since", "ends", "reason"),
        [
            ("10:46", None, Reason.BREAK),
            ("10:45", None, Reason.WITHDRAWN),
            ("10:00", "10:46", Reason.WITHDRAWN),
            ("10:00", "10:45", Reason.BREAK),
        ],
    )
    def test_it_holds_from_its_start_until_its_end(
        self, school: "School", since: str, ends: str | None, reason: Reason
    ) -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(since=since, ends=ends),))
        assert school.tap(rules, school.amara, school.at("10:45"), TAKE_OUT).reason is reason

    def test_a_cabinet_whose_clock_is_behind_obeys_at_once(self, school: "School") -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(since="10:50"),))
        issued = replace(rules, issued=school.at("10:50").utc)
        assert school.tap(issued, school.amara, school.at("10:49"), TAKE_OUT).reason is Reason.WITHDRAWN

    def test_the_next_allowed_time_is_its_end_when_that_comes_first(self, school: "School") -> None:
        rules = school.rules(*DAY, restrictions=(school.restriction(ends="10:50"),))
        assert school.tap(rules, school.amara, school.at("10:45"), TAKE_OUT).next_allowed == school.at("10:50").utc


class TestClause6WhereChildrenArePresent:
    def test_wet_play_in_the_lunch_break_refuses_and_ends_by_itself(self, school: "School") -> None:
        rules = school.rules(*DAY, room_states=(school.room_state("12:00 until 12:40"),))
        decision = school.tap(rules, school.amara, school.at("12:20"), TAKE_OUT)
        assert ruled(decision) == (REFUSED, Reason.CHILDREN_PRESENT, "6")
        assert decision.block is not None
        assert (decision.block.name, decision.block.starts, decision.block.ends) == (
            "Children staying in",
            school.at("12:00").utc,
            school.at("12:40").utc,
        )
        assert decision.next_allowed == school.at("12:40").utc
        assert school.tap(rules, school.amara, school.at("12:40"), TAKE_OUT).reason is Reason.BREAK

    def test_it_holds_from_its_first_moment_and_of_two_the_one_that_ends_last_is_named(self, school: "School") -> None:
        rules = school.rules(
            *DAY, room_states=(school.room_state("12:00 until 12:40"), school.room_state("12:00 until 12:20"))
        )
        for now in ("12:00", "12:10"):
            decision = school.tap(rules, school.amara, school.at(now), TAKE_OUT)
            assert decision.reason is Reason.CHILDREN_PRESENT
            assert decision.block is not None
            assert decision.block.ends == school.at("12:40").utc
        assert school.tap(rules, school.amara, school.at("11:59:59"), TAKE_OUT).reason is not Reason.CHILDREN_PRESENT

    def test_it_refuses_outside_the_blocks_too(self, school: "School") -> None:
        rules = school.rules(room_states=(school.room_state("12:00 until 13:00"),))
        assert school.tap(rules, school.amara, school.at("12:20"), TAKE_OUT).reason is Reason.CHILDREN_PRESENT

    def test_leaving_and_a_permission_stand_before_it(self, school: "School") -> None:
        rules = school.rules(
            *DAY,
            room_states=(school.room_state("09:00 until 18:00"),),
            permissions=(school.permission("09:30 until 10:00"),),
        )
        assert school.tap(rules, school.amara, school.at("09:45"), TAKE_OUT).reason is Reason.PERMISSION
        assert school.tap(rules, school.amara, school.at("16:00"), TAKE_OUT).reason is Reason.LEAVING
        assert school.tap(rules, school.amara, school.at("10:45"), Intent.PUT_IN).reason is Reason.PUT_IN

    @pytest.mark.parametrize(
        ("ended", "reason"),
        [
            (None, Reason.CHILDREN_PRESENT),
            ("11:59", Reason.CHILDREN_PRESENT),
            ("12:00", Reason.CHILDREN_PRESENT),
            ("12:10", Reason.BREAK),
        ],
    )
    def test_the_office_ends_what_a_badge_said_here(self, school: "School", ended: str | None, reason: Reason) -> None:
        rules = school.rules(*DAY, room_states_ended=None if ended is None else school.at(ended).utc)
        said = State(room_state=school.room_state("12:00 until 13:00"))
        assert school.tap(rules, school.amara, school.at("12:20"), TAKE_OUT, state=said).reason is reason

    def test_a_senior_leader_may_approve_it(self, school: "School") -> None:
        rules = school.rules(*DAY, room_states=(school.room_state("12:00 until 13:00"),))
        assert school.tap(rules, school.amara, school.at("12:20"), TAKE_OUT).asks_approval
        again = school.tap(rules, school.amara, school.at("12:21"), TAKE_OUT, approver=school.leader)
        assert again.reason is Reason.APPROVAL


class TestClause7ClassroomCabinets:
    def test_a_morning_tap_puts_in_and_cites_the_place(self, school: "School") -> None:
        decision = school.tap(school.rules(*DAY), school.amara, school.at("08:30"), Intent.PUT_IN)
        assert ruled(decision) == (GRANTED, Reason.PUT_IN, "7")

    @pytest.mark.parametrize(
        ("now", "words"),
        [
            ("08:49", "declared in 0 of 0"),
            ("08:50", "declared in 1 of 2"),
            ("12:00", "declared in 1 of 3"),
            ("16:00", "declared in 0 of 0"),
        ],
    )
    def test_a_room_is_counted_by_its_peoples_own_hours(self, school: "School", now: str, words: str) -> None:
        group = GROUPS["classroom"]
        full, late = school.week("08:00-16:00"), school.week("12:00-15:30")
        room = (
            Keeper(group.duty, group.expected_by, full, Declared.IN),
            Keeper(group.duty, group.expected_by, full, Declared.UNKNOWN),
            Keeper(group.duty, group.expected_by, late, Declared.UNKNOWN),
        )
        assert str(count_declared(school.zone, room, school.at(now).utc)) == words


class TestClause8Offices:
    def test_nobody_of_an_office_group_is_expected_at_a_cabinet(self, school: "School") -> None:
        group = GROUPS["office"]
        assert group.duty is StorageDuty.OFFICE
        keeper = Keeper(group.duty, group.expected_by, school.week("08:00-16:00"), Declared.UNKNOWN)
        assert count_declared(school.zone, (keeper,), school.at("09:00").utc).expected == 0


class TestClause9CateringLockers:
    def test_only_the_own_slot_opens(self, school: "School") -> None:
        rules = school.rules(kind=PointKind.BANK)
        for badge, slot in ((school.amara, 2), (school.bilal, 4)):
            decision = school.tap(rules, badge, school.at("09:00"), Intent.PUT_IN, point=school.bank(buttons=True))
            assert (*ruled(decision), decision.slot) == (GRANTED, Reason.PUT_IN, "9", slot)

    def test_the_rule_follows_the_group_when_somebody_changes_job(self, school: "School") -> None:
        catering = DatedBlock(
            school.lessons("Service 11:00-13:30")[0].date, school.span("11:00-13:30"), "Service", group="catering"
        )
        for group, reason in (("catering", Reason.RESTRICTED), ("cleaning", Reason.OUTSIDE_FORMAL_TIME)):
            people = (school.person("amara", "07:00-15:00", slot=2, group=group),)
            rules = school.rules(blocks=(catering,), people=people, kind=PointKind.BANK)
            decision = school.tap(rules, school.amara, school.at("12:00"), TAKE_OUT, point=school.bank(buttons=True))
            assert decision.reason is reason

    def test_the_next_allowed_time_is_the_end_of_the_own_groups_block_and_no_others(self, school: "School") -> None:
        day = school.lessons("Service 11:00-13:30")[0].date
        blocks = tuple(
            DatedBlock(day, school.span(span), "Service", group=group)
            for span, group in (("11:00-13:30", "catering"), ("11:00-12:30", "cleaning"))
        )
        people = (school.person("amara", "07:00-15:00", group="catering"),)
        decision = school.tap(school.rules(blocks=blocks, people=people), school.amara, school.at("12:00"), TAKE_OUT)
        assert (decision.reason, decision.next_allowed) == (Reason.RESTRICTED, school.at("13:30").utc)

    def test_a_groups_block_says_nothing_to_the_cover_pool(self, school: "School") -> None:
        catering = DatedBlock(
            school.lessons("Service 11:00-13:30")[0].date, school.span("11:00-13:30"), "Service", group="catering"
        )
        rules = school.rules(blocks=(catering,))
        assert school.tap(rules, school.cover, school.at("12:00"), TAKE_OUT).reason is Reason.OUTSIDE_FORMAL_TIME


class TestClause10CleaningCupboards:
    def test_the_evening_shift_is_not_judged_by_the_morning(self, school: "School") -> None:
        group = GROUPS["cleaning"]
        keeper = Keeper(group.duty, group.expected_by, school.week("16:30-19:00"), Declared.UNKNOWN)
        counts = [
            count_declared(school.zone, (keeper,), school.at(now).utc).expected
            for now in ("08:50", "16:29", "16:30", "19:00")
        ]
        assert counts == [0, 0, 1, 0]

    def test_a_box_cites_the_cleaning_cupboard(self, school: "School") -> None:
        point = Point(school.one_door().id, PointKind.BOX, 1, True)
        rules = school.rules(kind=PointKind.BOX)
        assert school.tap(rules, school.amara, school.at("16:30"), Intent.PUT_IN, point=point).clause == "10"


class TestClause11Breaks:
    def test_in_a_break_the_phone_may_be_taken_out(self, school: "School") -> None:
        decision = school.tap(school.rules(*DAY), school.amara, school.at("10:45"), TAKE_OUT)
        assert ruled(decision) == (GRANTED, Reason.BREAK, "11")
        assert named(decision) == "Lessons"

    def test_five_minutes_after_it_the_phone_is_overdue_once_and_putting_in_clears_it(self, school: "School") -> None:
        rules = school.rules(*DAY)
        out = school.declared(school.amara, "amara", Declared.OUT, at="10:45")
        assert find_overdue(rules, out, school.at("10:59")) == ()
        assert [one.due for one in find_overdue(rules, out, school.at("11:00"))] == [school.at("11:00").utc]
        back = school.declared(school.amara, "amara", Declared.IN, at="11:01")
        assert find_overdue(rules, back, school.at("11:02")) == ()


class TestClause12LessonsAndFormalSchoolTime:
    def test_a_lesson_refuses_with_the_blocks_name_and_the_next_allowed_time(self, school: "School") -> None:
        decision = school.tap(school.rules(*DAY), school.amara, school.at("09:15"), TAKE_OUT)
        assert ruled(decision) == (REFUSED, Reason.RESTRICTED, "12")
        assert (named(decision), decision.next_allowed) == ("Lessons", school.at("10:40").utc)

    @pytest.mark.parametrize("name", ["Breakfast club", "After-school club", "Curriculum club", "Assembly"])
    def test_clubs_and_assembly_are_formal_school_time(self, school: "School", name: str) -> None:
        rules = school.rules(f"{name} 07:45-08:30", people=(school.person("amara", "07:30-16:00"),))
        decision = school.tap(rules, school.amara, school.at("08:00"), TAKE_OUT)
        assert (decision.reason, named(decision)) == (Reason.RESTRICTED, name)

    def test_a_club_in_one_room_does_not_restrict_another(self, school: "School") -> None:
        hall, room = school.rules(*DAY, "Choir 15:30-16:30"), school.rules(*DAY)
        late = school.at("15:45")
        assert school.tap(hall, school.amara, late, TAKE_OUT).reason is Reason.RESTRICTED
        assert school.tap(room, school.amara, late, TAKE_OUT).reason is Reason.OUTSIDE_FORMAL_TIME

    def test_a_day_without_blocks_such_as_an_inset_day_is_free(self, school: "School") -> None:
        assert school.tap(school.rules(*DAY), school.amara, school.at("2026-11-25 09:15"), TAKE_OUT).reason is (
            Reason.OUTSIDE_FORMAL_TIME
        )

    @pytest.mark.parametrize("day", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"])
    def test_local_wall_time_holds_on_both_sides_of_the_british_clock_changes(self, school: "School", day: str) -> None:
        rules = school.rules(
            blocks=school.lessons(LESSONS, day=day),
            first="2026-01-01",
            last="2026-12-31",
            restrictions=(school.restriction(Entitlement.APPROVALS, since="2026-01-02 08:00"),),
        )
        for now, reason in (
            ("08:49", Reason.OUTSIDE_FORMAL_TIME),
            ("08:50", Reason.RESTRICTED),
            ("10:40", Reason.BREAK),
            ("12:00", Reason.OUTSIDE_FORMAL_TIME),
            ("16:00", Reason.LEAVING),
        ):
            decision = school.tap(rules, school.amara, school.at(f"{day} {now}"), TAKE_OUT)
            assert decision.reason is reason
            if reason is Reason.RESTRICTED:
                assert decision.next_allowed == school.at(f"{day} 10:40").utc

    @pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
    def test_on_the_days_of_the_changes_themselves_lessons_keep_their_wall_time(
        self, school: "School", day: str
    ) -> None:
        sunday = dated_blocks_of(
            [BlockRow(6, None, school.span("09:00-12:00"), "Sunday club")],
            school.lessons(LESSONS, day=day)[0].date,
            school.lessons(LESSONS, day=day)[0].date,
        )
        people = (school.person("amara", week=(school.week("08:00-16:00")[0],) * 7),)
        rules = school.rules(blocks=sunday, people=people, first=day, last=day)
        assert school.tap(rules, school.amara, school.at(f"{day} 08:59"), TAKE_OUT).reason is Reason.OUTSIDE_FORMAL_TIME
        decision = school.tap(rules, school.amara, school.at(f"{day} 09:00"), TAKE_OUT)
        assert (decision.reason, decision.next_allowed) == (Reason.RESTRICTED, school.at(f"{day} 12:00").utc)
