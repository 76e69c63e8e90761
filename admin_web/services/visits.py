"""What the office and hosts say of visits that are open: briefed, signed out, a ring answered (clause 21)."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.orders import CommandOrder
from admin_web.database.reception import ReceptionSettings
from admin_web.database.visits import HelpRing, Visit
from admin_web.errors import Conflict, Forbidden, Invalid, NotFound
from admin_web.events.central import record_act
from admin_web.queries.names import actor_names
from admin_web.queries.school_time import school_time
from admin_web.rules.hosts import has_host, hosts_of
from admin_web.rules.reception import USUAL_CLOSING
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.orders import GOOD_FOR, WAITING
from admin_web.services.reception import require_host
from admin_web.services.revision import raise_for_screens
from broker.messages.help import HELP_ANSWERED
from broker.messages.reception_acts import HelpAnswered
from broker.messages.visit import BriefedHow, SignedOutHow, VisitBriefed, VisitSignedOut

RING_COUNTS = timedelta(minutes=15)
"""Nobody stands at reception for longer than this: a ring that comes later is history."""
CLOSING_GRACE = timedelta(minutes=15)
"""The screen ends the day's visits itself; central does it for one that is not heard."""


def brief_own_visitor(session: Session, visit_id: str, person_id: str, *, occasion: Occasion) -> Visit:
    """Let a host say on their own page that a visitor knows the phone rules. Raises NotFound, Conflict, Forbidden."""
    visit = require_open(session, visit_id)
    if person_id not in hosts_of(session, visit):
        raise Forbidden("This visitor came to see somebody else.", what_to_do="Ask the office.")
    return _brief(session, visit, person_id, BriefedHow.WEB, occasion)


def brief_for_host(session: Session, visit_id: str, host: str | None, *, occasion: Occasion) -> Visit:
    """Let the office say it in a host's name; `host` is chosen where a job or a room was asked for.

    Raises NotFound, Conflict, Invalid.
    """
    visit = require_visit(session, visit_id)
    person = visit.host_id or require_host(session, host)
    if person is None:
        raise Invalid(
            "It is not said who told them.", what_to_do="Choose the member of staff who told them.", field="host"
        )
    return _brief(session, visit, person, BriefedHow.OFFICE, occasion)


def sign_out_visit(session: Session, visit_id: str, *, occasion: Occasion) -> bool:
    """Sign a visitor out in the office; False where somebody, or the lanyard, has done it already. Raises NotFound."""
    visit = require_visit(session, visit_id)
    if visit.ended_at is not None:
        return False
    message = VisitSignedOut(visit=visit.id, how=SignedOutHow.OFFICE)
    record_act(session, message, {"name": None}, occasion.now)
    record_visit(session, visit, "visitor_signed_out", occasion)
    return True


def answer_ring(session: Session, nonce: str, *, occasion: Occasion) -> HelpRing:
    """Answer a ring from reception: the screen then says that the office is coming; one answer counts.

    It answers the same thing rung several times, too: whoever comes, comes for all of it.
    Raises NotFound, and Conflict naming whoever was first.
    """
    ring = session.get(HelpRing, nonce)
    if ring is None:
        raise NotFound("Nobody rings any more.", what_to_do="Look at the page On site.")
    if ring.answered_by == occasion.actor.id:
        return ring  # pressed twice
    if ring.answered_by is not None:
        name = actor_names(session, {ring.answered_by}).get(ring.answered_by, "Somebody else")
        raise Conflict(f"{name} has answered already.", what_to_do="Nothing more is to be done.")
    for one in [ring, *_rung_again(session, ring, occasion.now.utc)]:
        one.answered_at, one.answered_by = occasion.now.utc, occasion.actor.id
        session.add(
            CommandOrder(
                device=one.device,
                command=HELP_ANSWERED,
                nonce=one.nonce,
                state=WAITING,
                ordered_by=occasion.actor.id,
                ordered_at=occasion.now.utc,
                good_until=occasion.machine_now + GOOD_FOR,
            )
        )
        acts.record(session, HelpAnswered(nonce=one.nonce), occasion)
    audit.record_change(session, "ring_answered", actor=occasion.actor, machine_now=occasion.machine_now)
    session.flush()
    return ring


