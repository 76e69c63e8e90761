"""Lamps and beeper: the table, who wins a lamp, rhythms in time; on mock and simulated pins."""

from typing import Any

import pytest

from hardware.devices.beeper import Beeper
from hardware.devices.lamps import Lamps
from hardware.lamps import PRIORITY, TABLE, Beep, Lamp, Rhythm, Signal, rhythms
from hardware.simulator.rhythms import LampWatch

RED, AMBER, GREEN, SOUND = 4, 5, 6, 21


def the_lamps(rig: Any, schedule: Any, told: list[Any] | None = None) -> Lamps:
    beeper = Beeper(SOUND, active_high=True, schedule=schedule, pin_factory=rig.factory)
    return Lamps(
        red=RED, amber=AMBER, green=GREEN, active_high=True, beeper=beeper, schedule=schedule, pin_factory=rig.factory,
        tell=None if told is None else lambda lamp, rhythm: told.append((lamp, rhythm)),
    )  # fmt: skip


def lit(rig: Any) -> str:
    return "".join(name for name, pin in (("r", RED), ("a", AMBER), ("g", GREEN)) if rig.level(pin))


def test_every_signal_has_its_place_in_the_table_and_standing_ones_an_order() -> None:
    assert set(TABLE) == set(Signal)
    assert set(PRIORITY) == {signal for signal, show in TABLE.items() if show.seconds is None}


@pytest.mark.parametrize(
    ("standing", "timed", "red", "amber", "green"),
    [
        ([], None, "off", "off", "off"),
        (["out"], None, "off", "steady", "off"),
        (["out", "visitor_waiting"], None, "off", "double", "off"),
        (["out", "visitor_waiting", "approval_awaited"], None, "off", "slow", "off"),
        (["fault", "out"], None, "slow", "steady", "off"),
        (["fault"], "refused", "steady", "off", "off"),
        (["fault"], "press_a_button", "double", "off", "off"),
        (["out"], "put_in", "off", "steady", "steady"),
    ],
)
def test_a_lamp_shows_one_meaning(standing: list[str], timed: str | None, red: str, amber: str, green: str) -> None:
    shown = rhythms(frozenset(map(Signal, standing)), Signal(timed) if timed else None)
    assert [shown[lamp].value for lamp in (Lamp.RED, Lamp.AMBER, Lamp.GREEN)] == [red, amber, green]


def test_put_in_is_green_for_three_seconds_with_one_short_beep(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.PUT_IN)
    schedule.advance(2.9)
    assert lit(rig) == "g"
    schedule.advance(0.2)
    assert lit(rig) == ""
    assert rig.driven(SOUND) == [True, False]


def test_out_stands_until_it_is_cleared_with_two_short_beeps(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.OUT)
    schedule.advance(100)
    assert lit(rig) == "a"
    assert rig.driven(SOUND) == [True, False, True, False]
    lamps.clear(Signal.OUT)
    assert lit(rig) == ""


def test_what_goes_on_to_stand_can_be_shown_without_its_beep(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.OUT, quietly=True)
    schedule.advance(1)
    assert lit(rig) == "a"
    assert rig.driven(SOUND) == []


def test_a_refusal_takes_the_red_lamp_from_a_fault_for_three_seconds(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.FAULT)
    lamps.show(Signal.REFUSED)
    assert lamps.rhythms[Lamp.RED] is Rhythm.STEADY
    schedule.advance(3.1)
    assert lamps.rhythms[Lamp.RED] is Rhythm.SLOW


def test_the_newest_answer_replaces_the_one_before(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.REFUSED)
    schedule.advance(1)
    lamps.show(Signal.PUT_IN)
    assert lit(rig) == "g"
    schedule.advance(2.5)
    assert lit(rig) == "g"
    schedule.advance(1)
    assert lit(rig) == ""


@pytest.mark.parametrize(
    ("signal", "pin", "flashes"),
    [(Signal.FAULT, RED, 10), (Signal.APPROVAL_AWAITED, AMBER, 10), (Signal.VISITOR_WAITING, AMBER, 20)],
)
def test_rhythms_flash_as_often_as_they_say(rig: Any, schedule: Any, signal: Signal, pin: int, flashes: int) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(signal)
    schedule.advance(9.99)
    assert rig.driven(pin).count(True) == flashes


