"""What a cabinet remembers of declarations: its own record, which counts as well as the bundle."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from policy.ids import BadgeReference, HolderId
from policy.rules import RoomState


class Declared(StrEnum):
    """A phone's declared state; a door cannot see a phone."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"
    """Nothing declared on this school day."""


class Declaration(NamedTuple):
    """The last thing a holder declared here."""

    holder: HolderId
    badge: BadgeReference
    state: Declared
    slot: int
    """1 at a one-door point."""
    at: datetime
    day: date
    """The local school day of the declaration; on a later day the state is `unknown`, yet the record stays."""
    timely: bool = True
    """Whether `at` may be held against a timetable, as `policy.standing.is_timely` said of the clock then."""


@dataclass(frozen=True, slots=True)
class State:
    """All that `decide` needs to know of what went before at this point."""

    declarations: Mapping[HolderId, Declaration] = field(default_factory=dict)
    refused_in_block: Mapping[BadgeReference, int] = field(default_factory=dict)
    """Points without buttons: boottime in ns of the badge's last inferred TAKE OUT that was refused as not now."""
    going_home: Mapping[HolderId, datetime] = field(default_factory=dict)
    """When a senior leader's badge said *Going home* for a holder here, UTC; counts until that local day ends."""
    room_state: RoomState | None = None
    """Children staying in, as a senior leader's badge said it here."""
