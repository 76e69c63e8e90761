"""For whom visitors wait, on the wire: what central signs and retains on `down/visits` of each cabinet (clause 21).

It is no part of the rules bundle: visitors come and go all day, and no rule changes by it.
"""

from typing import Literal, Self

from broker.errors import BadMessage
from broker.instants import Instant, read_instant, write_instant
from broker.messages.message import Badge, Count, Person, WireModel
from broker.messages.wire import Addressed
from policy.ids import BadgeReference, PersonId
from policy.rules import Revision
from policy.visitors import VisitorsWaiting


class HostHere(WireModel):
    """A host who keeps a phone at the cabinet's point."""

    person: Person
    since: Instant


class HostElsewhere(WireModel):
    """A badge of any other host: the person is not named outside their own room."""

    badge: Badge
    since: Instant


class HostsWaited(Addressed):
    """The hosts for whom a visitor waits; `since` is when the newest of those signed in."""

    purpose: Literal["visits"] = "visits"
    v: Literal[1] = 1
    generation: Count
    number: Count
    """Counted per device: only a newer one counts."""
    here: list[HostHere]
    elsewhere: list[HostElsewhere]

    @classmethod
    def write(cls, waiting: VisitorsWaiting, edition: Revision, *, site: str, device: str) -> Self:
        """Write who is waited for, for one device; the same facts give the same bytes."""
        return cls(
            site=site,
            device=device,
            generation=edition.generation,
            number=edition.number,
            here=[HostHere(person=who, since=write_instant(since)) for who, since in sorted(waiting.here.items())],
            elsewhere=[
                HostElsewhere(badge=badge, since=write_instant(since))
                for badge, since in sorted(waiting.elsewhere.items())
            ],
        )

    @property
    def edition(self) -> Revision:
        """Which one it is."""
        return Revision(self.generation, self.number)

    def read(self) -> VisitorsWaiting:
        """Read who is waited for. Raises `BadMessage` when a time cannot be read."""
        try:
            return VisitorsWaiting(
                {PersonId(one.person): read_instant(one.since) for one in self.here},
                {BadgeReference(one.badge): read_instant(one.since) for one in self.elsewhere},
            )
        except ValueError as fault:
            raise BadMessage(f"it is not said since when a visitor waits: {fault}") from fault
