"""The badges a bundle names: the point's own, lost and ended ones too, the cover pool, and roles (flow 2, step 2)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.people import Badge, BadgePerson, Person
from admin_web.database.places import Point
from admin_web.rules.people import REMEMBERED, begun, earlier, holders_inside
from policy.ids import BadgeReference, PersonId
from policy.rules import BadgeKind, BadgeRules, PersonRules, PointKind

ROLE_GROUPS = ("SLT", "headteacher", "office")
"""Staff groups whose badges every cabinet carries, as reference and role only."""


def badge_rules(
    session: Session, point: Point, people: Mapping[PersonId, PersonRules], now: datetime
) -> dict[BadgeReference, BadgeRules]:
    """Gather the badges for a point: personal before cover before role where a badge is several of them.

    A badge is its newest holder's: one that was handed on to somebody else no longer speaks for the one before.
    """
    groups = {
        id: (group, ended) for id, group, ended in session.execute(select(Person.id, Person.group, Person.ended_at))
    }
    badges = {badge.reference: badge for badge in session.scalars(select(Badge))}
    held = _newest_holder(session.scalars(select(BadgePerson).order_by(BadgePerson.starts, BadgePerson.id)))
    inside = holders_inside(session, point.id)
    found: dict[BadgeReference, BadgeRules] = {}
    for reference, badge in sorted(badges.items()):
        name = BadgeReference(reference)
        holder = held.get(reference)
        person = None if holder is None else PersonId(holder.person_id)
        group, person_ended = groups.get(holder.person_id, (None, None)) if holder is not None else (None, None)
        ends = None if holder is None else earlier(earlier(holder.ends, badge.ends), person_ended)
        role = group if group in ROLE_GROUPS else None
        if holder is not None and person in people and (badge.cover is False or ends is None):
            over = earlier(ends, badge.lost_at)
            if over is None or over > now - REMEMBERED or holder.person_id in inside:
                found[name] = BadgeRules(
                    reference=name,
                    kind=BadgeKind.PERSONAL,
                    person=person,
                    starts=begun(holder.starts, ends, now),
                    ends=ends,
                    lost=badge.lost_at,
                    role=role,
                )
        elif point.kind != PointKind.BANK and (badge.cover or f"badge:{reference}" in inside):
            found[name] = BadgeRules(
                reference=name,
                kind=BadgeKind.COVER,
                person=None,
                starts=min(badge.cover_since or badge.added_at, now),
                ends=None if badge.cover else now,
                lost=badge.lost_at,
            )
        elif holder is not None and role is not None and badge.lost_at is None and (ends is None or ends > now):
            found[name] = BadgeRules(
                reference=name, kind=BadgeKind.ROLE, person=None, starts=min(holder.starts, now), ends=ends, role=role
            )
    return found


def _newest_holder(rows: Iterable[BadgePerson]) -> dict[str, BadgePerson]:
    return {row.badge: row for row in rows}
