"""Trying to learn from the screen who is in the school: misses are few, and what is known is not shown (kiosk.md)."""

from typing import Any

import pytest

from kiosk.reception.flow.effects import LeaveUnsure, SignOutByName
from kiosk.reception.flow.screen import Page

HERE = {"Amy Birch/14"}


def sign_out(hand: Any, name: str = "Amy Birch", number: str = "15") -> Page:
    """Leave by name and number; which page answers."""
    hand.press("sign_out")
    hand.type(name)
    hand.press("next")
    hand.type(number)
    hand.press("sign_out_now")
    answer = hand.page
    hand.press("finish")
    assert hand.page == Page.WELCOME
    return Page(answer)


def compared(hand: Any) -> int:
    """How often a name and a number were compared."""
    return sum(isinstance(effect, SignOutByName) for effect in hand.effects)


def test_after_three_misses_nothing_is_compared_for_five_minutes_whatever_is_typed(make_hand: Any) -> None:
    hand = make_hand(here=HERE)
    names = ("Amy Birch", "Bo Lind", "Cy Other")
    assert [sign_out(hand, name) for name in names] == [Page.TELL_OFFICE] * 3
    assert compared(hand) == 3
    assert sign_out(hand, "Amy Birch", "14") is Page.TELL_OFFICE, "the right pair has the same answer"
    assert LeaveUnsure("Amy Birch") in hand.effects
    hand.wait(240)
    assert sign_out(hand, "Amy Birch", "14") is Page.TELL_OFFICE
    assert compared(hand) == 3
    hand.wait(60)
    assert sign_out(hand, "Amy Birch", "14") is Page.SIGNED_OUT
    assert compared(hand) == 4


def test_the_answer_is_word_for_word_the_same_before_and_while_nothing_is_compared(make_hand: Any) -> None:
    hand = make_hand(here=HERE)
    screens = []
    for number in ("15", "15", "15", "14"):
        hand.press("sign_out")
        hand.type("Amy Birch")
        hand.press("next")
        hand.type(number)
        hand.press("sign_out_now")
        screens.append(hand.screen)
        hand.press("finish")
    assert screens[0] == screens[1] == screens[2] == screens[3]


def test_misses_that_lie_further_apart_shut_nothing(make_hand: Any) -> None:
    hand = make_hand(here=HERE)
    for _ in range(3):
        hand.wait(160)
        sign_out(hand)
    assert sign_out(hand, "Amy Birch", "14") is Page.SIGNED_OUT


def test_a_miss_is_not_forgotten_because_something_fitted_between(make_hand: Any) -> None:
    hand = make_hand(here=HERE)
    for number in ("15", "14", "16", "14", "17"):
        sign_out(hand, "Amy Birch", number)
    assert sign_out(hand, "Amy Birch", "14") is Page.TELL_OFFICE


def test_a_lanyard_signs_out_though_nothing_is_compared(make_hand: Any, badges: Any) -> None:
    hand = make_hand(here={badges["lanyard"]})
    for _ in range(3):
        sign_out(hand)
    hand.press("sign_out")
    hand.hold(badges["lanyard"])
    assert hand.page == Page.SIGNED_OUT


def test_a_lanyard_that_fits_no_visit_is_no_try_at_a_name(make_hand: Any, badges: Any) -> None:
    hand = make_hand(here=HERE)
    for _ in range(3):
        hand.press("sign_out")
        hand.hold(badges["lanyard"])
        hand.press("finish")
    assert sign_out(hand, "Amy Birch", "14") is Page.SIGNED_OUT


# Expected visitors


def type_name(hand: Any, name: str) -> None:
    hand.press("sign_in")
    hand.type(name)
    hand.press("next")


def test_who_types_an_expected_name_reads_nothing_that_the_office_wrote_of_it(hand: Any) -> None:
    secrets = ("Willowmere", "Ashcombe", "A meeting")
    type_name(hand, "Owen Castleton")
    seen = [str(hand.screen)]
    hand.press("tick:images", "read", "need:no")
    assert hand.page == Page.CHECK
    seen.append(str(hand.screen))
    assert [row.value for row in hand.screen.rows][1:4] == ["The office knows"] * 3
    for what in ("organisation", "reason", "host"):
        hand.press(f"change:{what}")
        assert not any(choice.chosen for choice in hand.screen.choices)
        seen.append(str(hand.screen.field))
        hand.press("back")
    seen.append(str(hand.screen))
    assert [one for one in secrets for text in seen if one in text] == []
    hand.press("sign_in")
    assert hand.visits()[0].host == "ruth-ashcombe"


