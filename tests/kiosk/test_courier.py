"""The courier: a window of four frames, in sequence, resumed from the last acknowledgement, patient when none comes."""

import random

from kiosk.link.courier import ACK_WITHIN_S, WINDOW, Courier
from kiosk.socket.framing import Position

A, B = "a" * 16, "b" * 16


def a_courier(now: float = 0.0) -> Courier:
    courier = Courier(random.Random(1))
    courier.connected(now)
    return courier


def test_nothing_is_sent_without_a_broker() -> None:
    assert Courier(random.Random(1)).room(100.0) == 0


def test_four_frames_may_be_on_their_way() -> None:
    courier = a_courier()
    for number in range(WINDOW):
        assert courier.room(1.0) == WINDOW - number
        courier.sent(Position(A, 50 * (number + 1)), 1.0)
    assert courier.room(1.0) == 0


def test_an_acknowledgement_opens_the_window_up_to_what_it_names() -> None:
    courier = a_courier()
    for upto in (50, 100, 150, 200):
        courier.sent(Position(A, upto), 1.0)
    courier.acknowledged(A, 120, 1.1)
    assert courier.room(1.1) == 2
    assert courier.cursor == Position(A, 200)


def test_an_acknowledgement_of_the_next_epoch_says_nothing_of_the_one_before() -> None:
    courier = a_courier()
    courier.sent(Position(A, 50), 1.0)
    courier.sent(Position(B, 3), 1.0)
    courier.acknowledged(B, 3, 1.1)
    assert courier.room(1.1) == WINDOW - 1
    for number in range(4, 30):
        courier.sent(Position(B, number), 1.2)
        courier.acknowledged(B, number, 1.3)
    courier.tick(1.0 + ACK_WITHIN_S)
    assert courier.cursor is None, "what was lost of the epoch before goes again, also while others are acknowledged"


def test_an_old_acknowledgement_opens_nothing() -> None:
    courier = a_courier()
    courier.sent(Position(B, 3), 1.0)
    courier.acknowledged(A, 99, 1.1)
    assert courier.room(1.1) == WINDOW - 1


def test_a_new_connection_begins_again_from_the_last_acknowledgement() -> None:
    courier = a_courier()
    courier.sent(Position(A, 50), 1.0)
    courier.more = False
    courier.disconnected()
    courier.connected(2.0)
    assert courier.cursor is None
    assert courier.more
    assert courier.room(2.1) == WINDOW


def test_a_new_ingest_is_sent_everything_again_and_the_one_already_known_is_not() -> None:
    courier = a_courier()
    courier.ingest_started("first", 12, True, 0.5)
    courier.sent(Position(A, 50), 1.0)
    courier.ingest_started("first", 12, True, 1.1)
    assert courier.cursor == Position(A, 50)
    courier.ingest_started("second", 12, False, 1.2)
    assert courier.cursor is None
    assert courier.room(1.2 + 12 * 0.02) == WINDOW


def test_an_ingest_that_starts_for_the_first_time_is_news_unless_the_broker_had_kept_it() -> None:
    courier = a_courier()
    courier.sent(Position(A, 50), 1.0)
    courier.ingest_started("first", 1, False, 1.1)
    assert courier.cursor is None


def test_without_acknowledgement_it_waits_longer_each_time_and_at_most_30_s() -> None:
    courier, now, pauses = a_courier(), 1.0, []
    for _ in range(9):
        courier.sent(Position(A, 50), now)
        now += ACK_WITHIN_S
        courier.tick(now)
        assert courier.cursor is None
        resumes = courier.wake_at(now)
        assert resumes is not None
        pauses.append(resumes - now)
        now = resumes
    assert pauses[0] <= 1.0
    assert all(pause <= 30.0 for pause in pauses)
    assert pauses[-1] > 10.0


def test_a_frame_that_nobody_got_goes_again_without_waiting_for_an_acknowledgement() -> None:
    courier = a_courier()
    courier.not_taken(0.9)
    assert courier.wake_at(0.9) is None
    courier.sent(Position(A, 50), 1.0)
    courier.not_taken(1.1)
    assert courier.cursor is None
    assert courier.room(2.1) == WINDOW


def test_a_late_acknowledgement_ends_the_waiting_at_once() -> None:
    courier = a_courier()
    courier.sent(Position(A, 50), 1.0)
    courier.tick(1.0 + ACK_WITHIN_S)
    courier.acknowledged(A, 50, 4.1)
    assert courier.room(4.1) == WINDOW
