"""Ids and names as people type them: what may be saved, and a sentence for what may not."""

import re
import unicodedata
from collections.abc import Iterable

from admin_web.errors import Invalid

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_DEVICE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_REFERENCE = re.compile(r"[1-9][0-9]{0,8}:[0-9a-f]{64}")
_DISPLAYED_NOT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}


def is_id(text: str) -> bool:
    """Tell whether a text could be the id of anything; only then is it worth asking the database."""
    return _ID.fullmatch(text) is not None


def require_id(text: str, field: str, what: str) -> str:
    """Check an id of a person: letters, digits, dot, underscore and dash, at most 40. Raises Invalid."""
    if not is_id(text):
        raise Invalid(
            f"{what} cannot be written like that.",
            what_to_do="Use letters a-z, digits, dot, dash and underscore, at most 40, a letter or digit first.",
            field=field,
        )
    return text


def require_device_id(text: str, field: str) -> str:
    """Check an id that stands in MQTT topics and certificates: small letters, digits, dash, underscore."""
    if not _DEVICE_ID.fullmatch(text) or text == "central":
        raise Invalid(
            "That cannot be the id of a device or point.",
            what_to_do="Use small letters, digits, dash and underscore, at most 40, and any word but `central`.",
            field=field,
        )
    return text


def require_name(text: str, field: str, *, at_most: int = 120) -> str:
    """Tidy a name (spaces, Unicode NFC) and check that it can be shown in one line. Raises Invalid."""
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise Invalid("The name is empty.", what_to_do="Write the name as it should be shown.", field=field)
    if len(name) > at_most:
        raise Invalid(
            f"The name is {len(name)} characters long.",
            what_to_do=f"Write at most {at_most}.",
            field=field,
        )
    if not is_shown(name):
        raise Invalid("Some characters of the name cannot be shown.", what_to_do="Type it again.", field=field)
    return name


def require_line(text: str, field: str, what: str, *, at_most: int, verb: str = "is") -> str:
    """Tidy one line of text (spaces, Unicode NFC) and check that it can be shown; `what` begins the sentences.

    `verb` is `are` where `what` is more than one thing. Raises Invalid.
    """
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    if not line:
        raise Invalid(f"{what} {verb} empty.", what_to_do="Fill this in.", field=field)
    if len(line) > at_most:
        raise Invalid(
            f"{what} {verb} {len(line)} characters long.",
            what_to_do=f"Write at most {at_most}.",
            field=field,
        )
    if not is_shown(line):
        raise Invalid(
            f"Some characters of {what[:1].lower()}{what[1:]} cannot be shown.",
            what_to_do="Type it again.",
            field=field,
        )
    return line


def is_shown(text: str) -> bool:
    """Tell whether every character of a text is one that a reader sees, or joins two that are."""
    return all(unicodedata.category(letter) not in _DISPLAYED_NOT or letter in _JOINERS for letter in text)


def require_reference(text: str, field: str) -> str:
    """Check a badge reference, `<key epoch>:<64 hex digits>`; a UID is never one. Raises Invalid."""
    if not _REFERENCE.fullmatch(text):
        raise Invalid(
            "That is not a badge reference.",
            what_to_do="Tap the badge at a cabinet and take it from the unknown badges, "
            "or use what `phonekeep-admin badge-reference` prints.",
            field=field,
        )
    return text


def folded(text: str) -> str:
    """Give a name as it is compared where lists are read: no matter how it is spaced, composed or capitalised."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def named(text: str, known: Iterable[str]) -> str | None:
    """Find the known name that a text means; exactly written ones first, None where none or several are like it."""
    names = list(known)
    if text in names:
        return text
    like = [name for name in names if folded(name) == folded(text)]
    return like[0] if len(like) == 1 else None
