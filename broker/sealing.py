"""Sealing of private parts in a device's archive: only the recovery key from the school's safe opens them."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from broker.errors import CannotUnseal
from broker.keys import public_bytes

SALT_BYTES = 16
_VERSION = b"\x01"
_OVERHEAD = 1 + 32 + 12 + 16 + SALT_BYTES


def sealed_length(private: int) -> int:
    """How long a sealed private part of `private` bytes is."""
    return private + _OVERHEAD


class Sealer:
    """Seals the private parts of one acknowledgement: one ephemeral key for all, one nonce for each.

    X25519 with an ephemeral key, HKDF-SHA-256, ChaCha20-Poly1305 (RFC 7748, 5869, 8439). The ephemeral private half
    dies with the object, so the device itself cannot open what it has sealed.
    """

    __slots__ = ("_cipher", "_count", "_ephemeral")

    def __init__(self, recovery: X25519PublicKey) -> None:
        ephemeral = X25519PrivateKey.generate()
        self._ephemeral = public_bytes(ephemeral)
        self._cipher = ChaCha20Poly1305(_derive(ephemeral.exchange(recovery), self._ephemeral))
        self._count = 0

    def seal(self, private: bytes, salt: bytes, leaf: bytes) -> bytes:
        """Seal one private part and its salt to the event whose leaf is given."""
        self._count += 1
        nonce = self._count.to_bytes(12, "big")
        return _VERSION + self._ephemeral + nonce + self._cipher.encrypt(nonce, salt + private, leaf)


def unseal(recovery: X25519PrivateKey, sealed: bytes, leaf: bytes) -> tuple[bytes, bytes]:
    """Open a sealed private part: (private, salt). Raises `CannotUnseal`; the caller compares the commitment."""
    if len(sealed) < _OVERHEAD or sealed[:1] != _VERSION:
        raise CannotUnseal("this is not a sealed private part of version 1: it was damaged, ask for it again")
    ephemeral, nonce = sealed[1:33], sealed[33:45]
    try:
        shared = recovery.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        opened = ChaCha20Poly1305(_derive(shared, ephemeral)).decrypt(nonce, sealed[45:], leaf)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("this key does not open it: use the recovery key of the school that sealed it") from error
    return opened[SALT_BYTES:], opened[:SALT_BYTES]


def _derive(shared: bytes, ephemeral: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"phonekeep-seal-v1\0" + ephemeral).derive(shared)
