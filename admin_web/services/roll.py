"""Roll-calls from the web view: facts that are added and never taken back, also those a tablet brings later."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin_web.database.visits import RollPrint, Visit
from admin_web.errors import Conflict, Invalid
from admin_web.events.central import record_act
from admin_web.events.visits import PRINT_WAITS
from admin_web.queries.roll import open_roll, read_rolls
from admin_web.services import audit
from admin_web.services.occasion import Occasion
from broker.instants import write_instant
from broker.messages.roll import RollBegun, RollEnded, RollSeen

PRINTED, PRINT_FAILED = "printed", "failed"
MOST = 500
"""Of ticks at once: far above the visitors of a school."""


@dataclass(frozen=True, slots=True)
class Tick:
    """That a visitor was seen, and when the tablet says it was; None: now."""

    visit: str
    at: datetime | None = None


def begin_roll(session: Session, drill: bool, *, by: str, occasion: Occasion) -> None:
    """Begin a roll-call; `by` is the person, or the account of somebody who is none. Raises Conflict."""
    under_way = open_roll(session, occasion.now.utc)
    if under_way is not None and (drill or not under_way.drill):  # a drill never stands in the way of an alarm
        raise Conflict("A roll-call is under way.", what_to_do="Go on with it, or end it first.")
    record_act(session, RollBegun(drill=drill), {"by": by}, occasion.now)
    _record(session, "roll_begun", drill, occasion)


def add_ticks(session: Session, ticks: tuple[Tick, ...], drill: bool, *, by: str, occasion: Occasion) -> int:
    """Add who was seen; what is known already, or of no visit, is left out. Tells how many were new.

    Ticks that a tablet made before anybody had begun a roll-call begin one. Raises Invalid for far too many.
    """
    if len(ticks) > MOST:
        raise Invalid("That is more than a school has visitors.", what_to_do="Send them in parts.")
    rolls = read_rolls(session, occasion.now.utc)
    known = {line.visit for roll in rolls[:1] for line in roll.lines if line.seen_at is not None}
    is_open = bool(rolls) and rolls[0].ended_at is None
    if is_open:
        drill = rolls[0].drill
    new = 0
    for tick in ticks:
        late = tick.at is not None and any(
            roll.begun_at <= tick.at <= (roll.ended_at or occasion.now.utc) for roll in rolls
        )
        if session.get(Visit, tick.visit) is None or (tick.visit in known and (is_open or late)):
            continue
        if not is_open and not late:
            record_act(session, RollBegun(drill=drill), {"by": by}, occasion.now)
            is_open = True
        known.add(tick.visit)
        at = None if tick.at is None or tick.at >= occasion.now.utc else write_instant(tick.at)
        record_act(session, RollSeen(drill=drill, visit=tick.visit, at=at), {"by": by}, occasion.now)
        new += 1
    if new:
        _record(session, "roll_ticked", drill, occasion)
    return new


def end_roll(session: Session, *, by: str, occasion: Occasion) -> None:
    """End the roll-call that is under way. Raises Conflict where none is."""
    roll = open_roll(session, occasion.now.utc)
    if roll is None:
        raise Conflict("No roll-call is under way.", what_to_do="Look at the page On site.")
    record_act(session, RollEnded(drill=roll.drill), {"by": by}, occasion.now)
    _record(session, "roll_ended", roll.drill, occasion)


def print_roll_again(session: Session, *, occasion: Occasion) -> None:
    """Let the list of the roll-call under way be printed once more, as whoever is on site now. Raises Conflict."""
    roll = open_roll(session, occasion.now.utc)
    if roll is None:
        raise Conflict("No roll-call is under way.", what_to_do="Print the list on the page On site.")
    row = None if roll.paper is None else session.get(RollPrint, roll.paper.event)
    if row is None:
        row = RollPrint(event=roll.begun_event, drill=roll.drill, asked_at=occasion.now.utc, state=PRINT_WAITS)
        session.add(row)
    row.state, row.asked_at, row.why = PRINT_WAITS, occasion.now.utc, None
    _record(session, "roll_print", roll.drill, occasion)


def _record(session: Session, act: str, drill: bool, occasion: Occasion) -> None:
    audit.record_change(session, act, actor=occasion.actor, machine_now=occasion.machine_now, filter={"drill": drill})
    session.flush()
