"""One page as a value: everything a view needs to draw it, in words that are already translated (kiosk.md).

The flow makes a `Screen` after every input; a view draws it and sends `Pressed`, `Typed` or `Erased` back. A view keeps
nothing of its own: what does not fit on the panel is cut into parts by the flow (see `part`).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Weight = Literal["main", "second", "link", "stop"]
"""How much a button asks for: one `main` a page; `stop` (red) only where the roll is called."""
Keyboard = Literal["letters", "digits", "none"]
Contrast = Literal["normal", "high"]


class Page(StrEnum):
    """Every page there is."""

    WELCOME = "welcome"
    NAME = "name"
    ORGANISATION = "organisation"
    REASON = "reason"
    HOST = "host"
    """Roles and rooms as choices."""
    HOST_NAME = "host_name"
    """The same question answered by three letters: a field, a keyboard and at most five choices."""
    PHONE_RULES = "phone_rules"
    NEED_PHONE = "need_phone"
    PHONE_CALL = "phone_call"
    """The phone is needed for another reason: the office rings, the sign-in goes on."""
    PAPERS = "papers"
    """Contractors and agency staff show their papers at the office; reception ticks after holding a staff badge."""
    CHECK = "check"
    SAVING = "saving"
    """Shown until the sign-in is on the disk; the next page follows by itself."""
    DONE = "done"
    SIGN_OUT = "sign_out"
    """Hold the lanyard here, or type: a name first."""
    SIGN_OUT_LANYARD = "sign_out_lanyard"
    """Then the number on the lanyard."""
    SIGNED_OUT = "signed_out"
    TELL_OFFICE = "tell_office"
    """The sign-out cannot be said for sure; the same words whoever is here."""
    DELIVERY = "delivery"
    DELIVERY_DONE = "delivery_done"
    HELP = "help"
    MORE_TIME = "more_time"
    STAFF = "staff"
    """A staff badge was held: what it can do here."""
    HOST_HERE = "host_here"
    """The badge of somebody a visitor waits for."""
    BRIEFED = "briefed"
    ROLL = "roll"
    MY_EVENTS = "my_events"
    CLOSED = "closed"
    """Nothing can be written, or no rules have come yet: visitors go to the office."""


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press; `id` comes back in `Pressed`."""

    id: str
    text: str
    weight: Weight = "second"
    icon: str | None = None
    """A drawing of the look's icons, by file name without `.svg`."""
    enabled: bool = True
    selected: bool = False
    """Switched on: bigger text, high contrast, being read aloud."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several tiles; `id` comes back in `Pressed`."""

    id: str
    text: str
    chosen: bool = False
    icon: str | None = None
    language: str | None = None
    """The language these words are in, where that is not the page's: it picks the font and the direction."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its icon; with `tick` it is a box to press as well."""

    text: str
    icon: str | None = None
    english: str | None = None
    """The same in English, shown beside a translation that no speaker has checked."""
    tick: bool | None = None
    """None: no box. Else whether it is ticked; a press sends `id`."""
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A label, what stands for it, and what may be done: an answer with Change, a visitor on the roll."""

    label: str
    value: str
    button: Button | None = None
    ticked: bool | None = None
    """On the roll: seen or not yet; None where there is nothing to tick."""
    latin: bool = True
    """The value was typed here or is a name: it stays in Latin letters, left to right, in every language."""


@dataclass(frozen=True, slots=True)
class Field:
    """A writing line: label, hint, error and text, with the keyboard that belongs to it."""

    label: str
    text: str = ""
    hint: str = ""
    error: str | None = None
    """What is wrong and what to do, shown at the field."""
    keyboard: Keyboard = "letters"
    capital: bool = False
    """The next letter begins a name."""


@dataclass(frozen=True, slots=True)
class Lanyard:
    """The lanyard to take; `colour` is one of the words in `COLOURS`, `ribbon` the same word translated."""

    number: str
    colour: str
    ribbon: str


COLOURS = ("green", "blue", "red", "yellow", "purple", "orange", "black", "white")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the visitor is: `text` says it in words."""

    step: int
    of: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """The page is longer than the panel: this is part `number` (from 1) of `of`."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Speech:
    """What *Read aloud* says here, in English. Fixed for a page and a version of the rules; never a typed word."""

    clip: str
    """The same for the same words: a recording may be kept by it."""
    words: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One page, whole. Empty parts are not drawn."""

    page: Page
    language: str
    """Language code: `en`, `pl`, `ur`, ..."""
    heading: str
    heading_english: str | None = None
    """The heading in English beside it, where the translation is unchecked."""
    lead: str = ""
    """Second text under the heading."""
    site: str = ""
    """The school's name; on the welcome page."""
    right_to_left: bool = False
    bigger: bool = False
    contrast: Contrast = "normal"
    lines: tuple[Line, ...] = ()
    rows: tuple[Row, ...] = ()
    field: Field | None = None
    choices: tuple[Choice, ...] = ()
    note: str = ""
    """A paragraph on sunk ground."""
    note_english: str | None = None
    error: str | None = None
    """Something is wrong with the whole page; what happened and what to do."""
    buttons: tuple[Button, ...] = ()
    """Of the page itself; the main one last."""
    back: Button | None = None
    """Top left."""
    help: Button | None = None
    """Ask at the office: top right, on every page."""
    aloud: Button | None = None
    """Read aloud, where there is something to read."""
    progress: Progress | None = None
    part: Part | None = None
    countdown_s: int | None = None
    """Seconds until the page goes by itself."""
    countdown_of_s: int | None = None
    lanyard: Lanyard | None = None
    unchecked: str | None = None
    """"Not yet checked by a speaker", in the page's language; None where a speaker has checked it, or in English."""
    speak: Speech | None = None
    behind: "Screen | None" = None
    """The page that waits under the question for more time."""

    @property
    def items(self) -> int:
        """How many lines, rows and choices there are: what `Capacity` cuts."""
        return len(self.lines) + len(self.rows) + len(self.choices)
