"""Children staying in: said for rooms until a time, ended early or by itself (clause 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.database.room_states import RoomStateOver, RoomStateSet
from admin_web.errors import Conflict, Invalid, NotFound, SaidAlready
from admin_web.rules.areas import area_names
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from broker.instants import write_instant
from broker.messages.allowance import RoomStateEnded
from broker.messages.allowance import RoomStateSet as RoomStateSaid

LONGEST = timedelta(hours=12)
"""Children stay in for part of a day; the next day it is said again."""
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RoomStateDraft:
    """Rooms in which children shall stay in, from one time until another, both UTC."""

    areas: tuple[str, ...]
    ends: datetime | None
    starts: datetime | None = None
    """None: now."""
    points: tuple[str, ...] = ()
    replaces: frozenset[str] = frozenset()
    """Editions (`edition_of`) of what somebody said already and this may cut short: whoever says it has seen them."""


def edition_of(row: RoomStateSet) -> str:
    """Name one edition of what was said of a room: `7:2`."""
    return f"{row.id}:{row.etag}"


def set_room_state(session: Session, draft: RoomStateDraft, *, occasion: Occasion) -> list[RoomStateSet]:
    """Let children stay in, one row for each room; taking out is refused there until the end. Raises Invalid, Conflict.

    A room for which it is said already gets the new times: the older row ends now, or when a later one begins. Where
    that ends it earlier, it has to be named in `replaces`, else SaidAlready is raised and nothing is said anywhere.
    """
    starts, ends = _require_possible(session, draft, occasion)
    _require_seen(session, draft, starts, ends)
    revision = raise_revision(session, occasion.now)
    made = []
    for area, point in _rooms(draft):
        _replace(session, area, point, starts, ends, occasion)
        row = RoomStateSet(
            area_id=area,
            point_id=point,
            starts=starts,
            ends=ends,
            etag=1,
            generation=revision.generation,
            number=revision.number,
            set_by=occasion.actor.id,
            set_at=occasion.now.utc,
        )
        session.add(row)
        said = RoomStateSaid(
            area=None if area is None else area_names(session)[area],
            point=point,
            starts=write_instant(starts),
            ends=write_instant(ends),
        )
        acts.record(session, said, occasion)
        made.append(row)
    _audit(session, "room_state_set", occasion)
    session.flush()
    return made


def end_room_state(session: Session, number: int, *, if_match: str | None, occasion: Occasion) -> RoomStateSet:
    """End children staying in for one room now. Raises NotFound, MatchMissing, ChangedMeanwhile."""
    row = session.get(RoomStateSet, number)
    if row is None:
        raise NotFound("There is no such room state.", what_to_do="Load the page again.", field="id")
    require_match(if_match, row.etag, "This room state")
    if row.ended_at is not None:
        return row
    _end(session, row, occasion)
    revision = raise_revision(session, occasion.now)
    row.generation, row.number = revision.generation, revision.number
    _audit(session, "room_state_ended", occasion)
    session.flush()
    return row


def end_said_by_badge(session: Session, point_id: str, *, occasion: Occasion) -> None:
    """End children staying in that a badge said at a point's cabinet. Raises NotFound."""
    if session.get(Point, point_id) is None:
        raise NotFound("There is no such place.", what_to_do="Load the page again.", field="point")
    over = session.get(RoomStateOver, point_id)
    if over is None:
        session.add(RoomStateOver(point_id=point_id, at=occasion.now.utc))
    else:
        over.at = occasion.now.utc
    raise_revision(session, occasion.now)
    acts.record(session, RoomStateEnded(point=point_id), occasion)
    _audit(session, "room_state_ended", occasion)
    session.flush()


def end_room_states_over(session: Session, occasion: Occasion) -> int:
    """Write that children staying in is over where its time has come; the cabinets know it already. Tells how many."""
    over = session.scalars(
        select(RoomStateSet).where(RoomStateSet.ended_at.is_(None), RoomStateSet.ends <= occasion.now.utc)
    ).all()
    for row in over:
        _end(session, row, occasion)
    return len(over)


def _require_possible(session: Session, draft: RoomStateDraft, occasion: Occasion) -> tuple[datetime, datetime]:
    now = occasion.now.utc
    if not (draft.areas or draft.points):
        raise Invalid("No room is chosen.", what_to_do="Choose where the children stay in.", field="areas")
    known = area_names(session)
    if any(area not in known for area in draft.areas):
        raise Invalid("There is no such room.", what_to_do="Choose from the list.", field="areas")
    if any(session.get(Point, point) is None for point in draft.points):
        raise Invalid("There is no such place.", what_to_do="Choose from the list.", field="points")
    if draft.ends is None:
        raise Invalid("No end is given.", what_to_do="Say until when they stay in; it ends by itself.", field="ends")
    starts = now if draft.starts is None else draft.starts
    if draft.ends <= max(starts, now):
        raise Invalid(
            "That time has passed already." if draft.ends <= now else "It would end before it begins.",
            what_to_do="Let it end later.",
            field="ends",
        )
    if draft.ends - starts > LONGEST or starts - now > AHEAD:
        raise Conflict(
            "Children stay in for part of a day, and within a week from now.",
            what_to_do="Choose a nearer time; what happens every week belongs in the timetable.",
            field="ends",
        )
    return starts, draft.ends


def _rooms(draft: RoomStateDraft) -> list[tuple[str | None, str | None]]:
    return [*((area, None) for area in draft.areas), *((None, point) for point in draft.points)]


def _require_seen(session: Session, draft: RoomStateDraft, starts: datetime, ends: datetime) -> None:
    """Refuse to cut short, unseen, what somebody said: the other office learns of it and decides."""
    cut = [
        row
        for area, point in _rooms(draft)
        for row in _touched(session, area, point, starts, ends)
        if row.ends > ends and edition_of(row) not in draft.replaces
    ]
    if cut:
        areas, points = area_names(session), dict(session.execute(select(Point.id, Point.name)).all())
        rooms = [areas.get(row.area_id or "") or points.get(row.point_id or "", "") for row in cut]
        raise SaidAlready(
            " and ".join(filter(None, (", ".join(rooms[:-1]), rooms[-1]))), frozenset(map(edition_of, cut))
        )


def _touched(
    session: Session, area: str | None, point: str | None, starts: datetime, ends: datetime
) -> Sequence[RoomStateSet]:
    """Find what is said of the same room for a time that the new one touches."""
    return session.scalars(
        select(RoomStateSet).where(
            RoomStateSet.ended_at.is_(None),
            RoomStateSet.area_id == area,
            RoomStateSet.point_id == point,
            RoomStateSet.starts < ends,
            RoomStateSet.ends > starts,
        )
    ).all()


def _replace(
    session: Session, area: str | None, point: str | None, starts: datetime, ends: datetime, occasion: Occasion
) -> None:
    """End what was said of the same room for a time that the new one touches, at the latest when that begins."""
    for row in _touched(session, area, point, starts, ends):
        if row.starts < starts and starts > occasion.now.utc:
            row.ends = starts  # until the new one begins the children are in there as it was said
        else:
            row.ended_at, row.ended_by = occasion.now.utc, occasion.actor.id
        row.etag += 1


def _end(session: Session, row: RoomStateSet, occasion: Occasion) -> None:
    row.ended_at, row.ended_by = occasion.now.utc, occasion.actor.id
    row.etag += 1
    area = None if row.area_id is None else area_names(session).get(row.area_id, row.area_id)
    acts.record(session, RoomStateEnded(area=area, point=row.point_id), occasion)


def _audit(session: Session, act: str, occasion: Occasion) -> None:
    audit.record_change(session, act, actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
