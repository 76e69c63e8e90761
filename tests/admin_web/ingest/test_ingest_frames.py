"""Frames into the database: whole, once, in order, and whatever cannot be taken kept as it came."""

import json
import random
from typing import Any

import pytest

from admin_web.database.events import DeviceEpoch, Event, EventPrivate, ExceptionRow, Head, LogRow, Quarantine
from admin_web.database.people import DeclaredState, UnknownBadge
from admin_web.events.quarantine import MOST_BYTES, MOST_MESSAGES, full_devices, keep, kept_message
from admin_web.ingest.batch import Arrived
from admin_web.ingest.commit import PlanStale, commit_plan
from admin_web.ingest.frames import FrameReader
from admin_web.ingest.plan import Plan
from broker.envelope import leaf_of
from broker.keys import new_signing_key
from broker.messages.wire import Ack, Need
from broker.topics import Channel, topic
from policy.gesture import Intent

FROM_ROBINS = Event.device == "robins"


def kinds(school: Any) -> list[str]:
    return [row.kind for row in school.all(ExceptionRow)]


def test_a_tap_becomes_an_event_a_private_part_a_row_and_a_declared_state(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    tap = cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    assert [event.type for event in school.all(Event, FROM_ROBINS)] == [
        "log.epoch_started.v1",
        "tap.granted.v1",
        "phone.declared.v1",
    ]
    (row,) = school.all(LogRow)
    assert (row.kind, row.person_id, row.point_id, row.refused) == ("put_in", "amara-osei", "robins", False)
    (state,) = school.all(DeclaredState)
    assert (state.holder, state.state, state.slot, state.point_id) == ("amara-osei", "in", 1, "robins")
    events = {event.type: event for event in school.all(Event, FROM_ROBINS)}
    assert events["tap.granted.v1"].tap == events["phone.declared.v1"].tap == tap
    assert school.count(EventPrivate, EventPrivate.private.is_not(None)) == 2


def test_bytes_are_kept_as_they_came_and_chain_from_first_to_last(school: Any) -> None:
    for _ in range(60):
        school.cabinets["robins"].tap_refused("amara", "amara-osei", "restricted")
    school.deliver("robins")
    events = school.all(Event, FROM_ROBINS)
    before = bytes(32)
    for event in events:
        assert json.loads(event.body)["prev"] == before.hex()
        before = leaf_of(event.body)
        assert event.leaf == before
    assert [event.sequence for event in events] == list(range(1, 62))


def test_only_what_is_committed_is_acknowledged_and_the_cabinet_archives_it(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    replies = school.deliver("robins")
    (ack,) = school.said(replies)
    assert isinstance(ack, Ack)
    (position,) = school.all(DeviceEpoch, DeviceEpoch.device == "robins")
    assert (ack.epoch, int(ack.upto), ack.leaf) == (position.epoch, 3, position.leaf.hex())
    assert cabinet.outbox.depth() == 0


def test_a_frame_redelivered_after_a_kill_between_commit_and_acknowledgement_changes_nothing(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    frames = cabinet.frames()
    school.send("robins", *frames)  # committed; the acknowledgement never left
    before = [(event.id, event.body) for event in school.all(Event)]
    replies = school.deliver("robins")
    assert [(event.id, event.body) for event in school.all(Event)] == before
    assert [type(said) for said in school.said(replies)] == [Ack]
    assert cabinet.outbox.depth() == 0
    assert kinds(school) == []


@pytest.mark.parametrize("seed", range(5))
def test_duplicate_and_reordered_frames_end_with_every_event_once(school: Any, seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    cabinet = school.cabinets["robins"]
    frames = []
    for number in range(12):
        cabinet.tap_refused("amara", "amara-osei", "restricted")
        if number % 5 == 4:
            cabinet.start()
        frames = cabinet.frames()
    one_by_one = [frame for frame in frames for _ in range(2)]
    chance.shuffle(one_by_one)
    for frame in one_by_one:
        school.send("robins", frame)
    for _ in range(20):
        if cabinet.outbox.depth() == 0:
            break
        school.deliver("robins")
    events = school.all(Event, Event.device == "robins")
    assert len(events) == len({(event.epoch, event.sequence) for event in events}) == 15
    assert cabinet.outbox.depth() == 0
    assert kinds(school) == []


def test_a_gap_is_asked_for_and_nothing_is_thrown_away_or_quarantined(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    school.send("robins", *cabinet.frames())
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    skipped = cabinet.frames()[-1]
    epoch, sequence = cabinet.outbox.position()
    cabinet.tap_refused("bilal", "bilal-hussain", "restricted")
    (later,) = cabinet.frames((epoch, sequence))
    said = school.said(school.send("robins", later))
    assert [type(one) for one in said] == [Ack, Need]
    assert (said[1].epoch, said[1].first, said[1].last) == (epoch, "2", "2")
    assert school.count(Quarantine) == 0
    school.send("robins", skipped, later)
    assert school.count(Event, FROM_ROBINS) == 3


def test_a_gap_that_closes_within_the_same_batch_is_not_asked_for(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    epoch, sequence = cabinet.outbox.position()
    (first,) = cabinet.frames()
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    (second,) = cabinet.frames((epoch, sequence))
    said = school.said(school.send("robins", second, first, second))
    assert [(type(one), one.upto) for one in said] == [(Ack, "2")]


def test_several_frames_and_devices_of_a_batch_share_one_transaction_and_ids_follow_arrival(school: Any) -> None:
    for device in ("robins", "kitchen"):
        school.cabinets[device].tap_refused("amara", "amara-osei", "restricted")
    batch = [
        Arrived(topic("ashgrove", device, Channel.EVENTS), frame)
        for device in ("robins", "kitchen")
        for frame in school.cabinets[device].frames()
    ]
    before = school.count(Event)
    school.intake.take(batch)
    events = school.all(Event)[before:]
    assert [event.device for event in events] == ["robins", "robins", "kitchen", "kitchen"]
    assert [event.id for event in events] == list(range(before + 1, before + 5))
    assert len({event.committed_at for event in events}) == 1


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00\xff" * 500, b"[]", b'{"v":1}', b'{"v":1,"events":[],"head":null}', b"x" * 200_000, b"[" * 100_000],
    ids=["empty", "noise", "list", "no events", "empty events", "oversized", "deep"],
)
def test_garbage_is_kept_as_it_came_and_reported_and_stops_nobody(school: Any, payload: bytes) -> None:
    cabinet = school.cabinets["robins"]
    assert school.send("robins", payload) == []
    (kept,) = school.all(Quarantine)
    assert (kept.device, kept.payload, bool(kept.why)) == ("robins", payload, True)
    assert kinds(school) == ["quarantined"]
    school.deliver("robins")
    assert cabinet.outbox.depth() == 0


def test_the_oldest_garbage_of_a_device_is_kept_and_no_more_than_fits(school: Any) -> None:
    for number in range(MOST_BYTES // 200_000 + 3):
        school.send("robins", f"{number:06}".encode() + b"x" * 199_994)
    kept = school.all(Quarantine)
    assert MOST_BYTES <= sum(len(one.payload) for one in kept) < MOST_BYTES + 200_000
    assert [int(one.payload[:6]) for one in kept] == list(range(len(kept)))
    school.send("kitchen", b"noise")
    assert school.all(Quarantine)[-1].device == "kitchen"
    with school.database.read() as session:
        assert full_devices(session) == {"robins"}
    cabinet = school.cabinets["robins"]
    school.deliver("robins")
    assert cabinet.outbox.depth() == 0, "and what can be read still arrives"


def test_many_small_pieces_of_garbage_are_bounded_too(school: Any) -> None:
    at = school.clock.utc
    with school.database.write() as session:
        keep(session, [kept_message("robins", "t", "why", b"x", at) for _ in range(MOST_MESSAGES + 5)])
    assert school.count(Quarantine) == MOST_MESSAGES


def test_a_head_signed_by_another_key_is_not_believed(school: Any) -> None:
    stranger = type(school.cabinets["robins"])("robins", school.clock, key=new_signing_key())
    school.send("robins", *stranger.frames())
    assert school.count(Event, FROM_ROBINS) == 0
    assert "bad_signature" in school.all(Quarantine)[0].why


def test_a_device_is_who_its_topic_says_and_not_who_its_frame_says(school: Any) -> None:
    school.send("kitchen", *school.cabinets["robins"].frames())
    assert school.count(Event, Event.device != "central") == 0
    (kept,) = school.all(Quarantine)
    assert kept.device == "kitchen"


def test_an_unknown_device_is_quarantined_and_gets_no_acknowledgement(school: Any) -> None:
    stranger = type(school.cabinets["robins"])("wrens", school.clock)
    assert school.send("wrens", *stranger.frames()) == []
    assert "unknown device" in school.all(Quarantine)[0].why


def test_a_private_part_that_was_changed_on_the_way_is_refused_and_the_true_one_taken_later(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    (frame,) = cabinet.frames()
    forged = frame.replace(b"amara-osei", b"bilal-hus.")
    assert forged != frame
    assert school.send("robins", forged) == []
    assert "bad_private" in school.all(Quarantine)[0].why
    school.deliver("robins")
    assert school.all(LogRow, LogRow.kind == "refused")[0].person_id == "amara-osei"


def take_up_epoch(twin: Any, cabinet: Any) -> None:
    """Let a copy of a cabinet run on in the same epoch, as no program of ours does."""
    twin.outbox._epoch, twin.outbox._origin = cabinet.outbox._epoch, cabinet.outbox._origin
    twin.outbox.base, twin.outbox._known = 0, None


def test_other_bytes_for_an_event_that_is_held_raise_the_tamper_alarm(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    storage = cabinet.storage()
    twin = type(cabinet)("robins", school.clock, key=cabinet.key)
    twin.connection.deserialize(storage)
    take_up_epoch(twin, cabinet)
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    twin.tap_refused("bilal", "bilal-hussain", "restricted")
    twin.tap_refused("bilal", "bilal-hussain", "restricted")
    school.send("robins", *cabinet.frames())
    held = [event.body for event in school.all(Event)]
    replies = school.send("robins", *twin.frames())
    assert replies == []
    assert {"altered", "quarantined"} == set(kinds(school))
    assert [event.body for event in school.all(Event, FROM_ROBINS)] == [
        body for body in held if b'"robins' in body or b"/robins" in body
    ]


def test_other_bytes_in_the_middle_of_what_is_held_raise_the_alarm_too(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    twin = type(cabinet)("robins", school.clock, key=cabinet.key)
    twin.connection.deserialize(cabinet.storage())
    take_up_epoch(twin, cabinet)
    for _ in range(3):
        cabinet.tap_refused("amara", "amara-osei", "restricted")
    twin.tap_refused("bilal", "bilal-hussain", "restricted")
    school.send("robins", *cabinet.frames())
    assert school.send("robins", *twin.frames()) == []
    assert set(kinds(school)) == {"altered", "quarantined"}


def test_a_plan_that_somebody_else_has_overtaken_is_not_committed(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    now, plans = school.clock.now(), []
    for _ in range(2):
        with school.database.read() as session:
            plan = Plan()
            keys = {"robins": cabinet.key.public_key()}
            reader = FrameReader(session, plan, site="ashgrove", keys=keys, now=now, given_up=lambda *_: False)
            reader.read("robins", "topic", cabinet.frames()[0])
            plans.append(plan)
    with school.database.write() as session:
        commit_plan(session, plans[0], now)
    with pytest.raises(PlanStale), school.database.write() as session:
        commit_plan(session, plans[1], now)
    assert school.count(Event, FROM_ROBINS) == 2


def test_a_catalogue_newer_than_central_is_kept_in_the_chain_and_quarantined(school: Any, monkeypatch: Any) -> None:
    from broker.messages import catalogue

    cabinet = school.cabinets["robins"]
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    frames = cabinet.frames()
    monkeypatch.delitem(catalogue.MESSAGES, "tap.refused.v1")
    cabinet.trusted = school.signing_key.public_key()
    cabinet.obey(school.send("robins", *frames))
    assert school.count(Event, FROM_ROBINS) == 4
    assert [row.kind for row in school.all(LogRow, LogRow.point_id == "robins")] == ["put_in", "device"]
    assert "wrong_schema" in school.all(Quarantine)[0].why
    assert cabinet.outbox.depth() == 0


def test_every_frame_leaves_its_head(school: Any) -> None:
    for _ in range(60):
        school.cabinets["robins"].tap_refused("amara", "amara-osei", "restricted")
    frames = school.cabinets["robins"].frames()
    school.send("robins", *frames)
    assert school.count(Head, Head.device == "robins") == len(frames)


def test_a_badge_that_belongs_to_nobody_waits_in_the_office_and_counts_its_taps(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_refused("fob in a drawer", None, "badge_not_known_here")
    cabinet.tap_refused("fob in a drawer", None, "badge_not_known_here")
    school.deliver("robins")
    cabinet.tap_refused("fob in a drawer", None, "badge_not_known_here")
    school.deliver("robins")
    (unknown,) = school.all(UnknownBadge)
    assert (unknown.point_id, unknown.taps) == ("robins", 3)


def test_a_message_that_cannot_be_stored_is_quarantined_alone(school: Any) -> None:
    """A NUL in a text is something PostgreSQL cannot store; here a state that no table takes stands for it."""
    good, bad = school.cabinets["kitchen"], school.cabinets["robins"]
    good.tap_refused("amara", "amara-osei", "restricted")
    bad.tap_granted("bilal", "bilal-hussain", Intent.PUT_IN, slot=2**70)
    school.intake.take(
        [Arrived(topic("ashgrove", one.device, Channel.EVENTS), frame) for one in (bad, good) for frame in one.frames()]
    )
    assert school.count(Event, Event.device == "kitchen") == 2
    assert [kept.device for kept in school.all(Quarantine)] == ["robins"]
