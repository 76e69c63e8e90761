"""Who has confirmed the text: counts first, a group at a time; names only where somebody asks for them (clause 25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.places import Point
from admin_web.database.policy_texts import Acknowledgement, BadgeConfirmation, PolicyText
from admin_web.errors import NotFound
from admin_web.queries.handles import handle_of
from admin_web.queries.names import actor_names


@dataclass(frozen=True, slots=True)
class VersionKept:
    """A version of the text; the time is UTC."""

    version: int
    words: str
    hash: str
    published_at: datetime
    published_by: str
    confirmed: int
    """How many people confirmed it."""

    @property
    def parts(self) -> tuple[tuple[str | None, str], ...]:
        """The text in paragraphs: heading or None, and the words; a line that begins with # is a heading."""
        found: list[tuple[str | None, str]] = []
        for paragraph in self.words.split("\n\n"):
            first, _, rest = paragraph.partition("\n")
            heading = first.lstrip("# ").strip() if first.startswith("#") else None
            found.append((heading, rest if heading is not None else paragraph))
        return tuple(found)

    @property
    def short_hash(self) -> str:
        """The first 16 digits of the hash, in groups of four."""
        return " ".join(self.hash[start : start + 4] for start in range(0, 16, 4))


@dataclass(frozen=True, slots=True)
class Confirmed:
    """That a person confirmed a version; the time is UTC."""

    version: int
    hash: str
    at: datetime
    how: str
    """`web` or `badge`."""


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a staff group have confirmed the version that counts."""

    group: str
    people: int
    confirmed: int

    @property
    def outstanding(self) -> int:
        """How many have not."""
        return self.people - self.confirmed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands."""

    person: str
    name: str
    group: str
    now: Confirmed | None
    """Of the version that counts."""
    before: Confirmed | None
    """The newest of an older version."""

    @property
    def handle(self) -> str:
        """What stands for the person in an address."""
        return handle_of(self.person)


@dataclass(frozen=True, slots=True)
class TapAwaited:
    """That somebody's next tap shall confirm; times are UTC."""

    number: int
    version: int
    person: str
    place: str
    asked_by: str
    asked_at: datetime
    until: datetime
    closed_at: datetime | None
    tap: str | None
    confirmed: Confirmed | None
    """How the person has confirmed this version, by this tap or otherwise."""


def read_versions(session: Session) -> list[VersionKept]:
    """Read every version, the newest first."""
    texts = session.scalars(select(PolicyText).order_by(PolicyText.version.desc())).all()
    return _versions(session, texts)


def read_version(session: Session, version: int) -> VersionKept:
    """Read one version. Raises NotFound."""
    text = session.get(PolicyText, version) if 0 < version < 2**31 else None
    if text is None:
        raise NotFound("There is no such version.", what_to_do="Look on the page The phone rules.", field="version")
    return _versions(session, [text])[0]


def confirmed_by(session: Session, person: str) -> dict[int, Confirmed]:
    """Read what one person confirmed, by version."""
    rows = session.scalars(select(Acknowledgement).where(Acknowledgement.person_id == person))
    return {row.version: _confirmed(row) for row in rows}


def read_standings(session: Session, version: int) -> list[Standing]:
    """Read where everybody stands who has not ended, by name."""
    people = session.scalars(
        select(Person).where(Person.ended_at.is_(None)).order_by(func.lower(Person.name), Person.id)
    ).all()
    newest: dict[str, Confirmed] = {}
    now: dict[str, Confirmed] = {}
    for row in session.scalars(select(Acknowledgement).order_by(Acknowledgement.version)):
        if row.version == version:
            now[row.person_id] = _confirmed(row)
        elif row.version < version:
            newest[row.person_id] = _confirmed(row)
    return [
        Standing(person.id, person.name, person.group, now.get(person.id), newest.get(person.id)) for person in people
    ]


def count_groups(standings: Sequence[Standing]) -> list[GroupCount]:
    """Count by staff group, in alphabetical order."""
    counted: dict[str, list[int]] = {}
    for one in standings:
        counts = counted.setdefault(one.group, [0, 0])
        counts[0] += 1
        counts[1] += one.now is not None
    return [GroupCount(group, *counts) for group, counts in sorted(counted.items(), key=lambda item: item[0].lower())]


def read_tap_awaited(session: Session, number: int) -> TapAwaited:
    """Read one question for a tap. Raises NotFound."""
    asked = session.get(BadgeConfirmation, number)
    if asked is None:
        raise NotFound("No tap is awaited under this number.", what_to_do="Ask for one on the page Confirm by badge.")
    return TapAwaited(
        number=asked.id,
        version=asked.version,
        person=session.get_one(Person, asked.person_id).name,
        place=session.get_one(Point, asked.point_id).name,
        asked_by=actor_names(session, [asked.asked_by]).get(asked.asked_by, "An account that is no longer kept"),
        asked_at=asked.asked_at,
        until=asked.until,
        closed_at=asked.closed_at,
        tap=asked.tap,
        confirmed=confirmed_by(session, asked.person_id).get(asked.version),
    )


def _versions(session: Session, texts: Sequence[PolicyText]) -> list[VersionKept]:
    counts: dict[int, int] = dict(
        session.execute(select(Acknowledgement.version, func.count()).group_by(Acknowledgement.version)).all()
    )
    names = actor_names(session, {text.published_by for text in texts})
    return [
        VersionKept(
            version=text.version,
            words=text.words,
            hash=text.hash,
            published_at=text.published_at,
            published_by=names.get(text.published_by, "An account that is no longer kept"),
            confirmed=counts.get(text.version, 0),
        )
        for text in texts
    ]


def _confirmed(row: Acknowledgement) -> Confirmed:
    return Confirmed(row.version, row.hash, row.at, row.how)
