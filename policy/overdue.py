"""Who has not brought a phone back after a break (clause 11): a note, never an accusation."""

from dataclasses import dataclass
from datetime import UTC, datetime

from policy.allowed import rule_take_out
from policy.clock import ClockQuality, Moment
from policy.decision import BlockNamed, Reason
from policy.ids import BadgeReference, HolderId, PersonId, holder_of
from policy.rules import NO_HOURS, Rules, Week
from policy.state import Declaration, Declared, State
from policy.walltime import instants_of, wall_time


@dataclass(frozen=True, slots=True)
class Overdue:
    """A phone taken out in a break and not declared in again by `due`, the end of the break and the grace."""

    holder: HolderId
    person: PersonId | None
    badge: BadgeReference
    slot: int
    block: BlockNamed
    """The block's name with the break's own times."""
    due: datetime
    """UTC."""


def find_overdue(rules: Rules, state: State, now: Moment) -> tuple[Overdue, ...]:
    """List the phones overdue now; the same one is listed until it is declared in or the day ends.

    Only what was taken out in a break, and only where taking out would be refused when it is due: nobody is overdue
    who was leaving by then, or whose block ended with the break. Empty while the clock is not trusted.
    """
    if now.quality is not ClockQuality.SYNCED:
        return ()
    today = wall_time(rules.zone, now.utc).date
    out = (one for one in state.declarations.values() if one.state is Declared.OUT and one.day == today)
    found = (_overdue(rules, declaration, now) for declaration in out)
    return tuple(one for one in found if one is not None)


def _overdue(rules: Rules, taken: Declaration, now: Moment) -> Overdue | None:
    person = None if taken.holder == holder_of(None, taken.badge) else PersonId(taken.holder)
    hours = _hours(rules, person)
    ruling = rule_take_out(rules, hours, _at(taken.at, now))
    if ruling.reason is not Reason.BREAK or ruling.block is None or ruling.span is None:
        return None
    day = ruling.block.date
    ends = instants_of(rules.zone, day, ruling.span.end)[-1]
    due = ends + rules.settings.break_grace
    if now.utc < due or rule_take_out(rules, hours, _at(due, now)).allows:
        return None
    block = BlockNamed(ruling.block.name, instants_of(rules.zone, day, ruling.span.start)[0], ends)
    return Overdue(taken.holder, person, taken.badge, taken.slot, block, due)


def _hours(rules: Rules, person: PersonId | None) -> Week:
    if person is None:
        return rules.settings.cover_hours
    known = rules.people.get(person)
    return NO_HOURS if known is None else known.hours


def _at(instant: datetime, now: Moment) -> Moment:
    return Moment(instant.astimezone(UTC), ClockQuality.SYNCED, now.boottime_ns)
