"""What central signs: acknowledgements, needs, rules, commands, who is waited for; each under its own purpose."""

from collections.abc import Collection
from enum import StrEnum
from json import loads

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from broker.canonical import dumps
from broker.errors import BadSignature
from broker.heads import sized
from policy.rules import Revision

SIGNED_BYTES = 256 * 1024
"""More than this is not looked at; the broker lets nothing larger pass."""


class Purpose(StrEnum):
    """What a signature is for; no signature of one purpose is good for another."""

    ACK = "ack"
    NEED = "need"
    RULES = "rules"
    COMMAND = "command"
    VISITS = "visits"


def _domain(purpose: Purpose) -> bytes:
    return f"phonekeep-{purpose}-v1\0".encode()


def sign(key: Ed25519PrivateKey, purpose: Purpose, body: bytes) -> bytes:
    """Sign UTF-8 bytes: JSON `{body: "<the bytes as a string>", signature: "<hex>"}`."""
    return dumps({"body": body.decode(), "signature": key.sign(_domain(purpose) + body).hex()})


def sign_rules(key: Ed25519PrivateKey, site: str, device: str, revision: Revision, body: bytes) -> bytes:
    """Sign a rules bundle: like `sign`, with the signed head of the bundle beside it, which the device repeats."""
    head = sign_rules_head(key, site, device, revision)
    signature = key.sign(_domain(Purpose.RULES) + body)
    return dumps({"body": body.decode(), "signature": signature.hex(), "head_signature": head.hex()})


def open_signed(public_key: Ed25519PublicKey, purpose: Purpose, payload: bytes) -> bytes:
    """Give the body back if `purpose` was signed by this key; the caller still compares site, device and purpose.

    Raises `BadSignature`.
    """
    body, signature, _ = _take_apart(payload)
    try:
        public_key.verify(signature, _domain(purpose) + body)
    except InvalidSignature as error:
        raise BadSignature(f"the signature under this {purpose} is not central's: nothing of it is used") from error
    return body


def open_one_of(public_key: Ed25519PublicKey, purposes: Collection[Purpose], payload: bytes) -> tuple[Purpose, bytes]:
    """Like `open_signed` where several purposes share a topic: says which one was signed. Raises `BadSignature`."""
    body, signature, _ = _take_apart(payload)
    for purpose in purposes:
        try:
            public_key.verify(signature, _domain(purpose) + body)
        except InvalidSignature:
            continue
        return purpose, body
    raise BadSignature(f"the signature is not central's for any of {', '.join(purposes)}: nothing of it is used")


def head_signature_of(payload: bytes) -> bytes:
    """The signature of the bundle's head beside a signed bundle, 64 bytes. Raises `BadSignature` if it has none."""
    head = _take_apart(payload)[2]
    if head is None:
        raise BadSignature("the rules bundle came without the signature of its head: publish it again")
    return head


def sign_rules_head(key: Ed25519PrivateKey, site: str, device: str, revision: Revision) -> bytes:
    """Sign which edition a device's bundle is: 64 bytes that a central put back to yesterday knows as its own."""
    return key.sign(_rules_head_bytes(site, device, revision))


def verify_rules_head(
    public_key: Ed25519PublicKey, site: str, device: str, revision: Revision, signature: bytes
) -> bool:
    """Whether central once published this edition to this device."""
    try:
        public_key.verify(signature, _rules_head_bytes(site, device, revision))
    except (InvalidSignature, OverflowError):
        return False
    return True


def _rules_head_bytes(site: str, device: str, revision: Revision) -> bytes:
    numbers = revision.generation.to_bytes(8, "big") + revision.number.to_bytes(8, "big")
    return b"phonekeep-rules-head-v1\0" + sized(site) + sized(device) + numbers


def _take_apart(payload: bytes) -> tuple[bytes, bytes, bytes | None]:
    if len(payload) > SIGNED_BYTES:
        raise BadSignature(f"a signed message of {len(payload)} bytes: {SIGNED_BYTES} is the most")
    try:
        outer = loads(payload)
        head = outer.get("head_signature")
        body, signature = outer["body"].encode(), bytes.fromhex(outer["signature"])
        return body, signature, None if head is None else bytes.fromhex(head)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSignature("this is not a signed message: JSON with body and signature was expected") from error
