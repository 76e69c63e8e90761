"""The walk through the tree of UID bits, on antennas that report collisions in each way that is claimed of chips."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.rfid.air import Received
from hardware.rfid.anticollision import find_cards
from hardware.simulator.radio.card import Card, Frame


class PlainAir:
    """An antenna without a chip: bits in, merged bits out."""

    def __init__(self, uids: list[bytes], counted_from: str) -> None:
        self._cards = [Card(uid) for uid in uids]
        self._counted_from = counted_from
        self.exchanges = 0

    def exchange(self, data: bytes, *, last_bits: int = 0, align: int = 0, answer_bits: int = 0) -> Received | None:
        self.exchanges += 1
        assert self.exchanges < 2000
        bits = tuple(byte >> i & 1 for byte in data for i in range(8))
        if last_bits:
            bits = bits[: len(bits) - 8 + last_bits]
        answers = [answer.bits for card in self._cards if (answer := card.hear(Frame(bits))) is not None]
        if not answers:
            return None
        length = max(map(len, answers))
        merged = [{answer[i] for answer in answers if i < len(answer)} for i in range(length)]
        collision = next((i + 1 for i, values in enumerate(merged) if len(values) > 1), None)
        got = [values.pop() if len(values) == 1 else 1 for values in merged]
        position = None
        if collision is not None:
            got = got[: collision - 1] + [0] * (length - collision + 1)
            known = len(bits) - 16 if len(bits) > 7 else 0
            position = collision + {"frame": 0, "byte": align, "level": known}[self._counted_from]
        padded = [0] * align + got
        packed = bytes(sum(bit << i for i, bit in enumerate(padded[n : n + 8])) for n in range(0, len(padded), 8))
        return Received(packed, len(padded), position, is_garbled=False)

    def halt(self) -> None:
        for card in self._cards:
            card.hear(Frame(tuple(byte >> i & 1 for byte in bytes.fromhex("500057cd") for i in range(8))))


def some_uids() -> st.SearchStrategy[list[bytes]]:
    byte = st.sampled_from([0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF])
    one = st.sampled_from([4, 7, 10]).flatmap(lambda size: st.lists(byte, min_size=size, max_size=size)).map(bytes)
    return st.lists(one, max_size=4, unique=True)


@pytest.mark.parametrize("counted_from", ["frame", "byte", "level"])
@settings(max_examples=150, deadline=None, derandomize=True)
@given(uids=some_uids())
def test_every_card_is_found_however_a_chip_counts_collisions(counted_from: str, uids: list[bytes]) -> None:
    look = find_cards(PlainAir(uids, counted_from))
    assert sorted(look.uids) == sorted(uids)
    assert not look.is_disturbed


def test_a_card_held_still_is_found_at_every_look() -> None:
    air = PlainAir([bytes.fromhex("deadbeef"), bytes.fromhex("04a1b2c3d4e580")], "frame")
    assert [len(find_cards(air).uids) for _ in range(4)] == [2, 2, 2, 2]


class ScriptedAir:
    """Answers every frame with the next line of a script, then with silence."""

    def __init__(self, *answers: Received | None) -> None:
        self._answers = list(answers)

    def exchange(self, data: bytes, **_: Any) -> Received | None:
        return self._answers.pop(0) if self._answers else None

    def halt(self) -> None:
        """Nothing to halt."""


def heard(text: str, bits: int | None = None, *, garbled: bool = False) -> Received:
    data = bytes.fromhex(text)
    return Received(data, len(data) * 8 if bits is None else bits, None, garbled)


ATQA, FULL, SAK = heard("0400"), heard("deadbeef22"), heard("08b6dd")


@pytest.mark.parametrize(
    ("script", "uids", "is_disturbed"),
    [
        ((ATQA, FULL, SAK), 1, False),
        ((), 0, False),
        ((ATQA,), 0, False),
        ((ATQA, FULL), 0, False),
        ((ATQA, heard("deadbeef23")), 0, True),
        ((ATQA, heard("deadbeef22", garbled=True)), 0, True),
        ((ATQA, heard("deadbeef")), 0, True),
        ((ATQA, FULL, heard("08b6dc")), 0, True),
        ((ATQA, FULL, heard("08b6dd", garbled=True)), 0, True),
        ((ATQA, FULL, heard("08")), 0, True),
        ((ATQA, FULL, heard("04da17")), 0, True),
        ((ATQA, heard("deadbeef23"), ATQA, FULL, SAK), 1, True),
    ],
    ids=[
        "as it should be", "nobody", "gone after waking", "gone before selecting", "wrong check byte",
        "wrong parity", "too short", "wrong CRC", "SAK with wrong parity", "SAK too short",
        "a cascade bit without its tag", "right at the second try",
    ],
)  # fmt: skip
def test_what_does_not_fit_is_no_badge(script: tuple[Received, ...], uids: int, is_disturbed: bool) -> None:
    look = find_cards(ScriptedAir(*script))
    assert (len(look.uids), look.is_disturbed) == (uids, is_disturbed)


def test_a_look_that_only_hears_nonsense_ends() -> None:
    class Nonsense:
        exchanges = 0

        def exchange(self, data: bytes, **_: Any) -> Received | None:
            self.exchanges += 1
            random = Random(self.exchanges)
            return Received(random.randbytes(5), 40, random.choice([None, 1, 5, 32]), random.random() < 0.3)

        def halt(self) -> None:
            pass

    air = Nonsense()
    look = find_cards(air)
    assert look.is_disturbed
    assert look.uids == ()
    assert air.exchanges < 2000


def test_finding_one_card_takes_four_frames_and_a_second_level_two_more() -> None:
    counts = []
    for uid in ("deadbeef", "04a1b2c3d4e580", "04a1b2c3d4e5f60718ab"):
        air = PlainAir([bytes.fromhex(uid)], "frame")
        find_cards(air)
        counts.append(air.exchanges)
    assert counts == [3, 5, 7]
