"""What every view and every API call works on: the database, both clocks and the school's name."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection

from admin_web.clock import machine_now
from admin_web.database.engine import Database
from admin_web.queries.school_time import SchoolTime, school_time
from admin_web.services.actor import Actor
from admin_web.services.occasion import Occasion
from admin_web.web.changes import Changes
from policy.clock import Clock

HASHES_AT_ONCE = 2
"""argon2id takes 64 MiB and a core for 0.1 s: however many sign in at once, no more than this many hash."""


@dataclass(frozen=True, slots=True)
class Office:
    """The parts of the running program, built in `wiring.py`."""

    database: Database
    clock: Clock
    school: str
    """The school's name."""
    changes: Changes
    hashing: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(HASHES_AT_ONCE))

    def machine_now(self) -> datetime:
        """Read the machine's clock: sessions, throttles, the audit."""
        return machine_now()

    def occasion(self, actor: Actor, why: str | None = None) -> Occasion:
        """Read both clocks once for a change."""
        return Occasion(actor, self.clock.now(), self.machine_now(), why)

    def school_time(self, session: Session) -> SchoolTime:
        """Read the school's zone and its present day."""
        return school_time(session, self.clock.now().utc)


def office_of(connection: HTTPConnection) -> Office:
    """Find the office of a request; a dependency of every route."""
    return cast(Office, connection.app.state.office)
