"""Restricted times of a point's own: replaced as a whole, or given up so that it follows the timetable again."""

from dataclasses import replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin_web.database.places import Point
from admin_web.database.restricted import RestrictedBlock, RestrictedBreak, RestrictedTimes
from admin_web.errors import Invalid, NotFound
from admin_web.rules.blocks import block_rows
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from admin_web.services.texts import is_id, require_name
from broker.messages.central import RestrictedSaved
from policy.timetable import NAME_LENGTH, BlockRow, row_problems

FOLLOWS = "follows the timetable"
"""What the event says where a point gave its own times up."""


def save_restricted_times(
    session: Session, point_id: str, rows: tuple[BlockRow, ...], *, if_match: str | None, occasion: Occasion
) -> RestrictedTimes:
    """Let a point's restricted blocks be exactly these rows, its own; `etag` of the answer is the new edition.

    Raises NotFound, MatchMissing, ChangedMeanwhile, and Invalid with the first thing that is wrong with the rows.
    """
    times = require_times(session, point_id)
    require_match(if_match, times.etag, "This point's restricted times")
    rows = tuple(
        replace(row, name=require_name(row.name, f"blocks[{index}].name", at_most=NAME_LENGTH))
        for index, row in enumerate(rows)
    )
    for problem in row_problems(rows):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)
    if times.own and sorted(rows, key=_order) == sorted(block_rows(session, point_id), key=_order):
        return times
    _replace(session, point_id, rows)
    _note(session, times, occasion, own=True)
    return times


def follow_timetable(session: Session, point_id: str, *, if_match: str | None, occasion: Occasion) -> RestrictedTimes:
    """Let a point follow the timetable of its area again; the times of its own are gone.

    Raises NotFound, MatchMissing, ChangedMeanwhile.
    """
    times = require_times(session, point_id)
    require_match(if_match, times.etag, "This point's restricted times")
    if times.own:
        _replace(session, point_id, ())
        _note(session, times, occasion, own=False)
    return times


def require_times(session: Session, point_id: str) -> RestrictedTimes:
    """Find the restricted times of a point, which every point has from the start. Raises NotFound."""
    times = session.get(RestrictedTimes, point_id) if is_id(point_id) else None
    if times is None or session.get(Point, point_id) is None:
        raise NotFound("There is no such point.", what_to_do="Look on the page Restricted times.", field="point")
    return times


def _note(session: Session, times: RestrictedTimes, occasion: Occasion, *, own: bool) -> None:
    """Make a new edition, and write down who made it."""
    times.own = own
    times.etag += 1
    raise_revision(session, occasion.now)
    audit.record_change(
        session,
        "restricted_times",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"point": times.point_id},
        why=occasion.why,
    )
    acts.record(session, RestrictedSaved(point=times.point_id), occasion, what=None if own else FOLLOWS)
    session.flush()


def _replace(session: Session, point_id: str, rows: tuple[BlockRow, ...]) -> None:
    old = select(RestrictedBlock.id).where(RestrictedBlock.point_id == point_id)
    session.execute(delete(RestrictedBreak).where(RestrictedBreak.block_id.in_(old)))
    session.execute(delete(RestrictedBlock).where(RestrictedBlock.point_id == point_id))
    for row in rows:
        block = RestrictedBlock(
            point_id=point_id,
            weekday=row.weekday,
            date=row.date,
            start=row.span.start,
            end=row.span.end,
            name=row.name,
        )
        session.add(block)
        session.flush()
        session.add_all(RestrictedBreak(block_id=block.id, start=hole.start, end=hole.end) for hole in row.breaks)


def _order(row: BlockRow) -> tuple[bool, int, str, int, str]:
    weekday = -1 if row.weekday is None else int(row.weekday)
    return (row.date is not None, weekday, str(row.date or ""), row.span.start, row.name)
