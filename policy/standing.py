"""What a badge is at this point: live, lost, ended, or with a phone still in here (asked by flow 1, steps 2 and 4)."""

from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference, HolderId, PersonId, holder_of
from policy.rules import NO_HOURS, BadgeKind, BadgeRules, PersonRules, Point, PointKind, PointLink, Rules, Week
from policy.state import Declaration, Declared, State


class Standing(StrEnum):
    """What a badge is at a point at a moment (policy-clauses: Known here; promise 2)."""

    LIVE = "live"
    AFTER_END = "after_end"
    """Ended, or its link has, but the phone was declared in here: its tap is TAKE OUT at once."""
    LOST = "lost"
    ENDED = "ended"
    NOT_KNOWN_HERE = "not_known_here"

    @property
    def known(self) -> bool:
        """Whether the badge counts as known here: live, or with a phone in here."""
        return self in (Standing.LIVE, Standing.AFTER_END)


class Bearer(NamedTuple):
    """A badge with what follows from it: whose it is, which slot it opens, when its bearer goes home."""

    standing: Standing
    badge: BadgeReference
    holder: HolderId | None = None
    person: PersonId | None = None
    slot: int | None = None
    """The slot it may open; None where it opens nothing."""
    hours: Week = NO_HOURS
    before: Declaration | None = None
    """What the holder declared here last."""


def standing(rules: Rules, point: Point, state: State, reference: BadgeReference, now: Moment) -> Standing:
    """Tell what a badge is at this point; a lost badge stays lost, whatever else it is."""
    return bearer_of(rules, point, state, reference, now).standing


def bearer_of(rules: Rules, point: Point, state: State, reference: BadgeReference, now: Moment) -> Bearer:
    """Find out about a badge by the bundle and by the cabinet's own record, which counts as well as the bundle."""
    badge = rules.badges.get(reference)
    if badge is None or badge.kind is BadgeKind.ROLE:
        return _bearer_by_record(rules, point, state, reference)
    person = badge.person if badge.kind is BadgeKind.PERSONAL else None
    holder = holder_of(person, reference)
    if badge.lost is not None:
        return Bearer(Standing.LOST, reference, holder, person)
    at = ruling_time(rules, now)
    inside = _inside(state, holder)
    slot = _live_slot(rules, point, badge, person, at)
    if slot is not None and (inside is None or _slot_of(point, inside) == slot):
        hours = rules.settings.cover_hours if person is None else rules.people[person].hours
        return Bearer(Standing.LIVE, reference, holder, person, slot, hours, state.declarations.get(holder))
    # The phone may have gone in while the badge was in the cover pool; a live badge opens that door anyway.
    inside = inside or _inside(state, holder_of(None, reference))
    if inside is not None:
        return _after_end(point, reference, inside)
    over = badge.ends is not None and badge.ends <= at
    return Bearer(Standing.ENDED if over else Standing.NOT_KNOWN_HERE, reference, holder, person)


def owner_of(rules: Rules, point: Point, state: State, holder: HolderId, now: Moment) -> Bearer | None:
    """Find whose phone the office opens for, badge or none at hand (promise 2: `opened_for`).

    The slot is that of the declaration if the phone is in, else that of the live link, whatever has become of the
    badge. None when nothing of this holder's is kept here.
    """
    before = state.declarations.get(holder)
    inside = _inside(state, holder)
    if inside is not None:
        return _after_end(point, inside.badge, inside)._replace(standing=Standing.LIVE)
    badges = [one for one in rules.badges.values() if holder_of(one.person, one.reference) == holder]
    badge = max(badges, key=attrgetter("starts"), default=None)
    if badge is None:
        return None
    slot = _slot_here(rules, point, badge, badge.person, ruling_time(rules, now))
    if slot is None:
        return None
    return Bearer(Standing.LIVE, badge.reference, holder, badge.person, slot, before=before)


def ruling_time(rules: Rules, now: Moment) -> datetime:
    """Choose the time that starts and ends are held against.

    What had begun or ended when the bundle was issued has: a clock behind central's, or set back, brings nobody back
    and keeps nobody out. A clock of which nothing is known says nothing about it.
    """
    issued, utc = rules.issued, now.utc
    return issued if utc < issued or now.quality is ClockQuality.UNSET else utc


def is_timely(rules: Rules, now: Moment) -> bool:
    """Whether this clock may be held against a timetable: it is trusted, and not behind what central has signed."""
    return now.quality is ClockQuality.SYNCED and now.utc >= rules.issued


def _live_slot(rules: Rules, point: Point, badge: BadgeRules, person: PersonId | None, at: datetime) -> int | None:
    return _slot_here(rules, point, badge, person, at) if _holds(badge.starts, badge.ends, at) else None


def _slot_here(rules: Rules, point: Point, badge: BadgeRules, person: PersonId | None, at: datetime) -> int | None:
    if badge.kind is BadgeKind.COVER:
        return None if point.kind is PointKind.BANK else 1
    link = None if person is None else _link_now(rules.people.get(person), at)
    if link is None:
        return None
    if point.kind is not PointKind.BANK:
        return 1
    return link.slot if link.slot is not None and 1 <= link.slot <= point.slots else None


def _link_now(person: PersonRules | None, at: datetime) -> PointLink | None:
    if person is None:
        return None
    for link in reversed(person.links):
        if _holds(link.starts, link.ends, at):
            return link
    return None


def _holds(starts: datetime, ends: datetime | None, at: datetime) -> bool:
    return starts <= at and (ends is None or at < ends)


def _bearer_by_record(rules: Rules, point: Point, state: State, reference: BadgeReference) -> Bearer:
    """Judge a badge that the bundle does not name as anybody's here by what was declared with it."""
    own = _inside(state, holder_of(None, reference))
    if own is not None:
        return _after_end(point, reference, own)
    for declaration in state.declarations.values():
        if declaration.badge == reference and declaration.state is Declared.IN:
            if _has_another_badge(rules, declaration.holder):
                break  # handed on to somebody elsewhere; the holder's own badge opens, and this one must not
            return _after_end(point, reference, declaration)
    return Bearer(Standing.NOT_KNOWN_HERE, reference)


def _inside(state: State, holder: HolderId) -> Declaration | None:
    """Look up a holder's last declaration if it was `in`, however long ago."""
    declaration = state.declarations.get(holder)
    return declaration if declaration is not None and declaration.state is Declared.IN else None


def _has_another_badge(rules: Rules, holder: HolderId) -> bool:
    person = PersonId(holder)
    return any(badge.person == person and badge.lost is None for badge in rules.badges.values())


def _after_end(point: Point, reference: BadgeReference, before: Declaration) -> Bearer:
    person = None if before.holder == holder_of(None, before.badge) else PersonId(before.holder)
    return Bearer(Standing.AFTER_END, reference, before.holder, person, slot=_slot_of(point, before), before=before)


def _slot_of(point: Point, declaration: Declaration) -> int:
    return declaration.slot if point.kind is PointKind.BANK else 1
