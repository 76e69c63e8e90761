"""Rings from the reception screen: which wait for an answer, whom they ring, who answered the last ones (clause 22)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.access import Act, Role, may
from admin_web.database.visits import HelpRing, Visit
from admin_web.queries.names import actor_names
from admin_web.queries.visit_words import RINGS
from admin_web.services.visits import RING_COUNTS

SENIOR_AFTER = timedelta(seconds=60)
"""Unanswered for so long, a ring is the senior leaders' too; the screen shows the telephone number then."""
_ANSWERED_LATELY = timedelta(minutes=5)
_FIRST = frozenset({Role.OFFICE, Role.BUSINESS_MANAGER})
"""Who is rung at once."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring that nobody has answered."""

    nonce: str
    words: str
    asked_at: datetime
    minutes: int
    senior: bool
    visitor: str | None

    def is_for(self, role: Role) -> bool:
        """Tell whether it rings somebody of a role now: the office at once, senior leaders after 60 seconds."""
        return may(role, Act.LOOK_AFTER_VISITORS) and (self.senior or role in _FIRST)


@dataclass(frozen=True, slots=True)
class AnsweredRing:
    """One that somebody has answered just now, so that nobody else gets up too."""

    words: str
    answered_by: str
    answered_at: datetime


def read_rings(session: Session, now: datetime) -> list[Ring]:
    """Read the rings that still wait for an answer, first come first."""
    rows = session.scalars(
        select(HelpRing)
        .where(HelpRing.answered_at.is_(None), HelpRing.asked_at > now - RING_COUNTS)
        .order_by(HelpRing.asked_at, HelpRing.nonce)
    ).all()
    names = dict(
        session.execute(
            select(Visit.id, Visit.name).where(Visit.id.in_([row.visit_id for row in rows if row.visit_id is not None]))
        ).all()
    )
    return [
        Ring(
            nonce=row.nonce,
            words=RINGS.get(row.kind, RINGS["office"]),
            asked_at=row.asked_at,
            minutes=max(0, int((now - row.asked_at).total_seconds() // 60)),
            senior=row.senior_at is not None or now - row.asked_at >= SENIOR_AFTER,
            visitor=names.get(row.visit_id or ""),
        )
        for row in rows
    ]


def read_answered(session: Session, now: datetime) -> list[AnsweredRing]:
    """Read who answered in the last minutes, newest first."""
    rows = session.scalars(
        select(HelpRing).where(HelpRing.answered_at > now - _ANSWERED_LATELY).order_by(HelpRing.answered_at.desc())
    ).all()
    names = actor_names(session, {row.answered_by for row in rows if row.answered_by is not None})
    return [
        AnsweredRing(RINGS.get(row.kind, RINGS["office"]), names.get(row.answered_by, "Somebody"), row.answered_at)
        for row in rows
        if row.answered_by is not None and row.answered_at is not None
    ]
