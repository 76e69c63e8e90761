"""Visits, as the reception screen knows them: signed in, rules read, briefed, signed out (clauses 1, 3, 21, 22).

Everything that was typed or says who somebody is travels as `private`.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from broker.messages.message import (
    Badge,
    Code,
    Count,
    Flag,
    Hash,
    Holder,
    Id,
    Message,
    Person,
    PrivatePart,
    absent,
)

VisitId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
"""Made at the screen, random: says nothing of who or when."""
VisitorName = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Organisation = Annotated[str, StringConstraints(min_length=1, max_length=80)]
LanyardNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class SignedOutHow(StrEnum):
    """What says that a visitor has left."""

    LANYARD = "lanyard"
    """The lanyard, or a regular visitor's badge, was held to the reader."""
    NAME = "name"
    """The name together with the lanyard's number."""
    OFFICE = "office"
    """Somebody in the office said so."""
    NOT_SIGNED_OUT = "not_signed_out"
    """Closing time came: the visit is over, and nobody knows when the visitor left."""
    UNSURE = "unsure"
    """The screen could not tell which visit: the office was rung."""


class BriefedHow(StrEnum):
    """Where a host said that the visitor knows the rules (clause 21)."""

    KIOSK_BADGE = "kiosk_badge"
    CABINET = "cabinet"
    WEB = "web"
    OFFICE = "office"
    """The office, in the host's name."""


class RulesToldHow(StrEnum):
    """How a visitor came to know the rules where the office signed them in: no screen counted the seconds."""

    SPOKEN = "spoken"
    PAPER = "paper"


class VisitSignedInPrivate(PrivatePart):
    """Everything the visitor typed and chose."""

    name: VisitorName
    organisation: Organisation | None
    reason: Code
    host: Person | None
    role: Id | None
    """A job that was chosen in place of a person."""
    room: Id | None
    needs_phone: Flag
    """Whether the visitor needs the phone, for whatever reason: none is kept (clause 22)."""
    lanyard: LanyardNumber | None
    badge: Badge | None
    """A regular visitor's own badge, or the lanyard's."""
    ticks: list[Code]
    """What reception ticked: `id_seen`, `letter`, `escorted`."""
    expected: Id | None
    """The expected visit it is, found by its exact name."""
    image_permission: Flag
    """The headteacher had agreed to photos for this visit (clause 3)."""
    by: Holder | None = Field(default=None, exclude_if=absent)
    """The person or account of the office that signed them in; absent: the visitor did, at the screen."""


class VisitSignedIn(Message):
    """A visitor signed in; committed before the screen says so. Of `central`: the office wrote it."""

    type = "visit.signed_in.v1"
    Private = VisitSignedInPrivate
    visit: VisitId


class RulesAcknowledgedPrivate(PrivatePart):
    """Which words were read, in which language, for how long, and which lines were ticked."""

    version: Count
    hash: Hash
    """SHA-256 of the version's words in every language, as central publishes it."""
    language: LanguageCode
    seconds: Count | None
    """How long the rules were on the screen, all looks together; null where there was no screen."""
    ticks: list[Code]
    """Lines with a box of their own, by id; the image rule has one (clause 3)."""
    how: RulesToldHow | None = Field(default=None, exclude_if=absent)
    """Absent: read on the screen."""


class RulesAcknowledged(Message):
    """A visitor said to have read the phone rules; in the same transaction as the sign-in."""

    type = "rules.acknowledged.v1"
    Private = RulesAcknowledgedPrivate
    visit: VisitId


class VisitCheckedPrivate(PrivatePart):
    """What the office has seen and handed out, all of it as it is now, and who says so."""

    by: Holder
    ticks: list[Code]
    """`id_seen`, `letter`, `escorted`; of a check of records nothing is ever kept."""
    lanyard: LanyardNumber | None


class VisitChecked(Message):
    """The office noted what it has seen of an open visit, and the lanyard; the newest of a visit counts."""

    type = "visit.checked.v1"
    Private = VisitCheckedPrivate
    visit: VisitId


class VisitBriefedPrivate(PrivatePart):
    """Whose visitor it was."""

    person: Person | None
    """Null where a cabinet of another room knows only the badge: central says whose it is."""
    badge: Badge | None


class VisitBriefed(Message):
    """The host said that the visitor has been told the phone rules."""

    type = "visit.briefed.v1"
    Private = VisitBriefedPrivate
    visit: VisitId | None
    """Null at a cabinet, which knows only that somebody waits: every waiting visit of the person is meant."""
    point: Id | None
    """The cabinet; null anywhere else."""
    how: BriefedHow


class VisitSignedOutPrivate(PrivatePart):
    """The name that was typed, where the screen could not tell whose visit it was."""

    name: VisitorName | None


class VisitSignedOut(Message):
    """A visit is over, or may be: `how` says what is known of it."""

    type = "visit.signed_out.v1"
    Private = VisitSignedOutPrivate
    visit: VisitId | None
    """Null with `unsure` where no visit fits at all."""
    how: SignedOutHow


class VisitDeliveryPrivate(PrivatePart):
    """Who brings it."""

    company: Organisation | None


class VisitDelivery(Message):
    """Somebody brings a parcel: the office was rung, nobody signed in."""

    type = "visit.delivery.v1"
    Private = VisitDeliveryPrivate
