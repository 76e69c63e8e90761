"""The fold: cards and buttons become gestures, with every timing of policy-clauses "The cabinet" at its boundary."""

import pytest

from kiosk.cabinet.gestures import Gestures
from policy.decision import Decision, Outcome, Reason
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, PointId
from policy.rules import Point, PointKind
from policy.standing import Standing

AMARA, BILAL, GRACE = BadgeReference("1:amara"), BadgeReference("1:bilal"), BadgeReference("1:grace")
GONE, LOST, ENDED = BadgeReference("1:gone"), BadgeReference("1:lost"), BadgeReference("1:ended")
BANK_CARD, LIBRARY_CARD = BadgeReference("1:bank-card"), BadgeReference("1:library-card")
STANDINGS = {
    AMARA: Standing.LIVE,
    BILAL: Standing.LIVE,
    GRACE: Standing.LIVE,
    GONE: Standing.AFTER_END,
    LOST: Standing.LOST,
    ENDED: Standing.ENDED,
}
PUT_IN, TAKE_OUT = Intent.PUT_IN, Intent.TAKE_OUT


class Bench:
    """Hands and cards at one point; times are in milliseconds, and what came of them is recorded with its time."""

    def __init__(self, kind: PointKind = PointKind.ONE_DOOR, *, buttons: bool = True) -> None:
        self.fold = Gestures(Point(PointId("robins"), kind, 6 if kind is PointKind.BANK else 1, buttons))
        self.gestures: list[tuple[float, Gesture]] = []
        self.restricted = False
        self.now = 0.0

    def card(self, at: float, *badges: BadgeReference, gone: bool = True, random: bool = False) -> None:
        """Cards come into the field together, and leave it before anything else happens unless `gone` is False."""
        self._pass(at)
        self._record(at, self.fold.cards(badges, (), self._ns(at), self._ask, random=random))
        if gone:
            self.take_away(at, *badges)

    def take_away(self, at: float, *badges: BadgeReference) -> None:
        self._pass(at)
        self._record(at, self.fold.cards((), badges, self._ns(at), self._ask))

    def down(self, at: float, button: Intent) -> None:
        self._pass(at)
        self._record(at, self.fold.press(button, self._ns(at)))

    def up(self, at: float, button: Intent) -> None:
        self._pass(at)
        self._record(at, self.fold.release(button, self._ns(at)))

    def wait(self, at: float) -> None:
        """Let time pass, up to and with `at`."""
        self._pass(at)
        self._record(at, self.fold.tick(self._ns(at)))

    def happened(self) -> list[tuple[float, tuple[BadgeReference, ...], Intent | None]]:
        return [(at, gesture.badges, gesture.intent) for at, gesture in self.gestures]

    def _pass(self, at: float) -> None:
        """Tick at each deadline that comes before `at`, as the program's loop does."""
        while (deadline := self.fold.deadline()) is not None and deadline < self._ns(at):
            self._record(deadline / 1e6, self.fold.tick(deadline))
        assert at >= self.now, "time does not go back"
        self.now = at

    def _record(self, at: float, gestures: tuple[Gesture, ...]) -> None:
        for gesture in gestures:
            self.gestures.append((at, gesture))
            refused = self.restricted and gesture.intent is TAKE_OUT and not gesture.emergency
            self.fold.decided(
                Decision(
                    Outcome.REFUSED if refused else Outcome.GRANTED,
                    Reason.RESTRICTED if refused else Reason.PUT_IN,
                    "12",
                    badge=gesture.badges[0] if gesture.badges else None,
                    hold_opens=refused,
                )
            )

    @staticmethod
    def _ns(at: float) -> int:
        return round(at * 1e6)

    @staticmethod
    def _ask(badge: BadgeReference) -> Standing:
        return STANDINGS.get(badge, Standing.NOT_KNOWN_HERE)


@pytest.fixture
def door() -> Bench:
    return Bench()


@pytest.fixture
def bank() -> Bench:
    return Bench(PointKind.BANK, buttons=False)


