"""*Will you need your phone?*: what was chosen is said, told and recorded as it was chosen (clauses 22 and 23)."""

from typing import Any

import pytest

from broker.messages.help import HelpKind
from kiosk.reception.flow.effects import RingOffice
from kiosk.reception.flow.inputs import HelpAnswered
from kiosk.reception.flow.screen import Page


def to_question(hand: Any) -> Any:
    """A visitor who is asked whether they need their phone."""
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody", "tick:images", "read")
    assert hand.page == Page.NEED_PHONE
    return hand


def words(screen: Any) -> str:
    """Everything that a page says beside its buttons."""
    return " ".join([screen.heading, screen.lead, screen.note, *(line.text for line in screen.lines)])


@pytest.mark.parametrize(
    ("choice", "said", "needs"),
    [
        ("no", "Rules read. I do not need it here.", False),
        ("health", "Rules read. I need it for my health or to communicate.", True),
        ("other", "Rules read. I need it. The office will talk to me.", True),
    ],
)
def test_the_last_page_says_what_was_chosen_and_the_record_has_whether_it_is_needed(
    hand: Any, choice: str, said: str, needs: bool
) -> None:
    to_question(hand).press(f"need:{choice}")
    if choice == "other":
        hand.press("next")
    assert hand.screen.rows[4].value == said
    hand.press("sign_in")
    [visit] = hand.visits()
    assert visit.needs_phone is needs
    assert choice not in (str(getattr(visit, name)) for name in visit.__slots__), "no reason is kept"


def test_a_page_shows_the_choice_again_and_another_takes_its_place(hand: Any) -> None:
    to_question(hand).press("need:other", "back")
    assert [choice.id for choice in hand.screen.choices if choice.chosen] == ["need:other"]
    hand.press("need:no", "change:phone", "need:health")
    assert "health" in hand.screen.rows[4].value
    hand.press("sign_in")
    assert hand.visits()[0].needs_phone is True


def test_something_else_rings_the_office_and_nobody_is_told_to_wait_who_can_go_on(hand: Any) -> None:
    assert RingOffice(HelpKind.NEED_PHONE) in to_question(hand).press("need:other")
    assert "You can go on" in words(hand.screen)
    assert "wait" not in words(hand.screen).lower()
    hand.wait(61)
    assert "wait" not in words(hand.screen).lower()
    assert "We ring again" in words(hand.screen)
    hand.take(HelpAnswered())
    assert "The office is coming to you." in words(hand.screen)


@pytest.mark.parametrize("language", ["en", "ur", "pl"])
def test_the_schools_telephone_stands_where_a_phone_may_be_missed(hand: Any, language: str) -> None:
    hand.press(f"language:{language}")
    to_question(hand)
    assert "01632 960 155" in hand.screen.lead
    hand.press("need:other")
    assert "01632 960 155" in words(hand.screen)


def test_a_telephone_that_nobody_has_said_leaves_no_hole(make_hand: Any, make_content: Any) -> None:
    hand = make_hand(content=make_content(telephone=""))
    to_question(hand)
    assert " ".join(words(hand.screen).split()) == "Will you need your phone? We do not ask why."
    hand.press("need:other")
    assert hand.screen.lines == ()
    hand.wait(61)
    assert [line.text for line in hand.screen.lines] == ["Nobody has come yet. We ring again."]
    assert hand.screen.lines[0].icon == "bell"
