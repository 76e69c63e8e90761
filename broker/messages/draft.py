"""A message as our own code words it between a badge and a lock, where its model is not asked (flow 1, step 5).

Put together as text, like the envelope around it. The bytes are the model's, which a test holds them against; models
check what comes in over the wire.
"""

from json.encoder import encode_basestring
from typing import NamedTuple

from broker.messages.message import Message


class Draft(NamedTuple):
    """A message with its private part, of a kind that always has one: all fields of both models, in their order."""

    kind: type[Message]
    data: str
    private: str


def text(value: str | None) -> str:
    """Write what may hold any character; an id, a code, a clause and a badge reference need no more than quotes."""
    return "null" if value is None else encode_basestring(value)


def number(value: int | None) -> str:
    """Write a slot or a count."""
    return "null" if value is None else str(value)


def flag(value: bool) -> str:
    """Write yes or no."""
    return "true" if value else "false"
