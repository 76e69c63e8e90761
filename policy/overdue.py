"""Who has not brought a phone back after a break or an off-site visit (clauses 11, 15): a note, never an accusation."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from policy.clock import ClockQuality, Moment
from policy.decision import BlockNamed, Reason
from policy.ids import BadgeReference, HolderId, PersonId, holder_of
from policy.rules import NO_HOURS, PermissionKind, Rules, Week
from policy.ruling import Ruling, rule_as_of
from policy.standing import Bearer, Standing, is_timely
from policy.state import Declaration, Declared, State
from policy.walltime import wall_time

OFF_SITE_VISIT = "Off-site visit"
"""The name under which a phone is overdue after a trip."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """A phone taken out in a break or for a trip and not declared in again by `due`, its end and the grace."""

    holder: HolderId
    person: PersonId | None
    badge: BadgeReference
    slot: int
    block: BlockNamed
    """The block's name with the break's own times, or the trip's."""
    due: datetime
    """UTC."""


def find_overdue(rules: Rules, state: State, now: Moment) -> tuple[Overdue, ...]:
    """List the phones overdue now; the same one is listed until it is declared in or the day ends.

    Only what was taken out in a break or for a trip, and only where taking out would be refused when it is due: nobody
    is overdue who was leaving by then, or whose block ended with the break; in another break or on a trip by then, it
    is due after that. Nothing is made up by a clock that is not trusted or is behind what central had signed: empty
    while it is so, and without the phones that were taken out when it was.
    """
    if not is_timely(rules, now):
        return ()
    today = wall_time(rules.zone, now.utc).date
    declared = state.declarations.values()
    out = (one for one in declared if one.state is Declared.OUT and one.day == today and one.timely)
    found = (_overdue(rules, state, declaration, now) for declaration in out)
    return tuple(one for one in found if one is not None)


def _overdue(rules: Rules, state: State, taken: Declaration, now: Moment) -> Overdue | None:
    person = None if taken.holder == holder_of(None, taken.badge) else PersonId(taken.holder)
    bearer = Bearer(Standing.LIVE, taken.badge, taken.holder, person, taken.slot, _hours(rules, person))
    ruling = _rule(rules, state, bearer, taken.at.astimezone(UTC))
    while (until := _until(rules, ruling)) is not None:
        block, grace = until
        due = block.ends + grace
        if now.utc < due:
            return None
        # An end lies after the instant it was looked up for, so that this comes to an end too.
        ruling = _rule(rules, state, bearer, due)
        if not ruling.allows:
            return Overdue(taken.holder, person, taken.badge, taken.slot, block, due)
    return None


def _until(rules: Rules, ruling: Ruling) -> tuple[BlockNamed, timedelta] | None:
    """Name the break or trip that allowed, with its grace; None for whatever a phone need not come back from."""
    if ruling.permission is not None and ruling.permission.kind is PermissionKind.TRIP:
        trip = ruling.permission
        return BlockNamed(OFF_SITE_VISIT, trip.starts, trip.ends), rules.settings.trip_grace
    block = ruling.named(rules.zone) if ruling.reason is Reason.BREAK else None
    return None if block is None else (block, rules.settings.break_grace)


def _rule(rules: Rules, state: State, bearer: Bearer, at: datetime) -> Ruling:
    """Rule as of an instant that has passed: what was issued after it does not count back."""
    return rule_as_of(rules, state, bearer, Moment(at, ClockQuality.SYNCED, 0), at)


def _hours(rules: Rules, person: PersonId | None) -> Week:
    if person is None:
        return rules.settings.cover_hours
    known = rules.people.get(person)
    return NO_HOURS if known is None else known.hours
