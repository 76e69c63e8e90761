"""The occasion of a change: who, when by the school's clock and by the machine's, and why."""

from dataclasses import dataclass
from datetime import datetime

from admin_web.services.actor import Actor
from policy.clock import Moment


@dataclass(frozen=True, slots=True)
class Occasion:
    """One reading of both clocks for one change, so that all its rows carry the same times."""

    actor: Actor
    now: Moment
    """School time: links, revisions and central's events."""
    machine_now: datetime
    """Aware UTC of the machine: accounts, tokens and the audit."""
    why: str | None = None
    """What the person gave as the reason, at most 200 characters."""
    since: datetime | None = None
    """From when new links count where that is not now: a school's first import writes down what was so before."""

    @property
    def links_start(self) -> datetime:
        """The start of a link made on this occasion."""
        return self.now.utc if self.since is None else self.since
