"""What happens when something of ours is broken: the page begins again, faults are counted, nothing typed is logged."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from broker.messages.status import Status
from kiosk.cabinet.office.health import Condition, Health
from kiosk.clock import DeviceClock
from kiosk.config import load_config
from kiosk.reception.failures import Failures
from kiosk.reception.flow.inputs import FaceFailed, Pressed, Typed
from kiosk.reception.flow.screen import Page, Screen, Speech
from kiosk.reception.reception import Reception
from kiosk.reception.visits import Visits
from kiosk.reception.wiring import build_reception
from kiosk.socket.framing import Ask, Outcome
from policy.clock import ClockQuality, Moment


class BrokenFace:
    """A face that cannot measure one page."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.changed = threading.Condition()
        self.resets = 0
        self.broken = Page.REASON

    def show(self, screen: Screen) -> None:
        with self.changed:
            self.pages.append(screen.page)
            self.changed.notify_all()

    def speak(self, speech: Speech | None) -> None:
        pass

    def reset(self) -> None:
        with self.changed:
            self.resets += 1
            self.changed.notify_all()

    def capacity(self, screen: Screen) -> int:
        if screen.page is self.broken:
            raise ZeroDivisionError("Zzyzxq")
        return 100

    def run(self, program: Any) -> None:
        program.run()

    def wait(self, true: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(true, 10)


@pytest.fixture
def running(installed: Any, caplog: Any) -> Any:
    face = BrokenFace()
    program = build_reception(load_config(installed.config), None, installed.directory / "sim", face)
    raised: list[BaseException] = []

    def run() -> None:
        try:
            face.run(program)
        except ZeroDivisionError as fault:
            raised.append(fault)
        with face.changed:
            face.changed.notify_all()

    thread = threading.Thread(target=run)
    thread.start()
    face.wait(lambda: face.pages == [Page.CLOSED])
    installed.send_rules(wait=False)
    face.wait(lambda: face.pages[-1] is Page.WELCOME)
    yield face, program, raised, thread
    program.stop()
    thread.join(10)


def fail_once(face: BrokenFace, program: Any) -> None:
    before = face.resets
    program.put(Pressed("sign_in"))
    program.put(Typed("Zzyzxq"))
    program.put(Pressed("next"))
    program.put(Typed("x"))
    program.put(Pressed("next"))
    face.wait(lambda: face.resets > before)


def test_a_fault_wipes_the_page_and_the_next_visitor_finds_the_first_one(running: Any, caplog: Any) -> None:
    face, program, raised, _ = running
    fail_once(face, program)
    face.wait(lambda: face.pages[-1] is Page.WELCOME)
    assert not raised
    assert "a fault at the screen" in caplog.text
    assert "Failures so far: 1." in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "Zzyzxq" not in caplog.text
    assert program.is_alive()


def test_failures_of_flow_and_window_are_counted_and_told_to_the_office(running: Any, installed: Any) -> None:
    face, program, raised, _ = running
    fail_once(face, program)
    program.put(FaceFailed())
    face.wait(lambda: face.resets == 2)

    def told() -> bool:
        parts = {one.part: one for one in status_of(installed).health}
        return "screen" in parts and "failed 2 times" in (parts["screen"].what_to_do or "")

    wait_until(told, "the count in the status")
    assert not raised


def status_of(installed: Any) -> Status:
    """What link is given to publish."""
    client = installed.link()
    try:
        outcome, body = client.ask(Ask.STATUS)
        assert outcome is Outcome.DONE, body
        return Status.from_bytes(body)
    finally:
        client.close()


def wait_until(true: Callable[[], bool], what: str, within_s: float = 10) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, f"{what}: not within {within_s} s"
        time.sleep(0.02)


def test_a_screen_that_has_not_failed_for_ten_minutes_is_well_again() -> None:
    health = Health()
    failures = Failures(health)
    at = Moment(datetime(2026, 11, 24, 9, tzinfo=UTC), ClockQuality.SYNCED, 10**12)
    assert [failures.note(at) for _ in range(6)] == [False] * 5 + [True]
    for minutes, state in ((9, Condition.FAULT), (10, Condition.OK)):
        failures.tick(replace(at, boottime_ns=at.boottime_ns + minutes * 60 * 10**9))
        [part] = health.parts()
        assert part.state is state
        assert "6 times" in part.what_to_do


class _ClockOf:
    """A hand's clock as the program reads it."""

    def __init__(self, hand: Any) -> None:
        self._hand = hand

    def now(self) -> Moment:
        moment: Moment = self._hand.now
        return moment


def test_a_program_that_has_run_all_day_ends_in_the_night_when_nobody_is_there(
    make_hand: Any, make_content: Any
) -> None:
    hand, ended = make_hand(), []
    none: Any = None
    visits = Visits(none, none)
    visits.content = make_content()
    reception = Reception(
        point="reception", clock=cast(DeviceClock, _ClockOf(hand)), site_key=b"",
        key_epoch=1, flow=hand.flow, visits=visits, roll=none, deeds=none, face=none,
        journal=none, health=none, failures=none, obedience=none, storage=none,
        clock_watch=none, archive=none, tell_link=none,
        end=lambda: ended.append(True),
    )  # fmt: skip
    hour_ns = 3600 * 10**9
    for hours, at, busy, ends in (
        (1, 3, False, 0),
        (20, 14, False, 0),
        (20, 3, True, 0),
        (20, 3, False, 1),
        (20, 3, False, 1),
    ):
        if busy:
            hand.press("sign_in")
        elif hand.page != Page.WELCOME:
            hand.press("back")
        now = Moment(datetime(2026, 11, 25, at, 30, tzinfo=UTC), ClockQuality.SYNCED, 10**12 + hours * hour_ns)
        reception._rest(now)
        assert len(ended) == ends


def test_too_many_faults_in_a_minute_end_the_program(running: Any) -> None:
    face, program, raised, thread = running
    for _ in range(5):
        fail_once(face, program)
    for input in (Pressed("sign_in"), Typed("Zzyzxq"), Pressed("next"), Typed("x"), Pressed("next")):
        program.put(input)
    thread.join(10)
    assert not thread.is_alive()
    assert len(raised) == 1
