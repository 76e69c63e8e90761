"""What is kept about one person, and who looked at it: what everybody may see of themselves."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from admin_web.access import ROLE_NAMES, Role
from admin_web.database.accounts import Account, ApiToken, Audit
from admin_web.queries.names import actor_names

_WORDS = {
    "looked.access_log": "looked at your events in the access log",
    "looked.event": "opened one of your events",
    "looked.exceptions": "looked at the list of exceptions",
    "looked.exception": "opened an exception that has to do with you",
    "looked.room_names": "looked whose phones are declared in at a room of yours",
    "looked.person": "opened your page in People and badges",
    "looked.people": "looked at the list of people",
    "looked.working_hours": "looked at your working hours",
    "looked.what_if": "asked what a cabinet would decide about you",
    "looked.events": "read events through the API",
    "changed.exception_reviewed": "reviewed an exception that has to do with you",
    "changed.person": "changed your details",
    "changed.person_ended": "ended your details",
    "changed.badge_assigned": "gave you a badge",
    "changed.badge_ended": "ended a badge of yours",
    "changed.badge_lost": "marked a badge of yours lost",
    "changed.badge_found": "marked a badge of yours found",
    "changed.account": "changed your account",
    "changed.signed_in": "signed in",
    "changed.permission_granted": "gave you a permission",
    "changed.permission_withdrawn": "withdrew a permission of yours",
    "changed.restriction_made": "took something away from you",
    "changed.restriction_ended": "gave back what was taken away from you",
    "changed.going_home": "said that you go home",
    "changed.no_phone": "noted whether you have a phone with you",
    "changed.storage_confirmed": "noted that your phone lies in the office",
    "changed.badge_end_set": "gave a badge of yours an end",
    "changed.approved": "approved a tap of yours",
    "changed.opened_for": "let a cabinet open for you",
    "looked.permission": "looked at a permission of yours",
    "looked.restriction": "looked at what was taken away from you",
    "looked.approval": "saw that you were waiting at a cabinet",
    "looked.opening": "looked at where a cabinet can open for you",
    "looked.own_acknowledgements": "looked at what you confirmed",
    "changed.school_phone_taken": "gave you a school phone",
    "changed.school_phone_returned": "took a school phone back from you",
    "changed.confiscated_held": "noted that you brought a pupil’s phone",
    "changed.confiscated_released": "noted that you released a pupil’s phone",
    "changed.policy_text_badge_asked": "asked for your tap to confirm the phone rules",
    "looked.own_record_at_reception": "showed your last events at the reception screen, asked for by your badge",
    "looked.own_visitors": "looked at your visitors",
    "changed.visitor_expected": "entered a visitor for you",
    "changed.visitor_not_expected": "took a visitor of yours off the list",
    "changed.images_allowed": "agreed to photos for a visitor of yours",
    "changed.images_withdrawn": "withdrew photos for a visitor of yours",
    "changed.visitor_briefed": "noted that a visitor of yours has been told the phone rules",
    "changed.visitor_signed_out": "signed a visitor of yours out",
    "changed.policy_text_confirmed": "let you confirm the phone rules by badge",
}

_WIDE = (
    "access_log",
    "people",
    "working_hours",
    "events",
    "what_if_day",
    "school_phones",
    "acknowledgements",
    "permissions",
    "restrictions",
)
"""Pages that show everybody."""


@dataclass(frozen=True, slots=True)
class LookAt:
    """One look at, or change of, a person's record."""

    at: datetime
    who: str
    role: str | None
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class WideLook:
    """How often somebody looked at a page that shows everybody."""

    who: str
    role: str | None
    times: int
    last: datetime


def looks_at(session: Session, person_id: str, *, except_for: str, limit: int = 100) -> list[LookAt]:
    """Read who looked at or changed one person's record, newest first, leaving out the person's own account."""
    rows = session.scalars(
        select(Audit)
        .where(Audit.person_id == person_id, Audit.actor != except_for)
        .order_by(Audit.at.desc(), Audit.id.desc())
        .limit(limit)
    ).all()
    actors = {row.actor for row in rows}
    names, roles = actor_names(session, actors), _roles(session, actors)
    return [
        LookAt(
            at=row.at,
            who=names.get(row.actor, "An account that is no longer kept"),
            role=roles.get(row.actor),
            what=_WORDS.get(row.act, row.act.replace(".", " ").replace("_", " ")),
            count=row.count,
        )
        for row in rows
    ]


def wide_looks(session: Session, since: datetime, *, except_for: str) -> list[WideLook]:
    """Count the looks at the whole log or list since a moment, by who looked: they may have shown this person too."""
    rows = session.execute(
        select(Audit.actor, func.sum(Audit.count), func.max(Audit.at))
        .where(
            Audit.at >= since,
            Audit.person_id.is_(None),
            Audit.actor != except_for,
            or_(*(Audit.act == f"looked.{page}" for page in _WIDE)),
        )
        .group_by(Audit.actor)
        .order_by(func.max(Audit.at).desc())
    ).all()
    actors = {actor for actor, _, _ in rows}
    names, roles = actor_names(session, actors), _roles(session, actors)
    return [
        WideLook(names.get(actor, "An account that is no longer kept"), roles.get(actor), int(times), last)
        for actor, times, last in rows
    ]


def _roles(session: Session, actors: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, table in (("account", Account), ("token", ApiToken)):
        numbers = [int(actor.partition(":")[2]) for actor in actors if actor.startswith(f"{kind}:")]
        if numbers:
            for id, role in session.execute(select(table.id, table.role).where(table.id.in_(numbers))):
                found[f"{kind}:{id}"] = ROLE_NAMES[Role(role)]
    return found