def test_a_tap_waits_5_s_for_a_button_and_then_has_no_intent(door: Bench) -> None:
    door.card(1000, AMARA)
    door.wait(5999.9)
    assert door.happened() == []
    door.wait(6000)
    assert door.happened() == [(6000, (AMARA,), None)]
    assert door.fold.deadline() is None


def test_a_button_exactly_5_s_after_the_tap_still_counts(door: Bench) -> None:
    door.card(1000, AMARA)
    door.down(6000, PUT_IN)
    door.up(6100, PUT_IN)
    assert door.happened() == [(6100, (AMARA,), PUT_IN)]


def test_a_button_before_the_tap_decides_at_once(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(700, AMARA)
    assert door.happened() == [(700, (AMARA,), TAKE_OUT)]


@pytest.mark.parametrize(("tap", "intent"), [(5000, TAKE_OUT), (5000.001, None)])
def test_a_press_counts_for_5_s_from_going_down(door: Bench, tap: float, intent: Intent | None) -> None:
    door.down(0, TAKE_OUT)
    door.up(4990, TAKE_OUT)
    door.card(tap, AMARA)
    door.wait(11000)
    assert [gesture[2] for gesture in door.happened()] == [intent]


def test_a_press_counts_for_one_tap(door: Bench) -> None:
    door.down(0, PUT_IN)
    door.up(100, PUT_IN)
    door.card(500, AMARA)
    door.card(900, BILAL)
    door.wait(6000)
    assert door.happened() == [(500, (AMARA,), PUT_IN), (5900, (BILAL,), None)]


def test_of_several_presses_before_a_tap_the_last_counts(door: Bench) -> None:
    door.down(0, PUT_IN)
    door.up(100, PUT_IN)
    door.down(300, TAKE_OUT)
    door.up(350, TAKE_OUT)
    door.card(500, AMARA)
    assert door.happened() == [(500, (AMARA,), TAKE_OUT)]


def test_both_buttons_before_the_tap_are_not_no_phone(door: Bench) -> None:
    door.down(0, PUT_IN)
    door.down(10, TAKE_OUT)
    door.card(20, AMARA)
    assert door.happened() == [(20, (AMARA,), TAKE_OUT)]


def test_a_button_that_follows_a_tap_decides_after_400_ms_while_held(door: Bench) -> None:
    door.card(0, AMARA)
    door.down(1000, PUT_IN)
    door.wait(1399.9)
    assert door.happened() == []
    door.wait(1400)
    assert door.happened() == [(1400, (AMARA,), PUT_IN)]


def test_a_button_that_follows_a_tap_decides_on_its_release(door: Bench) -> None:
    door.card(0, AMARA)
    door.down(1000, TAKE_OUT)
    door.up(1150, TAKE_OUT)
    assert door.happened() == [(1150, (AMARA,), TAKE_OUT)]


@pytest.mark.parametrize(("second", "expected"), [(1000, Intent.NO_PHONE), (1400, Intent.NO_PHONE), (1400.1, PUT_IN)])
@pytest.mark.parametrize("swap", [False, True])
def test_the_second_button_within_400_ms_of_the_first_makes_no_phone(
    door: Bench, second: float, expected: Intent, swap: bool
) -> None:
    first_button, second_button = (TAKE_OUT, PUT_IN) if swap else (PUT_IN, TAKE_OUT)
    door.card(0, AMARA)
    door.down(1000, first_button)
    door.down(second, second_button)
    door.wait(3000)
    intents = [gesture[2] for gesture in door.happened()]
    assert intents == [Intent.NO_PHONE if expected is Intent.NO_PHONE else first_button]


def test_the_second_button_after_the_first_was_let_go_is_a_press_for_the_next_tap(door: Bench) -> None:
    door.card(0, AMARA)
    door.down(1000, PUT_IN)
    door.up(1100, PUT_IN)
    door.down(1200, TAKE_OUT)
    door.card(3000, BILAL)
    assert door.happened() == [(1100, (AMARA,), PUT_IN), (3000, (BILAL,), TAKE_OUT)]


def test_another_live_badges_tap_ends_a_waiting_one_and_waits_in_its_place(door: Bench) -> None:
    door.card(0, AMARA)
    door.card(2000, BILAL)
    assert door.happened() == [(2000, (AMARA,), None)]
    door.down(3000, PUT_IN)
    door.up(3100, PUT_IN)
    assert door.happened()[1:] == [(3100, (BILAL,), PUT_IN)]


def test_another_tap_while_a_button_has_its_400_ms_decides_the_first_by_that_button(door: Bench) -> None:
    door.card(0, AMARA)
    door.down(1000, PUT_IN)
    door.card(1200, BILAL)
    door.wait(7000)
    assert door.happened() == [(1200, (AMARA,), PUT_IN), (6200, (BILAL,), None)]


@pytest.mark.parametrize("stranger", [BANK_CARD, LOST, ENDED])
def test_what_is_not_known_here_is_refused_at_once_and_a_waiting_tap_goes_on_waiting(
    door: Bench, stranger: BadgeReference
) -> None:
    door.card(0, AMARA)
    door.card(1000, stranger)
    door.down(2000, PUT_IN)
    door.up(2100, PUT_IN)
    assert door.happened() == [(1000, (stranger,), None), (2100, (AMARA,), PUT_IN)]


def test_what_is_not_known_here_is_refused_at_once_also_with_a_button_and_uses_it_up(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(500, BANK_CARD)
    door.card(900, AMARA)
    assert door.happened() == [(500, (BANK_CARD,), TAKE_OUT)]


def test_an_ended_badge_with_a_phone_in_is_decided_at_once_without_a_button(door: Bench) -> None:
    door.card(0, GONE)
    assert door.happened() == [(0, (GONE,), None)]


@pytest.mark.parametrize(("again", "count"), [(1999.9, 1), (2000, 2)])
def test_the_same_badge_within_2_s_of_its_last_counted_tap_is_that_tap(bank: Bench, again: float, count: int) -> None:
    bank.card(0, AMARA)
    bank.card(again, AMARA)
    assert len(bank.happened()) == count


def test_a_repeat_does_not_lengthen_the_2_s(bank: Bench) -> None:
    for at in (0, 1500, 2500):
        bank.card(at, AMARA)
    assert [at for at, *_ in bank.happened()] == [0, 2500]


def test_the_2_s_are_each_badges_own(bank: Bench) -> None:
    bank.card(0, AMARA)
    bank.card(500, BILAL)
    bank.card(1000, AMARA)
    assert [badges for _, badges, _ in bank.happened()] == [(AMARA,), (BILAL,)]


def test_a_button_pressed_in_between_makes_the_same_badge_a_new_tap(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(100, AMARA)
    door.down(600, PUT_IN)
    door.card(1000, AMARA)
    assert door.happened() == [(100, (AMARA,), TAKE_OUT), (1000, (AMARA,), PUT_IN)]


def test_the_2_s_run_from_the_newest_counted_tap(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(100, AMARA)
    door.down(600, PUT_IN)
    door.card(1000, AMARA)
    door.card(2500, AMARA)
    door.wait(9000)
    assert [at for at, *_ in door.happened()] == [100, 1000]


def test_the_same_badge_again_after_2_s_of_waiting_is_a_new_tap_that_waits(door: Bench) -> None:
    door.card(0, AMARA)
    door.card(1000, AMARA)
    door.card(3000, AMARA)
    door.wait(9000)
    assert door.happened() == [(3000, (AMARA,), None), (8000, (AMARA,), None)]


def test_without_buttons_every_tap_is_decided_at_once_and_buttons_mean_nothing(bank: Bench) -> None:
    bank.down(0, TAKE_OUT)
    bank.card(100, AMARA)
    bank.down(200, PUT_IN)
    bank.card(300, AMARA)
    assert bank.happened() == [(100, (AMARA,), None)]
    assert bank.fold.deadline() is None


def test_of_a_lanyards_three_cards_the_one_known_here_counts(bank: Bench) -> None:
    bank.card(0, BANK_CARD, AMARA, LIBRARY_CARD)
    assert bank.happened() == [(0, (AMARA,), None)]


def test_the_other_cards_of_a_lanyard_that_come_a_poll_later_count_for_nothing(bank: Bench) -> None:
    bank.card(0, AMARA, gone=False)
    bank.card(50, BANK_CARD, gone=False)
    assert bank.happened() == [(0, (AMARA,), None)]


def test_of_several_strangers_one_is_refused(bank: Bench) -> None:
    bank.card(0, BANK_CARD, LIBRARY_CARD)
    assert bank.happened() == [(0, (BANK_CARD,), None)]


def test_two_badges_known_here_at_a_bank_are_one_gesture_with_both(bank: Bench) -> None:
    bank.card(0, AMARA, BILAL, gone=False)
    bank.take_away(200, AMARA, BILAL)
    bank.card(900, BILAL)
    assert bank.happened() == [(0, (AMARA, BILAL), None), (900, (BILAL,), None)]


def test_a_badge_that_counted_just_before_a_pair_counts_at_once_when_it_comes_alone(bank: Bench) -> None:
    bank.card(0, AMARA)
    bank.card(500, AMARA, BILAL)
    bank.card(1000, AMARA)
    assert bank.happened() == [(0, (AMARA,), None), (500, (AMARA, BILAL), None), (1000, (AMARA,), None)]


def test_a_pair_that_flickers_at_a_bank_is_told_once_in_2_s(bank: Bench) -> None:
    for at in (0, 500, 2000):
        bank.card(at, AMARA, BILAL)
    assert [at for at, *_ in bank.happened()] == [0, 2000]


def test_a_badge_that_waits_at_a_banks_reader_when_another_comes_is_told_with_it_and_waits_no_more() -> None:
    bank = Bench(PointKind.BANK)
    bank.card(0, AMARA, gone=False)
    bank.card(50, BILAL, gone=False)
    bank.wait(20_000)
    assert bank.happened() == [(50, (AMARA, BILAL), None)]


def test_a_second_badge_known_here_beside_one_that_lies_on_a_banks_reader_is_asked_to_come_alone(bank: Bench) -> None:
    bank.card(0, AMARA, gone=False)
    bank.card(3000, BILAL, gone=False)
    assert bank.happened() == [(0, (AMARA,), None), (3000, (AMARA, BILAL), None)]


def test_a_reader_that_failed_forgets_the_cards_in_its_field(bank: Bench) -> None:
    bank.card(0, AMARA, gone=False)
    bank.fold.forget_cards()
    bank.card(3000, BILAL)
    assert bank.happened()[1:] == [(3000, (BILAL,), None)]


@pytest.mark.parametrize("buttons", [True, False])
def test_two_badges_known_here_at_one_door_are_put_in_for_each(buttons: bool) -> None:
    door = Bench(buttons=buttons)
    door.card(0, AMARA, BANK_CARD, BILAL)
    assert door.happened() == [(0, (AMARA,), PUT_IN), (0, (BILAL,), PUT_IN)]


def test_a_badge_that_still_waits_in_the_field_when_another_comes_is_put_in_with_it(door: Bench) -> None:
    door.card(0, AMARA, gone=False)
    door.card(50, BILAL, gone=False)
    assert door.happened() == [(50, (AMARA,), PUT_IN), (50, (BILAL,), PUT_IN)]
    assert door.fold.deadline() is None


def test_a_badge_that_was_decided_and_lies_there_still_does_not_turn_the_next_into_put_in(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(100, AMARA, gone=False)
    door.down(2000, TAKE_OUT)
    door.card(2500, BILAL, gone=False)
    assert door.happened() == [(100, (AMARA,), TAKE_OUT), (2500, (BILAL,), TAKE_OUT)]


def test_a_pair_at_one_door_ends_what_somebody_else_waited_for(door: Bench) -> None:
    door.card(0, AMARA)
    door.card(1000, BILAL, GRACE)
    assert door.happened() == [(1000, (AMARA,), None), (1000, (BILAL,), PUT_IN), (1000, (GRACE,), PUT_IN)]


def test_a_random_uid_alone_is_refused_without_a_badge_and_once_in_2_s(bank: Bench) -> None:
    for at in (0, 500, 2000):
        bank.card(at, random=True)
    assert bank.happened() == [(0, (), None), (2000, (), None)]


def test_a_random_uid_beside_a_badge_known_here_counts_for_nothing(bank: Bench) -> None:
    bank.card(0, AMARA, gone=False, random=True)
    bank.card(50, random=True)
    assert bank.happened() == [(0, (AMARA,), None)]


def emergencies(bench: Bench) -> list[tuple[float, tuple[BadgeReference, ...]]]:
    return [(at, gesture.badges) for at, gesture in bench.gestures if gesture.emergency]


def test_the_press_before_a_refused_tap_opens_once_it_has_lasted_5_s(door: Bench) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.card(1000, AMARA)
    door.wait(4999.9)
    assert emergencies(door) == []
    door.wait(5000)
    assert emergencies(door) == [(5000, (AMARA,))]


def test_the_press_after_a_refused_tap_opens_once_it_has_lasted_5_s(door: Bench) -> None:
    door.restricted = True
    door.card(0, AMARA)
    door.down(5000, TAKE_OUT)
    door.wait(9999.9)
    assert emergencies(door) == []
    door.wait(10_000)
    assert emergencies(door) == [(10_000, (AMARA,))]
    door.wait(30_000)
    assert len(door.gestures) == 2


@pytest.mark.parametrize(("release", "count"), [(4999.9, 0), (5000, 1)])
def test_a_press_let_go_before_5_s_is_no_emergency(door: Bench, release: float, count: int) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.card(1000, AMARA)
    door.up(release, TAKE_OUT)
    door.wait(20_000)
    assert len(emergencies(door)) == count


def test_a_press_let_go_before_its_tap_is_no_emergency(door: Bench) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.up(300, TAKE_OUT)
    door.card(1000, AMARA)
    door.wait(20_000)
    assert [(at, gesture.emergency) for at, gesture in door.gestures] == [(1000, False)]


def test_a_press_begun_more_than_5_s_before_the_tap_is_not_that_taps(door: Bench) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.card(5100, AMARA)
    door.wait(20_000)
    assert emergencies(door) == []


def test_another_press_is_not_the_same_press(door: Bench) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.card(500, AMARA)
    door.up(1000, TAKE_OUT)
    door.down(1500, TAKE_OUT)
    door.wait(20_000)
    assert emergencies(door) == []


def test_a_take_out_that_was_granted_or_a_put_in_held_on_to_is_no_emergency(door: Bench) -> None:
    door.down(0, TAKE_OUT)
    door.card(500, AMARA)
    door.wait(20_000)
    door.restricted = True
    door.card(30_000, BILAL)
    door.down(30_500, PUT_IN)
    door.wait(60_000)
    assert emergencies(door) == []


def test_a_hold_decides_nothing_of_its_own_and_an_other_tap_meanwhile_does_not_end_an_emergency(door: Bench) -> None:
    door.restricted = True
    door.down(0, TAKE_OUT)
    door.card(500, AMARA)
    door.card(2000, BILAL)
    door.wait(8000)
    assert emergencies(door) == [(5000, (AMARA,))]
    assert door.happened()[-1] == (7000, (BILAL,), None)


def test_a_gesture_says_how_many_cards_were_offered(bank: Bench) -> None:
    bank.card(0, BANK_CARD, AMARA, LIBRARY_CARD)
    bank.card(5000, AMARA)
    assert [gesture.offered for _, gesture in bank.gestures] == [3, 1]
