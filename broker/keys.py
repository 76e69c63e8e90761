"""Keys and their files: signing keys, the recovery key, and the site key that hides badge UIDs (flow 1, step 3)."""

import hmac
import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from broker.errors import BadKey
from policy.ids import BadgeReference

SITE_KEY_BYTES = 32

PrivateKey = Ed25519PrivateKey | X25519PrivateKey
SigningKey = Ed25519PrivateKey
"""What central and every device sign with."""
VerifyingKey = Ed25519PublicKey
"""What a signature is checked with."""


def new_signing_key() -> Ed25519PrivateKey:
    """Make an event key or central's signing key."""
    return Ed25519PrivateKey.generate()


def new_recovery_key() -> X25519PrivateKey:
    """Make the key that opens sealed private parts; it lies in the school's safe."""
    return X25519PrivateKey.generate()


def new_site_key() -> bytes:
    """Make the secret that turns badge UIDs into references, 32 bytes."""
    return secrets.token_bytes(SITE_KEY_BYTES)


def badge_reference(site_key: bytes, key_epoch: int, uid: bytes) -> BadgeReference:
    """Turn a badge's UID (4, 7 or 10 bytes) into its reference, which cannot be turned back without the site key.

    HMAC-SHA-256, since a plain hash of a 4-byte UID is guessed in an hour. The UID goes no further than this call.
    """
    keyed = _keyed(site_key).copy()
    keyed.update(uid)
    return BadgeReference(f"{key_epoch}:{keyed.hexdigest()}")


@lru_cache(maxsize=4)
def _keyed(site_key: bytes) -> hmac.HMAC:
    """The HMAC as far as the key goes, to be copied: half of the work between a badge and its reference."""
    return hmac.new(site_key, digestmod="sha256")


def public_bytes(key: PrivateKey) -> bytes:
    """The public half, 32 bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signing_public_key(raw: bytes) -> Ed25519PublicKey:
    """Read the public half of a signing key from its 32 bytes. Raises `BadKey`."""
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise BadKey(f"a public signing key has 32 bytes, not {len(raw)}: register the device again") from error


def recovery_public_key(raw: bytes) -> X25519PublicKey:
    """Read the public half of the recovery key from its 32 bytes. Raises `BadKey`."""
    try:
        return X25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise BadKey(f"the public recovery key has 32 bytes, not {len(raw)}: write the key files again") from error


def save_secret(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, whole or not at all. Raises `BadKey` when it exists."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadKey(f"{path} exists already: a key is never written over; move it away first") from error
    except OSError as error:
        raise BadKey(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def save_private_key(path: Path, key: PrivateKey) -> None:
    """Write a private key as PKCS #8 PEM, mode 0600. Raises `BadKey` when the file exists."""
    save_secret(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def save_site_key(path: Path, site_key: bytes) -> None:
    """Write the site key as 64 hex digits, mode 0600. Raises `BadKey` when the file exists."""
    save_secret(path, site_key.hex().encode() + b"\n")


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """Read an event key or central's signing key. Raises `BadKey`."""
    key = _load_private_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path} holds another kind of key than Ed25519: the files were mixed up, write them again")
    return key


def load_recovery_key(path: Path) -> X25519PrivateKey:
    """Read the recovery key. Raises `BadKey`."""
    key = _load_private_key(path)
    if not isinstance(key, X25519PrivateKey):
        raise BadKey(f"{path} is not the recovery key: take the file that was written at first run, from the safe")
    return key


def load_site_key(path: Path) -> bytes:
    """Read the site key, 32 bytes. Raises `BadKey`."""
    try:
        site_key = bytes.fromhex(_read(path).decode("ascii").strip())
    except ValueError as error:
        raise BadKey(f"{path} is not a site key: it holds 64 hex digits; copy it again from central") from error
    if len(site_key) != SITE_KEY_BYTES:
        raise BadKey(f"{path} holds {len(site_key)} bytes and a site key has 32: copy it again from central")
    return site_key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadKey(
            f"{path} cannot be read: {error.strerror}; check that it is there and belongs to this user"
        ) from error


def _load_private_key(path: Path) -> object:
    try:
        return load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path} is not a private key in PEM form: copy it again") from error
