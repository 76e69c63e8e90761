"""The exact bytes that a head signs, and that nothing else passes for it."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.heads import sign_head, verify_head
from broker.keys import new_signing_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LEAF = bytes(range(100, 132))


def test_a_head_signs_the_bytes_that_the_design_names() -> None:
    head = sign_head(KEY, "hillside", "robins", "00000000000000ff", 812, LEAF)
    exact = (
        b"phonekeep-head-v1\x00"
        b"\x00\x08hillside"
        b"\x00\x06robins"
        b"\x00\x1000000000000000ff"
        b"\x00\x00\x00\x00\x00\x00\x03\x2c" + LEAF
    )
    KEY.public_key().verify(head.signature, exact)
    assert verify_head(KEY.public_key(), "hillside", head)


@pytest.mark.parametrize(
    "change",
    [{"device": "wrens"}, {"epoch": "00000000000000fe"}, {"sequence": 813}, {"leaf": bytes(32)},
     {"signature": bytes(64)}, {"leaf": b""}, {"sequence": -1}],
)  # fmt: skip
def test_a_head_with_anything_changed_is_not_believed(change: dict[str, Any]) -> None:
    head = sign_head(KEY, "hillside", "robins", "00000000000000ff", 812, LEAF)
    assert not verify_head(KEY.public_key(), "hillside", replace(head, **change))


def test_a_head_of_another_site_or_key_is_not_believed() -> None:
    head = sign_head(KEY, "hillside", "robins", "00000000000000ff", 812, LEAF)
    assert not verify_head(KEY.public_key(), "valley", head)
    assert not verify_head(new_signing_key().public_key(), "hillside", head)


def test_texts_cannot_be_moved_from_one_field_into_the_next() -> None:
    head = sign_head(KEY, "hill", "siderobins", "00000000000000ff", 812, LEAF)
    assert not verify_head(KEY.public_key(), "hillside", replace(head, device="robins"))
