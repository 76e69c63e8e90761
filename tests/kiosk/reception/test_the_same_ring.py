"""Who asks for the same again rings nobody anew: the office has one card for it, until it has answered (clause 22)."""

from typing import Any

import pytest

from broker.messages.help import HELP_ANSWERED, HelpKind
from broker.messages.wire import Command
from kiosk.cabinet.office.nonces import Nonces
from kiosk.reception.flow.effects import LeaveUnsure, RingOffice, SignOutByName
from kiosk.reception.flow.inputs import HelpAnswered
from kiosk.reception.flow.screen import Page
from kiosk.reception.rings import Rings
from policy.clock import Moment


class Office:
    """Rings, and what the office hears of them."""

    def __init__(self, hand: Any) -> None:
        self._hand, self._heard = hand, list[tuple[Any, Any]]()
        self.comes = 0
        self.refused: list[Any] = []
        self.rings = Rings(self, Nonces(), self._answered, lambda lines: None)  # type: ignore[arg-type]  # a journal's only act

    def record(self, message: Any, private: Any, now: Moment) -> None:
        """What a journal does."""
        self._heard.append((message, private))

    def _answered(self) -> None:
        self.comes += 1

    @property
    def heard(self) -> list[tuple[HelpKind, str | None]]:
        return [(said.kind, private.visit) for said, private in self._heard if said.type == "help.asked.v1"]

    def ring(self, kind: HelpKind, visit: str | None = None) -> str:
        """Ring; the nonce of the newest card."""
        self.rings.ring(kind, visit, self._hand.now)
        return str(next(said.nonce for said, _ in reversed(self._heard) if said.type == "help.asked.v1"))

    def answer(self, nonce: str) -> None:
        """Somebody presses *I am coming*."""
        command = Command(site="school", device="reception", command=HELP_ANSWERED, nonce=nonce)
        self.rings.obey(command, self._hand.now, self.refused.append)


@pytest.fixture
def office(hand: Any) -> Office:
    return Office(hand)


def test_the_same_ring_within_five_minutes_is_one_card(office: Office, hand: Any) -> None:
    for _ in range(4):
        office.ring(HelpKind.OFFICE)
        hand.wait(74)
    assert office.heard == [(HelpKind.OFFICE, None)]
    hand.wait(5)
    office.ring(HelpKind.OFFICE)
    assert len(office.heard) == 2


def test_another_wish_or_another_visit_is_another_card(office: Office) -> None:
    for kind, visit in ((HelpKind.OFFICE, None), (HelpKind.SIGN_OUT, "a" * 16), (HelpKind.SIGN_OUT, "b" * 16)):
        office.ring(kind, visit)
        office.ring(kind, visit)
    assert office.heard == [(HelpKind.OFFICE, None), (HelpKind.SIGN_OUT, "a" * 16), (HelpKind.SIGN_OUT, "b" * 16)]


@pytest.mark.parametrize("waited", [10, 200, 290])
def test_what_was_answered_rings_anew(office: Office, hand: Any, waited: float) -> None:
    nonce = office.ring(HelpKind.OFFICE)
    hand.wait(waited)
    office.answer(nonce)
    assert (office.comes, office.refused) == (1, [])
    assert office.ring(HelpKind.OFFICE) != nonce
    assert len(office.heard) == 2


def test_an_answer_is_good_once_and_for_a_known_ring_alone(office: Office, hand: Any) -> None:
    nonce = office.ring(HelpKind.OFFICE)
    hand.wait(301)
    office.ring(HelpKind.OFFICE)
    office.answer(nonce)
    office.answer("0" * 32)
    assert office.comes == 0
    assert [refusal.why for refusal in office.refused] == ["late", "unknown_nonce"]


def test_senior_leaders_are_rung_under_the_card_that_stands(office: Office) -> None:
    nonce = office.ring(HelpKind.SIGN_OUT, "a" * 16)
    office.ring(HelpKind.SIGN_OUT, "a" * 16)
    assert office.ring(HelpKind.SENIOR, None) == nonce


# At the screen


def to_need_phone(hand: Any) -> None:
    hand.press("sign_in")
    hand.type("Amy Birch")
    hand.press("next", "next", "reason:event", "nobody", "need_phone")


def test_asking_again_does_not_put_off_the_senior_leaders(hand: Any) -> None:
    to_need_phone(hand)
    hand.press("need:other")
    hand.wait(40)
    hand.press("back", "need:other")
    hand.wait(20)
    assert hand.effects.count(RingOffice(HelpKind.SENIOR)) == 1
    assert "We ring again" in hand.screen.lines[0].text


def test_whoever_asks_while_nobody_has_come_reads_the_telephone_at_once(hand: Any) -> None:
    hand.press("help")
    hand.wait(61)
    hand.press("back", "help")
    assert "01632 960 155" in hand.screen.lines[0].text
    hand.wait(60)
    assert hand.effects.count(RingOffice(HelpKind.SENIOR)) == 1


def test_after_an_answer_or_five_minutes_the_wait_begins_anew(hand: Any) -> None:
    hand.press("help")
    hand.wait(61)
    hand.take(HelpAnswered())
    hand.press("back", "help")
    assert "Please wait here" in hand.screen.lines[0].text
    hand.wait(301)
    assert hand.page == Page.WELCOME
    hand.press("help")
    assert "Please wait here" in hand.screen.lines[0].text
    assert hand.effects.count(RingOffice(HelpKind.OFFICE)) == 3


def test_wrong_sign_outs_are_all_written_and_while_none_is_compared_all_are_one_ring(hand: Any) -> None:
    for _ in range(6):
        hand.press("sign_out")
        hand.type("Amy Birch")
        hand.press("next")
        hand.type("15")
        hand.press("sign_out_now", "finish")
    tried = [effect for effect in hand.effects if isinstance(effect, SignOutByName | LeaveUnsure)]
    assert tried == [SignOutByName("Amy Birch", "15")] * 3 + [LeaveUnsure("Amy Birch")] * 3
