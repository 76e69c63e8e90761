"""What reaches the flow: fingers, badges, time, and the program's answers to its effects."""

from dataclasses import dataclass, field

from kiosk.reception.content import Content
from kiosk.reception.flow.screen import Lanyard
from policy.ids import BadgeReference


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button or a choice of the screen, by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The text of one key; several characters where an accent came by a long press."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Erased:
    """The key that takes the last character back."""


@dataclass(frozen=True, slots=True)
class FaceFailed:
    """The window could not draw a page or hear a finger: whoever stands there begins again."""


@dataclass(frozen=True, slots=True)
class SpeechFailed:
    """Nothing can be read aloud here: no loudspeaker, or no recording can be made."""


@dataclass(frozen=True, slots=True)
class BadgeSeen:
    """A badge came into the field."""

    reference: BadgeReference


@dataclass(frozen=True, slots=True)
class BadgeUnreadable:
    """Something was held up that identifies nobody: a phone, a passport."""


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The badge reader stopped working, or works again."""

    works: bool


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """A new edition is in force."""

    content: Content


@dataclass(frozen=True, slots=True)
class HelpAnswered:
    """The office says that somebody comes."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The sign-in is on the disk; `lanyard` is None when none is free."""

    lanyard: Lanyard | None


@dataclass(frozen=True, slots=True)
class NotSaved:
    """What was to be written is not on the disk."""


@dataclass(frozen=True, slots=True)
class SignOutAnswered:
    """Whether the visit is over for sure; otherwise the office has been rung."""

    sure: bool


@dataclass(frozen=True, slots=True)
class Arrives:
    """The regular visitor whose badge was held up is not here yet."""

    badge: BadgeReference


@dataclass(frozen=True, slots=True)
class Waiting:
    """A visitor of the host whose badge was held."""

    visit: str
    name: str = field(repr=False)
    since: str
    """Local time, `HH:MM`."""
    briefed: bool


@dataclass(frozen=True, slots=True)
class HostFound:
    """Who is here to see the holder of the staff badge, and whether a roll is being called."""

    visitors: tuple[Waiting, ...]
    roll: bool | None
    """None: no roll is called; else whether it is a drill."""
    roll_since: str = ""
    """Local time, `HH:MM`, at which that began, here or in the web view."""


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A visitor on the roll."""

    visit: str
    name: str = field(repr=False)
    where: str = field(repr=False)
    lanyard: str | None
    seen: bool


@dataclass(frozen=True, slots=True)
class RollRead:
    """The roll as this screen knows it."""

    visitors: tuple[OnRoll, ...]
    drill: bool
    is_over: bool = False
    """It was ended, here or in the web view."""
    since: str = ""
    """Local time, `HH:MM`, at which it began."""


@dataclass(frozen=True, slots=True)
class RollHeard:
    """Central told something of roll-calls; the roll as it is now."""

    roll: RollRead


@dataclass(frozen=True, slots=True)
class RecordRead:
    """Somebody's own record: the time and the sentence of each line, newest first."""

    lines: tuple[tuple[str, str], ...] = field(repr=False)
    whole: bool
    """False: only what this screen knows itself."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Input = (
    Pressed
    | Typed
    | Erased
    | FaceFailed
    | SpeechFailed
    | BadgeSeen
    | BadgeUnreadable
    | ReaderChanged
    | RulesChanged
    | HelpAnswered
    | SignedIn
    | NotSaved
    | SignOutAnswered
    | Arrives
    | HostFound
    | RollRead
    | RollHeard
    | RecordRead
    | Tick
)
