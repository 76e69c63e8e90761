"""What may stand in the body of a bench call: each reader takes the JSON and gives values or a BodyInvalid."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from demo.errors import BodyInvalid

LONGEST_HOLD_MS = 600_000
LONGEST_TEXT = 200
UID = re.compile(r"(?:[0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{20})")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


def read_body(raw: bytes, allowed: Sequence[str]) -> Mapping[str, Any]:
    """Parse the body as a JSON object that has no other fields than these."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise BodyInvalid("The body is not a JSON object.", what_to_do=f"Send one with {', '.join(allowed)}.")
    for field in body:
        if field not in allowed:
            raise BodyInvalid(f'There is no field "{field}".', what_to_do=f"Use {', '.join(allowed)}.", field=field)
    return body


def read_badges(body: Mapping[str, Any]) -> list[str]:
    """Read `uid` or `uids`: 4, 7 or 10 bytes each, in hex."""
    if ("uid" in body) == ("uids" in body):
        raise BodyInvalid(
            "Which card is it?", what_to_do='Give either "uid" or, for several at once, "uids".', field="uid"
        )
    field = "uid" if "uid" in body else "uids"
    given = [body["uid"]] if field == "uid" else body["uids"]
    if not isinstance(given, list) or not given:
        raise BodyInvalid("uids is not a list of cards.", what_to_do="Give at least one UID in a list.", field=field)
    uids = [uid.lower() if isinstance(uid, str) else "" for uid in given]
    if not all(UID.fullmatch(uid) for uid in uids):
        raise BodyInvalid(
            "A card's UID has 4, 7 or 10 bytes.", what_to_do="Write it in hex, like 04a1b2c3d4e580.", field=field
        )
    if len(set(uids)) < len(uids):
        raise BodyInvalid("The same card is there twice.", what_to_do="Name each card once.", field=field)
    return uids


def read_hold(body: Mapping[str, Any], default_ms: int) -> int:
    """Read `hold_ms`: how long a card or a finger stays."""
    hold = body.get("hold_ms", default_ms)
    if not isinstance(hold, int) or isinstance(hold, bool) or not 0 < hold <= LONGEST_HOLD_MS:
        raise BodyInvalid(
            "hold_ms is no length of time.", what_to_do="Give milliseconds from 1 to 600000.", field="hold_ms"
        )
    return hold


def read_switch(body: Mapping[str, Any], field: str) -> bool:
    """Read a field that is true or false."""
    value = body.get(field)
    if not isinstance(value, bool):
        raise BodyInvalid(f"{field} is neither true nor false.", what_to_do=f'Send {{"{field}": true}}.', field=field)
    return value


def read_choice(body: Mapping[str, Any], field: str, choices: Sequence[str | None]) -> str | None:
    """Read a field that has to be there and be one of these."""
    if field not in body or body[field] not in choices:
        words = ", ".join("null" if choice is None else f'"{choice}"' for choice in choices)
        raise BodyInvalid(f"{field} is none of the possible ones.", what_to_do=f"Choose from {words}.", field=field)
    value: str | None = body[field]
    return value


def read_slot(body: Mapping[str, Any], slots: int) -> int:
    """Read `slot`, counted from 1; it may be left out where there is only one."""
    slot = body.get("slot", 1 if slots == 1 else None)
    if not isinstance(slot, int) or isinstance(slot, bool) or not 1 <= slot <= slots:
        raise BodyInvalid("There is no such slot.", what_to_do=f"Give a number from 1 to {slots}.", field="slot")
    return slot


def read_text(body: Mapping[str, Any], field: str) -> str:
    """Read a field that has to be a text."""
    value = body.get(field)
    if not isinstance(value, str):
        raise BodyInvalid(f"{field} is missing or not a text.", what_to_do=f'Send {{"{field}": "..."}}.', field=field)
    return value


def read_fraction(body: Mapping[str, Any], field: str) -> float:
    """Read a place on the screen, from 0 (left, top) to 1 (right, bottom)."""
    value = body.get(field)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise BodyInvalid(
            f"{field} is no part of the screen.",
            what_to_do="Give a fraction from 0 (left, top) to 1 (right, bottom).",
            field=field,
        )
    return float(value)


def read_keys(body: Mapping[str, Any]) -> str:
    """Read `text`: letters to type, in which a backspace erases."""
    text = read_text(body, "text")
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise BodyInvalid(
            "That is no text for a keyboard.", what_to_do=f"Give 1 to {LONGEST_TEXT} letters.", field="text"
        )
    if not all(letter == "\b" or letter.isprintable() for letter in text):
        raise BodyInvalid(
            "There is something in the text that no key types.",
            what_to_do="Give letters, digits, signs and spaces; \\b erases.",
            field="text",
        )
    return text


def read_snapshot(body: Mapping[str, Any]) -> tuple[str, str]:
    """Read `{"save": name}` or `{"restore": name}` as what to do and the name."""
    if len(body) != 1:
        raise BodyInvalid("Save or restore?", what_to_do='Send {"save": "a"} or {"restore": "a"}.', field="save")
    field = next(iter(body))
    name = read_text(body, field)
    if not NAME.fullmatch(name):
        raise BodyInvalid(
            "A snapshot's name is short and plain.", what_to_do="Use up to 40 letters, digits, - and _.", field=field
        )
    return field, name
