"""Builds the reception screen's bundle from the database (flow 2, step 2)."""

import json
from collections.abc import Iterable
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person, PersonPoint
from admin_web.database.places import Device, Point, Site
from admin_web.database.reception import ExpectedVisit, Lanyard, ReceptionSettings, RegularVisitor
from admin_web.database.timetable import Area
from admin_web.database.visits import Visit
from admin_web.errors import DatabaseNotReady, NotFound
from admin_web.queries.school_time import school_time
from admin_web.rules.hosts import JOBS, role_of
from admin_web.services.revision import current_revision
from admin_web.services.visitor_rules import rules_now, texts_of
from admin_web.services.visitor_words import LINES, TICKED
from broker.instants import write_instant
from broker.messages import reception_parts as parts
from broker.messages.reception_bundle import ReceptionBundle
from broker.messages.visit import SignedOutHow
from policy.clock import Moment

RECEPTION = "reception"
"""The kind of a device, and of its bundle."""
USUAL_CLOSING = 18 * 60
AHEAD = timedelta(days=14)
"""How far ahead the screen knows who is expected: a fortnight without a network."""
BEHIND = timedelta(hours=1)
_NAME = 80


def build_reception(session: Session, device: str, now: Moment) -> ReceptionBundle:
    """Build the bundle as everything is in the database now.

    Raises NotFound for a device of another kind or without published rules, DatabaseNotReady before `init`.
    """
    site = session.scalars(select(Site)).first()
    if site is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    row = session.get(Device, device)
    rules = rules_now(session)
    if row is None or row.kind != RECEPTION or rules is None:
        raise NotFound(
            f"{device} is no reception screen with rules to show.",
            what_to_do="Add it with `phonekeep-admin device add --kind reception`.",
        )
    settings = session.scalars(select(ReceptionSettings)).first()
    revision = current_revision(session)
    minutes = USUAL_CLOSING if settings is None else settings.closing
    texts = {
        language: parts.RulesInLanguage(lines=_lines(text.lines), checked=text.checked)
        for language, text in texts_of(session, rules.version).items()
    }
    people = list(
        session.scalars(select(Person).where(Person.ended_at.is_(None)).order_by(func.lower(Person.name), Person.id))
    )
    return ReceptionBundle(
        site=site.id,
        device=device,
        generation=revision.generation,
        number=revision.number,
        issued=write_instant(now.utc),
        point=device,
        zone=site.zone,
        name=site.name,
        telephone="" if settings is None else settings.telephone,
        closing=time(*divmod(minutes, 60)),
        texts=parts.RuleTexts(
            version=rules.version,
            hash=rules.hash,
            published_at=write_instant(rules.published_at),
            languages=texts,
        ),
        rooms=_rooms(session),
        roles=_roles(people),
        hosts=_hosts(session, people),
        badges=_badges(session, people, now.utc),
        lanyards=_lanyards(session),
        expected=_expected(session, now.utc),
        regular=_regular(session, now.utc),
        visits=_visits(session, now.utc),
    )


def _lines(words: str) -> list[parts.RuleLine]:
    lines = json.loads(words)
    return [parts.RuleLine(id=id, text=lines[id], tick=id in TICKED) for id in LINES if lines.get(id)]


def _rooms(session: Session) -> list[parts.Room]:
    """The rooms in which somebody keeps a phone, and so can be told that a visitor waits."""
    rows = session.execute(
        select(Area.id, Area.name)
        .join(Point, Point.area_id == Area.id)
        .join(PersonPoint, PersonPoint.point_id == Point.id)
        .where(PersonPoint.ends.is_(None))
        .group_by(Area.id, Area.name)
        .order_by(func.lower(Area.name), Area.id)
    )
    return [parts.Room(id=id, name=name[:_NAME]) for id, name in rows]


def _roles(people: Iterable[Person]) -> list[parts.Role]:
    groups = {person.group for person in people}
    return [parts.Role(id=role_of(group), name=name) for group, name in JOBS.items() if group in groups]


def _hosts(session: Session, people: Iterable[Person]) -> list[parts.Host]:
    rooms = dict(
        session.execute(
            select(PersonPoint.person_id, func.min(Point.area_id))
            .join(Point, Point.id == PersonPoint.point_id)
            .where(PersonPoint.ends.is_(None), Point.area_id.is_not(None))
            .group_by(PersonPoint.person_id)
        ).all()
    )
    return [
        parts.Host(
            person=person.id,
            name=person.name[:_NAME],
            room=rooms.get(person.id),
            role=role_of(person.group) if person.group in JOBS else None,
        )
        for person in people
    ]


def _badges(session: Session, people: Iterable[Person], now: datetime) -> list[parts.StaffBadge]:
    groups = {person.id: person.group for person in people}
    rows = session.execute(
        select(BadgePerson.badge, BadgePerson.person_id, BadgePerson.ends, Badge.ends)
        .join(Badge, Badge.reference == BadgePerson.badge)
        .where(Badge.lost_at.is_(None))
        .order_by(BadgePerson.badge)
    )
    return [
        parts.StaffBadge(reference=badge, person=person, role=groups[person])
        for badge, person, ends, badge_ends in rows
        if person in groups and (ends is None or ends > now) and (badge_ends is None or badge_ends > now)
    ]


def _lanyards(session: Session) -> list[parts.Lanyard]:
    rows = session.scalars(select(Lanyard))
    return [
        parts.Lanyard(number=row.number, colour=row.colour, reference=row.reference, contractors=row.contractors)
        for row in sorted(rows, key=lambda row: (int(row.number), row.number))
    ]


def _expected(session: Session, now: datetime) -> list[parts.ExpectedVisit]:
    rows = session.scalars(
        select(ExpectedVisit)
        .where(ExpectedVisit.ended_at.is_(None), ExpectedVisit.ends > now - BEHIND, ExpectedVisit.starts < now + AHEAD)
        .order_by(ExpectedVisit.starts, ExpectedVisit.id)
    )
    return [
        parts.ExpectedVisit(
            id=row.id,
            name=row.name,
            organisation=row.organisation,
            host=row.host_id,
            starts=write_instant(row.starts),
            ends=write_instant(row.ends),
            image_permission=row.image_permission,
            kind=row.kind,
        )
        for row in rows
    ]


def _regular(session: Session, now: datetime) -> list[parts.RegularVisitor]:
    rows = session.scalars(
        select(RegularVisitor).where(RegularVisitor.ended_at.is_(None)).order_by(RegularVisitor.reference)
    )
    return [
        parts.RegularVisitor(
            reference=row.reference,
            name=row.name,
            organisation=row.organisation,
            reason=row.reason,
            host=row.host_id,
        )
        for row in rows
        if row.ends is None or row.ends > now
    ]


def _visits(session: Session, now: datetime) -> list[parts.KnownVisit]:
    """Today's visits, those that ended too: the screen hears so what the office said."""
    times = school_time(session, now)
    begins, ends = times.bounds(times.today)
    rows = session.scalars(
        select(Visit)
        .where(Visit.since >= begins, Visit.since < ends, Visit.name.is_not(None))
        .order_by(Visit.since, Visit.id)
    )
    return [
        parts.KnownVisit(
            visit=row.id,
            name=row.name or "",
            lanyard=row.lanyard,
            host=row.host_id,
            since=write_instant(row.since or now),
            briefed=row.briefed_at is not None,
            ended=None if row.ended_how is None else SignedOutHow(row.ended_how),
        )
        for row in rows
    ]
