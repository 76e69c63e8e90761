"""Who is on site: open visits with host and briefing, who is expected today, a visit with all of it (clause 21)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Person
from admin_web.database.reception import ExpectedVisit, Lanyard
from admin_web.database.visits import Visit
from admin_web.errors import NotFound
from admin_web.queries.names import actor_names
from admin_web.queries.rings import Ring
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.visit_words import (
    BRIEFED_HOW,
    ENDED_HOW,
    TICKED_AT_RECEPTION,
    TICKS,
    TOLD_HOW,
    language_words,
    reason_words,
)
from admin_web.rules.areas import area_names
from admin_web.rules.hosts import JOBS, ROLES, has_host, hosts_of

REMIND_AFTER = timedelta(minutes=10)
"""A visitor who waits longer is shown to the office as somebody to look after."""
_SOMEBODY = "Somebody who is no longer kept"


@dataclass(frozen=True, slots=True)
class OnSiteVisit:
    """A visit as the page shows it."""

    id: str
    lanyard: str | None
    name: str
    about: str
    """Where they are from, else why they come."""
    since: datetime
    host: str | None
    """The person, job or room; None where nobody was named."""
    named: bool
    """Whether it is a person; for a job or a room the office chooses who told them."""
    briefed: bool
    briefed_words: str | None
    waiting_minutes: int
    unsure: bool
    needs_phone: bool
    images: bool
    seen: tuple[str, ...] | None
    """What reception has seen of a contractor or of agency staff, in words; None for anybody else."""

    @property
    def waits(self) -> bool:
        """Whether a host has still to brief them."""
        return self.host is not None and not self.briefed

    @property
    def is_late(self) -> bool:
        """Whether the office is reminded."""
        return self.waits and self.waiting_minutes >= REMIND_AFTER.total_seconds() // 60


@dataclass(frozen=True, slots=True)
class ExpectedToday:
    """Somebody who is expected today and has not come yet."""

    id: str
    name: str
    about: str | None
    host: str | None
    starts: datetime
    images: bool


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One visit with everything that is kept of it."""

    visit: OnSiteVisit
    organisation: str | None
    reason: str | None
    ended_at: datetime | None
    ended_how: str | None
    ended_words: str | None
    rules_version: int | None
    rules_hash: str | None
    language: str | None
    seconds: int | None
    told: str | None
    """How they got to know the rules where no screen showed them."""
    ticked_images: bool
    ticks: frozenset[str]
    """What reception has seen, by code."""
    is_ticked: bool
    """Whether reception ticks anything for a visit of this kind."""
    ribbon: str | None
    """The colour of the lanyard."""
    checked_by: str | None
    checked_at: datetime | None
    signed_in_by: str | None
    """Who of the office signed them in."""


def read_on_site(session: Session, now: datetime) -> list[OnSiteVisit]:
    """Read the open visits, newest first."""
    rows = session.scalars(
        select(Visit).where(Visit.ended_at.is_(None), Visit.since.is_not(None)).order_by(Visit.since.desc(), Visit.id)
    ).all()
    return _told(session, rows, now)


def read_visits_of(session: Session, person: str, now: datetime) -> list[OnSiteVisit]:
    """Read the open visits of which somebody is a host, those that wait first."""
    rows = session.scalars(
        select(Visit).where(Visit.ended_at.is_(None), Visit.since.is_not(None)).order_by(Visit.since, Visit.id)
    ).all()
    mine = [row for row in rows if has_host(row) and person in hosts_of(session, row)]
    return sorted(_told(session, mine, now), key=lambda one: one.briefed)


def read_visit(session: Session, id: str, now: datetime) -> VisitRecord:
    """Read one visit, open or over. Raises NotFound."""
    row = session.get(Visit, id)
    if row is None or row.since is None:
        raise NotFound("There is no such visit.", what_to_do="Look at the page On site.")
    (visit,) = _told(session, [row], now)
    people = _people(session, {one for one in (row.checked_by, row.signed_in_by) if one is not None})
    return VisitRecord(
        visit=visit,
        organisation=row.organisation,
        reason=reason_words(row.reason),
        ended_at=row.ended_at,
        ended_how=row.ended_how,
        ended_words=None if row.ended_how is None else ENDED_HOW.get(row.ended_how, row.ended_how.replace("_", " ")),
        rules_version=row.rules_version,
        rules_hash=row.rules_hash,
        language=None if row.rules_language is None else language_words(row.rules_language),
        seconds=row.rules_seconds,
        told=None if row.rules_how is None else TOLD_HOW.get(row.rules_how, row.rules_how),
        ticked_images="images" in json.loads(row.rules_ticks),
        ticks=frozenset(json.loads(row.ticks)),
        is_ticked=row.reason in TICKED_AT_RECEPTION,
        ribbon=session.scalar(select(Lanyard.colour).where(Lanyard.number == (row.lanyard or ""))),
        checked_by=None if row.checked_by is None else people.get(row.checked_by, _SOMEBODY),
        checked_at=row.checked_at,
        signed_in_by=None if row.signed_in_by is None else people.get(row.signed_in_by, _SOMEBODY),
    )


