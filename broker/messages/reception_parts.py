"""What a reception bundle is made of: rooms, hosts, badges, lanyards, the rules' words, visitors (flow 2, step 2)."""

from typing import Annotated

from pydantic import Field, StringConstraints

from broker.instants import Instant
from broker.messages.message import Badge, Code, Count, Flag, Hash, Id, Person, Text, WireModel, absent, empty
from broker.messages.visit import LanguageCode, LanyardNumber, Organisation, SignedOutHow, VisitId, VisitorName

Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Colour = Annotated[str, StringConstraints(pattern=r"^[a-z]{3,10}$")]
RuleText = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class Room(WireModel):
    """A room a visitor may be going to."""

    id: Id
    name: Name


class Role(WireModel):
    """A job a visitor may ask for: `headteacher`, `office`, ..."""

    id: Id
    name: Name


class Host(WireModel):
    """A member of staff who may be visited; found by name only."""

    person: Person
    name: Name
    room: Id | None = None
    role: Id | None = None


class StaffBadge(WireModel):
    """A live badge of staff: of a person, or carried for a role only."""

    reference: Badge
    person: Person | None = None
    role: Text | None = None
    """The staff group: `SLT`, `headteacher`, `office`, ..."""


class Lanyard(WireModel):
    """A visitor's lanyard; with a reference it has a badge in it that the reader knows."""

    number: LanyardNumber
    colour: Colour
    reference: Badge | None = None
    contractors: Flag = Field(default=False, exclude_if=empty)
    """Kept for contractors and agency staff."""


class RuleLine(WireModel):
    """One sentence of the rules."""

    id: Code
    """`silent`, `hidden`, `children`, `images`, `places`, `own_risk`; picks the drawing. `search`: the note below."""
    text: RuleText
    tick: Flag = Field(default=False, exclude_if=empty)
    """Has a box of its own; the image rule has (clause 3)."""


class RulesInLanguage(WireModel):
    """The rules in one language."""

    lines: list[RuleLine]
    checked: Flag
    """Whether a speaker has checked this language for this version."""


class RuleTexts(WireModel):
    """The published version of the visitors' rules."""

    version: Count
    hash: Hash
    published_at: Instant
    languages: dict[LanguageCode, RulesInLanguage]
    """By language code; `en` is always there."""


class ExpectedVisit(WireModel):
    """Somebody who is expected; found by the exact name, never shown in a list."""

    id: Id
    name: VisitorName
    organisation: Organisation | None = None
    host: Person | None = None
    starts: Instant = Field(validation_alias="from", serialization_alias="from")
    ends: Instant = Field(validation_alias="until", serialization_alias="until")
    image_permission: Flag = False
    kind: Code | None = None
    """The reason of the visit, by its code."""


class RegularVisitor(WireModel):
    """Somebody who comes often and has a badge."""

    reference: Badge
    name: VisitorName
    organisation: Organisation | None = None
    reason: Code = "regular"
    host: Person | None = None
    image_permission: Flag = False


class KnownVisit(WireModel):
    """A visit of today as central knows it: what the office and other places have said of it."""

    visit: VisitId
    name: VisitorName
    lanyard: LanyardNumber | None = None
    host: Person | None = None
    since: Instant
    briefed: Flag = False
    ended: SignedOutHow | None = Field(default=None, exclude_if=absent)
    """How it ended; null while the visitor is here. Visits that ended today stay in the list."""
