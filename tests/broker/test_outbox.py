"""The outbox: epochs, heads, frames, acknowledgements, archive, refill."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from broker.envelope import decode_event
from broker.errors import BadFrame, EpochNotOpen, MessageTooLarge
from broker.frames import FRAME_BYTES, FRAME_EVENTS, CheckedEvent, check_frame, decode_frame
from broker.instants import write_instant
from broker.messages.central import ActPrivate, PersonSaved
from broker.messages.device import DeviceStopping
from broker.messages.tap import TapGranted, TapRefused
from broker.messages.wire import Ack, Need
from broker.outbox import SALTS_AHEAD, Outbox
from broker.outbox_tables import transaction
from broker.sealing import unseal
from policy.clock import ClockQuality, Moment
from policy.gesture import Intent
from policy.rules import Revision


def drain(cabinet: Any, after: tuple[str, int] | None = None) -> list[CheckedEvent]:
    """Every event that frames give, checked as central checks them."""
    events: list[CheckedEvent] = []
    held = None
    while payload := cabinet.outbox.next_frame(after):
        frame = decode_frame(payload)
        assert len(payload) <= FRAME_BYTES
        key = cabinet.event_key.public_key()
        checked = check_frame(frame, site="hillside", device=cabinet.device, after=held, public_key=key)
        events += checked.events
        held = (frame.head.epoch, frame.head.sequence, frame.head.leaf)
        after = (frame.head.epoch, frame.head.sequence)
    return events


def ack_of(event: CheckedEvent, time: datetime = datetime(2026, 11, 24, 10, tzinfo=UTC)) -> Ack:
    return Ack(
        site="hillside", device=event.device, epoch=event.epoch, upto=str(event.sequence), leaf=event.leaf.hex(),
        time=write_instant(time),
    )  # fmt: skip


def test_the_first_event_ever_says_that_nothing_came_before(cabinet: Any) -> None:
    cabinet.outbox.sign_head()
    (event,) = drain(cabinet)
    assert event.type == "log.epoch_started.v1"
    assert event.data == {"previous": None, "sequence": None, "leaf": None, "reason": "new"}


def test_a_start_begins_an_epoch_that_cites_where_the_one_before_ended(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    before = drain(cabinet)[-1]
    cabinet.kill()
    cabinet.start()
    cabinet.outbox.sign_head()
    started = drain(cabinet)[-1]
    assert started.epoch != before.epoch
    assert started.sequence == 1
    assert started.data == {
        "previous": before.epoch, "sequence": "2", "leaf": before.leaf.hex(), "reason": "restart"
    }  # fmt: skip


def test_what_a_kill_left_without_a_head_is_headed_at_the_next_start(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.tap()
    assert cabinet.outbox.next_frame(None) is None
    cabinet.kill()
    cabinet.start()
    assert [event.sequence for event in drain(cabinet)] == [1, 2, 3]


def test_an_event_without_a_head_is_not_sent_and_one_with_is(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    cabinet.tap()
    assert [event.sequence for event in drain(cabinet)] == [1, 2]
    cabinet.outbox.sign_head()
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == [1, 2, 3]


def test_no_salt_is_used_twice(cabinet: Any) -> None:
    for _ in range(3):
        for _ in range(SALTS_AHEAD + 2):
            cabinet.tap()
        cabinet.outbox.sign_head()
    salts = [salt for (salt,) in cabinet.connection.execute("SELECT salt FROM outbox_event WHERE salt IS NOT NULL")]
    assert len(set(salts)) == len(salts) == 3 * (SALTS_AHEAD + 2)


def test_a_transaction_rolled_back_leaves_no_event_and_no_gap(cabinet: Any) -> None:
    def stumble() -> None:
        with transaction(cabinet.connection):
            cabinet.tap()
            raise RuntimeError("the program stumbles")

    with pytest.raises(RuntimeError):
        stumble()
    assert cabinet.tap() == 2
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == [1, 2]


def run_of(cabinet: Any, count: int, end: str) -> list[int]:
    """One transaction with a run, as the cabinet's store has it."""
    cabinet.connection.execute("BEGIN IMMEDIATE")
    run = cabinet.outbox.run()
    sequences = [run.append(DeviceStopping(), None, cabinet.clock.now()) for _ in range(count)]
    run.write()
    cabinet.connection.execute(end)
    if end == "COMMIT":
        run.committed()
    return sequences


