"""Heads: a device's signature over how far its chain goes, which proves origin and order (flow 1, step 7)."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_DOMAIN = b"phonekeep-head-v1\0"


@dataclass(frozen=True, slots=True)
class Head:
    """That `leaf` (32 bytes) is the event `sequence` of `epoch` of `device`; `signature` has 64 bytes."""

    device: str
    epoch: str
    sequence: int
    leaf: bytes
    signature: bytes


def sized(text: str) -> bytes:
    """A text preceded by its length in bytes as 2 bytes big-endian, so that no two lists of texts look the same."""
    encoded = text.encode()
    return len(encoded).to_bytes(2, "big") + encoded


def _signed_bytes(site: str, device: str, epoch: str, sequence: int, leaf: bytes) -> bytes:
    if len(leaf) != 32:
        raise ValueError(f"a leaf has 32 bytes, not {len(leaf)}")
    return b"".join((_DOMAIN, sized(site), sized(device), sized(epoch), sequence.to_bytes(8, "big"), leaf))


def sign_head(key: Ed25519PrivateKey, site: str, device: str, epoch: str, sequence: int, leaf: bytes) -> Head:
    """Sign where a chain has got to."""
    signature = key.sign(_signed_bytes(site, device, epoch, sequence, leaf))
    return Head(device, epoch, sequence, leaf, signature)


def verify_head(public_key: Ed25519PublicKey, site: str, head: Head) -> bool:
    """Whether the holder of the event key said this, at this site."""
    try:
        public_key.verify(head.signature, _signed_bytes(site, head.device, head.epoch, head.sequence, head.leaf))
    except (InvalidSignature, ValueError, OverflowError):
        return False
    return True
