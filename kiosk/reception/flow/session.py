"""One visitor at the screen: everything typed and chosen, in one value that a reset replaces by an empty one."""

from dataclasses import dataclass, field
from typing import Literal

from broker.messages.help import HelpKind
from kiosk.reception.flow.inputs import HostFound, RollRead
from kiosk.reception.flow.screen import Contrast, Lanyard, Page
from kiosk.reception.flow.timing import FOLDED_NS
from kiosk.reception.language import ENGLISH
from policy.ids import BadgeReference

Need = Literal["no", "health", "other"]
NAME_LENGTH = 80
NUMBER_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Seeing:
    """Whom a visitor comes to see; all None: a meeting or event."""

    person: str | None = None
    role: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers so far. Frozen, so that Back can put the ones before in their place."""

    name: str = field(default="", repr=False)
    organisation: str = field(default="", repr=False)
    reason: str | None = None
    seeing: Seeing | None = None
    letters: str = field(default="", repr=False)
    """Typed to find a host."""
    ticks: frozenset[str] = frozenset()
    """Rules with a box of their own that were ticked."""
    version_read: str | None = None
    """The hash of the version that was read."""
    language_read: str = ENGLISH
    needs: Need | None = None
    """Whether the phone is needed, as it was chosen. Only that it is needed is ever written down (clause 22)."""
    papers: frozenset[str] = frozenset()
    """What reception ticked."""
    papers_shown: bool = False
    papers_of: str = field(default="", repr=False)
    """The name under which they were shown."""
    expected: str | None = None
    badge: BadgeReference | None = None
    """A regular visitor's."""
    known: frozenset[Page] = frozenset()
    """Questions that need not be asked: central knew the answers."""
    number: str = field(default="", repr=False)
    company: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Staff:
    """Whose staff badge was held here."""

    badge: BadgeReference
    person: str | None
    role: str | None

    @property
    def by(self) -> str:
        """Who says it, in an event."""
        return self.person or f"badge:{self.badge}"


@dataclass(slots=True)
class Session:
    """Everything that a reset throws away."""

    page: Page = Page.WELCOME
    language: str = ENGLISH
    bigger: bool = False
    contrast: Contrast = "normal"
    speaking: bool = False
    draft: Draft = field(default_factory=Draft)
    part: int = 0
    shows: str | None = None
    """The item whose part is to be shown next, whatever part stood before; None: the part as it is."""
    error: str | None = None
    """Message id of what is wrong on this page."""
    changing: Draft | None = None
    """The answers before *Change* was pressed on the last page."""
    asked_at: int | None = None
    """Since when *Do you need more time?* stands over the page, in ns of CLOCK_BOOTTIME."""
    by_name: bool = False
    """A name and a number are being compared: the answer may be a miss."""
    returns_to: Page = Page.WELCOME
    """Where Back leads from the page of a ring."""
    read_again: bool = False
    """The rules have changed since they were read."""
    rules_ns: int = 0
    """How long the rules were on the screen before now."""
    rules_since: int | None = None
    lanyard: Lanyard | None = None
    staff: Staff | None = None
    host: HostFound | None = None
    roll: RollRead | None = None
    record: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    record_whole: bool = False


@dataclass(slots=True)
class Ring:
    """The office is being rung. It outlives a reset: somebody may still be waiting."""

    kind: HelpKind
    since: int
    """CLOCK_BOOTTIME in ns."""
    answered: bool = False
    senior: bool = False
    """60 s have passed and senior leaders are rung too."""

    def is_same(self, kind: HelpKind, at: int) -> bool:
        """Whether asking for this now is asking for the same again, which rings nobody anew."""
        return self.kind is kind and not self.answered and at - self.since < FOLDED_NS
