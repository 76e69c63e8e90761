"""Roll-calls, put together from their facts whenever those arrive: who was there, who was seen, when, by whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from admin_web.database.people import BadgePerson, Person
from admin_web.database.visits import RollFact, RollPrint, Visit
from admin_web.errors import NotFound
from admin_web.events.visits import ROLL_LASTS
from admin_web.queries.handles import handle_of
from admin_web.queries.names import actor_names
from broker.topics import CENTRAL

_ORDER = {"begun": 0, "seen": 1, "ended": 2}


@dataclass(slots=True)
class _Roll:
    drill: bool
    begun: RollFact
    first: datetime
    ended: datetime | None = None
    seen: dict[str, RollFact] = field(default_factory=dict)


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
    begun_event: str
    drill: bool
    begun_at: datetime
    begun_by: str
    ended_at: datetime | None
    lines: tuple[RollLine, ...]
    paper: PrintedList | None
    """None: nothing was to be printed, the roll-call was heard of too late."""

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
    question = select(RollFact).order_by(RollFact.at, RollFact.event)
    facts = session.scalars(question if since is None else question.where(RollFact.at >= since)).all()
    return [_told(session, roll, now) for roll in reversed(_fold(facts))]


def open_roll(session: Session, now: datetime) -> RollCall | None:
    """Find the roll-call that is under way; None where none is."""
    rolls = read_rolls(session, now, since=now - ROLL_LASTS)
    return rolls[0] if rolls and rolls[0].ended_at is None else None


def read_roll(session: Session, handle: str, now: datetime) -> RollCall:
    """Read one roll-call. Raises NotFound."""
    for roll in read_rolls(session, now):
        if roll.handle == handle:
            return roll
    raise NotFound("There is no such roll-call.", what_to_do="Look at the page On site.")


def _fold(facts: Iterable[RollFact]) -> list[_Roll]:
    rolls: list[_Roll] = []
    for fact in sorted(facts, key=lambda one: (one.at, _ORDER.get(one.kind, 3), one.event)):
        roll = next((one for one in reversed(rolls) if one.drill is fact.drill), None)
        if roll is not None and fact.at - roll.first > ROLL_LASTS:
            roll = None
        if fact.kind == "begun":
            if roll is None or roll.ended is not None:
                rolls.append(_Roll(fact.drill, fact, fact.at))
        elif fact.kind == "seen":
            if roll is None:
                roll = _Roll(fact.drill, fact, fact.at)
                rolls.append(roll)
            if fact.visit_id is not None:
                roll.seen.setdefault(fact.visit_id, fact)
        elif roll is not None:
            roll.ended = fact.at
    return rolls


def _told(session: Session, roll: _Roll, now: datetime) -> RollCall:
    upto = roll.ended or min(now, roll.first + ROLL_LASTS)
    rows = session.scalars(
        select(Visit)
        .where(
            or_(
                Visit.id.in_(list(roll.seen)),
                (Visit.since <= upto) & or_(Visit.ended_at.is_(None), Visit.ended_at >= roll.first),
            )
        )
        .order_by(Visit.name, Visit.id)
    ).all()
    by = _sayers(session, [roll.begun, *roll.seen.values()])
    hosts = _hosts(session, rows)
    lines = tuple(_line(row, roll.seen.get(row.id), by, hosts) for row in rows)
    ended = roll.ended if roll.ended is not None or now - roll.first <= ROLL_LASTS else roll.first + ROLL_LASTS
    begun_by = by.get(roll.begun.said_by or "", "Somebody of the staff")
    return RollCall(
        handle=handle_of(roll.begun.event),
        begun_event=roll.begun.event,
        drill=roll.drill,
        begun_at=roll.first,
        begun_by=begun_by,
        ended_at=ended,
        lines=lines,
        paper=_paper_of(session, roll),
    )


def _paper_of(session: Session, roll: _Roll) -> PrintedList | None:
    """Find the paper of a roll-call: asked for by whichever screen's beginning was heard first."""
    upto = roll.ended or roll.first + ROLL_LASTS
    row = session.scalars(
        select(RollPrint)
        .where(RollPrint.drill.is_(roll.drill), RollPrint.asked_at >= roll.first, RollPrint.asked_at <= upto)
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
        where=None if fact is None else "in the web view" if fact.device == CENTRAL else "at reception",
    )


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
