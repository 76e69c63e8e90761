"""The roll-calls of the last hours, on the wire: what central signs and retains on `down/visits` of a reception screen.

It is no part of the screen's bundle: a tick is a few hundred bytes for one screen, and no cabinet hears of it.
"""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field

from broker.errors import BadMessage
from broker.instants import Instant, read_instant, write_instant
from broker.messages.message import Count, Flag, WireModel, absent
from broker.messages.roll import EventName
from broker.messages.visit import VisitId
from broker.messages.wire import Addressed
from broker.topics import CENTRAL
from policy.roll_call import RollCall, RollFact, Said
from policy.rules import Revision


class Beginning(WireModel):
    """A `roll.begun`: of which screen, by the name of its event, and when."""

    event: EventName
    at: Instant
    after: EventName | None = Field(default=None, exclude_if=absent)
    """The roll-call that was over before."""


class RollToldOf(WireModel):
    """One roll-call: several beginnings where screens that were apart began it."""

    drill: Flag
    begun: list[Beginning] = Field(min_length=1)
    ended: Instant | None = Field(default=None, exclude_if=absent)
    seen: list[VisitId]
    """Who was seen by whomever; by visit, without a name."""


class RollsTold(Addressed):
    """Every roll-call that a screen may have to join."""

    purpose: Literal["visits"] = "visits"
    v: Literal[1] = 1
    kind: Literal["rolls"] = "rolls"
    generation: Count
    number: Count
    """Counted per device: only a newer one counts."""
    rolls: list[RollToldOf]

    @classmethod
    def write(cls, rolls: Iterable[RollCall], edition: Revision, *, site: str, device: str) -> Self:
        """Write roll-calls for one screen; the same facts give the same bytes."""
        return cls(
            site=site,
            device=device,
            generation=edition.generation,
            number=edition.number,
            rolls=[
                RollToldOf(
                    drill=roll.drill,
                    begun=[_beginning(fact) for fact in roll.begun],
                    ended=None if roll.ended is None else write_instant(roll.ended),
                    seen=sorted(roll.seen),
                )
                for roll in rolls
            ],
        )

    @property
    def edition(self) -> Revision:
        """Which one it is."""
        return Revision(self.generation, self.number)

    def read(self) -> tuple[RollFact, ...]:
        """Read what was said, as facts that fold to the same roll-calls. Raises `BadMessage` for a time that is none.

        A visitor counts as seen when the roll-call began: a screen shows that they were, not when.
        """
        try:
            return tuple(fact for roll in self.rolls for fact in _facts(roll))
        except ValueError as fault:
            raise BadMessage(f"it is not said when a roll-call began: {fault}") from fault


def is_by_office(event: str) -> bool:
    """Whether something was said in the web view, and not at a screen."""
    return event.partition("/")[0] == CENTRAL


def _beginning(fact: RollFact) -> Beginning:
    after = fact.roll if fact.kind is Said.BEGUN else None
    return Beginning(event=fact.event, at=write_instant(fact.at), after=after)


def _facts(roll: RollToldOf) -> list[RollFact]:
    begun = [RollFact(one.event, Said.BEGUN, roll.drill, read_instant(one.at), roll=one.after) for one in roll.begun]
    first = begun[0]
    facts = [
        *begun,
        *(
            RollFact(f"{first.event}+{visit}", Said.SEEN, roll.drill, first.at, visit=visit, roll=first.event)
            for visit in roll.seen
        ),
    ]
    if roll.ended is not None:
        ended = read_instant(roll.ended)
        facts.append(RollFact(f"{first.event}+ended", Said.ENDED, roll.drill, ended, roll=first.event))
    return facts
