"""What has been withdrawn or restricted, from whom, and which cabinets obey it: what the page and the API read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.restrictions import RestrictionMade
from admin_web.queries.cabinets import read_cabinets
from admin_web.queries.names import actor_names
from admin_web.queries.obeying import Obeying, obeying
from admin_web.queries.school_time import SchoolTime
from admin_web.rules.restrictions import takes_of
from admin_web.services.restrictions import EVERYTHING, REASONS
from policy.rules import Entitlement, Revision

LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class RestrictionKept:
    """A restriction as it is now."""

    id: int
    etag: int
    scope: str
    person: str | None
    group: str | None
    whom: str
    """The person's name, the group, or everybody."""
    takes: frozenset[Entitlement]
    reason: str
    starts: datetime
    ends: datetime | None
    maker: str
    made_at: datetime
    ender: str | None
    ended_at: datetime | None
    obeyed: Obeying
    """Of its present state: of being taken away, or of being given back."""

    @property
    def is_withdrawal(self) -> bool:
        """Whether everything was taken away."""
        return self.takes == EVERYTHING

    @property
    def takes_words(self) -> str:
        """What is taken away, in words."""
        words = [entitlement.value for entitlement in Entitlement if entitlement in self.takes]
        return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)

    @property
    def reason_words(self) -> str:
        """Why, in words."""
        return REASONS.get(self.reason, self.reason.replace("_", " "))


def read_restrictions(session: Session, times: SchoolTime, now: datetime) -> list[RestrictionKept]:
    """Read what is taken away now, the newest first, then what was given back in the last two weeks."""
    rows = session.scalars(
        select(RestrictionMade)
        .where(or_(RestrictionMade.ended_at.is_(None), RestrictionMade.ended_at > now - LATELY))
        .order_by(RestrictionMade.id.desc())
    ).all()
    kept = complete(session, rows, times)
    return [one for one in kept if one.ended_at is None] + [one for one in kept if one.ended_at is not None]


def complete(session: Session, rows: Sequence[RestrictionMade], times: SchoolTime) -> list[RestrictionKept]:
    """Read everything that a page says of some restrictions."""
    people = dict(
        session.execute(
            select(Person.id, Person.name).where(Person.id.in_({row.person_id for row in rows if row.person_id}))
        ).all()
    )
    names = actor_names(session, {actor for row in rows for actor in (row.made_by, row.ended_by) if actor is not None})
    cabinets = read_cabinets(session, times)
    return [
        RestrictionKept(
            id=row.id,
            etag=row.etag,
            scope=row.scope,
            person=row.person_id,
            group=row.group,
            whom=_whom(row, people.get(row.person_id or "")),
            takes=takes_of(row),
            reason=row.reason,
            starts=row.starts,
            ends=row.ends,
            maker=names.get(row.made_by, "Somebody whose account is no longer kept"),
            made_at=row.made_at,
            ender=None if row.ended_by is None else names.get(row.ended_by, "Somebody"),
            ended_at=row.ended_at,
            obeyed=obeying(cabinets, Revision(row.generation, row.number), times),
        )
        for row in rows
    ]


def _whom(row: RestrictionMade, name: str | None) -> str:
    if row.scope == "everyone":
        return "Everyone"
    if row.scope == "group":
        group = row.group or ""
        return f"Everyone in {group if group.isupper() else group[:1].upper() + group[1:]}"
    return name or "A person who is no longer kept"
