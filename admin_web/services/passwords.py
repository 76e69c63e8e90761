"""Passwords: long, pasted if you like, not common and not the school's own words; kept as argon2id."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from admin_web.errors import Invalid

SHORTEST = 15
LONGEST = 128
LETTERS_OF_ITS_OWN = 5
CHARACTERS_OF_ITS_OWN = 8
"""So many different letters, or letters and digits, must be left once common words, school words and runs are out."""

PasswordHash = NewType("PasswordHash", str)
"""What `hash_password` gives: only a password that was allowed becomes one."""

_LOOKALIKES = str.maketrans("0134578@$!|", "oieastbasil")
_HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106, second recommended option (64 MiB)."""


def hash_password(password: str, own_words: Iterable[str] = ()) -> PasswordHash:
    """Check a new password and hash it; takes about 0.1 s, so do it outside a writing transaction. Raises Invalid."""
    require_strong(password, own_words)
    return PasswordHash(_HASHER.hash(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Tell whether a password is right; None (nobody of that name) takes as long as a wrong password."""
    try:
        _HASHER.verify(password_hash or _hash_of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    except UnicodeEncodeError:  # half of a surrogate pair: no keyboard types it
        return False
    return password_hash is not None


def require_strong(password: str, own_words: Iterable[str] = ()) -> None:
    """Refuse a password of the wrong length or made of common words, runs or the school's own words. Raises Invalid."""
    if len(password) < SHORTEST:
        raise Invalid(
            f"The password has {len(password)} characters.",
            what_to_do=f"Use at least {SHORTEST}; a sentence of four or more unrelated words is easy to keep.",
            field="password",
        )
    if len(password) > LONGEST:
        raise Invalid("The password is too long.", what_to_do=f"Use at most {LONGEST} characters.", field="password")
    if any(letter == "\x00" or "\ud800" <= letter <= "\udfff" for letter in password):
        raise Invalid(
            "The password contains a character that cannot be typed.", what_to_do="Type it again.", field="password"
        )
    if not all(_is_enough(rest) for rest in _rests(password, own_words)):
        raise Invalid(
            "The password is made of common words, runs of keys or the school's own words.",
            what_to_do="Put in several words that have nothing to do with the school or with each other.",
            field="password",
        )


def _rests(password: str, own_words: Iterable[str]) -> Iterator[str]:
    """Strike out every blocked word and every run, with digits read as digits and as the letters they stand for."""
    own = {part for word in own_words for part in re.split(r"\W+", word.casefold()) if len(part) >= 3}
    words = sorted(own | _common_words(), key=len, reverse=True)
    plain = password.casefold()
    for rest in (plain, plain.translate(_LOOKALIKES)):
        for word in words:
            rest = rest.replace(word, "")
        yield "".join(
            letter for before, letter in zip("\0" + rest, rest, strict=False) if abs(ord(letter) - ord(before)) > 1
        )


def _is_enough(rest: str) -> bool:
    letters = {letter for letter in rest if letter.isalpha()}
    digits = {letter for letter in rest if letter.isdigit()}
    return len(letters) >= LETTERS_OF_ITS_OWN or len(letters) + len(digits) >= CHARACTERS_OF_ITS_OWN


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("nobody has this password, it only takes as long")


@cache
def _common_words() -> frozenset[str]:
    listed = files("admin_web.services").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    lines = (line for line in listed.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
