"""Who is known here: live, lost, ended, after its end, and not known (policy-clauses: Known here; promise 2)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policy.clock import ClockQuality, Moment
from policy.decide import decide
from policy.decision import Outcome, Reason
from policy.field import who_counts
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, PersonId
from policy.rules import BadgeKind, PersonRules, Point, PointKind, PointLink, Rules
from policy.standing import Standing, standing
from policy.state import Declared, State

if TYPE_CHECKING:
    from tests.policy.conftest import School

LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)


def stands(school: "School", rules: Rules, badge: BadgeReference, state: State | None = None) -> Standing:
    return standing(rules, school.one_door(), state or State(), badge, school.at("09:00"))


def test_a_badge_with_a_person_linked_here_is_live(school: "School") -> None:
    assert stands(school, school.rules(), school.amara) is Standing.LIVE


def test_a_badge_that_no_bundle_names_is_not_known_here(school: "School") -> None:
    assert stands(school, school.rules(), school.stranger) is Standing.NOT_KNOWN_HERE


def test_a_badge_carried_for_its_role_is_not_known_here_when_it_declares(school: "School") -> None:
    decision = school.tap(school.rules(), school.head, school.at("09:00"), Intent.PUT_IN)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, Reason.BADGE_NOT_KNOWN_HERE)


def test_a_lost_badge_is_refused_as_lost_also_when_it_has_ended_or_has_a_phone_in(school: "School") -> None:
    when = LONG_AGO + timedelta(days=3)
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=when, lost=when),))
    for state in (State(), school.declared(school.amara, "amara", Declared.IN)):
        decision = school.tap(rules, school.amara, school.at("09:00"), Intent.PUT_IN, state=state)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSED, Reason.BADGE_LOST)


def test_an_ended_badge_is_refused_as_ended(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=school.at("08:59").utc),))
    decision = school.tap(rules, school.amara, school.at("09:00"), Intent.PUT_IN)
    assert (decision.outcome, decision.reason) == (Outcome.REFUSED, Reason.BADGE_ENDED)


def test_a_badge_ends_with_the_instant_it_ends_at(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=school.at("09:00").utc),))
    before = standing(rules, school.one_door(), State(), school.amara, school.at("08:59:59"))
    at = standing(rules, school.one_door(), State(), school.amara, school.at("09:00"))
    assert (before, at) == (Standing.LIVE, Standing.ENDED)


def test_a_badge_whose_person_has_moved_to_another_point_is_not_known_here(school: "School") -> None:
    rules = school.rules(people=(school.person("amara", "08:00-16:00", ends=school.at("08:00").utc),))
    assert stands(school, rules, school.amara) is Standing.NOT_KNOWN_HERE


@pytest.mark.parametrize("now", ["09:00", "12:30", "2027-03-01 09:00"])
@pytest.mark.parametrize("intent", [None, Intent.PUT_IN, Intent.TAKE_OUT, Intent.NO_PHONE])
@pytest.mark.parametrize("buttons", [True, False])
def test_an_ended_badge_with_a_phone_in_takes_it_out_at_once_however_long_ago(
    school: "School", now: str, intent: Intent | None, buttons: bool
) -> None:
    rules = school.rules(
        "Lessons 08:50-12:00", badges=(school.badge(school.amara, "amara", ends=school.at("08:45").utc),)
    )
    state = school.declared(school.amara, "amara", Declared.IN)
    point = school.one_door(buttons=buttons)
    decision = school.tap(rules, school.amara, school.at(now), intent, state=state, point=point)
    assert (decision.outcome, decision.reason, decision.intent, decision.declares, decision.slot) == (
        Outcome.GRANTED,
        Reason.TAKEN_AFTER_END,
        Intent.TAKE_OUT,
        Declared.OUT,
        1,
    )


def test_taken_after_end_works_once(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=school.at("08:45").utc),))
    state = school.declared(school.amara, "amara", Declared.OUT)
    assert school.tap(rules, school.amara, school.at("09:00"), state=state).reason is Reason.BADGE_ENDED


def test_a_live_badge_whose_link_has_ended_takes_out_what_was_declared_in(school: "School") -> None:
    rules = school.rules(people=(school.person("amara", "08:00-16:00", ends=school.at("08:00").utc),))
    state = school.declared(school.amara, "amara", Declared.IN)
    assert school.tap(rules, school.amara, school.at("09:00"), state=state).reason is Reason.TAKEN_AFTER_END


def test_somebody_who_was_given_another_slot_first_takes_out_of_the_old_one_and_then_puts_into_the_new(
    school: "School",
) -> None:
    moved = PersonRules(
        PersonId("amara"),
        school.week("08:00-16:00"),
        (PointLink(2, LONG_AGO, school.at("08:50").utc), PointLink(5, school.at("08:50").utc)),
    )
    rules = school.rules("Lessons 08:50-12:00", kind=PointKind.BANK, people=(moved,))
    inside = school.declared(school.amara, "amara", Declared.IN, slot=2)
    first = school.tap(rules, school.amara, school.at("09:00"), state=inside, point=school.bank())
    assert (first.reason, first.slot) == (Reason.TAKEN_AFTER_END, 2)
    outside = school.declared(school.amara, "amara", Declared.OUT, slot=2)
    second = school.tap(rules, school.amara, school.at("09:01"), state=outside, point=school.bank())
    assert (second.reason, second.slot) == (Reason.PUT_IN, 5)


def test_the_cabinets_own_record_counts_when_the_bundle_has_forgotten_the_badge(school: "School") -> None:
    state = school.declared(school.stranger, "grace", Declared.IN)
    decision = school.tap(school.rules(), school.stranger, school.at("09:00"), state=state)
    assert (decision.reason, decision.person, decision.slot) == (Reason.TAKEN_AFTER_END, PersonId("grace"), 1)


def test_a_badge_handed_on_to_somebody_elsewhere_does_not_open_what_its_former_holder_can_open(
    school: "School",
) -> None:
    state = school.declared(school.stranger, "amara", Declared.IN)
    assert stands(school, school.rules(), school.stranger, state) is Standing.NOT_KNOWN_HERE
    assert stands(school, school.rules(), school.amara, state) is Standing.LIVE


def test_a_cover_pool_badge_is_live_at_every_point_with_one_door_and_at_no_bank(school: "School") -> None:
    for kind, expected in (
        (PointKind.ONE_DOOR, Standing.LIVE),
        (PointKind.BOX, Standing.LIVE),
        (PointKind.BANK, Standing.NOT_KNOWN_HERE),
    ):
        point = Point(school.one_door().id, kind, 6 if kind is PointKind.BANK else 1, True)
        assert standing(school.rules(kind=kind), point, State(), school.cover, school.at("09:00")) is expected


def test_a_badge_taken_from_the_cover_pool_takes_its_phone_out_and_is_then_ended(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.cover, kind=BadgeKind.COVER, ends=school.at("08:50").utc),))
    inside = school.declared(school.cover, None, Declared.IN)
    assert stands(school, rules, school.cover, inside) is Standing.AFTER_END
    assert stands(school, rules, school.cover) is Standing.ENDED


def test_a_cover_badge_given_to_a_person_with_its_phone_still_in_is_the_persons_and_takes_it_out_when_that_ends(
    school: "School",
) -> None:
    inside = school.declared(school.cover, None, Declared.IN)
    rules = school.rules(badges=(school.badge(school.cover, "amara"),))
    decision = school.tap(rules, school.cover, school.at("09:00"), Intent.PUT_IN, state=inside)
    assert (decision.reason, decision.person, decision.repeated) == (Reason.PUT_IN, PersonId("amara"), False)
    rules = school.rules(badges=(school.badge(school.cover, "amara", ends=school.at("08:50").utc),))
    decision = school.tap(rules, school.cover, school.at("09:00"), state=inside)
    assert (decision.reason, decision.holder) == (Reason.TAKEN_AFTER_END, f"badge:{school.cover}")


def test_what_had_begun_or_ended_when_the_rules_were_issued_has_whatever_the_clock_shows(school: "School") -> None:
    day_after = school.at("2026-10-01 00:30").utc
    begun = school.rules(badges=(school.badge(school.amara, "amara", starts=day_after),))
    slow = Moment(day_after - timedelta(days=3), ClockQuality.SYNCED, 0)
    assert standing(begun, school.one_door(), State(), school.amara, slow) is Standing.LIVE
    over = school.rules(badges=(school.badge(school.amara, "amara", ends=day_after),))
    assert standing(over, school.one_door(), State(), school.amara, slow) is Standing.ENDED


def test_a_clock_that_knows_nothing_ends_no_badge(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=school.at("2026-12-18 16:00").utc),))
    astray = Moment(datetime(2036, 1, 1, tzinfo=UTC), ClockQuality.UNSET, 0)
    assert standing(rules, school.one_door(), State(), school.amara, astray) is Standing.LIVE


def test_a_card_with_a_random_uid_is_refused_as_such(school: "School") -> None:
    decision = decide(school.rules(), school.one_door(), State(), Gesture((), None), school.at("09:00"))
    assert (decision.outcome, decision.reason, decision.badge) == (Outcome.REFUSED, Reason.BADGE_RANDOM, None)


def test_of_several_cards_the_one_known_here_counts_all_that_are_known_or_the_most_telling(school: "School") -> None:
    lost = school.badge(school.bilal, "bilal", lost=LONG_AGO)
    other = BadgeReference("1:library-card")

    def counting(rules: Rules, *badges: BadgeReference) -> tuple[BadgeReference, ...]:
        return who_counts(rules, school.one_door(), State(), badges, school.at("09:00"))

    assert counting(school.rules(), other, school.amara, school.stranger) == (school.amara,)
    assert counting(school.rules(), school.amara, other, school.bilal) == (school.amara, school.bilal)
    assert counting(school.rules(), other, school.stranger) == (other,)
    assert counting(school.rules(badges=(lost,)), other, school.bilal) == (school.bilal,)
    assert counting(school.rules(badges=(lost,)), BadgeReference("1:a-card"), school.bilal) == (school.bilal,)
    assert counting(school.rules()) == ()


@pytest.mark.parametrize(("starts", "live"), [("09:00", True), ("09:00:01", False)])
def test_a_badge_and_a_link_count_from_the_instant_they_start_at(school: "School", starts: str, live: bool) -> None:
    when = school.at(starts).utc
    expected = Standing.LIVE if live else Standing.NOT_KNOWN_HERE
    later = school.rules(badges=(school.badge(school.amara, "amara", starts=when),))
    assert stands(school, later, school.amara) is expected
    moving = PersonRules(PersonId("amara"), school.week("08:00-16:00"), (PointLink(None, when),))
    assert stands(school, school.rules(people=(moving,)), school.amara) is expected


def test_a_badge_that_will_end_is_not_called_ended_where_it_is_not_known(school: "School") -> None:
    badge = school.badge(school.amara, "amara", ends=school.at("17:00").utc)
    moved = school.person("amara", "08:00-16:00", ends=school.at("08:00").utc)
    assert stands(school, school.rules(badges=(badge,), people=(moved,)), school.amara) is Standing.NOT_KNOWN_HERE


def test_a_badge_carried_for_its_role_is_not_known_here_also_when_it_has_ended(school: "School") -> None:
    over = school.badge(school.leader, kind=BadgeKind.ROLE, role="SLT", ends=school.at("08:00").utc)
    assert stands(school, school.rules(badges=(over,)), school.leader) is Standing.NOT_KNOWN_HERE


@pytest.mark.parametrize(("slot", "live"), [(1, True), (6, True), (0, False), (7, False), (None, False)])
def test_a_bank_opens_only_slots_that_it_has(school: "School", slot: int | None, live: bool) -> None:
    keeper = PersonRules(PersonId("amara"), school.week("08:00-16:00"), (PointLink(slot, LONG_AGO),))
    rules = school.rules(kind=PointKind.BANK, people=(keeper,))
    put_in = school.tap(rules, school.amara, school.at("09:00"), Intent.PUT_IN, point=school.bank(buttons=True))
    assert (put_in.reason, put_in.slot) == ((Reason.PUT_IN, slot) if live else (Reason.BADGE_NOT_KNOWN_HERE, None))


def test_what_was_a_bank_and_has_one_door_now_opens_that_door(school: "School") -> None:
    rules = school.rules(badges=(school.badge(school.amara, "amara", ends=school.at("08:45").utc),))
    state = school.declared(school.amara, "amara", Declared.IN, slot=4)
    assert school.tap(rules, school.amara, school.at("09:00"), state=state).slot == 1


def test_the_record_opens_for_the_badge_it_names_and_while_the_phone_is_in(school: "School") -> None:
    inside = school.declared(school.stranger, "grace", Declared.IN)
    assert stands(school, school.rules(), BadgeReference("1:another"), inside) is Standing.NOT_KNOWN_HERE
    outside = school.declared(school.stranger, "grace", Declared.OUT)
    assert stands(school, school.rules(), school.stranger, outside) is Standing.NOT_KNOWN_HERE


def test_a_badge_of_the_cover_pool_that_is_over_takes_out_once_more_and_names_nobody(school: "School") -> None:
    over = school.badge(school.cover, kind=BadgeKind.COVER, ends=school.at("08:45").utc)
    state = school.declared(school.cover, None, Declared.IN)
    for badges in ((over,), ()):
        rules = school.rules(badges=badges) if badges else _without(school.rules(), school.cover)
        decision = school.tap(rules, school.cover, school.at("09:00"), state=state)
        assert (decision.reason, decision.person, decision.slot) == (Reason.TAKEN_AFTER_END, None, 1)


def test_a_holder_whose_other_badge_is_lost_still_takes_out_with_the_one_that_put_in(school: "School") -> None:
    lost = school.badge(BadgeReference("1:graces-first"), "grace", lost=LONG_AGO)
    state = school.declared(school.stranger, "grace", Declared.IN)
    assert stands(school, school.rules(badges=(lost,)), school.stranger, state) is Standing.AFTER_END


def test_the_office_opens_by_the_newest_of_somebodys_badges(school: "School") -> None:
    newer = school.badge(BadgeReference("1:amaras-new"), "amara", starts=school.at("08:00").utc)
    assert school.open_for(school.rules(badges=(newer,)), "amara").badge == newer.reference


def _without(rules: Rules, badge: BadgeReference) -> Rules:
    return replace(rules, badges={one: found for one, found in rules.badges.items() if one != badge})