def test_a_run_goes_on_where_the_one_before_was_committed(cabinet: Any) -> None:
    assert run_of(cabinet, 2, "COMMIT") == [2, 3]
    assert run_of(cabinet, 1, "COMMIT") == [4]
    assert cabinet.tap() == 5
    assert run_of(cabinet, 1, "COMMIT") == [6]
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == [1, 2, 3, 4, 5, 6]


def test_a_run_rolled_back_leaves_no_gap_to_the_next(cabinet: Any) -> None:
    run_of(cabinet, 2, "COMMIT")
    assert run_of(cabinet, 3, "ROLLBACK") == [4, 5, 6]
    assert run_of(cabinet, 1, "COMMIT") == [4]
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == [1, 2, 3, 4]


def test_a_head_rolled_back_with_its_transaction_is_signed_again(cabinet: Any) -> None:
    run_of(cabinet, 1, "COMMIT")
    cabinet.connection.execute("BEGIN IMMEDIATE")
    cabinet.outbox.sign_head()
    cabinet.connection.execute("ROLLBACK")
    assert drain(cabinet) == []
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == [1, 2]


def test_runs_without_any_call_for_heads_get_one_every_fifty_events(cabinet: Any) -> None:
    for _ in range(90):
        run_of(cabinet, 2, "COMMIT")
    heads = [row[0] for row in cabinet.connection.execute("SELECT position FROM outbox_head ORDER BY position")]
    assert heads == [50, 100, 150]


def test_an_event_names_the_rules_in_force_its_boot_and_its_time(cabinet: Any) -> None:
    cabinet.outbox.rules = Revision(2, 31)
    cabinet.tap()
    row = cabinet.connection.execute("SELECT event FROM outbox_event ORDER BY position DESC").fetchone()
    envelope = decode_event(row[0])
    assert (envelope.rules, envelope.boot, envelope.time) == ("2.31", "41", "2026-11-24T09:00:00.250Z")


def test_a_tap_and_what_it_did_name_each_other_by_sequence(cabinet: Any) -> None:
    tap = cabinet.tap()
    cabinet.pulse(tap)
    cabinet.outbox.sign_head()
    assert drain(cabinet)[-1].data["tap"] == str(tap)


def test_a_backlog_without_any_call_for_heads_gets_one_every_fifty_events(cabinet: Any) -> None:
    for _ in range(180):
        cabinet.tap()
    heads = [row[0] for row in cabinet.connection.execute("SELECT position FROM outbox_head ORDER BY position")]
    assert heads == [50, 100, 150]
    cabinet.outbox.sign_head()
    assert [event.sequence for event in drain(cabinet)] == list(range(1, 182))


def test_events_with_much_beside_them_still_make_frames_of_64_kb_also_once_sealed(cabinet: Any) -> None:
    with transaction(cabinet.connection):
        for _ in range(60):
            cabinet.outbox.append(PersonSaved(), ActPrivate(actor="ruth", what='"\\' * 990), cabinet.clock.now())
    cabinet.outbox.sign_head()
    events = drain(cabinet)
    assert len(events) == 61
    assert cabinet.outbox.acknowledge(ack_of(events[-1]))
    assert len(drain(cabinet, (events[0].epoch, 0))) == 61


def test_frames_hold_fifty_events_at_most(cabinet: Any) -> None:
    for _ in range(120):
        cabinet.tap()
        cabinet.outbox.sign_head()
    payload = cabinet.outbox.next_frame(None)
    assert len(decode_frame(payload).events) == FRAME_EVENTS