def test_an_answer_that_is_given_in_place_of_the_offices_is_shown(hand: Any) -> None:
    type_name(hand, "Owen Castleton")
    hand.press("tick:images", "read", "need:no", "change:host", "room:wrens")
    assert hand.page == Page.CHECK
    assert [row.value for row in hand.screen.rows][1:4] == ["The office knows", "The office knows", "Wrens"]
    hand.press("sign_in")
    [visit] = hand.visits()
    assert (visit.host, visit.room, visit.organisation) == (None, "wrens", "Willowmere Theatre")


def test_another_name_after_an_expected_one_finds_its_answers_empty(hand: Any) -> None:
    type_name(hand, "Owen Castleton")
    hand.press("back")
    hand.type(" Jr")
    hand.press("next")
    assert hand.page == Page.ORGANISATION
    assert hand.screen.field.text == ""
    hand.press("next")
    assert not any(choice.chosen for choice in hand.screen.choices)
    hand.press("reason:other")
    assert not any(choice.chosen for choice in hand.screen.choices)


def test_the_flow_asks_the_same_of_an_expected_visitor_who_is_here_already(hand: Any) -> None:
    pages = []
    for _ in range(2):
        type_name(hand, "Owen Castleton")
        pages.append(hand.screen)
        hand.press("tick:images", "read", "need:no", "sign_in", "finish")
    assert pages[0] == pages[1]


# Papers


def to_papers(hand: Any, badges: Any) -> None:
    """A contractor whose papers reception may tick now."""
    type_name(hand, "Gareth Pugh")
    hand.press("next", "reason:contractor", "role:office", "tick:images", "read", "need:no")
    hand.hold(badges["office"])
    hand.press("paper:id_seen")
    assert ticked(hand) == ["paper:id_seen"]


def ticked(hand: Any) -> list[str]:
    return [line.id for line in hand.screen.lines if line.tick]


def test_the_boxes_of_reception_are_locked_after_20_s_without_a_touch(hand: Any, badges: Any) -> None:
    to_papers(hand, badges)
    hand.wait(19)
    hand.press("paper:letter")
    hand.wait(19)
    assert hand.screen.note == ""
    hand.wait(1)
    assert hand.screen.note == "Staff: hold your badge here to tick."
    hand.press("paper:escorted")
    assert ticked(hand) == ["paper:id_seen", "paper:letter"]
    hand.hold(badges["office"])
    hand.press("paper:escorted")
    assert ticked(hand) == ["paper:id_seen", "paper:letter", "paper:escorted"]


@pytest.mark.parametrize("away", [("back", "need:no"), ("help", "back"), ("next", "back")])
def test_the_boxes_of_reception_are_locked_when_the_page_is_turned(
    hand: Any, badges: Any, away: tuple[str, ...]
) -> None:
    to_papers(hand, badges)
    hand.press(*away)
    assert hand.page == Page.PAPERS
    hand.press("paper:letter")
    assert ticked(hand) == ["paper:id_seen"]


@pytest.mark.parametrize("what", ["name", "reason"])
def test_ticks_are_of_the_papers_of_one_name_and_reason(hand: Any, badges: Any, what: str) -> None:
    to_papers(hand, badges)
    hand.press("next", f"change:{what}")
    if what == "name":
        hand.type("-Vaughan")
        hand.press("next")
    else:
        hand.press("reason:agency")
    assert hand.page == Page.PAPERS
    assert ticked(hand) == []
    hand.press("next", "sign_in")
    assert hand.visits()[0].ticks == ()


def test_a_look_at_the_name_takes_no_tick_away(hand: Any, badges: Any) -> None:
    to_papers(hand, badges)
    hand.press("next", "change:name", "next", "change:reason", "reason:contractor", "sign_in")
    assert hand.visits()[0].ticks == ("id_seen",)
