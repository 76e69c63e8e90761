"""Roll-calls from the web view: facts that are added and never taken back, also those a tablet brings later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from admin_web.database.visits import RollPrint, Visit
from admin_web.errors import Conflict, Invalid
from admin_web.events.central import record_act
from admin_web.events.rolls import PRINT_WAITS, recent_rolls
from admin_web.queries.roll import RollCall, open_roll, read_rolls
from admin_web.services import audit
from admin_web.services.occasion import Occasion
from broker.instants import write_instant
from broker.messages.roll import RollBegun, RollEnded, RollSeen
from policy.roll_call import LASTS, newest_over

PRINTED, PRINT_FAILED = "printed", "failed"
MOST = 500
"""Of ticks at once: far above the visitors of a school."""
TICKS_KEPT = timedelta(days=1)
"""No tablet keeps a tick for longer."""


@dataclass(frozen=True, slots=True)
class Tick:
    """That a visitor was seen, and when the tablet says it was; None: now."""

    visit: str
    at: datetime | None = None


def begin_roll(session: Session, drill: bool, *, by: str, occasion: Occasion, at: datetime | None = None) -> None:
    """Begin a roll-call; `by` is the person, or the account of somebody who is none. Raises Conflict.

    `at` is when a tablet without a network began one: where central knows of one that was being called then, nothing
    is begun.
    """
    now = occasion.now.utc
    under_way = open_roll(session, now)
    if under_way is not None and (drill or not under_way.drill):  # a drill never stands in the way of an alarm
        raise Conflict("A roll-call is under way.", what_to_do="Go on with it, or end it first.")
    if at is None or at >= now:
        begun = RollBegun(drill=drill, after=_before(session, drill, now))
    elif any(roll.drill is drill and roll.covers(at) for roll in read_rolls(session, now, since=now - TICKS_KEPT)):
        return
    else:
        begun = RollBegun(drill=drill, at=write_instant(at))
    record_act(session, begun, {"by": by}, occasion.now)
    _record(session, "roll_begun", drill, occasion)


def add_ticks(
    session: Session, ticks: tuple[Tick, ...], drill: bool, *, by: str, occasion: Occasion, of: str = ""
) -> int:
    """Add who was seen; what is known already, or of no visit, is left out. Tells how many were new.

    A tick belongs to the roll-call that was being called when it was made, else to the one the tablet showed (`of`,
    its handle), also after its end, else to the one under way. Ticks that a tablet made before anybody had begun one
    begin one. Raises Invalid for far too many.
    """
    if len(ticks) > MOST:
        raise Invalid("That is more than a school has visitors.", what_to_do="Send them in parts.")
    now = occasion.now.utc
    rolls = _alarms_first(read_rolls(session, now, since=now - TICKS_KEPT))
    known = {roll.begun_event: set(roll.seen) for roll in rolls}
    new = 0
    for tick in ticks:
        if session.get(Visit, tick.visit) is None:
            continue
        roll = _meant(rolls, tick, of) or _under_way(rolls)
        if roll is None:
            record_act(session, RollBegun(drill=drill, after=_before(session, drill, now)), {"by": by}, occasion.now)
            session.flush()
            rolls = _alarms_first(read_rolls(session, now, since=now - TICKS_KEPT))
            roll = _under_way(rolls)
            assert roll is not None
        seen = known.setdefault(roll.begun_event, set())
        if tick.visit in seen:
            continue
        seen.add(tick.visit)
        at = None if tick.at is None or tick.at >= now else write_instant(tick.at)
        said = RollSeen(drill=roll.drill, visit=tick.visit, at=at, roll=roll.begun_event)
        record_act(session, said, {"by": by}, occasion.now)
        drill = roll.drill
        new += 1
    if new:
        _record(session, "roll_ticked", drill, occasion)
    return new


def _alarms_first(rolls: Iterable[RollCall]) -> list[RollCall]:
    return sorted(rolls, key=lambda roll: roll.drill)


def _meant(rolls: Sequence[RollCall], tick: Tick, of: str) -> RollCall | None:
    """Find the roll-call a tick with a time was made in."""
    if tick.at is None:
        return None
    at = tick.at
    found = next((roll for roll in rolls if roll.covers(at)), None)
    if found is not None:
        return found
    shown = next((roll for roll in rolls if of in roll.handles), None)
    return shown if shown is not None and shown.begun_at <= at <= shown.begun_at + LASTS else None


def _under_way(rolls: Iterable[RollCall]) -> RollCall | None:
    return next((roll for roll in rolls if roll.ended_at is None), None)


def end_roll(session: Session, *, by: str, occasion: Occasion) -> None:
    """End the roll-call that is under way. Raises Conflict where none is."""
    roll = open_roll(session, occasion.now.utc)
    if roll is None:
        raise Conflict("No roll-call is under way.", what_to_do="Look at the page On site.")
    record_act(session, RollEnded(drill=roll.drill, roll=roll.begun_event), {"by": by}, occasion.now)
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


def _before(session: Session, drill: bool, now: datetime) -> str | None:
    return newest_over(recent_rolls(session, now), drill, now)


def _record(session: Session, act: str, drill: bool, occasion: Occasion) -> None:
    audit.record_change(session, act, actor=occasion.actor, machine_now=occasion.machine_now, filter={"drill": drill})
    session.flush()
