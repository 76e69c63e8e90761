"""What `check_frame` takes, and what it says of everything else."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from broker.canonical import dumps
from broker.envelope import NO_COMMITMENT, decode_event, leaf_of
from broker.errors import BadFrame, FrameFault
from broker.frames import FRAME_BYTES, CheckedFrame, Frame, FrameEvent, check_frame, decode_frame, encode_frame
from broker.heads import sign_head
from broker.keys import new_signing_key
from broker.messages.tap import TapGranted, TapGrantedPrivate


def taps(cabinet: Any, count: int = 3) -> bytes:
    """A frame of `log.epoch_started` and that many taps."""
    for _ in range(count):
        cabinet.tap()
    cabinet.outbox.sign_head()
    payload: bytes = cabinet.outbox.next_frame(None)
    return payload


def check(cabinet: Any, frame: Frame | bytes, after: Any = None, **changes: Any) -> CheckedFrame:
    values = {"site": "hillside", "device": "robins", "public_key": cabinet.event_key.public_key()}
    return check_frame(decode_frame(frame) if isinstance(frame, bytes) else frame, after=after, **(values | changes))


def fault_of(act: Callable[[], object]) -> BadFrame:
    with pytest.raises(BadFrame) as caught:
        act()
    return caught.value


def signed_again(cabinet: Any, frame: Frame, change: Callable[[dict[str, Any]], None], at: int = -1) -> Frame:
    """The same frame with one event changed, chain and head made to fit by somebody who has the event key."""
    events, prev = list(frame.events), None
    for n, item in enumerate(events):
        event = json.loads(item.event)
        if n == at % len(events):
            change(event)
        if prev is not None:
            event["prev"] = prev.hex()
        events[n] = replace(item, event=dumps(event))
        prev = leaf_of(events[n].event)
    assert prev is not None
    head = frame.head
    return Frame(tuple(events), sign_head(cabinet.event_key, "hillside", head.device, head.epoch, head.sequence, prev))


def test_a_frame_gives_back_every_event_with_its_data_details_and_leaf(cabinet: Any) -> None:
    checked = check(cabinet, taps(cabinet))
    assert [event.type for event in checked.events] == ["log.epoch_started.v1"] + ["tap.granted.v1"] * 3
    last = checked.events[-1]
    assert (last.device, last.sequence, str(last.id)) == ("robins", 4, f"robins/{last.epoch}/4")
    assert last.data == {"point": "robins", "intent": "put_in", "opens": True}
    assert isinstance(last.message, TapGranted)
    assert isinstance(last.details, TapGrantedPrivate)
    assert last.details.person == "joanne-birtles"
    assert last.leaf == leaf_of(last.event) == checked.head.leaf
    assert last.clock == "synced"
    assert last.boot == 41
    assert (last.time.isoformat(), last.monotonic) == ("2026-11-24T09:00:00.750000+00:00", 7_750_000_000)


def test_a_frame_goes_on_from_where_the_epoch_is_held(cabinet: Any) -> None:
    first = check(cabinet, taps(cabinet))
    held = (first.head.epoch, first.head.sequence, first.head.leaf)
    cabinet.tap()
    cabinet.outbox.sign_head()
    second = cabinet.outbox.next_frame(held[:2])
    assert [event.sequence for event in check(cabinet, second, held).events] == [5]


def test_a_frame_that_comes_twice_holds_nothing_new(cabinet: Any) -> None:
    payload = taps(cabinet)
    first = check(cabinet, payload)
    again = check(cabinet, payload, (first.head.epoch, first.head.sequence, first.head.leaf))
    assert again.events == ()
    assert again.held == first.events


def test_the_part_of_a_frame_that_is_held_is_skipped(cabinet: Any) -> None:
    frame = check(cabinet, taps(cabinet))
    held = frame.events[1]
    again = check(cabinet, taps(cabinet, 0), (held.epoch, held.sequence, held.leaf))
    assert [event.sequence for event in again.events] == [3, 4]
    assert [event.sequence for event in again.held] == [1, 2]


def test_a_frame_older_than_what_is_held_is_taken_as_held(cabinet: Any) -> None:
    payload = taps(cabinet)
    head = decode_frame(payload).head
    assert check(cabinet, payload, (head.epoch, 99, b"x" * 32)).events == ()


def test_a_gap_says_which_events_to_ask_for(cabinet: Any) -> None:
    first = decode_frame(taps(cabinet)).head
    later = taps(cabinet)
    cabinet.tap()
    cabinet.outbox.sign_head()
    later = cabinet.outbox.next_frame((first.epoch, 7))
    error = fault_of(lambda: check(cabinet, later, (first.epoch, first.sequence, first.leaf)))
    assert error.fault is FrameFault.GAP
    assert error.missing == (first.epoch, 5, 7)
    assert fault_of(lambda: check(cabinet, later)).missing == (first.epoch, 1, 7)


def test_a_position_in_another_epoch_means_that_nothing_of_this_one_is_held(cabinet: Any) -> None:
    assert len(check(cabinet, taps(cabinet), ("f" * 16, 40, b"x" * 32)).events) == 4


def test_other_bytes_for_an_event_that_is_held_are_the_tamper_alarm(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    true = check(cabinet, frame)
    forged = signed_again(cabinet, frame, lambda event: event["data"].update(opens=False), at=2)
    held = true.events[2]
    assert fault_of(lambda: check(cabinet, forged, (held.epoch, 3, held.leaf))).fault is FrameFault.ALTERED
    assert fault_of(lambda: check(cabinet, forged, (held.epoch, 4, true.head.leaf))).fault is FrameFault.ALTERED
    tail = Frame(forged.events[3:], forged.head)
    assert fault_of(lambda: check(cabinet, tail, (held.epoch, 3, held.leaf))).fault is FrameFault.ALTERED


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00" * 100, b"[]", b"{", b'{"v":1}', b'{"v":2,"events":[],"head":{}}', b"[" * 60_000, b"null",
     b"\xfc", b'{"v":1,"events":[{"event":"\\ud800"}],"head":{}}'],
)  # fmt: skip
def test_noise_is_undecodable_or_of_wrong_schema(payload: bytes) -> None:
    assert fault_of(lambda: decode_frame(payload)).fault in (FrameFault.UNDECODABLE, FrameFault.WRONG_SCHEMA)


def test_more_than_64_kb_is_not_looked_at(cabinet: Any) -> None:
    payload = taps(cabinet)
    assert fault_of(lambda: decode_frame(payload + b" " * FRAME_BYTES)).fault is FrameFault.OVERSIZED


@pytest.mark.parametrize("change", [
    lambda wire: wire["events"].clear(),
    lambda wire: wire["events"].extend(wire["events"] * 20),
    lambda wire: wire["events"][1].update(salt="00"),
    lambda wire: wire["events"][1].update(sealed="%%%"),
    lambda wire: wire["events"][1].update(more=1),
    lambda wire: wire["head"].update(signature="00"),
    lambda wire: wire["head"].update(sequence=4),
    lambda wire: wire.update(v=2),
])  # fmt: skip
def test_a_frame_of_another_form_is_refused(cabinet: Any, change: Callable[[Any], None]) -> None:
    wire = json.loads(taps(cabinet))
    change(wire)
    assert fault_of(lambda: decode_frame(dumps(wire))).fault in (FrameFault.WRONG_SCHEMA, FrameFault.UNDECODABLE)


def test_a_device_speaks_only_for_itself_and_its_site(cabinet: Any) -> None:
    payload = taps(cabinet)
    assert fault_of(lambda: check(cabinet, payload, device="wrens")).fault is FrameFault.FOREIGN
    assert fault_of(lambda: check(cabinet, payload, site="valley")).fault is FrameFault.FOREIGN
    frame = decode_frame(payload)
    spoken_for = Frame(frame.events, replace(frame.head, device="wrens"))
    assert fault_of(lambda: check(cabinet, spoken_for)).fault is FrameFault.FOREIGN


def test_a_head_by_another_key_is_a_bad_signature_whatever_else_is_wrong_with_where_it_joins(cabinet: Any) -> None:
    payload = taps(cabinet)
    other = new_signing_key().public_key()
    assert fault_of(lambda: check(cabinet, payload, public_key=other)).fault is FrameFault.BAD_SIGNATURE
    tail = replace(decode_frame(payload), events=decode_frame(payload).events[2:])
    assert fault_of(lambda: check(cabinet, tail, public_key=other)).fault is FrameFault.BAD_SIGNATURE


def test_an_event_left_out_put_twice_or_in_another_place_breaks_the_chain(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    one, two, three, four = frame.events
    for events in ((one, three, four), (one, two, two, four), (one, three, two, four), (one, two, three)):
        assert fault_of(partial(check, cabinet, Frame(events, frame.head))).fault is FrameFault.BROKEN_CHAIN


def test_one_changed_byte_in_an_event_is_seen(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    for n in range(len(frame.events)):
        events = list(frame.events)
        events[n] = replace(events[n], event=events[n].event.replace(b'"rules":"0.0"', b'"rules":"0.1"'))
        changed = Frame(tuple(events), frame.head)
        assert fault_of(partial(check, cabinet, changed)).fault is FrameFault.BROKEN_CHAIN


def test_a_private_part_that_was_changed_dropped_or_added_does_not_fit_its_commitment(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))

    def with_last(item: FrameEvent) -> Frame:
        return Frame((*frame.events[:-1], item), frame.head)

    last = frame.events[-1]
    assert last.private is not None
    assert decode_event(last.event).commitment != NO_COMMITMENT
    assert decode_event(frame.events[0].event).commitment == NO_COMMITMENT
    for item in (
        replace(last, private=last.private.replace(b"joanne", b"jolene")),
        replace(last, salt=bytes(16)),
        replace(last, salt=None),
        replace(last, private=None),
        replace(last, private=None, salt=None),
        replace(last, sealed=b"sealed"),
    ):
        assert fault_of(partial(check, cabinet, with_last(item))).fault is FrameFault.BAD_PRIVATE
    added = Frame((replace(frame.events[0], private=b"{}", salt=bytes(16)), *frame.events[1:]), frame.head)
    assert fault_of(lambda: check(cabinet, added)).fault is FrameFault.BAD_PRIVATE


def test_a_sealed_event_passes_without_its_private_part(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    sealed = replace(frame.events[-1], private=None, salt=None, sealed=b"sealed bytes")
    event = check(cabinet, Frame((*frame.events[:-1], sealed), frame.head)).events[-1]
    assert (event.sealed, event.private, event.details) == (b"sealed bytes", None, None)


@pytest.mark.parametrize("change", [
    lambda event: event["data"].update(uid="04a1b2c3"),
    lambda event: event["data"].pop("opens"),
    lambda event: event.update(type="uk.phonekeep.tap.granted.v9"),
    lambda event: event.update(type="uk.phonekeep.log.epoch_started.v1", data={"previous": None, "sequence": None,
                                                                             "leaf": None, "reason": "new"}),
])  # fmt: skip
def test_a_message_the_catalogue_does_not_know_is_reported_with_the_frame_that_is_otherwise_right(
    cabinet: Any, change: Callable[[Any], None]
) -> None:
    frame = signed_again(cabinet, decode_frame(taps(cabinet)), change)
    error = fault_of(lambda: check(cabinet, frame))
    assert error.fault is FrameFault.WRONG_SCHEMA
    assert error.checked is not None
    assert [event.message is None for event in error.checked.events] == [False, False, False, True]


def test_an_epoch_that_begins_with_anything_else_or_cites_an_event_before_it_is_refused(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    cites = signed_again(cabinet, frame, lambda event: event.update(prev="a" * 64), at=0)
    assert fault_of(lambda: check(cabinet, cites)).fault is FrameFault.BROKEN_CHAIN
    starts = signed_again(
        cabinet, frame, lambda event: event.update(type="uk.phonekeep.device.stopping.v1", data={}), at=0
    )
    assert fault_of(lambda: check(cabinet, starts)).fault is FrameFault.WRONG_SCHEMA


def test_an_envelope_with_a_time_that_does_not_exist_is_of_wrong_schema(cabinet: Any) -> None:
    frame = signed_again(
        cabinet, decode_frame(taps(cabinet)), lambda event: event.update(time="2026-02-30T00:00:00.000Z")
    )
    assert fault_of(lambda: check(cabinet, frame)).fault is FrameFault.WRONG_SCHEMA


def test_a_frame_holds_events_of_one_epoch(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))

    def move(event: dict[str, Any]) -> None:
        event.update(epoch="f" * 16, id=f"robins/{'f' * 16}/{event['sequence']}")

    mixed = signed_again(cabinet, frame, move, at=2)
    assert fault_of(lambda: check(cabinet, mixed)).fault is FrameFault.BROKEN_CHAIN


def test_a_head_that_names_another_number_than_its_events_have_is_refused(cabinet: Any) -> None:
    frame = decode_frame(taps(cabinet))
    for sequence in (2, 5):
        head = sign_head(cabinet.event_key, "hillside", "robins", frame.head.epoch, sequence, frame.head.leaf)
        fault = fault_of(partial(check, cabinet, Frame(frame.events, head))).fault
        assert fault is FrameFault.BROKEN_CHAIN


def test_a_frame_survives_being_written_and_read(cabinet: Any) -> None:
    payload = taps(cabinet)
    frame = decode_frame(payload)
    assert encode_frame(frame.events, frame.head) == payload
    sealed = replace(frame.events[-1], private=None, salt=None, sealed=bytes(range(256)))
    again = decode_frame(encode_frame((sealed,), frame.head))
    assert again.events == (sealed,)
