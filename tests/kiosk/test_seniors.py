"""The fold of senior leaders' badges: a second badge approves, a first one sends home, a hold keeps children in."""

from collections.abc import Iterator

import pytest

from kiosk.cabinet.gestures import Gestures
from kiosk.cabinet.seniors.fold import Said, Seniors
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, PointId
from policy.rules import Point, PointKind
from policy.standing import Standing

AMARA, BILAL = BadgeReference("1:amara"), BadgeReference("1:bilal")
SENIOR, OTHER_SENIOR, CLERK = BadgeReference("1:senior"), BadgeReference("1:other"), BadgeReference("1:clerk")
HEAD, MOVED, BANK_CARD = BadgeReference("1:head"), BadgeReference("1:moved"), BadgeReference("1:bank-card")
STANDINGS = {AMARA: Standing.LIVE, BILAL: Standing.LIVE, HEAD: Standing.LIVE, MOVED: Standing.AFTER_END}
SENIORS = {SENIOR, OTHER_SENIOR, HEAD, MOVED}
PUT_IN, TAKE_OUT = Intent.PUT_IN, Intent.TAKE_OUT


class Place:
    """What `Here` answers, as a test has it."""

    def __init__(self) -> None:
        self.asker: BadgeReference | None = None

    def standing(self, badge: BadgeReference) -> Standing:
        return STANDINGS.get(badge, Standing.NOT_KNOWN_HERE)

    def asker_for(self, badge: BadgeReference) -> BadgeReference | None:
        return self.asker if badge in SENIORS and badge != self.asker else None

    def is_senior(self, badge: BadgeReference) -> bool:
        return badge in SENIORS

    def is_sender(self, badge: BadgeReference) -> bool:
        return badge in SENIORS | {CLERK}

    def is_host(self, badge: BadgeReference) -> bool:
        return False

    def puts_in(self, badge: BadgeReference) -> bool:
        return True

    def sends_home(self, sender: BadgeReference, goer: BadgeReference) -> bool:
        return sender != goer


class Bench:
    """Hands and cards; times are in milliseconds, and what came of them is recorded with its time."""

    def __init__(self, kind: PointKind = PointKind.ONE_DOOR, *, buttons: bool = True) -> None:
        point = Point(PointId("robins"), kind, 6 if kind is PointKind.BANK else 1, buttons)
        self.gestures = Gestures(point)
        self.fold = Seniors(self.gestures, buttons=buttons)
        self.place = Place()
        self.made: list[tuple[float, Gesture]] = []

    def card(self, at: float, *badges: BadgeReference, gone: bool = True, random: bool = False) -> None:
        self._pass(at)
        self._record(at, self.fold.cards(badges, (), _ns(at), self.place, random=random))  # type: ignore[arg-type]
        if gone:
            self.take_away(at, *badges)

    def take_away(self, at: float, *badges: BadgeReference) -> None:
        self._pass(at)
        self._record(at, self.fold.cards((), badges, _ns(at), self.place))  # type: ignore[arg-type]

    def held(self, badge: BadgeReference) -> bool:
        return self.fold.held(badge, self.place) is Said.CHILDREN_IN  # type: ignore[arg-type]

    def down(self, at: float, button: Intent) -> None:
        self._pass(at)
        self._record(at, self.gestures.press(button, _ns(at)))

    def wait(self, at: float) -> None:
        self._pass(at)
        self._record(at, self.fold.tick(_ns(at)))

    def happened(self) -> Iterator[tuple[float, BadgeReference | None, Intent | None, BadgeReference | None]]:
        """Time, badge, intent and the second badge of each gesture."""
        for at, gesture in self.made:
            badge = gesture.badges[0] if gesture.badges else None
            yield at, badge, gesture.intent, gesture.approver or gesture.sent_home_by

    def _pass(self, at: float) -> None:
        while (deadline := self.fold.deadline()) is not None and deadline < _ns(at):
            self._record(deadline / 1e6, self.fold.tick(deadline))

    def _record(self, at: float, gestures: tuple[Gesture, ...]) -> None:
        for gesture in gestures:
            self.made.append((at, gesture))
            badge = gesture.badges[0] if gesture.badges else None
            self.gestures.decided(Decision(Outcome.GRANTED, Reason.PUT_IN, "7", badge=badge))


def _ns(at: float) -> int:
    return round(at * 1e6)


@pytest.fixture
def door() -> Bench:
    return Bench()


@pytest.fixture
def bank() -> Bench:
    return Bench(PointKind.BANK, buttons=False)


def happened(bench: Bench) -> list[tuple[float, BadgeReference | None, Intent | None, BadgeReference | None]]:
    return list(bench.happened())


