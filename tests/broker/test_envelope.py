"""The bytes of an event, its id, its leaf, its commitment."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.canonical import dumps
from broker.envelope import NO_COMMITMENT, ZERO_LEAF, EventId, Origin, commitment, decode_event, encode_event, leaf_of
from broker.errors import BadMessage, MessageTooLarge
from broker.instants import read_instant, write_date, write_exact, write_instant
from broker.messages.device import DeviceStarted
from broker.messages.order import RulesRefused
from broker.messages.tap import TapRefused
from policy.clock import ClockQuality, Moment

NOW = Moment(datetime(2026, 3, 29, 0, 59, 59, 999_900, tzinfo=UTC), ClockQuality.FLOOR, 12_345_678_901_234)


def an_event(**changes: Any) -> bytes:
    values: dict[str, Any] = {
        "site": "hillside",
        "device": "robins",
        "epoch": "00000000000000ff",
        "sequence": 2**53 - 1,
        "now": NOW,
        "boot": 2**63 - 1,
        "rules": "1.4",
        "prev": ZERO_LEAF,
        "commitment": NO_COMMITMENT,
    }
    return encode_event(TapRefused(point="robins"), **(values | changes))


def test_an_event_is_cloudevents_json_without_spaces_and_with_large_numbers_as_strings() -> None:
    event = json.loads(an_event())
    assert list(event) == [
        "specversion", "id", "source", "type", "time", "epoch", "sequence",
        "boot", "monotonic", "clock", "rules", "prev", "commitment", "data",
    ]  # fmt: skip
    assert event["id"] == "robins/00000000000000ff/9007199254740991"
    assert event["source"] == "phonekeep/hillside/robins"
    assert event["type"] == "uk.phonekeep.tap.refused.v1"
    assert event["time"] == "2026-03-29T00:59:59.999Z"
    assert event["boot"] == "9223372036854775807"
    assert event["prev"] == "0" * 64
    assert dumps(event) == an_event()


def test_what_events_share_is_worded_anew_when_time_or_rules_change() -> None:
    origin = Origin("hillside", "robins", "00000000000000ff", 7)
    later = Moment(datetime(2026, 3, 29, 1, tzinfo=UTC), ClockQuality.SYNCED, 12_345_678_999_999)
    moments = [(NOW, "1.4"), (NOW, "1.4"), (NOW, "1.5"), (later, "1.5"), (NOW, "1.5"), (NOW, "1.4")]
    for sequence, (now, rules) in enumerate(moments, start=1):
        made = origin.encode(
            "tap.refused.v1", '{"point":"robins"}',
            sequence=sequence, now=now, rules=rules, prev=ZERO_LEAF, commitment=NO_COMMITMENT,
        )  # fmt: skip
        assert made == an_event(sequence=sequence, now=now, rules=rules, boot=7)


def test_a_decoded_event_names_its_device_epoch_and_sequence() -> None:
    envelope = decode_event(an_event(sequence=7))
    assert envelope.event_id == EventId("robins", "00000000000000ff", 7)
    assert str(envelope.event_id) == envelope.id
    assert envelope.name == "tap.refused.v1"


def test_a_leaf_is_the_hash_of_the_bytes_with_a_zero_in_front() -> None:
    event = an_event()
    assert leaf_of(event) == hashlib.sha256(b"\x00" + event).digest()


def test_a_commitment_binds_salt_and_private_and_is_that_of_nothing_without_them() -> None:
    assert commitment(b'{"a":1}', b"s" * 16) == hashlib.sha256(b"s" * 16 + b'{"a":1}').hexdigest()
    assert commitment(b"", b"") == NO_COMMITMENT == hashlib.sha256(b"").hexdigest()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("specversion", "0.3"),
        ("id", "wrens/00000000000000ff/7"),
        ("epoch", "FF"),
        ("sequence", "0"),
        ("sequence", "9007199254740992"),
        ("sequence", 7),
        ("time", "2026-03-29T01:00:00Z"),
        ("time", "2026-03-29 01:00:00.000Z"),
        ("clock", "guessed"),
        ("rules", "1"),
        ("prev", "00"),
        ("type", "uk.phonekeep.tap.refused"),
        ("data", []),
    ],
)
def test_an_event_with_a_wrong_field_is_refused(field: str, value: object) -> None:
    event = json.loads(an_event(sequence=7))
    event[field] = value
    if field in ("epoch", "sequence"):
        event["id"] = f"robins/{event['epoch']}/{event['sequence']}"
    with pytest.raises(BadMessage, match="not an event"):
        decode_event(dumps(event))


def test_what_is_no_json_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadMessage) as caught:
        decode_event(b"04a1b2c3d4e580 and more")
    assert "04a1b2" not in str(caught.value)


def test_an_event_that_would_be_too_long_is_not_made() -> None:
    message = DeviceStarted.model_construct(unclean=False, version="x" * 9000)
    with pytest.raises(MessageTooLarge, match="8192"):
        encode_event(
            message, site="hillside", device="robins", epoch="0" * 16, sequence=1, now=NOW, boot=1, rules="0.0",
            prev=ZERO_LEAF, commitment=NO_COMMITMENT,
        )  # fmt: skip


def test_canonical_json_keeps_order_and_letters_and_has_no_spaces() -> None:
    assert dumps({"b": "Siân", "a": [1, None, True]}) == '{"b":"Siân","a":[1,null,true]}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        dumps(float("nan"))


def test_an_instant_is_written_in_utc_and_read_back() -> None:
    moment = datetime(2026, 11, 24, 9, 0, 0, 123_999, tzinfo=UTC)
    assert write_instant(moment) == "2026-11-24T09:00:00.123Z"
    assert read_instant(write_instant(moment)) == datetime(2026, 11, 24, 9, 0, 0, 123_000, tzinfo=UTC)
    assert read_instant("2026-11-24T09:00:00.123Z").tzinfo is UTC


def test_a_reason_that_a_newer_device_has_learnt_is_still_understood() -> None:
    assert RulesRefused(revision=None, why="reason_of_next_year").why == "reason_of_next_year"


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])))
def test_every_instant_is_written_as_isoformat_does(moment: datetime) -> None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return
    assert write_instant(moment) == utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert write_exact(moment) == utc.isoformat(timespec="microseconds")
    assert write_date(moment) == moment.date().isoformat()
