"""What central signs is good for one purpose, one site and one device."""

import json

import pytest

from broker.errors import BadMessage, BadSignature, ForeignMessage
from broker.keys import new_signing_key
from broker.messages.bundle import Bundle
from broker.messages.waiting import HostsWaited
from broker.messages.wire import Ack, Command, Need, read_addressed
from broker.signed import (
    Purpose,
    head_signature_of,
    open_one_of,
    open_signed,
    sign,
    sign_rules,
    verify_rules_head,
)
from policy.rules import Revision

KEY = new_signing_key()
PUBLIC = KEY.public_key()
ACK = Ack(site="hillside", device="robins", epoch="00000000000000ff", upto="50", leaf="ab" * 32,
          time="2026-11-24T09:00:00.000Z")  # fmt: skip


def test_a_signed_body_is_given_back_byte_for_byte_and_signed_under_its_purpose() -> None:
    payload = sign(KEY, Purpose.ACK, ACK.to_bytes())
    assert open_signed(PUBLIC, Purpose.ACK, payload) == ACK.to_bytes()
    PUBLIC.verify(bytes.fromhex(json.loads(payload)["signature"]), b"phonekeep-ack-v1\0" + ACK.to_bytes())


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.ACK])
def test_a_signature_of_one_purpose_is_good_for_no_other(purpose: Purpose) -> None:
    with pytest.raises(BadSignature):
        open_signed(PUBLIC, purpose, sign(KEY, Purpose.ACK, ACK.to_bytes()))


def test_a_body_with_one_letter_changed_or_another_key_is_refused() -> None:
    payload = sign(KEY, Purpose.ACK, ACK.to_bytes())
    with pytest.raises(BadSignature):
        open_signed(PUBLIC, Purpose.ACK, payload.replace(b"robins", b"robinz"))
    with pytest.raises(BadSignature):
        open_signed(new_signing_key().public_key(), Purpose.ACK, payload)


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"\xff", b'{"body":1,"signature":"00"}', b'{"body":"x"}', b'{"body":"x","signature":"zz"}',
     b'{"body":"\\ud800","signature":"00"}', b"[" * 100_000, b"x" * 300_000],
)  # fmt: skip
def test_noise_is_refused_with_a_sentence(payload: bytes) -> None:
    with pytest.raises(BadSignature):
        open_signed(PUBLIC, Purpose.RULES, payload)


def test_purposes_that_share_a_topic_are_told_apart_by_their_signature() -> None:
    need = Need(site="hillside", device="robins", epoch="00000000000000ff", first="1", last="9")
    both = (Purpose.ACK, Purpose.NEED)
    assert open_one_of(PUBLIC, both, sign(KEY, Purpose.NEED, need.to_bytes())) == (Purpose.NEED, need.to_bytes())
    assert open_one_of(PUBLIC, both, sign(KEY, Purpose.ACK, ACK.to_bytes()))[0] is Purpose.ACK
    with pytest.raises(BadSignature):
        open_one_of(PUBLIC, both, sign(KEY, Purpose.COMMAND, need.to_bytes()))


def test_a_body_for_another_site_device_or_purpose_is_foreign_though_rightly_signed() -> None:
    body = ACK.to_bytes()
    assert read_addressed(Ack, body, site="hillside", device="robins") == ACK
    with pytest.raises(ForeignMessage, match="robins"):
        read_addressed(Ack, body, site="hillside", device="wrens")
    with pytest.raises(ForeignMessage, match="valley"):
        read_addressed(Ack, body, site="valley", device="robins")
    with pytest.raises(BadMessage):
        read_addressed(Need, body, site="hillside", device="robins")


def test_every_signed_body_names_the_purpose_it_is_signed_for() -> None:
    kinds = (Ack, Need, Command, Bundle, HostsWaited)
    assert [Purpose(kind.model_fields["purpose"].default) for kind in kinds] == [
        Purpose.ACK, Purpose.NEED, Purpose.COMMAND, Purpose.RULES, Purpose.VISITS,
    ]  # fmt: skip


def test_a_rules_bundle_carries_the_signature_of_its_head_which_is_good_for_one_device_and_revision() -> None:
    payload = sign_rules(KEY, "hillside", "robins", Revision(2, 31), b"{}")
    assert open_signed(PUBLIC, Purpose.RULES, payload) == b"{}"
    signature = head_signature_of(payload)
    assert verify_rules_head(PUBLIC, "hillside", "robins", Revision(2, 31), signature)
    assert not verify_rules_head(PUBLIC, "hillside", "robins", Revision(2, 32), signature)
    assert not verify_rules_head(PUBLIC, "hillside", "wrens", Revision(2, 31), signature)
    assert not verify_rules_head(PUBLIC, "hillside", "robins", Revision(-1, 31), signature)
    with pytest.raises(BadSignature, match="without the signature of its head"):
        head_signature_of(sign(KEY, Purpose.RULES, b"{}"))