@pytest.mark.parametrize("senior", [SENIOR, HEAD])
@pytest.mark.parametrize("buttons", [True, False])
def test_a_seniors_tap_is_a_second_badge_for_who_asked(senior: BadgeReference, buttons: bool) -> None:
    door = Bench(buttons=buttons)
    door.place.asker = AMARA
    door.card(1000, senior)
    door.wait(20_000)
    assert happened(door) == [(1000, AMARA, TAKE_OUT, senior)]
    assert door.made[0][1].approver == senior


def test_a_tap_approves_once(door: Bench) -> None:
    door.place.asker = BILAL
    door.card(0, SENIOR)
    door.place.asker = AMARA
    door.card(1999, SENIOR)
    door.card(2000, SENIOR)
    assert happened(door) == [(0, BILAL, TAKE_OUT, SENIOR), (2000, AMARA, TAKE_OUT, SENIOR)]


def test_own_badge_twice_is_no_second_badge(door: Bench) -> None:
    door.place.asker = HEAD
    door.card(0, HEAD)
    door.wait(5000)
    assert happened(door) == [(5000, HEAD, None, None)]


@pytest.mark.parametrize(("badge", "at", "intent"), [(BILAL, 5000, None), (BANK_CARD, 0, None), (CLERK, 5000, None)])
def test_a_badge_that_is_no_seniors_is_a_tap_like_any_other(
    door: Bench, badge: BadgeReference, at: float, intent: Intent | None
) -> None:
    door.place.asker = AMARA
    door.card(0, badge)
    door.wait(6000)
    assert happened(door) == [(at, badge, intent, None)]


def test_a_senior_who_presses_a_button_first_means_an_own_phone(door: Bench) -> None:
    door.place.asker = AMARA
    door.down(0, PUT_IN)
    door.card(500, HEAD)
    assert happened(door) == [(500, HEAD, PUT_IN, None)]


@pytest.mark.parametrize(("again", "second"), [(2000, (HEAD, PUT_IN, None)), (10_100, (AMARA, TAKE_OUT, HEAD))])
def test_without_buttons_the_same_badge_again_within_10_s_of_an_approval_puts_in(
    again: float, second: tuple[BadgeReference, Intent, BadgeReference | None]
) -> None:
    door = Bench(buttons=False)
    door.place.asker = AMARA
    door.card(0, HEAD)
    door.card(again, HEAD)
    assert happened(door) == [(0, AMARA, TAKE_OUT, HEAD), (again, *second)]


def test_a_badge_with_a_phone_still_in_here_takes_out_at_once_whatever_it_may_say(door: Bench) -> None:
    door.place.asker = AMARA
    door.card(0, MOVED)
    assert happened(door) == [(0, MOVED, None, None)]


def test_the_other_cards_of_a_seniors_lanyard_count_for_nothing(door: Bench) -> None:
    door.place.asker = AMARA
    door.card(0, BANK_CARD, SENIOR, gone=False, random=True)
    door.place.asker = None
    door.card(50, BANK_CARD, gone=False, random=True)
    door.take_away(900, SENIOR)
    door.card(1000, BANK_CARD)
    assert happened(door) == [(0, AMARA, TAKE_OUT, SENIOR), (1000, BANK_CARD, None, None)]


def test_a_senior_approves_while_the_askers_badge_lies_there_still(bank: Bench) -> None:
    bank.card(0, AMARA, gone=False)
    bank.place.asker = AMARA
    bank.card(3000, SENIOR)
    assert happened(bank) == [(0, AMARA, None, None), (3000, AMARA, TAKE_OUT, SENIOR)]


def test_a_reader_that_failed_forgets_the_seniors_card(door: Bench) -> None:
    door.place.asker = AMARA
    door.card(0, SENIOR, gone=False)
    door.fold.forget_cards()
    door.card(100, BANK_CARD)
    assert happened(door)[1:] == [(100, BANK_CARD, None, None)]


# going home


@pytest.mark.parametrize("sender", [SENIOR, CLERK])
@pytest.mark.parametrize("after", [300, 5000])
@pytest.mark.parametrize("kind", [PointKind.ONE_DOOR, PointKind.BANK])
@pytest.mark.parametrize("buttons", [True, False])
def test_a_senders_badge_then_the_persons_within_5_s_says_going_home(
    sender: BadgeReference, after: float, kind: PointKind, buttons: bool
) -> None:
    bench = Bench(kind, buttons=buttons)
    bench.card(1000, sender)
    bench.card(1000 + after, BILAL)
    bench.wait(20_000)
    assert happened(bench) == [(1000 + after, BILAL, TAKE_OUT, sender)]
    assert bench.made[0][1].sent_home_by == sender


