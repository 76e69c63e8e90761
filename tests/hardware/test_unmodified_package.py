"""What the unmodified `mfrc522` package does on the emulated chip: the facts that our driver is there to put right."""

import logging
from typing import Any

import pytest

from hardware.simulator.radio.card import Card
from hardware.simulator.radio.chip import ChipFault


def test_an_empty_poll_of_the_package_costs_2013_transfers(bench: Any) -> None:
    package, _ = bench.the_package()
    reader = package.SimpleMFRC522()
    before = bench.world.transfers
    assert reader.read_id_no_block() is None
    assert bench.world.transfers - before == 2013


def test_the_package_gives_two_seven_byte_badges_the_same_id(bench: Any) -> None:
    package, _ = bench.the_package()
    reader = package.SimpleMFRC522()
    ids = []
    for uid in ("04a1b2c3d4e580", "04a1b2ffeedd81"):
        bench.put(uid)
        ids.append(reader.read_id_no_block())
        bench.clear()
    assert ids[0] == ids[1] == int.from_bytes(bytes.fromhex("8804a1b29f"))


def test_the_package_gives_four_byte_ids_with_their_check_byte(bench: Any) -> None:
    package, _ = bench.the_package()
    bench.put("deadbeef")
    assert package.SimpleMFRC522().read_id_no_block() == int.from_bytes(bytes.fromhex("deadbeef22"))


def test_a_card_held_still_alternates_in_the_package(bench: Any) -> None:
    package, _ = bench.the_package()
    reader = package.SimpleMFRC522()
    bench.put("deadbeef")
    assert [reader.read_id_no_block() is not None for _ in range(6)] == [True, False] * 3


@pytest.mark.parametrize("fault", [ChipFault.MISO_LOW, ChipFault.MISO_HIGH])
def test_an_unplugged_reader_looks_like_no_card_to_the_package(bench: Any, fault: ChipFault) -> None:
    package, _ = bench.the_package()
    reader = package.SimpleMFRC522()
    bench.put("deadbeef")
    bench.chip.fault = fault
    assert reader.read_id_no_block() is None


def test_the_package_reads_and_writes_a_classic_card(bench: Any) -> None:
    package, _ = bench.the_package()
    reader = package.SimpleMFRC522()
    bench.put("deadbeef")
    assert reader.write_no_block("Robins")[1] == "Robins"
    bench.look(bench.a_reader())  # wakes the card from where writing left it
    bench.clear()
    bench.chip.field.settle(bench.clock.now_us())
    card = Card(bytes.fromhex("deadbeef"), blocks={8: b"Robins".ljust(16), 9: b" " * 16, 10: b" " * 16})
    bench.chip.field.cards.append(card)
    bench.clock.sleep(0.05)
    number, text = reader.read_no_block()
    assert number == int.from_bytes(bytes.fromhex("deadbeef22"))
    assert text.rstrip() == "Robins"


def test_what_the_package_wrote_is_on_the_card(bench: Any) -> None:
    package, _ = bench.the_package()
    (card,) = bench.put("deadbeef")
    package.SimpleMFRC522().write_no_block("Robins")
    assert card.blocks[8] == b"Robins".ljust(16)


def test_a_wrong_key_opens_no_sector(bench: Any) -> None:
    package, _ = bench.the_package()
    (card,) = bench.put("deadbeef")
    card.keys = (b"secret",)
    _, text = package.SimpleMFRC522().read_no_block()
    assert text == ""


def test_closing_the_package_cleans_up_every_pin(bench: Any) -> None:
    package, gpio = bench.the_package()
    package.MFRC522().Close_MFRC522()
    assert gpio.cleanups == 1


def test_the_package_adds_a_log_handler_per_instance_and_ours_none(bench: Any) -> None:
    package, _ = bench.the_package()
    handlers = logging.getLogger("mfrc522Logger").handlers
    before = len(handlers)
    package.MFRC522()
    package.MFRC522()
    assert len(handlers) == before + 2
    bench.a_reader()
    assert len(handlers) == before + 2
