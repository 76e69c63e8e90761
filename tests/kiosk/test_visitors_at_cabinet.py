"""Visitors at a cabinet: the signal, the hold of 3 s that says they were told, and everything a hold meant before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from broker.keys import new_signing_key
from broker.messages.waiting import HostsWaited
from broker.signed import Purpose, sign
from hardware.lamps import Signal
from hardware.reader import BadgeHeld, BadgePresented, BadgeRemoved, ReaderFailed, ReaderFault
from kiosk.socket.framing import Ask, Outcome
from policy.ids import PersonId
from policy.rules import Revision
from policy.visitors import VisitorsWaiting

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from
AMARA = PersonId("amara")


def tell(
    kiosk: Kiosk,
    number: int = 1,
    *,
    here: Mapping[str, datetime] | None = None,
    elsewhere: Mapping[str, datetime] | None = None,
    key: Any = None,
    device: str = "robins",
) -> Outcome:
    """Let central say for whom visitors wait; without a word for nobody."""
    waiting = VisitorsWaiting(here or {}, elsewhere or {})  # type: ignore[arg-type]
    body = HostsWaited.write(waiting, Revision(1, number), site="school", device=device).to_bytes()
    outcome: Outcome = kiosk.desk.answer(Ask.VISITS, sign(key or kiosk.keys.central, Purpose.VISITS, body))[0]
    kiosk.go_on()
    return outcome


def for_amara(kiosk: Kiosk, number: int = 1) -> None:
    assert tell(kiosk, number, here={AMARA: kiosk.clock.utc}) is Outcome.DONE


def for_badge(kiosk: Kiosk, uid: bytes, number: int = 1) -> None:
    assert tell(kiosk, number, elsewhere={kiosk.keys.reference(uid): kiosk.clock.utc}) is Outcome.DONE


def briefings(kiosk: Kiosk) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    return [(data, private) for kind, data, private in kiosk.events() if kind == "visit.briefed"]


def shines(kiosk: Kiosk) -> bool:
    """Whether the signal stands, by what the lamps were told last."""
    said = [what for what, signal in kiosk.board.lamps.history if signal is Signal.VISITOR_WAITING]
    return said[-1:] == ["show"]


def signals(kiosk: Kiosk) -> list[Signal]:
    return [signal for what, signal in kiosk.board.lamps.history if what == "show"]


# the signal


def test_the_lamp_shines_without_a_sound_while_a_visitor_waits_for_somebody_of_this_room(kiosk: Kiosk) -> None:
    for_amara(kiosk)
    assert shines(kiosk)
    assert Signal.VISITOR_WAITING not in kiosk.board.lamps.sounded
    tell(kiosk, 2)
    assert not shines(kiosk)
    assert not briefings(kiosk)


def test_it_does_not_shine_for_somebody_of_another_room(kiosk: Kiosk) -> None:
    for_badge(kiosk, kiosk.stranger)
    assert not shines(kiosk)


def test_it_shines_again_after_a_restart_and_not_for_whom_it_was_said_before(kiosk: Kiosk) -> None:
    for_amara(kiosk)
    kiosk.crash()
    kiosk.go_on()
    assert shines(kiosk)
    kiosk.hold(kiosk.amara)
    kiosk.crash()
    kiosk.go_on()
    assert not shines(kiosk)
    kiosk.hold(kiosk.amara)
    assert len(briefings(kiosk)) == 1


def test_what_is_older_or_not_centrals_or_for_another_device_changes_nothing(kiosk: Kiosk) -> None:
    for_amara(kiosk, 5)
    assert tell(kiosk, 4) is Outcome.DONE
    assert tell(kiosk, 6, key=new_signing_key()) is Outcome.REFUSED
    assert tell(kiosk, 6, device="wrens") is Outcome.REFUSED
    body = HostsWaited.write(VisitorsWaiting(), Revision(1, 6), site="school", device="robins").to_bytes()
    signed_as_rules = sign(kiosk.keys.central, Purpose.RULES, body)
    assert kiosk.desk.answer(Ask.VISITS, signed_as_rules)[0] is Outcome.REFUSED
    kiosk.go_on()
    assert shines(kiosk)


# the hold


def test_a_hosts_badge_held_for_3_s_says_that_the_visitor_was_told_and_the_lamp_goes_out_at_once(kiosk: Kiosk) -> None:
    for_amara(kiosk)
    kiosk.hold(kiosk.amara)
    assert briefings(kiosk) == [
        (
            {"visit": None, "point": "robins", "how": "cabinet"},
            {"person": "amara", "badge": kiosk.keys.reference(kiosk.amara)},
        )
    ]
    assert not shines(kiosk)
    assert kiosk.board.lamps.sounded == [Signal.PUT_IN]
    kiosk.go_on(seconds=20)
    assert kiosk.types() == ["rules.applied", "visit.briefed"]  # no button came, and that was no accusation


def test_held_twice_it_is_said_once_also_while_central_does_not_know_of_it_yet(kiosk: Kiosk) -> None:
    waits_since = kiosk.clock.utc
    for_amara(kiosk)
    kiosk.hold(kiosk.amara)
    kiosk.go_on(seconds=10)
    tell(kiosk, 2, here={AMARA: waits_since, PersonId("bilal"): waits_since})
    kiosk.hold(kiosk.amara)
    assert len(briefings(kiosk)) == 1
    assert shines(kiosk)  # for Bilal
    kiosk.go_on(seconds=10)
    for_amara(kiosk, 3)  # another visitor, who came after
    kiosk.hold(kiosk.amara)
    assert len(briefings(kiosk)) == 2


def test_a_host_of_another_room_holds_the_badge_here_and_is_named_by_the_badge_alone(kiosk: Kiosk) -> None:
    for_badge(kiosk, kiosk.stranger)
    kiosk.hold(kiosk.stranger)
    kiosk.go_on(seconds=20)
    assert briefings(kiosk)[0][1] == {"person": None, "badge": kiosk.keys.reference(kiosk.stranger)}
    assert "tap.refused" not in kiosk.types()
    assert kiosk.board.lamps.sounded == [Signal.PUT_IN]


def test_without_a_visitor_or_held_too_short_that_badge_is_what_it_always_was(kiosk: Kiosk) -> None:
    for_badge(kiosk, kiosk.stranger)
    kiosk.tap(kiosk.stranger)
    assert kiosk.types()[-1] == "tap.refused"
    kiosk.go_on(seconds=10)
    tell(kiosk, 2)
    kiosk.hold(kiosk.stranger)
    assert kiosk.types().count("tap.refused") == 2
    assert not briefings(kiosk)


def test_a_senior_leaders_hold_speaks_of_the_visitor_first_and_then_of_the_children(kiosk: Kiosk) -> None:
    for_badge(kiosk, kiosk.senior)
    kiosk.hold(kiosk.senior)
    assert [kind for kind in kiosk.types() if kind != "rules.applied"] == ["visit.briefed"]
    kiosk.go_on(seconds=10)
    kiosk.hold(kiosk.senior)
    assert kiosk.types()[-1] == "room.children_in"
    kiosk.go_on(seconds=10)
    assert "tap.refused" not in kiosk.types()


def test_putting_in_and_taking_out_with_a_button_are_what_they_are_and_the_hold_only_adds(kiosk: Kiosk) -> None:
    for_amara(kiosk)
    kiosk.cabinet.handle(kiosk.press("put_in"))
    kiosk.hold(kiosk.amara)
    assert kiosk.types()[1:] == ["tap.granted", "phone.declared", "visit.briefed"]
    for_amara(kiosk, 2)
    kiosk.go_on(seconds=10)
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(seconds=3)
    kiosk.cabinet.handle(BadgeHeld(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.cabinet.handle(kiosk.press("put_in"))
    kiosk.go_on(milliseconds=500)
    assert kiosk.types()[-4:] == ["visit.briefed", "tap.granted", "phone.declared", "put_in.repeated"]


def test_a_hand_that_holds_a_press_for_an_emergency_says_nothing_of_visitors(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=1)
    for_amara(kiosk)
    kiosk.cabinet.handle(kiosk.press("take_out"))
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(seconds=3)
    kiosk.cabinet.handle(BadgeHeld(kiosk.amara, kiosk.clock.boottime, "reader"))
    assert not briefings(kiosk)
    kiosk.go_on(seconds=2)
    assert [private["reason"] for kind, _, private in kiosk.events() if kind == "tap.granted"][-1] == "emergency"


# without buttons


def test_without_buttons_a_hold_is_no_taking_out_and_no_refusal(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    kiosk.go_on(hours=1)  # in a lesson: a tap would be refused
    for_amara(kiosk)
    before = kiosk.types()
    kiosk.hold(kiosk.amara)
    kiosk.go_on(seconds=20)
    assert kiosk.types()[len(before) :] == ["visit.briefed"]
    kiosk.tap(kiosk.amara)
    assert kiosk.types()[-2:] == ["tap.refused", "approval.asked"]


def test_without_buttons_a_short_tap_of_a_host_is_judged_when_the_card_leaves(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    for_amara(kiosk)
    kiosk.go_on(seconds=10)  # 8:40, before the lesson
    kiosk.tap(kiosk.amara)
    assert kiosk.types()[-2:] == ["tap.granted", "phone.declared"]
    assert not briefings(kiosk)


def test_without_buttons_putting_in_is_never_kept_waiting(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    for_amara(kiosk)
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    assert kiosk.types()[-2:] == ["tap.granted", "phone.declared"]


def test_a_card_that_the_reader_loses_sight_of_was_a_tap(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    kiosk.go_on(seconds=10)
    for_amara(kiosk)
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.cabinet.handle(ReaderFailed("reader", ReaderFault.NOT_THERE))
    kiosk.go_on(seconds=5)
    assert kiosk.types()[-2:] == ["tap.granted", "phone.declared"]


def test_another_card_beside_a_hosts_lets_both_count(kiosk_without_buttons: Kiosk) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    kiosk.go_on(seconds=10)
    for_amara(kiosk)
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(milliseconds=200)
    kiosk.cabinet.handle(BadgePresented(kiosk.bilal, kiosk.clock.boottime, "reader"))
    kiosk.cabinet.handle(BadgeRemoved(kiosk.amara, kiosk.clock.boottime, "reader"))
    taps = [private["person"] for kind, _, private in kiosk.events() if kind == "tap.granted"]
    assert taps == ["amara", "amara", "bilal"]


# disk


def test_what_cannot_be_written_is_not_shown_as_said(kiosk: Kiosk) -> None:
    for_amara(kiosk)
    kiosk.break_disk()
    kiosk.hold(kiosk.amara)
    kiosk.mend_disk()
    assert Signal.PUT_IN not in signals(kiosk)
    assert shines(kiosk)
    kiosk.go_on(seconds=10)
    kiosk.hold(kiosk.amara)
    assert len(briefings(kiosk)) == 1