def test_after_5_s_the_senders_badge_is_refused_and_the_persons_is_a_tap_like_any_other(bank: Bench) -> None:
    bank.card(0, SENIOR)
    bank.card(5000.1, BILAL)
    assert happened(bank) == [(5000, SENIOR, None, None), (5000.1, BILAL, None, None)]


def test_it_is_said_for_one_person(bank: Bench) -> None:
    bank.card(0, SENIOR)
    bank.card(1000, BILAL)
    bank.card(2000, AMARA)
    assert happened(bank) == [(1000, BILAL, TAKE_OUT, SENIOR), (2000, AMARA, None, None)]


def test_putting_in_is_never_turned_into_going_home(door: Bench) -> None:
    door.card(0, SENIOR)
    door.down(500, PUT_IN)
    door.card(1000, BILAL)
    door.wait(9000)
    assert happened(door) == [(1000, BILAL, PUT_IN, None), (5000, SENIOR, None, None)]


def test_a_press_of_take_out_before_the_persons_badge_is_used_up(door: Bench) -> None:
    door.card(0, SENIOR)
    door.down(500, TAKE_OUT)
    door.card(1000, BILAL)
    door.card(1500, AMARA)
    door.wait(9000)
    assert happened(door) == [(1000, BILAL, TAKE_OUT, SENIOR), (6500, AMARA, None, None)]


def test_a_badge_for_its_role_only_that_comes_with_a_button_is_refused_at_once(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(500, SENIOR)
    assert happened(door) == [(500, SENIOR, TAKE_OUT, None)]


def test_another_senders_badge_ends_the_wait_of_the_first(door: Bench) -> None:
    door.card(0, SENIOR)
    door.card(2000, CLERK)
    door.card(6000, BILAL)
    assert happened(door) == [(2000, SENIOR, None, None), (6000, BILAL, TAKE_OUT, CLERK)]


def test_an_own_badge_here_waits_for_its_button_and_may_say_it_too(door: Bench) -> None:
    door.card(0, HEAD)
    door.card(2000, BILAL)
    door.wait(20_000)
    assert happened(door) == [(2000, BILAL, TAKE_OUT, HEAD)]


def test_an_own_badge_here_that_gets_its_button_says_nothing_for_the_next(door: Bench) -> None:
    door.card(0, HEAD)
    door.down(1000, PUT_IN)
    door.card(2000, BILAL)
    door.wait(20_000)
    assert happened(door) == [(1400, HEAD, PUT_IN, None), (7000, BILAL, None, None)]


def test_two_badges_of_people_here_in_the_field_together_are_put_in_for_each(door: Bench) -> None:
    door.card(0, HEAD, gone=False)
    door.card(300, BILAL, gone=False)
    assert happened(door) == [(300, HEAD, PUT_IN, None), (300, BILAL, PUT_IN, None)]


def test_without_buttons_an_own_badge_declares_at_once_and_sends_nobody_home() -> None:
    door = Bench(buttons=False)
    door.card(0, HEAD)
    door.card(1000, BILAL)
    assert happened(door) == [(0, HEAD, None, None), (1000, BILAL, None, None)]


# children staying in


def test_a_seniors_badge_held_says_it_once_and_is_not_refused_afterwards(door: Bench) -> None:
    door.card(0, SENIOR, gone=False)
    door.wait(3000)
    assert door.held(SENIOR)
    assert not door.held(SENIOR)
    door.wait(20_000)
    assert happened(door) == []


def test_a_held_badge_of_somebody_here_still_takes_its_button_and_else_ends_without_a_word(door: Bench) -> None:
    door.card(0, HEAD, gone=False)
    assert door.held(HEAD)
    door.wait(10_000)
    assert happened(door) == []
    door.take_away(10_000, HEAD)
    door.card(11_000, HEAD, gone=False)
    assert door.held(HEAD)
    door.down(15_000, PUT_IN)
    door.wait(20_000)
    assert happened(door) == [(15_400, HEAD, PUT_IN, None)]


@pytest.mark.parametrize("badge", [AMARA, CLERK, BANK_CARD])
def test_no_other_badge_says_it(door: Bench, badge: BadgeReference) -> None:
    door.card(0, badge, gone=False)
    assert not door.held(badge)


def test_a_badge_that_has_approved_or_sent_home_says_nothing_more_however_long_it_lies_there(door: Bench) -> None:
    door.place.asker = AMARA
    door.card(0, SENIOR, gone=False)
    assert not door.held(SENIOR)
    door.place.asker = None
    door.card(10_000, OTHER_SENIOR, gone=False)
    door.card(11_000, BILAL)
    assert not door.held(OTHER_SENIOR)
    assert [second for *_, second in happened(door)] == [SENIOR, OTHER_SENIOR]
