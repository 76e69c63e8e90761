"""For whom visitors wait, and whose badge held to a cabinet says that they have been told the rules (clause 21)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policy.clock import Moment
from policy.ids import BadgeReference, PersonId
from policy.rules import BadgeKind, Rules
from policy.standing import ruling_time

HOLD_OF_HOST = timedelta(seconds=3)
"""A host's badge held for so long says that whoever waits for them has been told the phone rules."""


@dataclass(frozen=True, slots=True)
class VisitorsWaiting:
    """What a cabinet knows of visitors: their hosts, each with when the newest of those who wait signed in.

    The times are central's: they are only ever compared with each other.
    """

    here: Mapping[PersonId, datetime] = field(default_factory=dict)
    """Hosts who keep a phone at this point: for them its lamp shines."""
    elsewhere: Mapping[BadgeReference, datetime] = field(default_factory=dict)
    """Badges of all other hosts, who may be held here too: no person is named for them."""


Briefed = Mapping[str, datetime]
"""By person or badge, the newest visitor of whom this cabinet has heard that they were told."""
NOBODY = VisitorsWaiting()


@dataclass(frozen=True, slots=True)
class Host:
    """Whose visitors a badge speaks of."""

    key: str
    """The person's id, or the badge's reference where no more is known."""
    person: PersonId | None
    since: datetime
    """When the newest visitor who waits signed in."""


def host_of(
    waiting: VisitorsWaiting, briefed: Briefed, rules: Rules, reference: BadgeReference, now: Moment
) -> Host | None:
    """Find for whom a hold of this badge would speak; None when it means what it means without visitors."""
    badge = rules.badges.get(reference)
    if badge is not None and (badge.lost is not None or not _holds(badge.starts, badge.ends, ruling_time(rules, now))):
        return None
    person = badge.person if badge is not None and badge.kind is BadgeKind.PERSONAL else None
    since = None if person is None else waiting.here.get(person)
    if person is not None and since is not None:
        return _unless_briefed(Host(person, person, since), briefed)
    since = waiting.elsewhere.get(reference)
    return None if since is None else _unless_briefed(Host(reference, person, since), briefed)


def anybody_waits(waiting: VisitorsWaiting, briefed: Briefed) -> bool:
    """Whether the lamp of this point has somebody to call."""
    return any(person not in briefed or since > briefed[person] for person, since in waiting.here.items())


def still_briefed(waiting: VisitorsWaiting, briefed: Briefed) -> dict[str, datetime]:
    """Forget what was said of hosts for whom nobody waits any more: central has heard of it."""
    return {key: since for key, since in briefed.items() if key in waiting.here or key in waiting.elsewhere}


def _unless_briefed(host: Host, briefed: Briefed) -> Host | None:
    told = briefed.get(host.key)
    return host if told is None or host.since > told else None


def _holds(starts: datetime, ends: datetime | None, at: datetime) -> bool:
    return starts <= at and (ends is None or at < ends)