def _rung_again(session: Session, ring: HelpRing, now: datetime) -> list[HelpRing]:
    """Read what stands on the same card as a ring (`queries.rings`)."""
    rows = select(HelpRing).where(
        HelpRing.device == ring.device,
        HelpRing.kind == ring.kind,
        HelpRing.visit_id.is_not_distinct_from(ring.visit_id),
        HelpRing.answered_at.is_(None),
        HelpRing.asked_at > now - RING_COUNTS,
        HelpRing.nonce != ring.nonce,
    )
    return list(session.scalars(rows.order_by(HelpRing.asked_at, HelpRing.nonce)))


def closing_of(session: Session, now: datetime) -> datetime:
    """Tell when open visits of the school's present day end."""
    settings = session.scalars(select(ReceptionSettings)).first()
    times = school_time(session, now)
    begins, ends = times.bounds(times.today)
    minutes = USUAL_CLOSING if settings is None else settings.closing
    hour, minute = divmod(minutes, 60)
    local = times.local(begins).replace(hour=hour, minute=minute)
    return min(local.astimezone(begins.tzinfo), ends)


def visits_left_open(session: Session, now: datetime) -> list[Visit]:
    """Read the visits that closing time has passed by: of today once it is over, and of every day before."""
    times = school_time(session, now)
    begins, _ = times.bounds(times.today)
    over = now >= closing_of(session, now) + CLOSING_GRACE
    limit = closing_of(session, now) if over else begins
    rows = select(Visit).where(Visit.ended_at.is_(None), Visit.since < limit, Visit.since.is_not(None))
    return list(session.scalars(rows.order_by(Visit.id)))


def end_visits_left_open(session: Session, occasion: Occasion) -> int:
    """End them as `not_signed_out`, never with a made-up time. Tells how many."""
    left = visits_left_open(session, occasion.now.utc)
    for visit in left:
        message = VisitSignedOut(visit=visit.id, how=SignedOutHow.NOT_SIGNED_OUT)
        record_act(session, message, {"name": None}, occasion.now)
    if left:
        raise_for_screens(session, occasion.now)
    return len(left)


def require_visit(session: Session, visit_id: str) -> Visit:
    """Find a visit that central has heard of. Raises NotFound."""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.since is None:
        raise NotFound("There is no such visit.", what_to_do="Look at the page On site.")
    return visit


def require_open(session: Session, visit_id: str) -> Visit:
    """Find a visit that is not over. Raises NotFound, Conflict."""
    visit = require_visit(session, visit_id)
    if visit.ended_at is not None:
        raise Conflict("This visit is over already.", what_to_do="Look at the page On site.")
    return visit


def _brief(session: Session, visit: Visit, person: str, how: BriefedHow, occasion: Occasion) -> Visit:
    if visit.briefed_at is not None:
        raise Conflict("This has been noted already.", what_to_do="Look at the page On site.")
    if not has_host(visit) and how is BriefedHow.WEB:
        raise Forbidden("This visitor came to see nobody by name.", what_to_do="Ask the office.")
    message = VisitBriefed(visit=visit.id, point=None, how=how)
    record_act(session, message, {"person": person, "badge": None}, occasion.now)
    record_visit(session, visit, "visitor_briefed", occasion, person)
    return visit


def record_visit(session: Session, visit: Visit, act: str, occasion: Occasion, person: str | None = None) -> None:
    """Tell the screen and the cabinets, and write down who did it."""
    raise_for_screens(session, occasion.now)
    audit.record_change(
        session,
        act,
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        person_id=person or visit.host_id,
        filter={"visit": visit.id},
    )
    session.flush()
