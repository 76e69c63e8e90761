"""Keeps what events say of roll-calls, and puts roll-calls together from it; facts are only ever added."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database import visits
from admin_web.database.visits import RollPrint
from admin_web.events.day_exceptions import name_of
from admin_web.events.projection import Drawn
from broker.instants import read_instant
from policy.roll_call import LASTS, RollCall, RollFact, Said, fold_roll_calls

ROLL = {"roll.begun.v1": Said.BEGUN, "roll.seen.v1": Said.SEEN, "roll.ended.v1": Said.ENDED}
PRINT_WHILE = timedelta(minutes=15)
"""A roll-call that is heard of later than this is history: nobody waits for a list of it."""
PRINT_WAITS = "waiting"


def follow_roll(session: Session, one: Drawn, arrived: datetime) -> None:
    """Write what an event says of a roll-call; `arrived` is when central heard of it."""
    _add_fact(session, one)
    if ROLL[one.type] is Said.BEGUN:
        _ask_for_print(session, one, arrived)


def read_facts(session: Session, since: datetime | None = None) -> list[visits.RollFact]:
    """Read what was said of roll-calls, the oldest first."""
    question = select(visits.RollFact).order_by(visits.RollFact.at, visits.RollFact.event)
    return list(session.scalars(question if since is None else question.where(visits.RollFact.at >= since)))


def put_together(rows: Iterable[visits.RollFact]) -> tuple[RollCall, ...]:
    """Put roll-calls together from what is kept of them, the oldest first."""
    return fold_roll_calls(
        RollFact(row.event, Said(row.kind), row.drill, row.at, visit=row.visit_id, roll=row.roll) for row in rows
    )


def recent_rolls(session: Session, now: datetime) -> tuple[RollCall, ...]:
    """Put together the roll-calls that a screen may have to join, or has yet to hear the end of."""
    oldest = now - 2 * LASTS
    rolls = put_together(read_facts(session, oldest - LASTS))
    return tuple(roll for roll in rolls if roll.first >= oldest)


def _add_fact(session: Session, one: Drawn) -> None:
    private, visit = one.private or {}, one.data.get("visit")
    roll = one.data.get("roll") or one.data.get("after")
    session.merge(
        visits.RollFact(
            event=name_of(one),
            kind=ROLL[one.type].value,
            drill=bool(one.data.get("drill")),
            visit_id=None if visit is None else str(visit),
            roll=None if roll is None else str(roll),
            said_by=private.get("by"),
            device=one.device,
            at=_said_at(one),
        )
    )


def _ask_for_print(session: Session, one: Drawn, arrived: datetime) -> None:
    """Let the list be printed, once for a roll-call however many screens begin it."""
    event, at = name_of(one), _said_at(one)
    if arrived - at > PRINT_WHILE:
        return
    session.flush()
    rolls = put_together(read_facts(session, at - 2 * LASTS))
    same = next((roll for roll in rolls if any(fact.event == event for fact in roll.begun)), None)
    begun = [event] if same is None else [fact.event for fact in same.begun]
    if session.scalars(select(RollPrint.event).where(RollPrint.event.in_(begun)).limit(1)).first() is None:
        session.add(RollPrint(event=event, drill=bool(one.data.get("drill")), asked_at=at, state=PRINT_WAITS))
        session.flush()


def _said_at(one: Drawn) -> datetime:
    """When it was: what a tablet without a network says, if that is before it was sent."""
    said = one.data.get("at")
    if said is None:
        return one.time
    at = said if isinstance(said, datetime) else read_instant(str(said))
    return min(at, one.time)
