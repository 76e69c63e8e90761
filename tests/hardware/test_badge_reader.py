"""Our driver on the emulated chip: whole UIDs, one event a presentation, many cards at once, the cost of a look."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.reader import BadgePresented, RandomBadge

FOUR, SEVEN, TEN = "deadbeef", "04a1b2c3d4e580", "04a1b2c3d4e5f60718ab"
TWIN = "04a1b2ffeedd81"


@pytest.mark.parametrize("uid", [FOUR, SEVEN, TEN])
def test_the_whole_uid_is_read(bench: Any, in_short: Any, uid: str) -> None:
    reader = bench.a_reader()
    bench.put(uid)
    assert in_short(bench.look(reader)) == [("presented", uid)]


def test_the_collision_pair_gives_two_different_badges(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put(SEVEN)
    first = in_short(bench.look(reader))
    bench.clear()
    bench.look(reader, 5)
    bench.put(TWIN)
    assert (first, in_short(bench.look(reader))) == ([("presented", SEVEN)], [("presented", TWIN)])


def test_the_collision_pair_held_together_gives_both(bench: Any) -> None:
    reader = bench.a_reader()
    bench.put(SEVEN, TWIN)
    assert {event.uid.hex() for event in bench.look(reader)} == {SEVEN, TWIN}


def test_a_card_is_presented_once_held_once_and_removed_once(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put(SEVEN)
    words = in_short(bench.look(reader, 100))
    bench.clear()
    words += in_short(bench.look(reader, 100))
    assert words == [("presented", SEVEN), ("held", SEVEN), ("removed", SEVEN)]


def test_held_comes_at_three_seconds(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put(SEVEN)
    assert len(bench.look(reader, 50)) == 1
    start = bench.clock.now_us()
    while not (events := bench.look(reader)):
        assert bench.clock.now_us() - start < 2_000_000
    assert in_short(events) == [("held", SEVEN)]


def test_a_card_at_the_edge_of_the_field_does_not_flicker(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    words = []
    for _ in range(30):
        bench.put(SEVEN)
        words += in_short(bench.look(reader))
        bench.clear()
        words += in_short(bench.look(reader, 2))
    assert words == [("presented", SEVEN), ("held", SEVEN)]


def test_a_card_that_comes_back_after_it_was_removed_is_a_new_presentation(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    words = []
    for _ in range(2):
        bench.put(SEVEN)
        words += in_short(bench.look(reader, 2))
        bench.clear()
        words += in_short(bench.look(reader, 4))
    assert words == [("presented", SEVEN), ("removed", SEVEN)] * 2


def test_a_card_that_joins_another_is_presented_alone(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put(SEVEN)
    bench.look(reader, 3)
    bench.put(FOUR)
    assert in_short(bench.look(reader, 3)) == [("presented", FOUR)]


@pytest.mark.parametrize("others", [[], [SEVEN]])
def test_a_random_uid_is_told_once_and_never_as_a_badge(bench: Any, others: list[str]) -> None:
    reader = bench.a_reader()
    bench.put("08123456", *others)
    events = bench.look(reader, 80)
    assert len([event for event in events if isinstance(event, RandomBadge)]) == 1
    assert {event.uid.hex() for event in events if isinstance(event, BadgePresented)} == set(others)


def test_a_phone_that_makes_up_a_uid_at_every_look_is_one_presentation(bench: Any) -> None:
    reader = bench.a_reader()
    events = []
    for n in range(20):
        bench.put(f"08{n:06x}")
        events += bench.look(reader)
        bench.clear()
    assert len(events) == 1


def test_seven_byte_uids_that_begin_with_08_are_badges(bench: Any, in_short: Any) -> None:
    reader = bench.a_reader()
    bench.put("08a1b2c3d4e580")
    assert in_short(bench.look(reader)) == [("presented", "08a1b2c3d4e580")]


def test_an_event_does_not_show_its_uid_when_it_is_printed(bench: Any) -> None:
    reader = bench.a_reader()
    bench.put(FOUR)
    (event,) = bench.look(reader)
    assert FOUR not in repr(event)
    assert str(bytes.fromhex(FOUR)) not in repr(event)


def test_an_empty_look_costs_at_most_a_fortieth_of_the_packages_transfers(bench: Any) -> None:
    package, _ = bench.the_package()
    theirs = package.SimpleMFRC522()
    before = bench.world.transfers
    theirs.read_id_no_block()
    packages = bench.world.transfers - before
    reader = bench.a_reader()
    before = bench.world.transfers
    assert bench.look(reader) == []
    ours = bench.world.transfers - before
    print(f"empty look: ours {ours}, the package's {packages}")
    assert ours * 40 <= packages


@pytest.mark.parametrize(("uids", "floor_ms", "ceiling_ms"), [([], 0.2, 1.5), ([FOUR], 2.2, 5.4), ([SEVEN], 4.1, 8.2)])
def test_a_look_takes_little_more_than_the_air_does(
    bench: Any, uids: list[str], floor_ms: float, ceiling_ms: float
) -> None:
    reader = bench.a_reader()
    bench.put(*uids)
    bench.clock.sleep(0.05)
    before = bench.clock.now_us()
    reader.poll()
    ms = (bench.clock.now_us() - before) / 1000
    print(f"{len(uids[0]) // 2 if uids else 0} bytes: {ms:.2f} ms")
    assert floor_ms < ms < ceiling_ms


@pytest.mark.parametrize(("uid", "transfers"), [(FOUR, 30), (SEVEN, 46), (TEN, 62)])
def test_a_card_costs_few_transfers(bench: Any, uid: str, transfers: int) -> None:
    reader = bench.a_reader()
    bench.put(uid)
    before = bench.world.transfers
    bench.look(reader)
    assert bench.world.transfers - before <= transfers


def test_two_readers_on_one_bus_see_their_own_cards(a_bench: Callable[..., Any], in_short: Any) -> None:
    from dataclasses import replace

    from hardware.settings import ReaderConfig
    from hardware.simulator import profiles

    readers = (profiles.READER, ReaderConfig("back", bus=0, device=1, reset_pin=26))
    bench = a_bench(replace(profiles.one_door(), readers=readers))
    front, back = bench.a_reader("front", 0), bench.a_reader("back", 1)
    bench.put(SEVEN, chip=bench.world.chips[0, 0])
    bench.put(FOUR, chip=bench.world.chips[0, 1])
    assert in_short(bench.look(front)) == [("presented", SEVEN)]
    events = bench.look(back)
    assert in_short(events) == [("presented", FOUR)]
    assert events[0].reader == "back"


def a_uid() -> st.SearchStrategy[bytes]:
    # Few different bytes make UIDs with long common beginnings, which is what collides again and again.
    byte = st.sampled_from([0x00, 0x01, 0x04, 0x10, 0x80, 0xA1, 0xFF])
    sizes = st.sampled_from([4, 7, 10])
    return (
        sizes.flatmap(lambda size: st.lists(byte, min_size=size, max_size=size))
        .map(bytes)
        .filter(lambda uid: uid[0] not in (0x88, 0x08))
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(uids=st.sets(a_uid(), max_size=5))
def test_every_set_of_cards_in_the_field_is_read_completely(a_bench: Any, uids: set[bytes]) -> None:
    bench = a_bench()
    reader = bench.a_reader()
    bench.put(*(uid.hex() for uid in uids))
    first, second = bench.look(reader), bench.look(reader)
    assert sorted(event.uid for event in first) == sorted(uids)
    assert second == []
