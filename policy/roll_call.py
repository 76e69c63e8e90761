"""Roll-calls as what was said of them: the same facts give the same roll-calls, in whatever order they are heard.

A fact is only ever added, so two screens that were apart agree as soon as each has heard what the other said.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LASTS: Final = timedelta(hours=2)
"""A roll-call that nobody ended is over by then; a second screen that begins one meanwhile joins it."""


class Said(StrEnum):
    """What may be said of a roll-call."""

    BEGUN = "begun"
    SEEN = "seen"
    ENDED = "ended"


_ORDER: Final = {Said.BEGUN: 0, Said.SEEN: 1, Said.ENDED: 2}


@dataclass(frozen=True, slots=True)
class RollFact:
    """One thing that was said of a roll-call."""

    event: str
    """Its event, `device/epoch/sequence`: a fact that is heard twice is one fact."""
    kind: Said
    drill: bool
    at: datetime
    visit: str | None = None
    """Who was seen."""
    roll: str | None = None
    """The event that began the roll-call it was said in; None: whichever was being called.

    Of a beginning: the roll-call that was known to be over, so that this is another, whatever the clocks say.
    """


@dataclass(slots=True)
class RollCall:
    """A roll-call, put together from its facts."""

    drill: bool
    begun: list[RollFact]
    """The beginnings that are one roll-call, the earliest first; where none was heard, the first visitor seen."""
    ended: datetime | None = None
    seen: dict[str, RollFact] = field(default_factory=dict)
    """By visit, the earliest time somebody saw them."""

    @property
    def first(self) -> datetime:
        """When it began."""
        return self.begun[0].at

    @property
    def id(self) -> str:
        """The event that began it, for whoever says something of it."""
        return self.begun[0].event

    def is_open(self, now: datetime) -> bool:
        """Whether it is being called."""
        return self.ended is None and now - self.first <= LASTS

    def covers(self, at: datetime) -> bool:
        """Whether it was being called then."""
        return self.first <= at <= (self.ended or self.first + LASTS)

    def end(self, at: datetime) -> None:
        """Note an end; the earliest counts, and none is before the beginning."""
        at = max(at, self.first)
        self.ended = at if self.ended is None else min(self.ended, at)

    def see(self, fact: RollFact) -> None:
        """Note that somebody was seen, also after the end."""
        if fact.visit is None:
            return
        before = self.seen.get(fact.visit)
        if before is None or (fact.at, fact.event) < (before.at, before.event):
            self.seen[fact.visit] = fact


def fold_roll_calls(facts: Iterable[RollFact]) -> tuple[RollCall, ...]:
    """Put roll-calls together from their facts, the oldest first.

    Alarms and drills are apart. Who begins one while another of its kind is being called, known to them or not, joins
    it; an end by either ends it for both; who was seen is in it whoever saw them.
    """
    once = {fact.event: fact for fact in facts}
    found: list[RollCall] = []
    for drill in (False, True):
        of_kind = [_after(fact, once) for fact in once.values() if fact.drill is drill]
        found += _fold(sorted(of_kind, key=lambda fact: (fact.at, _ORDER[fact.kind], fact.event)))
    return tuple(sorted(found, key=lambda roll: (roll.first, roll.drill)))


def newest_over(rolls: Iterable[RollCall], drill: bool, now: datetime) -> str | None:
    """Name the roll-call of a kind that is known to be over, for a beginning of the next; None where none is."""
    over = [roll for roll in rolls if roll.drill is drill and not roll.is_open(now)]
    return over[-1].id if over else None


def running(rolls: Iterable[RollCall], now: datetime) -> RollCall | None:
    """Find the roll-call that is being called, an alarm before a drill and the newest first; None where none is."""
    is_open = [roll for roll in rolls if roll.is_open(now)]
    return max(is_open, key=lambda roll: (not roll.drill, roll.first), default=None)


def _after(fact: RollFact, facts: Mapping[str, RollFact]) -> RollFact:
    """Let a beginning stand after the one that it follows, by a screen whose clock is behind too."""
    before = facts.get(fact.roll or "") if fact.kind is Said.BEGUN else None
    return fact if before is None or fact.at > before.at else replace(fact, at=before.at + timedelta(microseconds=1))


def _fold(facts: list[RollFact]) -> list[RollCall]:
    """Put the roll-calls of one kind together from its facts in the order of their times."""
    known = {fact.event for fact in facts if fact.kind is Said.BEGUN}
    ends: dict[str, datetime] = {}
    for fact in facts:
        if fact.kind is Said.ENDED and fact.roll in known:
            ends.setdefault(str(fact.roll), fact.at)  # in the order of time: the earliest
    rolls: list[RollCall] = []
    home: dict[str, RollCall] = {}
    for fact in facts:
        if fact.kind is not Said.BEGUN and fact.roll in known:
            continue
        roll = rolls[-1] if rolls and fact.at - rolls[-1].first <= LASTS else None
        if fact.kind is Said.BEGUN:
            is_over = roll is not None and roll.ended is not None and roll.ended <= fact.at
            if roll is None or is_over or any(one.event == fact.roll for one in roll.begun):
                roll = RollCall(fact.drill, [fact])
                rolls.append(roll)
            else:
                roll.begun.append(fact)
            home[fact.event] = roll
            if fact.event in ends:
                roll.end(max(ends[fact.event], fact.at))
        elif fact.kind is Said.SEEN:
            if roll is None:
                roll = RollCall(fact.drill, [fact])
                rolls.append(roll)
            roll.see(fact)
        elif roll is not None:
            roll.end(fact.at)
    for fact in facts:
        if fact.kind is Said.SEEN and fact.roll in home:
            home[fact.roll].see(fact)
    return rolls
