"""What is said at the cabinet by badge besides a phone: going home, children staying in; and permissions used."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hardware.lamps import Signal
from policy.clock import ClockQuality
from policy.ids import PersonId
from policy.rules import Permission, PermissionKind

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def last(kiosk: Kiosk, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return next((data, private) for kind, data, private in reversed(kiosk.events()) if kind == name)


def kinds(kiosk: Kiosk, prefix: str) -> list[str]:
    return [kind for kind in kiosk.types() if kind.startswith(prefix)]


@pytest.fixture
def lesson(kiosk: Kiosk) -> Kiosk:
    """Amara's phone is in, and it is 9:40 in a lesson."""
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    return kiosk


# going home


@pytest.mark.parametrize("sender", ["senior", "clerk"])
def test_a_senders_badge_then_the_persons_opens_as_leaving_for_the_rest_of_the_day(lesson: Kiosk, sender: str) -> None:
    lesson.tap(getattr(lesson, sender))
    lesson.go_on(seconds=2)
    lesson.tap(lesson.amara)
    granted = last(lesson, "tap.granted")[1]
    assert (granted["reason"], granted["person"]) == ("leaving", "amara")
    assert last(lesson, "person.going_home")[1] == {
        "badge": lesson.keys.reference(lesson.amara),
        "person": "amara",
        "by": lesson.keys.reference(getattr(lesson, sender)),
    }
    lesson.go_on(seconds=600)
    lesson.crash()
    lesson.tap(lesson.amara, "put_in")
    lesson.go_on(seconds=10)
    lesson.tap(lesson.amara, "take_out")
    assert last(lesson, "tap.granted")[1]["reason"] == "leaving"


def test_on_the_next_day_it_counts_no_more(lesson: Kiosk) -> None:
    tomorrow = tuple(replace(block, date=block.date + timedelta(days=1)) for block in lesson.taps.rules.blocks)
    lesson.obey(lesson.rules(2, blocks=tomorrow))
    lesson.tap(lesson.clerk)
    lesson.tap(lesson.amara)
    lesson.go_on(days=1)
    lesson.tap(lesson.amara, "take_out")
    assert last(lesson, "tap.refused")[1]["reason"] == "restricted"


def test_without_a_clock_it_opens_and_nothing_is_said_of_the_day(lesson: Kiosk) -> None:
    lesson.clock.quality = ClockQuality.FLOOR
    lesson.tap(lesson.senior)
    lesson.go_on(seconds=1)
    lesson.tap(lesson.amara)
    assert last(lesson, "tap.granted")[1]["reason"] == "clock_untrusted"
    assert not kinds(lesson, "person.")


# permissions


def test_a_permission_that_is_used_is_an_event_that_names_it(lesson: Kiosk) -> None:
    now = lesson.clock.utc
    trip = Permission("trip-7", PersonId("amara"), PermissionKind.TRIP, now, now + timedelta(hours=2))
    lesson.obey(lesson.rules(2, permissions=(trip,)))
    lesson.go_on(seconds=10)
    lesson.tap(lesson.amara, "take_out")
    assert last(lesson, "tap.granted")[1]["reason"] == "permission"
    data, private = last(lesson, "permission.used")
    assert private == {"badge": lesson.keys.reference(lesson.amara), "person": "amara", "permission": "trip-7"}
    assert data["tap"] == last(lesson, "phone.declared")[0]["tap"]


def test_a_phone_not_back_15_minutes_after_a_visit_is_said_once(lesson: Kiosk) -> None:
    now = lesson.clock.utc
    trip = Permission("trip-7", PersonId("amara"), PermissionKind.TRIP, now, now + timedelta(minutes=30))
    lesson.obey(lesson.rules(2, permissions=(trip,)))
    lesson.tap(lesson.amara, "take_out")
    lesson.go_on(minutes=44)
    assert not kinds(lesson, "phone.overdue")
    lesson.go_on(minutes=2)
    lesson.go_on(minutes=2)
    assert kinds(lesson, "phone.overdue") == ["phone.overdue"]
    assert last(lesson, "phone.overdue")[1]["block"]["name"] == "Off-site visit"


# children staying in


def in_a_break(kiosk: Kiosk) -> Kiosk:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(minutes=110)
    return kiosk


def test_a_senior_leaders_badge_held_3_s_keeps_children_in_until_the_break_ends(kiosk: Kiosk) -> None:
    in_a_break(kiosk)
    kiosk.hold(kiosk.senior)
    data, private = last(kiosk, "room.children_in")
    assert data == {"point": "robins"}
    assert private == {"badge": kiosk.keys.reference(kiosk.senior), "until": "2026-11-24T10:45:00.000Z"}
    assert kiosk.status.children_in_until is not None
    assert kiosk.board.lamps.history[-1] == ("show", Signal.PUT_IN)
    kiosk.tap(kiosk.amara, "take_out")
    assert last(kiosk, "tap.refused")[1]["reason"] == "children_present"
    kiosk.go_on(seconds=10)
    assert "badge_not_known_here" not in [private.get("reason") for _, _, private in kiosk.events()]
    kiosk.crash()
    kiosk.go_on(seconds=3)
    kiosk.tap(kiosk.amara, "take_out")
    assert last(kiosk, "tap.refused")[1]["reason"] == "children_present"
    kiosk.go_on(minutes=16)
    assert kiosk.status.children_in_until is None


def test_the_office_ends_it_early(kiosk: Kiosk) -> None:
    in_a_break(kiosk)
    kiosk.hold(kiosk.senior)
    kiosk.go_on(seconds=10)
    kiosk.obey(kiosk.rules(2, room_states_ended=kiosk.clock.utc))
    kiosk.go_on(seconds=1)
    assert kiosk.status.children_in_until is None
    kiosk.tap(kiosk.amara, "take_out")
    assert last(kiosk, "tap.granted")[1]["reason"] == "break"


@pytest.mark.parametrize("who", ["amara", "clerk", "stranger"])
def test_no_other_badge_keeps_children_in(kiosk: Kiosk, who: str) -> None:
    in_a_break(kiosk)
    kiosk.hold(getattr(kiosk, who))
    assert not kinds(kiosk, "room.")


def test_where_no_buttons_are_the_same_badge_again_still_puts_in(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    kiosk.go_on(minutes=110)
    kiosk.hold(kiosk.senior)
    kiosk.go_on(seconds=3)
    kiosk.tap(kiosk.amara)
    assert last(kiosk, "tap.refused")[1]["reason"] == "children_present"
    kiosk.go_on(seconds=3)
    kiosk.tap(kiosk.amara)
    assert [private["reason"] for kind, _, private in kiosk.events() if kind == "tap.granted"] == ["put_in", "put_in"]


def test_what_cannot_be_written_does_not_hold(kiosk: Kiosk) -> None:
    in_a_break(kiosk)
    kiosk.break_disk()
    kiosk.hold(kiosk.senior)
    kiosk.mend_disk()
    kiosk.go_on(seconds=5)
    assert kiosk.taps.state.room_state is None
    kiosk.tap(kiosk.amara, "take_out")
    assert last(kiosk, "tap.granted")[1]["reason"] == "break"
