"""Reading events by their spelling: it says what the model says, and never takes what the model refuses."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.envelope import NO_COMMITMENT, ZERO_LEAF, Envelope, Origin
from broker.messages.tap import PhoneDeclared
from broker.spelling import Said, Spelling
from policy.clock import ClockQuality, Moment
from policy.gesture import Intent
from policy.state import Declared

EPOCH = "5f0c9a61e2b47d38"
SOURCE = "phonekeep/ashgrove/robins"


def event(
    sequence: int = 7, quality: ClockQuality = ClockQuality.SYNCED, boottime_ns: int = 5, data: bytes = b""
) -> bytes:
    """Write an event as a device does."""
    declared = PhoneDeclared(point="robins", tap="6", intent=Intent.PUT_IN, state=Declared.IN)
    made = Origin("ashgrove", "robins", EPOCH, 3).encode(
        "phone.declared.v1",
        "<data>",
        sequence=sequence,
        now=Moment(datetime(2026, 11, 24, 10, 40, tzinfo=UTC), quality, boottime_ns),
        rules="1.4",
        prev=ZERO_LEAF,
        commitment=NO_COMMITMENT,
    )
    return made.replace(b"<data>", data or declared.to_bytes())


def read(text: bytes, sequence: int = 7) -> Said | None:
    """Read by the spelling."""
    return Spelling(SOURCE, "robins", EPOCH).read(text, sequence)


def by_the_model(text: bytes) -> Said:
    """Read by the model of the envelope. Raises ValueError."""
    said = Envelope.model_validate_json(text)
    boot, monotonic = int(said.boot), int(said.monotonic)
    return Said(said.name, said.time, boot, monotonic, said.clock, said.rules, said.prev, said.commitment, said.data)


@given(st.integers(1, 2**53 - 1), st.sampled_from(ClockQuality), st.integers(0, 2**62))
def test_what_a_device_writes_is_read_as_the_model_reads_it(
    sequence: int, quality: ClockQuality, boottime: int
) -> None:
    written = event(sequence, quality, boottime)

    assert read(written, sequence) == by_the_model(written)


@given(st.integers(0, len(event()) - 1), st.sampled_from(b'"{}0aZ:.,- \\\n\xff'))
def test_a_changed_byte_is_read_as_the_model_reads_it_or_not_at_all(at: int, byte: int) -> None:
    written = event()
    changed = written[:at] + bytes([byte]) + written[at + 1 :]

    found = read(changed)

    assert found is None or found == by_the_model(changed)


@pytest.mark.parametrize(
    "other",
    [
        event().replace(b'"boot":"3",', b'"boot": "3",'),
        event().replace(b'"boot":"3",', b'"boot":"\\u0033",'),
        event().replace(b'"clock":"synced",', b"").replace(b'"data"', b'"clock":"synced","data"'),
    ],
)
def test_another_spelling_is_left_to_the_model(other: bytes) -> None:
    assert read(other) is None
    assert by_the_model(other) == by_the_model(event())


@pytest.mark.parametrize("depth", [199, 200])
def test_what_is_nested_too_deep_for_the_model_is_not_read(depth: int) -> None:
    written = event(data=b'{"a":' + b"[" * depth + b"]" * depth + b"}")

    try:
        expected = by_the_model(written)
    except ValueError:
        assert read(written) is None
    else:
        assert read(written) == expected


@pytest.mark.parametrize(
    "data",
    [b'{"a":1}{"b":2}', b'{"a":1},{"b":2}', b'{"a":1},"data":{"b":2}', b'{"a":1', b'{"a":01}', b'{"a":"\xff"}'],
)
def test_data_that_is_no_one_object_is_not_read(data: bytes) -> None:
    assert read(event(data=data)) is None


def test_an_event_of_another_device_epoch_or_place_is_not_read() -> None:
    assert read(event(), 8) is None
    assert Spelling(SOURCE, "robins", "0" * 16).read(event(), 7) is None
    assert Spelling("phonekeep/ashgrove/wrens", "wrens", EPOCH).read(event(), 7) is None
    assert read(event().replace(b'"epoch":"5', b'"epoch":"6')) is None
    assert read(event().replace(b'"sequence":"7', b'"sequence":"8')) is None


def test_data_is_parsed_as_the_model_parses_it() -> None:
    written = event(data=b'{"a":[1e3,-0.5,null],"b":"\\u00e9\\n"}')

    assert read(written) == by_the_model(written)
