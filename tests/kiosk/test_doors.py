"""A door's contact: opened by a tap or not, held open, or not opened within 10 s of the last pulse."""

from datetime import UTC, date, datetime

from kiosk.cabinet.doors import (
    HELD_OPEN_NS,
    NOT_OPENED_NS,
    SECOND_NS,
    Closed,
    DoorWatch,
    HeldOpen,
    NotOpened,
    Opened,
    OpenedUnreleased,
    Undo,
)
from policy.ids import BadgeReference, HolderId
from policy.state import Declaration, Declared

AMARA, BILAL = HolderId("amara"), HolderId("bilal")


def a_declaration(holder: HolderId, slot: int = 1) -> Declaration:
    at = datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
    return Declaration(holder, BadgeReference("1:aa"), Declared.OUT, slot, at, date(2026, 11, 24))


def an_undo(holder: HolderId, before: Declaration | None = None, slot: int = 1) -> Undo:
    return Undo(holder, before, a_declaration(holder, slot))


def a_closed_door() -> DoorWatch:
    return DoorWatch(1, False, 0)


def test_a_door_opened_after_a_pulse_names_the_tap() -> None:
    door = a_closed_door()
    door.release(7, None)
    assert door.opened(SECOND_NS) == Opened(1, 7)
    assert door.closed() == Closed(1, 7)


def test_a_door_opened_without_a_pulse_is_key_or_force() -> None:
    door = a_closed_door()
    assert door.opened(SECOND_NS) == OpenedUnreleased(1)
    assert door.closed() == Closed(1, None)


def test_one_pulse_explains_one_opening() -> None:
    door = a_closed_door()
    door.release(7, None)
    door.opened(1)
    door.closed()
    assert door.opened(2) == OpenedUnreleased(1)


def test_an_edge_that_changes_nothing_says_nothing() -> None:
    door = a_closed_door()
    assert door.closed() is None
    door.opened(1)
    assert door.opened(2) is None


def test_a_door_held_open_is_said_once_an_opening() -> None:
    door = a_closed_door()
    door.release(7, None)
    door.opened(0)
    assert door.tick(HELD_OPEN_NS - 1) == []
    assert door.tick(HELD_OPEN_NS) == [HeldOpen(1, 7)]
    assert door.tick(2 * HELD_OPEN_NS) == []


def test_a_door_that_stays_shut_takes_the_declaration_back_10_s_after_the_pulse() -> None:
    door, undo = a_closed_door(), an_undo(AMARA)
    door.release(7, undo)
    assert door.tick(60 * SECOND_NS) == []
    door.pulse_ended(60 * SECOND_NS)
    assert door.tick(60 * SECOND_NS + NOT_OPENED_NS - 1) == []
    assert door.tick(60 * SECOND_NS + NOT_OPENED_NS) == [NotOpened(1, 7, (undo,))]
    assert door.tick(100 * SECOND_NS) == []


def test_a_new_pulse_starts_the_10_s_again_and_everybody_goes_back_to_before_the_first() -> None:
    door = a_closed_door()
    first, again, other = an_undo(AMARA), an_undo(AMARA, before=a_declaration(AMARA), slot=2), an_undo(BILAL)
    door.release(7, first)
    door.pulse_ended(0)
    door.release(9, again)
    door.release(11, other)
    door.pulse_ended(5 * SECOND_NS)
    assert door.tick(16 * SECOND_NS) == []
    door.pulse_ended(16 * SECOND_NS)
    assert door.tick(26 * SECOND_NS) == [NotOpened(1, 11, (Undo(AMARA, first.before, again.made), other))]


def test_a_door_opened_in_time_leaves_the_declaration() -> None:
    door = a_closed_door()
    door.release(7, an_undo(AMARA))
    door.pulse_ended(0)
    door.opened(9 * SECOND_NS)
    assert door.tick(10 * SECOND_NS) == []


def test_without_a_working_contact_nothing_is_said_of_the_door() -> None:
    for door in (DoorWatch(1, None, 0), a_closed_door(), DoorWatch(1, True, 0)):
        door.release(7, an_undo(AMARA))
        door.pulse_ended(0)
        if door.is_open is False:
            door.sense(None)
        assert [fact for fact in door.tick(NOT_OPENED_NS) if isinstance(fact, NotOpened)] == []


def test_a_door_that_stood_open_at_the_pulse_and_is_shut_after_it_was_not_closed_throughout() -> None:
    door = DoorWatch(1, True, 0)
    door.release(7, an_undo(AMARA))
    door.pulse_ended(SECOND_NS)
    assert door.closed() == Closed(1, None)
    assert [fact for fact in door.tick(2 * SECOND_NS + NOT_OPENED_NS) if isinstance(fact, NotOpened)] == []
