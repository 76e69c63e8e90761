"""What the reception knows by: the verified bundle, ready to be asked (flow 2, step 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from broker.instants import read_instant
from broker.messages.reception_bundle import ReceptionBundle
from broker.messages.reception_parts import (
    ExpectedVisit,
    Host,
    KnownVisit,
    Lanyard,
    RegularVisitor,
    Role,
    Room,
    RulesInLanguage,
    StaffBadge,
)
from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference
from policy.names import fold_name
from policy.rules import Revision

LETTERS: Final = 3
"""So many letters of a name must be typed before anybody is named."""
MATCHES: Final = 5
EARLY: Final = timedelta(hours=1)
"""An expected visitor is known so long before the time and after the end."""


@dataclass(frozen=True, slots=True)
class Content:
    """One edition of everything the screen shows; wire values are frozen and used as they came."""

    revision: Revision
    issued: datetime
    zone: str
    name: str
    telephone: str
    closing: time
    version: int
    hash: str
    languages: Mapping[str, RulesInLanguage]
    rooms: tuple[Room, ...]
    roles: tuple[Role, ...]
    hosts: tuple[Host, ...]
    badges: Mapping[BadgeReference, StaffBadge]
    lanyards: tuple[Lanyard, ...]
    expected: tuple[ExpectedVisit, ...]
    regular: Mapping[BadgeReference, RegularVisitor]
    visits: tuple[KnownVisit, ...]

    def rules_in(self, language: str) -> tuple[RulesInLanguage, bool]:
        """The rules in a language, or in English; and whether they are in that language."""
        found = self.languages.get(language)
        return (self.languages["en"], False) if found is None else (found, True)

    def named(self, letters: str) -> tuple[tuple[Host, ...], bool]:
        """Hosts of whose name some word begins with these letters, at most five; and whether there are more.

        With fewer than three letters nobody is named: the staff cannot be read off the screen.
        """
        wanted = fold_name(letters)
        if sum(letter.isalpha() for letter in wanted) < LETTERS:
            return (), False
        found = [host for host in self.hosts if _begins(fold_name(host.name), wanted)]
        found.sort(key=lambda host: fold_name(host.name))
        return tuple(found[:MATCHES]), len(found) > MATCHES

    def expects(self, name: str, now: Moment) -> ExpectedVisit | None:
        """The one visit expected about now under exactly this name; None for nobody, and for two of one name."""
        wanted = fold_name(name)
        found = [visit for visit in self.expected if fold_name(visit.name) == wanted and _is_due(visit, now)]
        return found[0] if len(found) == 1 else None

    def expected_by_id(self, id: str | None) -> ExpectedVisit | None:
        """An expected visit that still stands in this edition."""
        return next((visit for visit in self.expected if visit.id == id), None)

    def lanyard_of(self, badge: BadgeReference) -> Lanyard | None:
        """The lanyard a badge is in."""
        return next((lanyard for lanyard in self.lanyards if lanyard.reference == badge), None)

    def knows(self, badge: BadgeReference) -> bool:
        """Whether a badge is the staff's, a lanyard's or a regular visitor's."""
        return badge in self.badges or badge in self.regular or self.lanyard_of(badge) is not None

    def host(self, person: str | None) -> Host | None:
        """A member of staff who may be visited."""
        return next((host for host in self.hosts if host.person == person), None)


def _begins(name: str, wanted: str) -> bool:
    return any(name[at:].startswith(wanted) for at in range(len(name)) if at == 0 or not name[at - 1].isalnum())


def _is_due(visit: ExpectedVisit, now: Moment) -> bool:
    if now.quality is not ClockQuality.SYNCED:
        return True  # nobody is turned into a stranger by a clock that was not set
    return read_instant(visit.starts) - EARLY <= now.utc <= read_instant(visit.ends) + EARLY


def read_content(bundle: ReceptionBundle) -> Content:
    """Take a bundle apart. Raises ValueError when it has no English rules."""
    if "en" not in bundle.texts.languages:
        raise ValueError("the visitors' rules have no English words: publish them again")
    return Content(
        revision=bundle.revision,
        issued=read_instant(bundle.issued),
        zone=bundle.zone,
        name=bundle.name,
        telephone=bundle.telephone,
        closing=bundle.closing,
        version=bundle.texts.version,
        hash=bundle.texts.hash,
        languages=bundle.texts.languages,
        rooms=tuple(bundle.rooms),
        roles=tuple(bundle.roles),
        hosts=tuple(bundle.hosts),
        badges={BadgeReference(badge.reference): badge for badge in bundle.badges},
        lanyards=tuple(bundle.lanyards),
        expected=tuple(bundle.expected),
        regular={BadgeReference(visitor.reference): visitor for visitor in bundle.regular},
        visits=tuple(bundle.visits),
    )