@pytest.mark.parametrize("signal", list(Signal))
def test_an_onlooker_tells_the_rhythm_from_the_pin_alone(rig: Any, schedule: Any, signal: Signal) -> None:
    lamps = the_lamps(rig, schedule)
    pin = {Lamp.RED: RED, Lamp.AMBER: AMBER, Lamp.GREEN: GREEN}[TABLE[signal].lamp]
    watch = LampWatch()
    lamps.show(signal)
    was = False
    for _ in range(290):
        if rig.level(pin) != was:
            was = not was
            watch.edge(was, schedule.now / 1000)
        schedule.advance(0.01)
    assert watch.rhythm(schedule.now / 1000) == TABLE[signal].rhythm.value


def test_a_lamp_frozen_by_a_killed_program_is_steady_or_off() -> None:
    watch = LampWatch()
    watch.told = "slow"
    watch.edge(True, 1_000_000)
    assert watch.rhythm(1_100_000) == "slow"
    assert watch.rhythm(2_000_000) == "steady"
    watch.edge(False, 2_500_000)
    watch.told = None
    assert watch.rhythm(4_000_000) == "off"


def test_the_board_is_told_what_a_lamp_is_about_to_show(rig: Any, schedule: Any) -> None:
    told: list[Any] = []
    lamps = the_lamps(rig, schedule, told)
    lamps.show(Signal.PRESS_A_BUTTON)
    schedule.advance(3.1)
    assert told == [("red", "double"), ("red", "off")]


def test_a_changed_rhythm_leaves_nothing_of_the_old_one(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    for _ in range(5):
        lamps.show(Signal.APPROVAL_AWAITED)
        schedule.advance(0.1)
        lamps.clear(Signal.APPROVAL_AWAITED)
    lamps.show(Signal.OUT)
    before = len(rig.driven(AMBER))
    schedule.advance(10)
    assert len(rig.driven(AMBER)) == before


def test_one_rhythm_that_takes_over_from_another_is_alone(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.FAULT)
    schedule.advance(0.1)
    lamps.show(Signal.PRESS_A_BUTTON)
    before = rig.driven(RED).count(True)
    schedule.advance(2.99)
    assert rig.driven(RED).count(True) - before == 5


def test_an_answer_that_is_given_again_stands_for_three_more_seconds(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.REFUSED)
    schedule.advance(2)
    lamps.show(Signal.REFUSED)
    schedule.advance(2.9)
    assert lit(rig) == "r"
    schedule.advance(0.2)
    assert lit(rig) == ""


def test_a_muted_beeper_says_nothing(rig: Any, schedule: Any) -> None:
    beeper = Beeper(SOUND, active_high=True, muted=True, schedule=schedule, pin_factory=rig.factory)
    beeper.beep(Beep.ONE_LONG)
    schedule.advance(1)
    assert rig.driven(SOUND) == []


def test_a_new_sound_breaks_off_the_one_before(rig: Any, schedule: Any) -> None:
    beeper = Beeper(SOUND, active_high=True, schedule=schedule, pin_factory=rig.factory)
    beeper.beep(Beep.ONE_LONG)
    schedule.advance(0.1)
    beeper.beep(Beep.ONE_SHORT)
    schedule.advance(0.15)
    assert not rig.level(SOUND)
    schedule.advance(2)
    assert rig.driven(SOUND) == [True, False, True, False]


def test_closing_leaves_lamps_and_beeper_dark_and_silent(rig: Any, schedule: Any) -> None:
    lamps = the_lamps(rig, schedule)
    lamps.show(Signal.FAULT)
    lamps.show(Signal.OUT)
    lamps.close()
    schedule.advance(5)
    assert lit(rig) == ""


def test_active_low_lamps_are_dark_when_they_are_made(rig: Any, schedule: Any) -> None:
    lamps = Lamps(red=RED, amber=AMBER, green=GREEN, active_high=False, schedule=schedule, pin_factory=rig.factory)
    assert rig.driven(RED) == [True]
    assert lamps.value == (0, 0, 0)
