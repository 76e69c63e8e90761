"""What the flow wants done: the program does it and hands the answer back as an input, where one is named."""

from dataclasses import dataclass, field

from broker.messages.help import HelpKind
from kiosk.reception.flow.screen import Speech
from policy.ids import BadgeReference


@dataclass(frozen=True, slots=True)
class RulesRead:
    """Which words were read: what `rules.acknowledged` carries."""

    version: int
    hash: str
    language: str
    seconds: int
    ticks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A finished sign-in, as it is to be committed."""

    name: str = field(repr=False)
    organisation: str | None = field(repr=False)
    reason: str
    host: str | None
    """A person; or, instead, a role or a room; or none of the three, for a meeting or event."""
    role: str | None
    room: str | None
    seeing: str = field(repr=False)
    """The same in words, for the roll."""
    needs_phone: bool
    badge: BadgeReference | None
    ticks: tuple[str, ...]
    expected: str | None
    image_permission: bool
    rules: RulesRead
    contractor: bool
    """Gets a lanyard of those kept for contractors and agency staff."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Commit this; answered by `SignedIn` or `NotSaved`."""

    visit: NewVisit


@dataclass(frozen=True, slots=True)
class SignOutByBadge:
    """A lanyard or a regular visitor's badge was held up to leave; answered by `SignOutAnswered`."""

    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class SignOutByName:
    """A name and a lanyard's number were typed to leave; answered by `SignOutAnswered`."""

    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LeaveUnsure:
    """Too many names and numbers have not fitted: write that somebody leaves, compare nothing.

    Answered by `SignOutAnswered`, which is never sure.
    """

    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArriveOrLeave:
    """A regular visitor's badge on the first page; answered by `SignOutAnswered` when leaving, else by `Arrives`."""

    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class RingOffice:
    """Ring the office about this; `HelpAnswered` comes if somebody answers."""

    kind: HelpKind


@dataclass(frozen=True, slots=True)
class Deliver:
    """A parcel is here: write it and ring the office."""

    company: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindHost:
    """Who waits for the holder of this badge? Answered by `HostFound`."""

    person: str | None
    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class Confirm:
    """The host has told these visitors the rules."""

    visits: tuple[str, ...]
    person: str
    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class ShowRoll:
    """Read the roll, and begin one if none is called; answered by `RollRead`."""

    drill: bool | None
    """None: go on with the one that is called, and begin none."""
    by: str


@dataclass(frozen=True, slots=True)
class SeenOnRoll:
    """A visitor was seen; answered by `RollRead`."""

    visit: str
    by: str


@dataclass(frozen=True, slots=True)
class EndRoll:
    """The roll-call is over."""

    by: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """Read the holder's own last events; answered by `RecordRead`, twice if central answers too."""

    person: str
    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class Speak:
    """Read this aloud, in English."""

    speech: Speech


@dataclass(frozen=True, slots=True)
class Silence:
    """Stop reading aloud."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The screen begins again: whatever a view kept of the last visitor goes too."""


Effect = (
    SignIn
    | SignOutByBadge
    | SignOutByName
    | LeaveUnsure
    | ArriveOrLeave
    | RingOffice
    | Deliver
    | FindHost
    | Confirm
    | ShowRoll
    | SeenOnRoll
    | EndRoll
    | ReadRecord
    | Speak
    | Silence
    | Reset
)
