"""What one batch of messages will write, worked out before the writing transaction begins (flow 1, step 8)."""

from dataclasses import dataclass, field

from admin_web.events.exceptions import ExceptionKind
from admin_web.events.positions import Position
from broker.frames import CheckedEvent
from broker.heads import Head
from broker.messages.status import Status
from policy.rules import Revision

Epoch = tuple[str, str]
"""Device and epoch."""
Held = tuple[int, bytes]
"""Sequence and leaf of the last event of an epoch that is held."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be taken as what it claims to be."""

    device: str
    topic: str
    why: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something for a person to look at."""

    kind: ExceptionKind
    device: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """A run of events that central lacks and knows of: both ends included."""

    device: str
    epoch: str
    first: int
    last: int


@dataclass(slots=True)
class Plan:
    """Everything a batch will write in its one transaction, and what will be said when that is committed."""

    events: list[CheckedEvent] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    found: dict[Epoch, Held | None] = field(default_factory=dict)
    """How far each epoch was held when the plan was made; if that has changed, the plan is made again."""
    positions: dict[Epoch, Position] = field(default_factory=dict)
    """How far each epoch will be held."""
    quarantined: list[Quarantined] = field(default_factory=list)
    noticed: list[Noticed] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    acknowledged: dict[Epoch, set[Held]] = field(default_factory=dict)
    """Besides the position itself: where frames ended that came again, for a device whose storage was put back."""
    statuses: dict[str, Status] = field(default_factory=dict)
    online: dict[str, bool] = field(default_factory=dict)
    bundle_seen: Revision | None = None
    """A bundle of our own signature that is newer than what this database has published."""

    @property
    def writes(self) -> bool:
        """Whether there is anything to commit."""
        return bool(
            self.events
            or self.heads
            or self.quarantined
            or self.noticed
            or self.statuses
            or self.online
            or self.bundle_seen
        )