def test_frames_never_span_epochs(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.kill()
    cabinet.start()
    cabinet.outbox.sign_head()
    first = decode_frame(cabinet.outbox.next_frame(None))
    second = decode_frame(cabinet.outbox.next_frame((first.head.epoch, first.head.sequence)))
    assert (len(first.events), len(second.events)) == (2, 1)
    assert first.head.epoch != second.head.epoch


def test_an_acknowledgement_archives_and_seals_and_counts(cabinet: Any) -> None:
    cabinet.tap("siân-pritchard")
    cabinet.outbox.sign_head()
    event = drain(cabinet)[-1]
    assert cabinet.outbox.depth() == 2
    assert cabinet.outbox.acknowledge(ack_of(event), b"as it came")
    assert cabinet.outbox.depth() == 0
    private, salt, sealed = cabinet.connection.execute(
        "SELECT private, salt, sealed FROM outbox_event WHERE position = 2"
    ).fetchone()
    assert (private, salt) == (None, None)
    assert unseal(cabinet.recovery, sealed, event.leaf) == (event.private, event.salt)
    last = cabinet.outbox.last_acknowledged()
    assert last is not None
    assert (last.epoch, last.upto, last.leaf, last.signed) == (event.epoch, 2, event.leaf, "as it came")


def test_an_acknowledgement_in_the_middle_leaves_the_rest(cabinet: Any) -> None:
    for _ in range(5):
        cabinet.tap()
        cabinet.outbox.sign_head()
    events = drain(cabinet)
    assert cabinet.outbox.acknowledge(ack_of(events[2]))
    assert cabinet.outbox.depth() == 3
    assert [event.sequence for event in map(decode_event, _sent_first(cabinet))] == ["4", "5", "6"]


def _sent_first(cabinet: Any) -> list[bytes]:
    return [item.event for item in decode_frame(cabinet.outbox.next_frame(None)).events]


def test_an_acknowledgement_with_another_leaf_or_of_events_not_held_is_ignored(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    good = ack_of(drain(cabinet)[-1])
    for change in ({"leaf": "0" * 64}, {"upto": "3"}, {"upto": "0"}, {"epoch": "f" * 16}, {"upto": "9007199254740991"}):
        assert not cabinet.outbox.acknowledge(good.model_copy(update=change))
    assert cabinet.outbox.depth() == 2
    assert cabinet.outbox.last_acknowledged() is None
    assert cabinet.outbox.acknowledge(good)
    assert not cabinet.outbox.acknowledge(good)


def test_an_acknowledgement_never_reaches_into_the_next_epoch(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.kill()
    cabinet.start()
    cabinet.outbox.sign_head()
    last = drain(cabinet)[-1]
    first_epoch = drain(cabinet)[0].epoch
    assert not cabinet.outbox.acknowledge(ack_of(last).model_copy(update={"epoch": first_epoch, "upto": "3"}))
    assert cabinet.outbox.depth() == 3
    assert cabinet.outbox.acknowledge(ack_of(last))
    assert cabinet.outbox.depth() == 2, "the epoch before is not acknowledged by the next one's"
    assert decode_frame(cabinet.outbox.next_frame(None)).head.epoch == first_epoch


def test_a_backlog_of_thousands_is_archived_in_steps_that_let_taps_between(cabinet: Any) -> None:
    with transaction(cabinet.connection):
        for _ in range(1000):
            cabinet.outbox.append(DeviceStopping(), None, cabinet.clock.now())
    cabinet.outbox.sign_head()
    steps: list[str] = []
    cabinet.connection.set_trace_callback(lambda sql: steps.append(sql) if sql.startswith("COMMIT") else None)
    assert cabinet.outbox.acknowledge(ack_of(drain(cabinet)[-1]))
    assert len(steps) == 11


def test_a_need_is_answered_from_the_archive_sealed_and_from_the_outbox_open(cabinet: Any) -> None:
    for _ in range(4):
        cabinet.tap()
        cabinet.outbox.sign_head()
    events = drain(cabinet)
    cabinet.outbox.acknowledge(ack_of(events[2]))
    need = Need(site="hillside", device="robins", epoch=events[0].epoch, first="2", last="4")
    frames = [decode_frame(payload) for payload in cabinet.outbox.refill(need)]
    items = [item for frame in frames for item in frame.events]
    assert [decode_event(item.event).sequence for item in items][:3] == ["2", "3", "4"]
    assert [item.sealed is not None for item in items][:3] == [True, True, False]
    checked = check_frame(
        frames[0], site="hillside", device="robins", after=(events[0].epoch, 1, events[0].leaf),
        public_key=cabinet.event_key.public_key(),
    )  # fmt: skip
    assert checked.events[0].sealed is not None


def test_central_put_back_to_yesterday_asks_for_what_it_lacks_and_goes_on(cabinet: Any) -> None:
    for _ in range(4):
        cabinet.tap()
        cabinet.outbox.sign_head()
    events = drain(cabinet)
    cabinet.outbox.acknowledge(ack_of(events[-1]))
    cabinet.tap()
    cabinet.outbox.sign_head()
    key = cabinet.event_key.public_key()

    def take(payload: bytes, after: CheckedEvent) -> list[CheckedEvent]:
        held = (after.epoch, after.sequence, after.leaf)
        frame = decode_frame(payload)
        return list(check_frame(frame, site="hillside", device="robins", after=held, public_key=key).events)

    newest = cabinet.outbox.next_frame(None)
    with pytest.raises(BadFrame) as caught:
        take(newest, events[1])
    assert caught.value.missing is not None
    epoch, first, last = caught.value.missing
    need = Need(site="hillside", device="robins", epoch=epoch, first=str(first), last=str(last))
    (refilled,) = cabinet.outbox.refill(need)
    got = take(refilled, events[1])
    assert [(event.sequence, event.sealed is not None) for event in got] == [
        (3, True),
        (4, True),
        (5, True),
        (6, False),
    ]
    assert take(newest, got[-1]) == []


def test_a_need_of_an_epoch_or_events_that_are_not_held_gets_nothing(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    epoch = cabinet.outbox.epoch
    for change in ({"epoch": "f" * 16}, {"last": "9"}, {"first": "9", "last": "9"}):
        need = Need(site="hillside", device="robins", epoch=epoch, first="1", last="2").model_copy(update=change)
        assert list(cabinet.outbox.refill(need)) == []


def test_a_cursor_in_an_epoch_that_is_not_held_begins_at_the_first_event_not_acknowledged(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    events = drain(cabinet)
    cabinet.outbox.acknowledge(ack_of(events[0]))
    assert [event.sequence for event in map(decode_event, _sent_first(cabinet))] == ["2"]
    assert decode_frame(cabinet.outbox.next_frame(("f" * 16, 9))).head.sequence == 2
    assert decode_frame(cabinet.outbox.next_frame((events[0].epoch, 99))).head.sequence == 2


def test_the_archive_is_pruned_by_centrals_time_and_keeps_the_end_of_the_chain(cabinet: Any) -> None:
    for _ in range(3):
        cabinet.tap()
        cabinet.outbox.sign_head()
    events = drain(cabinet)
    start = datetime(2026, 11, 24, 10, tzinfo=UTC)
    cabinet.outbox.acknowledge(ack_of(events[1], start))
    cabinet.outbox.acknowledge(ack_of(events[3], start + timedelta(days=31)))
    late = Moment(start + timedelta(days=32), ClockQuality.SYNCED, 1)
    assert cabinet.outbox.prune_archive(Moment(late.utc, ClockQuality.FLOOR, 1), 30) == 0
    assert cabinet.outbox.prune_archive(late, 30) == 2
    assert cabinet.outbox.prune_archive(late, 0) == 0, (
        "a clock ahead of central's last signed time deletes nothing more"
    )
    assert cabinet.tap() == 5
    cabinet.outbox.sign_head()
    assert [decode_event(event).sequence for event in _sent_first(cabinet)] == ["5"]
    need = Need(site="hillside", device="robins", epoch=cabinet.outbox.epoch, first="1", last="4")
    refilled = [decode_frame(payload) for payload in cabinet.outbox.refill(need)]
    assert decode_event(refilled[0].events[0].event).sequence == "3"


def test_a_clock_five_years_ahead_does_not_empty_the_archive(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    cabinet.outbox.acknowledge(ack_of(drain(cabinet)[-1]))
    ahead = Moment(datetime(2031, 11, 24, tzinfo=UTC), ClockQuality.SYNCED, 1)
    assert cabinet.outbox.prune_archive(ahead, 30) == 0


def test_the_newest_event_stays_though_central_signed_later_times_before_it(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    events = drain(cabinet)
    cabinet.outbox.acknowledge(ack_of(events[0], datetime(2031, 11, 24, tzinfo=UTC)))
    cabinet.outbox.acknowledge(ack_of(events[1], datetime(2026, 11, 24, tzinfo=UTC)))
    ahead = Moment(datetime(2031, 11, 24, tzinfo=UTC), ClockQuality.SYNCED, 1)
    assert cabinet.outbox.prune_archive(ahead, 30) == 0
    assert cabinet.tap() == 3


def test_pruning_forgets_epochs_and_heads_that_hold_nothing_any_more(cabinet: Any) -> None:
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    for day in range(4):
        cabinet.tap()
        cabinet.outbox.sign_head()
        cabinet.outbox.acknowledge(ack_of(drain(cabinet)[-1], at + timedelta(days=20 * day)))
        cabinet.kill()
        cabinet.start()
    assert cabinet.outbox.prune_archive(Moment(at + timedelta(days=61), ClockQuality.SYNCED, 1), 30) == 4
    assert cabinet.connection.execute("SELECT count(*) FROM outbox_epoch").fetchone()[0] == 3
    assert cabinet.connection.execute("SELECT min(position) FROM outbox_head").fetchone()[0] == 6
    assert cabinet.outbox.depth() == 1


def test_a_second_connection_reads_and_acknowledges_what_the_first_writes(cabinet: Any) -> None:
    other = sqlite3.connect(cabinet.path, isolation_level=None)
    desk = Outbox(other, "hillside", "robins", cabinet.event_key, 41, recovery=cabinet.recovery.public_key())
    cabinet.tap()
    cabinet.outbox.sign_head()
    event = drain(cabinet)[-1]
    assert desk.position() == (event.epoch, 2)
    assert desk.next_frame(None) == cabinet.outbox.next_frame(None)
    assert desk.acknowledge(ack_of(event))
    assert cabinet.outbox.depth() == 0
    assert cabinet.tap() == 3
    with pytest.raises(EpochNotOpen):
        desk.append(DeviceStopping(), None, cabinet.clock.now())


def test_a_private_part_that_is_missing_wrong_or_too_long_is_refused(cabinet: Any) -> None:
    now = cabinet.clock.now()
    granted = TapGranted(point="robins", intent=Intent.PUT_IN, opens=True)
    with pytest.raises(ValueError, match="needs its private part"):
        cabinet.outbox.append(granted, None, now)
    with pytest.raises(ValueError, match="has no private part ActPrivate"):
        cabinet.outbox.append(TapRefused(point="robins"), ActPrivate(actor="ruth"), now)
    with pytest.raises(ValueError, match="has no private part ActPrivate"):
        cabinet.outbox.append(DeviceStopping(), ActPrivate(actor="ruth"), now)
    with pytest.raises(MessageTooLarge, match="4096"):
        cabinet.outbox.append(PersonSaved(), ActPrivate(actor="ruth", what="\u20ac" * 2000), now)


def test_two_cabinets_never_share_an_epoch(another_cabinet: Callable[[str], Any]) -> None:
    assert another_cabinet("robins").outbox.epoch != another_cabinet("wrens").outbox.epoch


def test_a_card_put_back_writes_under_an_epoch_of_its_own(cabinet: Any) -> None:
    cabinet.tap()
    copy = sqlite3.connect(":memory:")
    cabinet.connection.backup(copy)
    lost = cabinet.tap()
    epoch = cabinet.outbox.epoch
    copy.backup(cabinet.connection)
    cabinet.kill()
    cabinet.start()
    cabinet.outbox.sign_head()
    started = drain(cabinet)[-1]
    assert lost == 3
    assert started.epoch != epoch
    assert (started.data["previous"], started.data["sequence"]) == (epoch, "2")