def read_expected_today(session: Session, times: SchoolTime) -> list[ExpectedToday]:
    """Read who is expected today and has not signed in."""
    begins, ends = times.bounds(times.today)
    rows = session.execute(
        select(ExpectedVisit, Person.name)
        .outerjoin(Person, Person.id == ExpectedVisit.host_id)
        .where(ExpectedVisit.ended_at.is_(None), ExpectedVisit.starts < ends, ExpectedVisit.ends > begins)
        .order_by(ExpectedVisit.starts, ExpectedVisit.id)
    ).all()
    came = set(
        session.scalars(
            select(Visit.expected_id).where(Visit.since >= begins, Visit.expected_id.in_([row.id for row, _ in rows]))
        )
    )
    return [
        ExpectedToday(row.id, row.name, row.organisation, host, row.starts, row.image_permission)
        for row, host in rows
        if row.id not in came
    ]


def waiting_minutes(session: Session, now: datetime) -> list[int]:
    """List for how many minutes each visitor has waited who is to be looked after: numbers, never names."""
    return [visit.waiting_minutes for visit in read_on_site(session, now) if visit.is_late]


class Identified(Protocol):
    """Anybody expected, by an id."""

    @property
    def id(self) -> str:
        """The id."""


def mark_of(visits: Iterable[OnSiteVisit], rings: Iterable[Ring], expected: Iterable[Identified]) -> str:
    """Mark what names a page shows: a page that reads itself again and shows no other names is no new look."""
    ids = [*(one.id for one in visits), *(one.nonce for one in rings), *(one.id for one in expected)]
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:16]


def host_words(session: Session, rows: Sequence[Visit]) -> dict[str, str]:
    """Name the host of each visit: the person, the job, or the room."""
    people = _people(session, {row.host_id for row in rows if row.host_id is not None})
    areas = area_names(session) if any(row.room is not None for row in rows) else {}
    found = {}
    for row in rows:
        if row.host_id is not None:
            found[row.id] = people.get(row.host_id, "A person who is no longer kept")
        elif row.role is not None:
            group = ROLES.get(row.role, row.role)
            found[row.id] = JOBS.get(group, group.capitalize())
        elif row.room is not None:
            found[row.id] = areas.get(row.room, row.room)
    return found


def _told(session: Session, rows: Sequence[Visit], now: datetime) -> list[OnSiteVisit]:
    hosts = host_words(session, rows)
    people = _people(session, {row.briefed_by for row in rows if row.briefed_by is not None})
    return [_one(row, hosts.get(row.id), people, now) for row in rows]


def _one(row: Visit, host: str | None, people: Mapping[str, str], now: datetime) -> OnSiteVisit:
    since = row.since or now
    by = None
    if row.briefed_at is not None:
        how = BRIEFED_HOW.get(row.briefed_how or "", "")
        by = f"{people.get(row.briefed_by or '', _SOMEBODY)}, {how}".rstrip(", ")
    return OnSiteVisit(
        id=row.id,
        lanyard=row.lanyard,
        name=row.name or "A visitor whose name is being recovered",
        about=row.organisation or reason_words(row.reason) or "",
        since=since,
        host=host,
        named=row.host_id is not None,
        briefed=row.briefed_at is not None,
        briefed_words=by,
        waiting_minutes=_minutes(now - since),
        unsure=row.unsure_at is not None,
        needs_phone=row.needs_phone,
        images=row.image_permission,
        seen=_seen(row) or (() if row.reason in TICKED_AT_RECEPTION else None),
    )


def _seen(row: Visit) -> tuple[str, ...]:
    return tuple(TICKS.get(tick, tick.replace("_", " ")) for tick in json.loads(row.ticks))


def _people(session: Session, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
    return {**actor_names(session, ids), **found}


def _minutes(span: timedelta) -> int:
    return max(0, int(span.total_seconds() // 60))
