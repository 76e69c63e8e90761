"""Random secrets that are shown once and kept only as a hash: session cookies, API tokens, the owner link."""

import hashlib
import secrets


def new_secret() -> str:
    """Make 256 random bits in letters that fit a cookie, a header and a URL (RFC 4648, base64url)."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Hash a secret for keeping: 32 bytes. A fast hash is enough, since nobody can guess 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
