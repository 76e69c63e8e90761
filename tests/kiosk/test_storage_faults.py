"""A full or read-only disk: nothing opens that cannot be committed, what can wait is not lost, nobody restarts it."""

from typing import Any

from hardware.happenings import DoorOpened
from hardware.lamps import Signal
from hardware.reader import BadgePresented

Kiosk = Any  # the harness of conftest.py; tests have no package to import it from


def test_what_cannot_be_committed_opens_nothing_and_shows_a_fault(kiosk: Kiosk) -> None:
    kiosk.break_disk()
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.board.locks[1].pulses == 0
    assert kiosk.taps.state.declarations == {}
    assert ("show", Signal.PUT_IN) not in kiosk.board.lamps.history
    assert kiosk.board.lamps.history[-1] == ("show", Signal.FAULT)
    kiosk.mend_disk()
    assert "tap.granted" not in kiosk.types()


def test_it_recovers_by_itself_and_says_what_was(kiosk: Kiosk) -> None:
    kiosk.break_disk()
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.cabinet.handle(DoorOpened(1, kiosk.clock.boottime))
    kiosk.go_on(seconds=2)
    kiosk.mend_disk()
    for _ in range(4):
        kiosk.go_on(seconds=2)
    assert kiosk.types()[-3:] == ["door.opened_unreleased", "storage.full", "storage.recovered"]
    assert kiosk.board.lamps.history[-1] == ("clear", Signal.FAULT)
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.board.locks[1].pulses == 1


def test_link_still_gets_what_was_committed_before(kiosk: Kiosk) -> None:
    kiosk.tap(kiosk.amara, "put_in")
    frames = len(kiosk.frames())
    kiosk.break_disk()
    assert len(kiosk.frames()) == frames


def test_a_run_that_was_cut_while_the_disk_failed_begins_again(kiosk: Kiosk) -> None:
    kiosk.break_disk()
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.mend_disk()
    kiosk.crash()
    kiosk.tap(kiosk.amara, "put_in")
    assert kiosk.board.locks[1].pulses == 1


def test_a_tap_that_could_not_be_committed_did_not_count_so_the_next_is_taken_at_once(kiosk: Kiosk) -> None:
    kiosk.break_disk()
    kiosk.tap(kiosk.amara, "put_in")
    kiosk.mend_disk()
    kiosk.cabinet.handle(BadgePresented(kiosk.amara, kiosk.clock.boottime, "reader"))
    kiosk.go_on(milliseconds=100)
    kiosk.cabinet.handle(kiosk.press("put_in"))
    kiosk.go_on(milliseconds=500)
    assert kiosk.board.locks[1].pulses == 1
