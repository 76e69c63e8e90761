"""What goes wrong with a reader, and what is said about it: once, and it works again by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from hardware.reader import BadgePresented
from hardware.simulator.radio.chip import ChipFault

UID = "04a1b2c3d4e580"

FAULTS: list[tuple[str, Callable[[Any], None], Callable[[Any], None], str]] = [
    ("MISO low", lambda b: _set(b, ChipFault.MISO_LOW), lambda b: _set(b, None), "not_there"),
    ("MISO high", lambda b: _set(b, ChipFault.MISO_HIGH), lambda b: _set(b, None), "not_there"),
    ("radio dead", lambda b: _set(b, ChipFault.DEAD_RADIO), lambda b: _set(b, None), "stuck"),
    ("power gone", lambda b: b.chip.power(False), lambda b: b.chip.power(True), "not_there"),
    (
        "bench: unplugged",
        lambda b: b.world.break_reader("unplugged"),
        lambda b: b.world.break_reader(None),
        "not_there",
    ),
    ("bench: stuck", lambda b: b.world.break_reader("stuck"), lambda b: b.world.break_reader(None), "stuck"),
    ("bench: noise", lambda b: b.world.break_reader("noise"), lambda b: b.world.break_reader(None), "noise"),
]


def _set(bench: Any, fault: ChipFault | None) -> None:
    bench.chip.fault = fault


@pytest.mark.parametrize(("name", "break_it", "mend_it", "fault"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_lasting_fault_is_told_once_and_its_end_once(
    bench: Any, in_short: Any, name: str, break_it: Any, mend_it: Any, fault: str
) -> None:
    reader = bench.a_reader()
    break_it(bench)
    assert in_short(bench.look(reader, 100)) == [("ReaderFailed", fault)]
    mend_it(bench)
    assert in_short(bench.look(reader, 40)) == [("ReaderRecovered", "")]
    bench.put(UID)
    assert in_short(bench.look(reader)) == [("presented", UID)]


@pytest.mark.parametrize(
    ("name", "happen", "fault"),
    [
        ("hung until reset", lambda b: _set(b, ChipFault.HUNG), "stuck"),
        ("brown-out", lambda b: b.chip.brown_out(), "restarted"),
    ],
    ids=["hung", "brown-out"],
)
def test_what_a_reset_mends_is_mended_in_the_same_look(
    bench: Any, in_short: Any, name: str, happen: Any, fault: str
) -> None:
    reader = bench.a_reader()
    happen(bench)
    assert in_short(bench.look(reader, 20)) == [("ReaderFailed", fault), ("ReaderRecovered", "")]
    bench.put(UID)
    assert in_short(bench.look(reader)) == [("presented", UID)]


def test_a_reader_that_is_missing_at_the_start_is_told_and_found_later(bench: Any, in_short: Any) -> None:
    bench.chip.fault = ChipFault.MISO_LOW
    reader = bench.a_cold_reader()
    assert in_short(bench.look(reader, 30)) == [("ReaderFailed", "not_there")]
    assert reader.version() is None
    bench.chip.fault = None
    assert in_short(bench.look(reader, 30)) == [("ReaderRecovered", "")]
    assert reader.version() == 0x92


def test_a_failed_reader_is_not_asked_at_every_look(bench: Any) -> None:
    reader = bench.a_reader()
    bench.chip.fault = ChipFault.MISO_LOW
    bench.look(reader, 2)
    before = bench.world.transfers
    bench.look(reader, 100)
    assert bench.world.transfers - before < 40


def test_a_stuck_chip_holds_nobody_up(bench: Any) -> None:
    reader = bench.a_reader()
    bench.chip.fault = ChipFault.DEAD_RADIO
    before = bench.clock.now_us()
    reader.poll()
    assert bench.clock.now_us() - before < 30_000


def test_a_card_that_was_there_when_the_reader_failed_is_removed(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put(UID)
    bench.look(reader)
    bench.chip.fault = ChipFault.MISO_LOW
    assert in_short(bench.look(reader, 40)) == [("ReaderFailed", "not_there"), ("removed", UID)]


@pytest.mark.parametrize("after_us", range(0, 7000, 97))
def test_a_card_leaving_at_any_moment_of_a_look_is_read_right_or_not_at_all(bench: Any, after_us: int) -> None:
    reader = bench.a_reader()
    (card,) = bench.put(UID)
    card.leaves_us = bench.clock.now_us() + 50_000 + after_us
    events = bench.look(reader, 6)
    presented = [event.uid.hex() for event in events if isinstance(event, BadgePresented)]
    assert presented in ([], [UID])
    assert len(events) == 2 * len(presented)


def test_single_bit_errors_never_make_another_badge_of_one(bench: Any) -> None:
    reader = bench.a_reader()
    bench.chip.field.bit_error_rate = 0.004
    seen = []
    for _ in range(150):
        bench.put(UID)
        seen += [event.uid.hex() for event in bench.look(reader, 3) if isinstance(event, BadgePresented)]
        bench.clear()
        bench.look(reader, 5)
    assert set(seen) == {UID}
    assert len(seen) > 130


def test_noise_alone_is_no_badge(bench: Any) -> None:
    reader = bench.a_reader()
    bench.world.break_reader("noise")
    assert not [event for event in bench.look(reader, 1000) if isinstance(event, BadgePresented)]


def test_a_bus_that_raises_is_a_reader_that_is_not_there(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()

    def broken(*_: object) -> bytes:
        raise OSError("bus gone")

    bench.wires.transfer, kept = broken, bench.wires.transfer
    assert in_short(bench.look(reader, 30)) == [("ReaderFailed", "not_there")]
    bench.wires.transfer = kept
    assert in_short(bench.look(reader, 30)) == [("ReaderRecovered", "")]


def test_closing_switches_the_field_off_and_cleans_up_nothing_else(bench: Any) -> None:
    reader = bench.a_reader()
    reader.close()
    reader.close()
    assert not bench.chip.field.powered
