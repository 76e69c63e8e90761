"""Door contacts and buttons: debounced, read again, told with the time of the first edge; on both kinds of pins."""

from typing import Any

import pytest

from hardware.devices.contacts import Button, DoorContact
from hardware.happenings import DoorState


class Told:
    """What a contact's handlers were told."""

    def __init__(self) -> None:
        self.what: list[tuple[str, int]] = []

    def hear(self, word: str) -> Any:
        return lambda at_ns: self.what.append((word, at_ns))


def a_door(rig: Any, schedule: Any, closed: bool = True, **more: Any) -> tuple[DoorContact, Told]:
    rig.factory.pin(24)
    door = DoorContact(24, schedule=schedule, pin_factory=rig.factory, **more)
    rig.force(24, not closed)
    schedule.advance(2)
    told = Told()
    door.when_opened, door.when_closed = told.hear("opened"), told.hear("closed")
    return door, told


def test_a_door_is_told_open_and_closed_with_the_time_of_its_first_edge(rig: Any, schedule: Any) -> None:
    door, told = a_door(rig, schedule)
    assert door.state is DoorState.CLOSED
    at = schedule.now
    rig.force(24, True)
    schedule.advance(0.02)
    assert told.what == []
    schedule.advance(0.02)
    assert told.what == [("opened", at)]
    assert (door.is_open, door.state) == (True, DoorState.OPEN)
    rig.force(24, False)
    schedule.advance(0.1)
    assert [word for word, _ in told.what] == ["opened", "closed"]


def test_a_bouncing_reed_is_one_opening(rig: Any, schedule: Any) -> None:
    _, told = a_door(rig, schedule)
    at = schedule.now
    for level in (True, False) * 6:
        rig.force(24, level)
        schedule.advance(0.004)
    rig.force(24, True)
    schedule.advance(0.1)
    assert told.what == [("opened", at)]


def test_a_glitch_is_nothing(rig: Any, schedule: Any) -> None:
    _, told = a_door(rig, schedule)
    rig.force(24, True)
    schedule.advance(0.01)
    rig.force(24, False)
    schedule.advance(2)
    assert told.what == []


def test_a_lost_edge_is_made_up_for_within_the_second(rig: Any, schedule: Any) -> None:
    door, told = a_door(rig, schedule)
    pin = rig.factory.pin(24)
    kept = pin.when_changed
    pin.when_changed = None
    rig.force(24, True)
    pin.when_changed = kept
    schedule.advance(1.1)
    assert [word for word, _ in told.what] == ["opened"]
    assert door.is_open


def test_a_contact_that_is_made_while_the_door_is_open_is_told_so(rig: Any, schedule: Any) -> None:
    door, _ = a_door(rig, schedule, closed=True, closed_level="high")
    assert door.state is DoorState.OPEN


def test_a_cut_wire_reads_as_open_and_a_dead_pin_as_unknown(rig: Any, schedule: Any, monkeypatch: Any) -> None:
    door, told = a_door(rig, schedule)
    rig.force(24, True)
    schedule.advance(0.1)
    assert door.state is DoorState.OPEN

    def dead(_: Any) -> bool:
        raise OSError("gone")

    monkeypatch.setattr(type(rig.factory.pin(24)), "_get_state", dead)
    schedule.advance(1.1)
    assert (door.state, door.is_open) == (DoorState.UNKNOWN, None)
    monkeypatch.undo()
    rig.force(24, False)
    schedule.advance(1.1)
    assert door.is_open is False
    assert [word for word, _ in told.what] == ["opened", "closed"]


def test_a_button_goes_down_and_up(rig: Any, schedule: Any) -> None:
    button = Button(20, schedule=schedule, pin_factory=rig.factory)
    told = Told()
    button.when_pressed, button.when_released = told.hear("down"), told.hear("up")
    down = schedule.now
    rig.force(20, False)
    schedule.advance(0.2)
    assert button.is_pressed
    up = schedule.now
    rig.force(20, True)
    schedule.advance(0.2)
    assert told.what == [("down", down), ("up", up)]
    assert not button.is_pressed


def test_a_handler_that_fails_does_not_end_the_contact(rig: Any, schedule: Any) -> None:
    _, told = a_door(rig, schedule)
    door, _ = _, None
    calls: list[int] = []

    def fails(at_ns: int) -> None:
        calls.append(at_ns)
        raise RuntimeError("handler")

    door.when_opened = fails
    for level in (True, False, True):
        rig.force(24, level)
        schedule.advance(0.1)
    assert len(calls) == 2
    assert [word for word, _ in told.what] == ["closed"]


def test_closing_ends_everything(rig: Any, schedule: Any) -> None:
    door, told = a_door(rig, schedule)
    door.close()
    door.close()
    schedule.advance(5)
    assert told.what == []


@pytest.mark.parametrize("device", [DoorContact, Button])
def test_a_contact_on_its_own_needs_nothing_else(rig: Any, until: Any, device: Any) -> None:
    with device(24, pin_factory=rig.factory) as contact:
        rig.force(24, False)
        until(lambda: contact.is_made)
