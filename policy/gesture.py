"""What somebody did at a cabinet, folded from badges and buttons: flow 1, step 2 hands it to step 4."""

from enum import StrEnum
from typing import NamedTuple

from policy.ids import BadgeReference, HolderId


class Intent(StrEnum):
    """What a gesture asks for."""

    PUT_IN = "put_in"
    TAKE_OUT = "take_out"
    NO_PHONE = "no_phone"
    NOT_OPENED = "not_opened"
    """Never asked for: the door stayed shut, so a declaration was taken back."""


class Gesture(NamedTuple):
    """One tap with what belongs to it; a tuple, as it is made between a badge and a lock."""

    badges: tuple[BadgeReference, ...]
    """The badges that count, usually one; empty when every card in the field was refused as identity (random UID)."""
    intent: Intent | None
    """The button's; None when no button was pressed (a point without buttons infers it, else `no_intent`)."""
    emergency: bool = False
    """The TAKE OUT press of a refused tap has lasted 5 s."""
    offered: int = 1
    """How many cards were in the field."""
    approver: BadgeReference | None = None
    """The second badge, tapped within 120 s of a TAKE OUT that asked for approval (clause 16)."""
    approved: bool = False
    """An account in the office approved it: central's signed command has been checked."""
    sent_home_by: BadgeReference | None = None
    """The badge tapped just before this one: a senior leader's or the office's says *Going home* by it."""
    opened_for: HolderId | None = None
    """The office opens for this holder whose badge is lost: central's signed command has been checked."""
