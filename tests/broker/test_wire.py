"""What goes beside events: acknowledgement, need, announcement, status, birth."""

import pytest

from broker.errors import BadMessage
from broker.messages.message import WireModel
from broker.messages.status import BundleHead, LampState, Online, PartHealth, Status, Versions
from broker.messages.wire import Ack, Command, IngestAnnouncement, Need
from policy.clock import ClockQuality

AT = "2026-11-24T09:00:00.000Z"
STATUS = Status(
    device="robins",
    at=AT,
    clock=ClockQuality.SYNCED,
    boot="41",
    versions=Versions(phonekeep="0.1.0"),
    bundle=BundleHead(device="robins", generation=2, number=31, signature="ab" * 64),
    rules_applied="2.31",
    last_ack='{"body":"{}","signature":""}',
    epoch="00000000000000ff",
    sequence="812",
    outbox_depth=0,
    health=[PartHealth(part="front", state="fault", since=AT, what_to_do="Push the reader's plug in firmly.")],
    lamps=LampState(red="off", amber="slow", green="steady"),
    doors={"1": "closed"},
    nonce="0f" * 16,
    children_in_until=AT,
)


@pytest.mark.parametrize(
    "message",
    [
        STATUS,
        Online(online=True, boot="41"),
        Online(online=False),
        Ack(site="hillside", device="robins", epoch="00000000000000ff", upto="50", leaf="ab" * 32, time=AT),
        Need(site="hillside", device="robins", epoch="00000000000000ff", first="1", last="50"),
        Command(site="hillside", device="robins", command="approve", nonce="0" * 32),
        Command(site="hillside", device="robins", command="open_for", nonce="0" * 32, holder="amara-osei"),
        IngestAnnouncement(start_id="00000000000000ff", devices=12, time=AT),
    ],
)
def test_it_survives_the_way_to_bytes_and_back(message: WireModel) -> None:
    assert type(message).from_bytes(message.to_bytes()) == message


def test_a_need_says_from_and_to() -> None:
    need = Need(site="hillside", device="robins", epoch="00000000000000ff", first="1", last="50")
    assert need.to_bytes() == (
        b'{"purpose":"need","site":"hillside","device":"robins","epoch":"00000000000000ff","from":"1","to":"50"}'
    )


def test_a_status_of_a_device_that_has_no_cabinet_yet_needs_neither_nonce_nor_room() -> None:
    text = STATUS.to_bytes().replace(b',"nonce":"' + b"0f" * 16 + b'","children_in_until":"' + AT.encode() + b'"', b"")
    assert Status.from_bytes(text) == STATUS.model_copy(update={"nonce": None, "children_in_until": None})


def test_a_command_that_names_no_holder_has_the_bytes_it_always_had() -> None:
    command = Command(site="hillside", device="robins", command="approve", nonce="0" * 32)
    assert command.to_bytes() == (
        b'{"purpose":"command","site":"hillside","device":"robins","command":"approve","nonce":"' + b"0" * 32 + b'"}'
    )


def test_a_field_that_does_not_fit_is_named_and_its_value_is_not_repeated() -> None:
    with pytest.raises(BadMessage, match=r"this is not a Status: lamps\.red") as caught:
        Status.from_bytes(STATUS.to_bytes().replace(b'"red":"off"', b'"red":"Joanne Birtles"'))
    assert "Joanne" not in str(caught.value)
