"""Rings from the reception screen: which wait for an answer, whom they ring, who answered the last ones (clause 22).

The same thing rung again before anybody has answered is the same card, with how often and when last.
"""

from collections.abc import Iterable
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
    """A ring that nobody has answered, with what was rung again since."""

    nonce: str
    """Of the first; an answer to it answers them all."""
    words: str
    asked_at: datetime
    """When it was rung first."""
    times: int
    last_at: datetime
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
    times: int
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
            nonce=first.nonce,
            words=RINGS.get(first.kind, RINGS["office"]),
            asked_at=first.asked_at,
            times=len(same),
            last_at=last.asked_at,
            minutes=max(0, int((now - first.asked_at).total_seconds() // 60)),
            senior=now - first.asked_at >= SENIOR_AFTER or any(row.senior_at is not None for row in same),
            visitor=names.get(first.visit_id or ""),
        )
        for same in _folded(rows)
        for first, last in [(same[0], same[-1])]
    ]


def read_answered(session: Session, now: datetime) -> list[AnsweredRing]:
    """Read who answered in the last minutes, newest first."""
    rows = session.scalars(
        select(HelpRing)
        .where(HelpRing.answered_at > now - _ANSWERED_LATELY)
        .order_by(HelpRing.answered_at.desc(), HelpRing.nonce)
    ).all()
    names = actor_names(session, {row.answered_by for row in rows if row.answered_by is not None})
    return [
        AnsweredRing(RINGS.get(row.kind, RINGS["office"]), len(same), names.get(by, "Somebody"), at)
        for same in _folded(rows)
        for row in same[:1]
        if (by := row.answered_by) is not None and (at := row.answered_at) is not None
    ]


def _folded(rows: Iterable[HelpRing]) -> list[list[HelpRing]]:
    """Put together what one answer is for: of one screen, of one kind, for one visit, answered at one time or not."""
    found: dict[tuple[object, ...], list[HelpRing]] = {}
    for row in rows:
        found.setdefault((row.device, row.kind, row.visit_id, row.answered_at), []).append(row)
    return list(found.values())
