"""What ends by itself is written as ended when its time comes: level-triggered, so a restart forgets nothing."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.clock import machine_now
from admin_web.database.orders import CommandOrder
from admin_web.database.people import Badge, BadgePerson
from admin_web.database.permissions import PermissionGiven
from admin_web.database.restrictions import RestrictionMade
from admin_web.database.room_states import RoomStateSet
from admin_web.services.actor import CENTRAL
from admin_web.services.badges import end_badges_over
from admin_web.services.occasion import Occasion
from admin_web.services.orders import LAPSED, OPEN
from admin_web.services.permissions import expire_permissions
from admin_web.services.restrictions import end_restrictions_over
from admin_web.services.room_states import end_room_states_over
from admin_web.services.visits import end_visits_left_open, visits_left_open
from policy.clock import Moment

_STEPS: tuple[Callable[[Session, Occasion], int], ...] = (
    expire_permissions,
    end_restrictions_over,
    end_room_states_over,
    end_badges_over,
    end_visits_left_open,
)


def is_anything_over(session: Session, now: Moment) -> bool:
    """Tell, reading only, whether anything has come to its end and is not yet written as ended."""
    utc = now.utc
    over = (
        select(PermissionGiven.id).where(
            PermissionGiven.ends <= utc, PermissionGiven.expired_at.is_(None), PermissionGiven.withdrawn_at.is_(None)
        ),
        select(RestrictionMade.id).where(RestrictionMade.ended_at.is_(None), RestrictionMade.ends <= utc),
        select(RoomStateSet.id).where(RoomStateSet.ended_at.is_(None), RoomStateSet.ends <= utc),
        select(Badge.reference)
        .join(BadgePerson, BadgePerson.badge == Badge.reference)
        .where(Badge.ends <= utc, BadgePerson.ends.is_(None)),
        select(CommandOrder.id).where(CommandOrder.state.in_(OPEN), CommandOrder.good_until < machine_now()),
    )
    if any(session.scalars(question.limit(1)).first() is not None for question in over):
        return True
    return bool(visits_left_open(session, utc))


def expire_due(session: Session, now: Moment) -> int:
    """Write everything whose time has come as ended, by central itself. Tells how many.

    No revision is raised: every cabinet knows the ends and has obeyed them already.
    """
    occasion = Occasion(CENTRAL, now, machine_now())
    count = sum(step(session, occasion) for step in _STEPS)
    return count + _lapse_orders(session, occasion.machine_now)


def _lapse_orders(session: Session, at: datetime) -> int:
    """Give up orders that could not be sent, or were not answered, while their nonce was good."""
    late = session.scalars(select(CommandOrder).where(CommandOrder.state.in_(OPEN), CommandOrder.good_until < at)).all()
    for order in late:
        order.why = "not_sent" if order.sent_at is None else "not_answered"
        order.state = LAPSED
    return len(late)
