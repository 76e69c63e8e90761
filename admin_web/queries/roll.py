"""Roll-calls, put together from their facts whenever those arrive: who was there, who was seen, when, by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.people import BadgePerson, Person
from admin_web.database.visits import RollFact, RollPrint, Visit
from admin_web.errors import NotFound
from admin_web.events.rolls import put_together, read_facts
from admin_web.queries.handles import handle_of
from admin_web.queries.names import actor_names
from broker.topics import CENTRAL
from policy import roll_call as policy
from policy.roll_call import LASTS, running


@dataclass(frozen=True, slots=True)
class RollLine:
    """A visitor of a roll-call."""

    visit: str
    name: str
    lanyard: str | None
    host: str | None
    seen_at: datetime | None
    seen_by: str | None
    where: str | None


@dataclass(frozen=True, slots=True)
class PrintedList:
    """What became of the paper."""

    event: str
    state: str
    printer: str | None
    why: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class RollCall:
    """A roll-call with everybody who was on site then."""

    handle: str
    handles: frozenset[str]
    """Also of the other beginnings that are this roll-call: it may have been looked at before they were heard of."""
    begun_event: str
    drill: bool
    begun_at: datetime
    begun_by: str
    begun_where: str
    ended_at: datetime | None
    lines: tuple[RollLine, ...]
    paper: PrintedList | None
    """None: nothing was to be printed, the roll-call was heard of too late."""

    def covers(self, at: datetime) -> bool:
        """Whether it was being called then."""
        return self.begun_at <= at <= (self.ended_at or self.begun_at + LASTS)

    @property
    def seen(self) -> frozenset[str]:
        """The visits that were seen."""
        return frozenset(line.visit for line in self.lines if line.seen_at is not None)

    @property
    def found(self) -> int:
        """How many were seen."""
        return sum(line.seen_at is not None for line in self.lines)

    @property
    def took(self) -> str | None:
        """How long it took until the last of them was seen: `3 min 12 s`; None while somebody is missing."""
        seen = [line.seen_at for line in self.lines if line.seen_at is not None]
        if not seen or len(seen) < len(self.lines):
            return None
        minutes, seconds = divmod(max(0, int((max(seen) - self.begun_at).total_seconds())), 60)
        return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def read_rolls(session: Session, now: datetime, *, since: datetime | None = None) -> list[RollCall]:
    """Read roll-calls, newest first."""
    rows = {row.event: row for row in read_facts(session, since)}
    return [_told(session, roll, rows, now) for roll in reversed(put_together(rows.values()))]


def open_roll(session: Session, now: datetime) -> RollCall | None:
    """Find the roll-call that is under way, an alarm before a drill; None where none is."""
    rows = {row.event: row for row in read_facts(session, now - 2 * LASTS)}
    roll = running(put_together(rows.values()), now)
    return None if roll is None else _told(session, roll, rows, now)


def read_roll(session: Session, handle: str, now: datetime) -> RollCall:
    """Read one roll-call. Raises NotFound."""
    for roll in read_rolls(session, now):
        if handle in roll.handles:
            return roll
    raise NotFound("There is no such roll-call.", what_to_do="Look at the page On site.")


def _told(session: Session, roll: policy.RollCall, rows: Mapping[str, RollFact], now: datetime) -> RollCall:
    upto = roll.ended or min(now, roll.first + LASTS)
    visits = session.scalars(
        select(Visit)
        .where(
            or_(
                Visit.id.in_(list(roll.seen)),
                (Visit.since <= upto) & or_(Visit.ended_at.is_(None), Visit.ended_at >= roll.first),
            )
        )
        .order_by(Visit.name, Visit.id)
    ).all()
    begun = rows[roll.id]
    seen = {visit: rows[fact.event] for visit, fact in roll.seen.items()}
    by = _sayers(session, [begun, *seen.values()])
    hosts = _hosts(session, visits)
    return RollCall(
        handle=handle_of(roll.id),
        handles=frozenset(handle_of(fact.event) for fact in roll.begun),
        begun_event=roll.id,
        drill=roll.drill,
        begun_at=roll.first,
        begun_by=by.get(begun.said_by or "", "Somebody of the staff"),
        begun_where=_where(begun),
        ended_at=roll.ended if roll.ended is not None or roll.is_open(now) else roll.first + LASTS,
        lines=tuple(_line(row, seen.get(row.id), by, hosts) for row in visits),
        paper=_paper_of(session, roll),
    )


def _paper_of(session: Session, roll: policy.RollCall) -> PrintedList | None:
    """Find the paper of a roll-call: asked for by whichever screen's beginning was heard first."""
    row = session.scalars(
        select(RollPrint)
        .where(RollPrint.event.in_([fact.event for fact in roll.begun]))
        .order_by(RollPrint.asked_at, RollPrint.event)
    ).first()
    return None if row is None else PrintedList(row.event, row.state, row.printer, row.why, row.done_at)


def _line(row: Visit, fact: RollFact | None, by: dict[str, str], hosts: dict[str, str]) -> RollLine:
    return RollLine(
        visit=row.id,
        name=row.name or "A visitor whose name is being recovered",
        lanyard=row.lanyard,
        host=hosts.get(row.host_id or ""),
        seen_at=None if fact is None else fact.at,
        seen_by=None if fact is None else by.get(fact.said_by or "", "somebody of the staff"),
        where=None if fact is None else _where(fact),
    )


def _where(fact: RollFact) -> str:
    return "in the web view" if fact.device == CENTRAL else "at reception"


def _sayers(session: Session, facts: Sequence[RollFact]) -> dict[str, str]:
    said = {fact.said_by for fact in facts if fact.said_by is not None}
    badges = {one.removeprefix("badge:") for one in said if one.startswith("badge:")}
    found = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(said))).all())
    held = session.execute(
        select(BadgePerson.badge, Person.name)
        .join(Person, Person.id == BadgePerson.person_id)
        .where(BadgePerson.badge.in_(badges))
    ).all()
    return {**actor_names(session, said), **found, **{f"badge:{badge}": name for badge, name in held}}


def _hosts(session: Session, rows: Sequence[Visit]) -> dict[str, str]:
    ids = {row.host_id for row in rows if row.host_id is not None}
    return dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all()) if ids else {}
