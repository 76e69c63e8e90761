"""A tap at the cabinet: decided, committed, and only then does anything move; every happening has its event."""

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from hardware.happenings import DoorClosed, DoorOpened, LockFailed, LockFault
from hardware.lamps import Signal
from hardware.reader import BadgePresented, RandomBadge, ReaderFailed, ReaderFault, ReaderRecovered
from policy.clock import ClockQuality

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def private_of(kiosk: Kiosk, name: str) -> dict[str, Any]:
    return next(private for kind, _, private in reversed(kiosk.events()) if kind == name)


def data_of(kiosk: Kiosk, name: str) -> dict[str, Any]:
    return next(data for kind, data, _ in reversed(kiosk.events()) if kind == name)


def test_the_first_events_of_a_run_say_how_the_run_before_ended(kiosk: Kiosk) -> None:
    assert [kind for kind, _, _ in kiosk.events()][:2] == ["log.epoch_started", "device.started"]
    assert data_of(kiosk, "device.started")["unclean"] is False
    kiosk.crash()
    assert data_of(kiosk, "device.started")["unclean"] is True
    assert data_of(kiosk, "log.epoch_started")["reason"] == "restart"


def test_put_in_is_one_commit_of_two_events_and_opens(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.types() == ["rules.applied", "tap.granted", "phone.declared"]
    assert data_of(kiosk, "phone.declared")["state"] == "in"
    assert private_of(kiosk, "tap.granted")["person"] == "amara"
    assert kiosk.board.locks[1].pulses == 1
    assert ("show", Signal.PUT_IN) in kiosk.board.lamps.history


def test_the_decision_is_committed_before_the_coil_is_energised(kiosk: Kiosk) -> None:
    seen: list[int] = []
    release = kiosk.board.locks[1].release

    def look_then_release(duration_s: float, when_done: Any) -> None:
        other = sqlite3.connect(kiosk.file)
        seen.append(other.execute("SELECT count(*) FROM outbox_event").fetchone()[0])
        release(duration_s, when_done)

    kiosk.board.locks[1].release = look_then_release
    before = len(kiosk.events())
    kiosk.tap(kiosk.amara, "put_in")
    assert seen == [before + 2]


def test_after_every_round_all_events_stand_under_a_signed_head_and_link_is_told(kiosk: Kiosk) -> None:
    told = kiosk.told
    kiosk.tap(kiosk.amara, "put_in")
    assert sum(len(frame.events) for frame in kiosk.frames()) == len(kiosk.events())
    assert kiosk.told > told


def test_a_tap_without_a_button_is_refused_after_five_seconds(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara)
    assert "tap.refused" not in kiosk.types()
    kiosk.go_on(seconds=5)
    assert private_of(kiosk, "tap.refused")["reason"] == "no_intent"
    assert kiosk.board.lamps.history[-1] == ("show", Signal.PRESS_A_BUTTON)


def test_both_buttons_after_a_tap_declare_no_phone_and_open_nothing(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara)
    for name in ("put_in", "take_out"):
        kiosk.cabinet.handle(kiosk.press(name))
        kiosk.go_on(milliseconds=100)
    assert private_of(kiosk, "tap.granted")["reason"] == "no_phone"
    assert data_of(kiosk, "tap.granted")["opens"] is False
    assert kiosk.board.locks[1].pulses == 0


def test_taking_out_in_a_lesson_is_refused_and_a_long_press_opens_as_emergency(kiosk: Kiosk) -> None:
    kiosk.clock.move(hours=1)
    kiosk.cabinet.handle(kiosk.press("take_out"))
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(milliseconds=20)
    refused = private_of(kiosk, "tap.refused")
    assert (refused["reason"], refused["block"]["name"]) == ("restricted", "Lessons")
    assert refused["next_allowed"] == "2026-11-24T10:30:00.000Z"
    kiosk.go_on(seconds=5)
    assert private_of(kiosk, "tap.granted")["reason"] == "emergency"
    assert kiosk.board.locks[1].pulses == 1


def test_a_strangers_badge_shows_up_as_a_reference_and_never_as_a_uid(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.stranger)
    refused = private_of(kiosk, "tap.refused")
    assert refused["reason"] == "badge_not_known_here"
    assert refused["badge"] == kiosk.keys.reference(kiosk.stranger)
    content = kiosk.file.read_bytes() + kiosk.file.with_name("cabinet.db-wal").read_bytes()
    for uid in (kiosk.stranger, kiosk.stranger[::-1], kiosk.stranger.hex().encode()):
        assert uid not in content


def test_a_random_uid_is_refused_as_identity(kiosk: Kiosk) -> None:
    kiosk.cabinet.handle(RandomBadge(kiosk.clock.boottime, "reader"))
    assert private_of(kiosk, "tap.refused")["reason"] == "badge_random"
    assert private_of(kiosk, "tap.refused")["badge"] is None


def test_put_in_twice_is_granted_and_written_as_repeated(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=30)
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.types()[-3:] == ["tap.granted", "phone.declared", "put_in.repeated"]
    assert kiosk.board.locks[1].pulses == 2


def test_two_badges_known_here_at_one_door_are_put_in_each_with_its_own_pulse(kiosk: Kiosk) -> None:
    at = kiosk.clock.boottime
    kiosk.cabinet.handle_polled([BadgePresented(uid, at, "reader") for uid in (kiosk.amara, kiosk.bilal)])
    assert kiosk.types().count("tap.granted") == 2
    assert kiosk.board.locks[1].pulses == 2


def test_a_persons_two_badges_together_are_one_put_in_and_one_repeated(kiosk: Kiosk) -> None:
    badge = kiosk.keys.reference(kiosk.stranger)
    first = kiosk.taps.rules.badges[kiosk.keys.reference(kiosk.amara)]
    kiosk.obey(kiosk.rules(2, badges={**kiosk.taps.rules.badges, badge: replace(first, reference=badge)}))
    at = kiosk.clock.boottime
    kiosk.cabinet.handle_polled(BadgePresented(uid, at, "reader") for uid in (kiosk.amara, kiosk.stranger))
    taps = ["tap.granted", "phone.declared", "tap.granted", "phone.declared", "put_in.repeated"]
    assert kiosk.types()[-5:] == taps


def test_what_the_lock_did_is_an_event_that_names_the_tap(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.board.locks[1].done()
    kiosk.go_on()
    tap = data_of(kiosk, "phone.declared")["tap"]
    assert data_of(kiosk, "lock.energised") == {"point": "robins", "tap": tap, "slot": 1, "ms": 600}


def test_a_lock_that_fails_is_an_event_and_a_fault(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.board.locks[1].waiting.pop()(LockFailed(1, LockFault.NO_CURRENT, kiosk.clock.boottime))
    kiosk.go_on()
    assert data_of(kiosk, "lock.failed")["fault"] == "no_current"
    assert ("show", Signal.FAULT) in kiosk.board.lamps.history


def test_a_door_opened_after_a_tap_names_it_and_one_opened_without_does_not(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.board.locks[1].done()
    kiosk.go_on(seconds=2)
    for event in (DoorOpened(1, kiosk.clock.boottime), DoorClosed(1, kiosk.clock.boottime)):
        kiosk.cabinet.handle(event)
    assert data_of(kiosk, "door.opened")["tap"] == data_of(kiosk, "phone.declared")["tap"]
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    assert data_of(kiosk, "door.opened_unreleased")["tap"] is None
    kiosk.go_on(seconds=20)
    assert kiosk.types()[-1] == "door.held_open"


def test_a_door_that_stays_shut_takes_the_declaration_back_in_one_commit(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.board.locks[1].done()
    kiosk.go_on()
    kiosk.go_on(seconds=11)
    assert kiosk.types()[-2:] == ["door.not_opened", "phone.declared"]
    said = data_of(kiosk, "phone.declared")
    assert (said["intent"], said["state"]) == ("not_opened", "unknown")
    kiosk.crash()
    assert kiosk.taps.state.declarations == {}


def test_declarations_outlive_a_power_cut(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.crash()
    assert [one.state for one in kiosk.taps.state.declarations.values()] == ["in"]
    assert kiosk.taps.rules == kiosk.rules()


def test_the_amber_lamp_stands_while_a_phone_is_out_and_beeps_once(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=30)
    kiosk.tap(kiosk.amara, "take_out")
    kiosk.go_on(seconds=1)
    assert kiosk.board.lamps.history.count(("show", Signal.OUT)) == 1
    kiosk.go_on(seconds=30)
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(seconds=1)
    assert kiosk.board.lamps.history[-1] == ("clear", Signal.OUT)


def test_the_amber_lamp_that_stands_again_after_a_power_cut_beeps_at_nobody(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "take_out")
    kiosk.board.locks[1].done()
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    kiosk.go_on(seconds=1)
    assert kiosk.board.lamps.sounded == [Signal.OUT]
    kiosk.crash()
    kiosk.go_on(seconds=1)
    assert kiosk.board.lamps.history[-1] == ("show", Signal.OUT)
    assert kiosk.board.lamps.sounded == []


def test_a_put_in_taken_back_brings_the_amber_lamp_back_without_a_beep(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "take_out")
    kiosk.board.locks[1].done()
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    kiosk.cabinet.handle(DoorClosed(1, kiosk.clock.boottime))
    kiosk.go_on(seconds=30)
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.board.locks[1].done()
    kiosk.go_on(seconds=1)
    kiosk.go_on(seconds=12)
    assert data_of(kiosk, "phone.declared")["intent"] == "not_opened"
    assert kiosk.board.lamps.history[-1] == ("show", Signal.OUT)
    assert kiosk.board.lamps.sounded == [Signal.OUT, Signal.PUT_IN]


@pytest.mark.parametrize("fault", ReaderFault)
def test_every_reader_fault_says_what_to_do_about_it(kiosk: Kiosk, fault: ReaderFault) -> None:
    kiosk.cabinet.handle(ReaderFailed("main", fault))
    kiosk.go_on()
    assert kiosk.board.lamps.history[-1] == ("show", Signal.FAULT)
    (said,) = [part.what_to_do for part in kiosk.health.parts() if part.part == "reader_main"]
    assert said.endswith("The key in the office opens meanwhile.")
    assert ("does not answer" in said) is (fault is ReaderFault.NOT_THERE)


def test_a_phone_not_back_after_the_break_and_five_minutes_is_said_once(kiosk: Kiosk) -> None:
    kiosk.clock.move(hours=1, minutes=55)
    kiosk.tap(kiosk.amara, "take_out")
    assert private_of(kiosk, "tap.granted")["reason"] == "break"
    kiosk.board.locks[1].done()
    kiosk.go_on()
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    kiosk.go_on(minutes=13)
    assert "phone.overdue" not in kiosk.types()
    for _ in range(3):
        kiosk.go_on(minutes=2)
    kiosk.crash()
    kiosk.go_on(minutes=2)
    assert kiosk.types().count("phone.overdue") == 1
    assert private_of(kiosk, "phone.overdue")["due"] == "2026-11-24T10:50:00.000Z"


@pytest.mark.parametrize("restart", [True, False])
@pytest.mark.parametrize("quality", [ClockQuality.FLOOR, ClockQuality.UNSET])
def test_a_phone_taken_out_while_the_clock_was_wrong_is_never_called_overdue(
    kiosk: Kiosk, quality: ClockQuality, restart: bool
) -> None:
    kiosk.go_on(minutes=115)  # 10:35 by a clock that nobody has set: in the break
    kiosk.clock.quality = quality
    kiosk.tap(kiosk.amara, "take_out")
    assert private_of(kiosk, "tap.granted")["reason"] == "clock_untrusted"
    if restart:
        kiosk.crash()
    kiosk.clock.quality = ClockQuality.SYNCED
    for _ in range(3):
        kiosk.go_on(minutes=10)
    assert "phone.overdue" not in kiosk.types()


def test_a_database_of_an_earlier_version_gets_what_is_new_and_keeps_its_declarations(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    before = dict(kiosk.taps.state.declarations)
    with sqlite3.connect(kiosk.file) as connection:
        connection.execute("ALTER TABLE declaration DROP COLUMN timely")
    kiosk.crash()
    assert before == kiosk.taps.state.declarations
    kiosk.go_on(minutes=1)
    kiosk.tap(kiosk.amara, "take_out")
    assert private_of(kiosk, "tap.granted")["reason"] == "outside_formal_time"


def test_a_reader_that_fails_lights_the_fault_lamp_until_it_recovers(kiosk: Kiosk) -> None:
    kiosk.cabinet.handle(ReaderFailed("reader", ReaderFault.NOT_THERE))
    kiosk.cabinet.settle()
    assert kiosk.board.lamps.history[-1] == ("show", Signal.FAULT)
    kiosk.cabinet.handle(ReaderRecovered("reader"))
    kiosk.cabinet.settle()
    assert kiosk.board.lamps.history[-1] == ("clear", Signal.FAULT)
    assert kiosk.types()[-2:] == ["reader.failed", "reader.recovered"]


def test_a_clock_that_becomes_trusted_is_said_with_both_times(kiosk: Kiosk) -> None:
    kiosk.go_on(seconds=1)
    kiosk.clock.quality = ClockQuality.FLOOR
    kiosk.go_on(seconds=1)
    kiosk.clock.quality = ClockQuality.SYNCED
    kiosk.go_on(seconds=1)
    assert data_of(kiosk, "clock.anchored")["from_quality"] == "floor"
    assert data_of(kiosk, "clock.anchored")["monotonic"] == str(kiosk.clock.boottime)


def test_without_buttons_the_same_badge_again_after_a_refusal_is_put_in_also_after_a_restart(
    kiosk_without_buttons: Kiosk,
) -> None:
    kiosk = kiosk_without_buttons
    kiosk.tap(kiosk.amara)
    kiosk.board.locks[1].done()
    kiosk.go_on()
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    kiosk.go_on(hours=1)
    kiosk.tap(kiosk.amara)
    assert private_of(kiosk, "tap.refused")["reason"] == "restricted"
    kiosk.crash()
    kiosk.clock.move(seconds=3)
    kiosk.tap(kiosk.amara)
    assert private_of(kiosk, "tap.granted")["reason"] == "put_in"


@pytest.mark.parametrize("name", ["put_in", "take_out"])
def test_a_person_takes_out_again_the_same_day(kiosk: Kiosk, name: str) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.go_on(hours=9)
    kiosk.tap(kiosk.amara, name)
    assert private_of(kiosk, "tap.granted")["reason"] == ("leaving" if name == "take_out" else "put_in")
