"""Children staying in, as a bundle carries it: of the point and of the area it stands in (flow 2, step 2; clause 6)."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.room_states import RoomStateOver, RoomStateSet
from policy.rules import RoomState


def room_states_at(session: Session, point: str, area: str | None, now: datetime) -> tuple[RoomState, ...]:
    """Gather what has been said of this point or its area and is not over, in the order of starts."""
    here = RoomStateSet.point_id == point
    rows = session.scalars(
        select(RoomStateSet)
        .where(
            RoomStateSet.ended_at.is_(None),
            RoomStateSet.ends > now,
            here if area is None else or_(here, RoomStateSet.area_id == area),
        )
        .order_by(RoomStateSet.starts, RoomStateSet.id)
    )
    return tuple(RoomState(starts=row.starts, ends=row.ends) for row in rows)


def badge_states_over(session: Session, point: str) -> datetime | None:
    """Tell until when what a badge said at the cabinet is over; None where the office has ended nothing."""
    over = session.get(RoomStateOver, point)
    return None if over is None else over.at
