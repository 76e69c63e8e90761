"""From looks to presentations, without any hardware: situation -> events."""

from typing import Any

import pytest

from hardware.reader import RandomBadge
from hardware.rfid.presence import Presence, is_random

A, B = b"\x04\xa1\xb2\xc3\xd4\xe5\x80", b"\xde\xad\xbe\xef"
STEP = 50_000_000


def play(in_short: Any, looks: list[tuple[tuple[bytes, ...], bool]]) -> list[tuple[int, str]]:
    """Events as (number of the look, word)."""
    presence = Presence("reader")
    told = []
    for n, (uids, is_clear) in enumerate(looks):
        for word, _ in in_short(presence.fold(uids, n * STEP, is_clear=is_clear)):
            told.append((n, word))
    return told


HERE, GONE, UNCLEAR = ((A,), True), ((), True), ((), False)


@pytest.mark.parametrize(
    ("situation", "looks", "events"),
    [
        ("nothing", [GONE] * 5, []),
        ("once seen", [HERE, GONE, GONE, GONE, GONE], [(0, "presented"), (3, "removed")]),
        ("two misses", [HERE, GONE, GONE, HERE, GONE, GONE, HERE], [(0, "presented")]),
        ("held", [HERE] * 70, [(0, "presented"), (60, "held")]),
        ("unclear looks do not remove", [HERE, *[UNCLEAR] * 10, HERE], [(0, "presented")]),
        ("a second of unclear looks does", [HERE, *[UNCLEAR] * 25], [(0, "presented"), (20, "removed")]),
        ("removed, then back", [HERE, GONE, GONE, GONE, HERE], [(0, "presented"), (3, "removed"), (4, "presented")]),
        ("two at once", [((A, B), True)], [(0, "presented"), (0, "presented")]),
    ],
)
def test_looks_become_events(in_short: Any, situation: str, looks: Any, events: Any) -> None:
    assert play(in_short, looks) == events


def test_a_held_card_is_told_again_only_after_a_new_presentation(in_short: Any) -> None:
    looks: list[Any] = [HERE] * 200 + [GONE] * 3 + [HERE] * 70
    words = [word for _, word in play(in_short, looks)]
    assert words == ["presented", "held", "removed", "presented", "held"]


def test_made_up_uids_are_four_bytes_that_begin_with_08() -> None:
    assert is_random(b"\x08\x01\x02\x03")
    assert not is_random(b"\x09\x01\x02\x03")
    assert not is_random(b"\x08\x01\x02\x03\x04\x05\x06")


def test_a_made_up_uid_is_told_again_after_it_was_away() -> None:
    presence = Presence("reader")
    looks: list[tuple[bytes, ...]] = [(b"\x08abc",), (b"\x08xyz",), (), (), (), (b"\x08abc",)]
    events = [event for n, uids in enumerate(looks) for event in presence.fold(uids, n * STEP, is_clear=True)]
    assert [type(event) for event in events] == [RandomBadge, RandomBadge]
