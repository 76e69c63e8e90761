"""What somebody did at a cabinet, folded from badges and buttons: flow 1, step 2 hands it to step 4."""

from dataclasses import dataclass
from enum import StrEnum

from policy.ids import BadgeReference


class Intent(StrEnum):
    """What a gesture asks for."""

    PUT_IN = "put_in"
    TAKE_OUT = "take_out"
    NO_PHONE = "no_phone"
    NOT_OPENED = "not_opened"
    """Never asked for: the door stayed shut, so a declaration was taken back."""


@dataclass(frozen=True, slots=True)
class Gesture:
    """One tap with what belongs to it."""

    badges: tuple[BadgeReference, ...]
    """The badges that count, usually one; empty when every card in the field was refused as identity (random UID)."""
    intent: Intent | None
    """The button's; None when no button was pressed (a point without buttons infers it, else `no_intent`)."""
    emergency: bool = False
    """The TAKE OUT press of a refused tap has lasted 5 s."""
    offered: int = 1
    """How many cards were in the field."""
