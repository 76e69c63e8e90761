"""What `decide` answers: an outcome with its reason and clause, never an exception and never a bare False."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from policy.gesture import Intent
from policy.ids import BadgeReference, HolderId, PersonId
from policy.state import Declared


class Outcome(StrEnum):
    """Whether the tap was granted."""

    GRANTED = "granted"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why, one word for code, wire, screens and docs (policy-clauses: reasons of a grant, of a refusal)."""

    PUT_IN = "put_in"
    NO_PHONE = "no_phone"
    EMERGENCY = "emergency"
    TAKEN_AFTER_END = "taken_after_end"
    CLOCK_UNTRUSTED = "clock_untrusted"
    RULES_STALE = "rules_stale"
    LEAVING = "leaving"
    PERMISSION = "permission"
    BREAK = "break"
    OUTSIDE_FORMAL_TIME = "outside_formal_time"
    APPROVAL = "approval"
    OPENED_FOR = "opened_for"

    BADGE_RANDOM = "badge_random"
    BADGE_NOT_KNOWN_HERE = "badge_not_known_here"
    BADGE_LOST = "badge_lost"
    BADGE_ENDED = "badge_ended"
    HOLD_ONE_BADGE = "hold_one_badge"
    NO_INTENT = "no_intent"
    RESTRICTED = "restricted"
    CHILDREN_PRESENT = "children_present"
    WITHDRAWN = "withdrawn"


NOT_NOW = frozenset({Reason.RESTRICTED, Reason.CHILDREN_PRESENT, Reason.WITHDRAWN})
"""Refusals of a live badge's TAKE OUT: not at this time, whoever asks."""

APPROVABLE = frozenset({Reason.RESTRICTED, Reason.CHILDREN_PRESENT})
"""Refusals that a senior leader may approve (clause 16); what the headteacher has withdrawn is not among them."""


@dataclass(frozen=True, slots=True)
class BlockNamed:
    """The block or break a decision rests on, as somebody may be told of it; times are UTC instants."""

    name: str
    starts: datetime
    ends: datetime


class Decision(NamedTuple):
    """The answer to one gesture of one badge; a tuple, since a frozen dataclass of so many fields takes its time."""

    outcome: Outcome
    reason: Reason
    clause: str
    """Id of the clause in `policy.clauses`, for example "12"."""
    badge: BadgeReference | None = None
    holder: HolderId | None = None
    person: PersonId | None = None
    intent: Intent | None = None
    slot: int | None = None
    """The slot whose lock gets a pulse; None opens nothing."""
    declares: Declared | None = None
    """The new declared state; None leaves it as it was."""
    repeated: bool = False
    """PUT IN by somebody already declared in: granted, and written as `put_in.repeated`."""
    block: BlockNamed | None = None
    """The restricted block that refused, or the break that allowed."""
    next_allowed: datetime | None = None
    """When a refused TAKE OUT would be allowed; None with a grant, or when a refusal is not about time."""
    permission: str | None = None
    """Id of the permission that a TAKE OUT was granted by."""
    approver: BadgeReference | None = None
    """The senior leader's badge that approved, or that said *Going home*; None also when an account did."""
    asks_approval: bool = False
    """A refused TAKE OUT that a senior leader may approve within 120 s (clause 16)."""
    hold_opens: bool = False
    """A refused TAKE OUT whose same press opens as `emergency` once it has lasted 5 s."""
