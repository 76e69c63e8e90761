"""Sealed private parts: opened by the recovery key alone, bound to their event."""

import pytest

from broker.errors import CannotUnseal
from broker.keys import new_recovery_key
from broker.sealing import Sealer, sealed_length, unseal

RECOVERY = new_recovery_key()
LEAF, SALT = b"l" * 32, b"s" * 16
PRIVATE = '{"person":"siân-pritchard"}'.encode()


def test_what_was_sealed_is_opened_with_its_salt_and_is_as_long_as_foretold() -> None:
    sealed = Sealer(RECOVERY.public_key()).seal(PRIVATE, SALT, LEAF)
    assert unseal(RECOVERY, sealed, LEAF) == (PRIVATE, SALT)
    assert len(sealed) == sealed_length(len(PRIVATE))
    assert b"pritchard" not in sealed


def test_no_two_sealed_parts_of_one_acknowledgement_look_alike() -> None:
    sealer = Sealer(RECOVERY.public_key())
    one, other = sealer.seal(PRIVATE, SALT, LEAF), sealer.seal(PRIVATE, SALT, LEAF)
    assert one[45:] != other[45:]
    assert unseal(RECOVERY, one, LEAF) == unseal(RECOVERY, other, LEAF)


def test_another_key_another_event_or_a_damaged_byte_opens_nothing() -> None:
    sealed = Sealer(RECOVERY.public_key()).seal(PRIVATE, SALT, LEAF)
    with pytest.raises(CannotUnseal):
        unseal(new_recovery_key(), sealed, LEAF)
    with pytest.raises(CannotUnseal):
        unseal(RECOVERY, sealed, b"m" * 32)
    for at in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[at] ^= 1
        with pytest.raises(CannotUnseal):
            unseal(RECOVERY, bytes(damaged), LEAF)
    with pytest.raises(CannotUnseal):
        unseal(RECOVERY, b"", LEAF)
