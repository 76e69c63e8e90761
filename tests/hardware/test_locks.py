"""The lock: pulsed, capped, spaced, within its duty, in order, off at every end; on mock pins and on simulated ones."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.devices.duty import ALLOWED_NS, WINDOW_NS, Duty
from hardware.devices.lock import LockRelay
from hardware.devices.turns import CoilTurns
from hardware.happenings import LockFailed, LockFault, LockPulse

S = 1_000_000_000


def locks(rig: Any, schedule: Any, *pins: int, **more: Any) -> tuple[CoilTurns, list[LockRelay]]:
    turns = CoilTurns(schedule, more.pop("senses", None))
    made = [
        LockRelay(pin, active_high=more.get("active_high", True), slot=n, turns=turns, pin_factory=rig.factory,
                  continuous=more.get("continuous", False))
        for n, pin in enumerate(pins, 1)
    ]  # fmt: skip
    return turns, made


def test_an_active_low_lock_is_not_driven_on_for_a_moment_when_it_is_made(rig: Any, schedule: Any) -> None:
    _, kept = locks(rig, schedule, 17, active_high=False)
    assert rig.driven(17) == [True]
    assert not kept[0].value


def test_an_active_high_lock_stays_low_when_it_is_made(rig: Any, schedule: Any) -> None:
    _, kept = locks(rig, schedule, 17)
    assert rig.driven(17) == []
    assert not kept[0].value


def test_a_release_starts_at_once_and_ends_by_itself(rig: Any, schedule: Any) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    done: list[Any] = []
    started: list[int] = []
    lock.release(0.5, done.append, started.append)
    assert rig.level(17)
    assert started == [schedule.now]
    schedule.advance(0.49)
    assert rig.level(17)
    schedule.advance(0.02)
    assert not rig.level(17)
    assert done == [LockPulse(1, S, S + S // 2)]
    assert done[0].ms == 500


@pytest.mark.parametrize(("asked", "given_ms"), [(60.0, 1000), (1.1, 1000), (0.01, 300), (-5.0, 300), (None, 600)])
def test_no_pulse_is_longer_than_a_second_or_shorter_than_300_ms(
    rig: Any, schedule: Any, asked: float | None, given_ms: int
) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    done: list[Any] = []
    lock.release(asked, done.append)
    schedule.advance(61)
    assert [pulse.ms for pulse in done] == [given_ms]


@pytest.mark.parametrize("switch", ["on", "toggle", "value"])
def test_a_lock_cannot_be_left_on_by_any_other_means(rig: Any, schedule: Any, switch: str) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    if switch == "value":
        lock.value = 1
    else:
        getattr(lock, switch)()
    assert rig.level(17)
    schedule.advance(1.01)
    assert not rig.level(17)


def test_two_badges_at_one_door_are_two_pulses(rig: Any, schedule: Any) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    done: list[Any] = []
    lock.release(0.6, done.append)
    lock.release(0.6, done.append)
    schedule.advance(3)
    assert rig.driven(17) == [True, False, True, False]
    assert done[1].started_ns - done[0].ended_ns == 300_000_000


def test_coils_are_never_on_together_and_300_ms_apart_in_the_order_asked(rig: Any, schedule: Any) -> None:
    _, made = locks(rig, schedule, 12, 13, 16, 17, 22, 23)
    done: list[Any] = []
    order = [3, 1, 5, 0, 0, 4, 2]
    for n in order:
        made[n].release(0.6, done.append)
    schedule.advance(20)
    assert [pulse.slot - 1 for pulse in done] == order
    for before, after in zip(done, done[1:], strict=False):
        assert after.started_ns - before.ended_ns >= 300_000_000


def test_duty_delays_pulses_and_drops_none(rig: Any, schedule: Any) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    done: list[Any] = []
    for _ in range(40):
        lock.release(1.0, done.append)
    schedule.advance(200)
    assert len(done) == 40
    assert _worst_minute([(pulse.started_ns, pulse.ended_ns) for pulse in done]) <= ALLOWED_NS
    assert done[15].started_ns - done[0].started_ns >= WINDOW_NS - S


def test_a_continuous_coil_has_no_duty_limit(rig: Any, schedule: Any) -> None:
    _, (lock,) = locks(rig, schedule, 17, continuous=True)
    done: list[Any] = []
    for _ in range(40):
        lock.release(1.0, done.append)
    schedule.advance(60)
    assert len(done) == 40


def test_a_hot_coil_does_not_keep_the_next_locker_waiting(rig: Any, schedule: Any) -> None:
    _, (hot, other) = locks(rig, schedule, 12, 13)
    for _ in range(16):
        hot.release(1.0)
    schedule.advance(21)
    done: list[Any] = []
    other.release(0.6, done.append)
    schedule.advance(1)
    assert len(done) == 1


def _worst_minute(pulses: list[tuple[int, int]]) -> int:
    worst = 0
    for _, end in pulses:
        start = end - WINDOW_NS
        worst = max(worst, sum(max(0, min(b, end) - max(a, start)) for a, b in pulses))
    return worst


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(min_value=3 * S // 10, max_value=S), st.integers(min_value=0, max_value=20 * S)),
        max_size=60,
    )
)
def test_no_minute_ever_holds_more_than_a_quarter(asked: list[tuple[int, int]]) -> None:
    duty, now, pulses = Duty(), 0, []
    for duration, pause in asked:
        begin = duty.earliest_ns(now + pause, duration)
        assert begin >= now + pause
        pulses.append((begin, begin + duration))
        duty.ran(begin, begin + duration)
        now = begin + duration
    assert _worst_minute(pulses) <= ALLOWED_NS


def test_a_pulse_waits_no_longer_than_it_must() -> None:
    duty = Duty()
    for n in range(15):
        duty.ran(n * 2 * S, n * 2 * S + S)
    # The window that ends with the new pulse may hold 14 s of the old ones: it begins as the first ends.
    assert duty.earliest_ns(29 * S, S) == S + WINDOW_NS - S


def test_closing_switches_off_and_fails_what_waits(rig: Any, schedule: Any) -> None:
    turns, (first, second) = locks(rig, schedule, 12, 13)
    done: list[Any] = []
    first.release(1.0, done.append)
    second.release(1.0, done.append)
    turns.close()
    assert not rig.level(12)
    assert [(failed.slot, failed.fault) for failed in done] == [
        (1, LockFault.SWITCHED_OFF),
        (2, LockFault.SWITCHED_OFF),
    ]
    schedule.advance(5)
    assert rig.driven(13) == []
    first.release(1.0, done.append)
    assert done[2].fault is LockFault.SWITCHED_OFF


def test_a_lock_that_is_closed_is_off(rig: Any, schedule: Any) -> None:
    _, (lock,) = locks(rig, schedule, 17)
    lock.release(1.0)
    lock.close()
    assert not rig.level(17)


class _Sensor:
    def __init__(self, *answers: bool) -> None:
        self._answers = list(answers)

    def __call__(self) -> bool:
        return self._answers.pop(0)


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [((True, False), None), ((False, False), LockFault.NO_CURRENT), ((True, True), LockFault.STILL_ON)],
)
def test_the_feedback_line_tells_a_jammed_and_a_welded_relay(
    rig: Any, schedule: Any, answers: tuple[bool, ...], outcome: LockFault | None
) -> None:
    _, (lock,) = locks(rig, schedule, 17, senses=_Sensor(*answers))
    done: list[Any] = []
    lock.release(0.6, done.append)
    schedule.advance(1)
    assert [getattr(result, "fault", None) for result in done] == [outcome]


def test_a_dead_feedback_line_blocks_no_lock(rig: Any, schedule: Any) -> None:
    def dead() -> bool:
        raise OSError("no such line")

    _, (lock,) = locks(rig, schedule, 17, senses=dead)
    done: list[Any] = []
    lock.release(0.6, done.append)
    schedule.advance(1)
    assert [type(result) for result in done] == [LockPulse]


def test_a_pin_that_cannot_be_driven_is_a_failed_lock_and_the_next_one_goes_on(rig: Any, schedule: Any) -> None:
    class Broken:
        slot = 9
        duty = Duty()

        def drive(self, on: bool) -> None:
            raise OSError("no pin")

    turns, (lock,) = locks(rig, schedule, 17)
    done: list[Any] = []
    turns.ask(Broken(), S, done.append)
    lock.release(0.6, done.append)
    schedule.advance(5)
    assert [type(result) for result in done] == [LockFailed, LockPulse]
    assert done[0].fault is LockFault.UNREACHABLE


def test_a_handler_that_fails_stops_nothing(rig: Any, schedule: Any) -> None:
    def fails(_: Any) -> None:
        raise RuntimeError("handler")

    _, (lock,) = locks(rig, schedule, 17)
    lock.release(0.6, fails, fails)
    lock.release(0.6)
    schedule.advance(3)
    assert rig.driven(17) == [True, False, True, False]


def test_a_lock_on_its_own_needs_nothing_else(rig: Any, until: Callable[..., None]) -> None:
    with LockRelay(17, active_high=True, pin_factory=rig.factory) as lock:
        done: list[Any] = []
        lock.release(0.3, done.append)
        until(lambda: done)
        assert 290 <= done[0].ms <= 1000
