"""Draws visits, rings and roll-calls from events, in the transaction that stores them.

Every step gives the same rows however late, often or in whatever order the events come: the earliest end, the earliest
briefing and the newest of what the office saw count, facts of a roll are only added.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.events import ExceptionRow
from admin_web.database.visits import HelpRing, Visit, VisitBriefing
from admin_web.events.day_exceptions import DayKind, name_of
from admin_web.events.projection import Drawn, holder_at
from admin_web.events.rolls import ROLL, follow_roll
from admin_web.rules.hosts import has_host, hosts_of

SIGNED_IN, RULES_READ = "visit.signed_in.v1", "rules.acknowledged.v1"
CHECKED, BRIEFED, SIGNED_OUT = "visit.checked.v1", "visit.briefed.v1", "visit.signed_out.v1"
HELP = "help.asked.v1"
FOLLOWED = frozenset({SIGNED_IN, RULES_READ, CHECKED, BRIEFED, SIGNED_OUT, HELP, *ROLL})
"""Types that are drawn here."""
CHANGES_RULES = frozenset({SIGNED_IN, BRIEFED, SIGNED_OUT})
"""Types after which a screen or a cabinet has to be told something new."""
_SENIOR, _UNSURE = "senior", "unsure"


def follow_visits(session: Session, drawn: Sequence[Drawn], arrived: datetime) -> None:
    """Write what these events say of visits; `arrived` is when central heard of them."""
    touched: dict[str, Visit] = {}
    briefings: list[VisitBriefing] = []
    for one in drawn:
        private, visit_id = one.private or {}, one.data.get("visit")
        if one.type == HELP:
            _ring(session, one, arrived)
        elif one.type in ROLL:
            follow_roll(session, one, arrived)
        elif one.type == BRIEFED:
            briefing = None if one.private is None else _brief(session, one)
            if briefing is not None:
                briefings.append(briefing)
        elif visit_id is not None:
            visit = _visit(session, str(visit_id))
            touched[visit.id] = visit
            if one.type == SIGNED_IN:
                _sign_in(visit, one, private)
            elif one.type == RULES_READ:
                _note_rules(visit, private)
            elif one.type == CHECKED:
                _check(visit, one, private)
            elif one.type == SIGNED_OUT:
                _sign_out(visit, one)
    session.flush()
    for visit in (*touched.values(), *_meant(session, briefings)):
        _count_briefings(session, visit)
        _notice_unbriefed(session, visit, drawn)
    session.flush()


def _visit(session: Session, id: str) -> Visit:
    visit = session.get(Visit, id)
    if visit is None:
        visit = Visit(id=id, needs_phone=False, image_permission=False, ticks="[]", rules_ticks="[]")
        session.add(visit)
    return visit


def _sign_in(visit: Visit, one: Drawn, private: Any) -> None:
    visit.device, visit.event, visit.since = one.device, name_of(one), one.time
    if not private:
        return
    visit.name, visit.organisation = private["name"], private["organisation"]
    visit.reason, visit.needs_phone = private["reason"], private["needs_phone"]
    visit.host_id, visit.role, visit.room = private["host"], private["role"], private["room"]
    visit.badge, visit.expected_id = private["badge"], private["expected"]
    visit.image_permission, visit.signed_in_by = private["image_permission"], private.get("by")
    if visit.checked_at is None:
        visit.lanyard, visit.ticks = private["lanyard"], json.dumps(list(private["ticks"]))


def _check(visit: Visit, one: Drawn, private: Any) -> None:
    """Take over what the office saw and gave; its newest word counts, also before the sign-in is heard of."""
    if not private or (visit.checked_at is not None and one.time < visit.checked_at):
        return
    visit.checked_at, visit.checked_by = one.time, private["by"]
    visit.lanyard, visit.ticks = private["lanyard"], json.dumps(list(private["ticks"]))


def _note_rules(visit: Visit, private: Any) -> None:
    if not private:
        return
    visit.rules_version, visit.rules_hash = private["version"], private["hash"]
    visit.rules_language, visit.rules_seconds = private["language"], private["seconds"]
    visit.rules_ticks, visit.rules_how = json.dumps(list(private["ticks"])), private.get("how")


def _sign_out(visit: Visit, one: Drawn) -> None:
    """Note an end; the earliest counts, so that a lanyard held in time stands before the closing that came after."""
    how = str(one.data.get("how"))
    if how == _UNSURE:
        visit.unsure_at = one.time if visit.unsure_at is None else min(one.time, visit.unsure_at)
    elif visit.ended_at is None or one.time < visit.ended_at:
        visit.ended_at, visit.ended_how = one.time, how


def _brief(session: Session, one: Drawn) -> VisitBriefing | None:
    """Write what a host said; a cabinet of another room knows the badge alone, and central whose it was."""
    private, visit, point = one.private or {}, one.data.get("visit"), one.data.get("point")
    person = private["person"] or holder_at(session, str(private["badge"]), one.time)
    if person is None:
        return None  # a badge that was nobody's: the log has the event, and no visit is told of
    briefing = VisitBriefing(
        event=name_of(one),
        visit_id=None if visit is None else str(visit),
        person_id=person,
        how=str(one.data.get("how")),
        point_id=None if point is None else str(point),
        at=one.time,
    )
    return session.merge(briefing)


def _meant(session: Session, briefings: Iterable[VisitBriefing]) -> list[Visit]:
    """Find the visits that briefings are about, as far as they are known already."""
    found: dict[str, Visit] = {}
    for briefing in briefings:
        if briefing.visit_id is not None:
            visit = session.get(Visit, briefing.visit_id)
            rows = [] if visit is None else [visit]
        else:
            here = or_(Visit.ended_at.is_(None), Visit.ended_at >= briefing.at)
            rows = list(session.scalars(select(Visit).where(Visit.since <= briefing.at, here)))
        found |= {visit.id: visit for visit in rows}
    return list(found.values())


def _count_briefings(session: Session, visit: Visit) -> None:
    """Let the earliest briefing count that is of this visit, or of everybody who waited for one of its hosts."""
    rows = list(session.scalars(select(VisitBriefing).where(VisitBriefing.visit_id == visit.id)))
    if visit.since is not None and has_host(visit):
        of_hosts = select(VisitBriefing).where(
            VisitBriefing.visit_id.is_(None),
            VisitBriefing.person_id.in_(hosts_of(session, visit)),
            VisitBriefing.at >= visit.since,
        )
        if visit.ended_at is not None:
            of_hosts = of_hosts.where(VisitBriefing.at <= visit.ended_at)
        rows += session.scalars(of_hosts)
    if not rows:
        return
    first = min(rows, key=lambda row: (row.at, row.event))
    if visit.briefed_at is None or first.at <= visit.briefed_at:
        visit.briefed_at, visit.briefed_by, visit.briefed_how = first.at, first.person_id, first.how


def _notice_unbriefed(session: Session, visit: Visit, drawn: Sequence[Drawn]) -> None:
    """Write the exception of a visit that ended and nobody had briefed, never before it ended (clause 21)."""
    if visit.ended_at is None or visit.since is None or not has_host(visit):
        return
    subject = f"{DayKind.NOT_BRIEFED}:{visit.id}"
    row = session.scalars(select(ExceptionRow).where(ExceptionRow.subject == subject)).first()
    if visit.briefed_at is None and row is None:
        ends = [name_of(one) for one in drawn if one.type == SIGNED_OUT and one.data.get("visit") == visit.id]
        cites = [] if visit.event is None else [visit.event]
        session.add(
            ExceptionRow(
                kind=DayKind.NOT_BRIEFED.value,
                device=visit.device,
                raised_at=visit.ended_at,
                cites=json.dumps(cites + ends[:1]),
                subject=subject,
            )
        )
    elif visit.briefed_at is not None and row is not None and row.ended_at is None:
        row.ended_at = visit.briefed_at


def _ring(session: Session, one: Drawn, arrived: datetime) -> None:
    nonce, kind, private = str(one.data["nonce"]), str(one.data["kind"]), one.private or {}
    ring = session.get(HelpRing, nonce)
    if ring is None:
        ring = HelpRing(nonce=nonce, device=one.device, kind=kind, asked_at=one.time, arrived_at=arrived)
        session.add(ring)
    if kind == _SENIOR:
        ring.senior_at = one.time
    else:
        ring.kind, ring.asked_at = kind, one.time
    visit = private.get("visit")
    ring.visit_id = ring.visit_id if visit is None else str(visit)
