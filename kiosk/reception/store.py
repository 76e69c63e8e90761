"""`reception.db`: the outbox, today's visits and the roll, in one transaction each (event-log: On the device).

A sign-in is here before the screen says so; one that was not finished is nowhere on the disk.
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime

from kiosk.cabinet.storage.store import Store
from kiosk.errors import StorageFailed
from kiosk.reception.visit_tables import VISIT_SCHEMA
from policy.ids import BadgeReference

ROLL = "roll"
"""Kept while a roll is called: `drill` or `real`."""

_COLUMNS = "visit, name, host, seeing, lanyard, badge, since, due, briefed, dated"


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """Somebody who is signed in here."""

    visit: str
    name: str = field(repr=False)
    host: str | None
    seeing: str = field(repr=False)
    lanyard: str | None
    badge: BadgeReference | None
    since: datetime
    due: datetime
    """When the visit ends as `not_signed_out`."""
    briefed: bool = False
    dated: bool = True
    """False: the clock was not set when the visit began, so `due` is not known yet."""


class ReceptionStore(Store):
    """The writing end of `reception.db`; what is common with a cabinet's is the cabinet's."""

    def create_schema(self) -> None:
        """Make the tables that are not there yet; raise StorageFailed when that cannot be committed."""
        try:
            # What was deleted is overwritten: a name that was typed here must not be left in a free page.
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.executescript(VISIT_SCHEMA)
            self.outbox.create_schema()
        except sqlite3.Error as fault:
            raise failed(fault) from fault

    def add_visit(self, visit: OpenVisit) -> None:
        """Write a visit; inside a transaction."""
        self._execute(
            f"INSERT INTO visit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                visit.visit,
                visit.name,
                visit.host,
                visit.seeing,
                visit.lanyard,
                visit.badge,
                visit.since.isoformat(),
                visit.due.isoformat(),
                int(visit.briefed),
                int(visit.dated),
            ),
        )

    def end_visit(self, visit: str, how: str, at: datetime, boottime: int) -> None:
        """Note that a visit is over; inside a transaction."""
        self._execute(
            "UPDATE visit SET ended = ?, ended_at = ?, ended_boot = ? WHERE visit = ? AND ended IS NULL",
            (how, at.isoformat(), boottime, visit),
        )

    def date_visit(self, visit: str, due: datetime) -> None:
        """Say when a visit ends, now that the clock is set; inside a transaction."""
        self._execute("UPDATE visit SET due = ?, dated = 1 WHERE visit = ?", (due.isoformat(), visit))

    def note_briefed(self, visit: str) -> None:
        """Note that a visitor has been told the rules by the host; inside a transaction."""
        self._execute("UPDATE visit SET briefed = 1 WHERE visit = ?", (visit,))

    def note_lanyard(self, visit: str, lanyard: str | None) -> None:
        """Note the lanyard that the office says it gave; inside a transaction."""
        self._execute("UPDATE visit SET lanyard = ? WHERE visit = ? AND lanyard IS NOT ?", (lanyard, visit, lanyard))

    def forget_ended(self, before: datetime) -> None:
        """Let go of visits that ended before a moment; inside a transaction."""
        self._execute("DELETE FROM visit WHERE ended_at < ?", (before.isoformat(),))

    def open_visits(self) -> tuple[OpenVisit, ...]:
        """Everybody signed in here, in the order of arrival; raise StorageFailed when it cannot be read."""
        return tuple(map(_visit, self._rows(f"SELECT {_COLUMNS} FROM visit WHERE ended IS NULL ORDER BY since")))

    def visits_of(self, host: str, limit: int) -> tuple[tuple[OpenVisit, datetime | None], ...]:
        """The newest visits to a person that are still known here, each with when it ended."""
        rows = self._rows(
            f"SELECT {_COLUMNS}, ended_at FROM visit WHERE host = ? ORDER BY since DESC LIMIT ?", (host, limit)
        )
        return tuple((_visit(row[:-1]), None if row[-1] is None else _utc(row[-1])) for row in rows)

    def ended_by_badge(self, lanyard: str | None, badge: BadgeReference, since_ns: int) -> bool:
        """Whether this lanyard or badge ended a visit so short a time ago that it is still being held up."""
        rows = self._rows(
            "SELECT 1 FROM visit WHERE ended = 'lanyard' AND ended_boot >= ? AND (lanyard = ? OR badge = ?) LIMIT 1",
            (since_ns, lanyard, badge),
        )
        return bool(rows)

    def known_visits(self) -> frozenset[str]:
        """The ids of all visits that are known here, open or over."""
        return frozenset(row[0] for row in self._rows("SELECT visit FROM visit"))

    def roll_seen(self) -> frozenset[str]:
        """Who has been seen since the roll began."""
        return frozenset(row[0] for row in self._rows("SELECT visit FROM roll_seen"))

    def add_seen(self, visit: str) -> None:
        """Note that a visitor was seen; inside a transaction."""
        self._execute("INSERT OR IGNORE INTO roll_seen (visit) VALUES (?)", (visit,))

    def begin_roll(self, drill: bool) -> None:
        """A roll is called from now on; inside a transaction."""
        self._execute("DELETE FROM roll_seen")
        self.keep(ROLL, b"drill" if drill else b"real")

    def end_roll(self) -> None:
        """No roll is called any more; inside a transaction."""
        self._execute("DELETE FROM kept WHERE name = ?", (ROLL,))
        self._execute("DELETE FROM roll_seen")

    def roll(self) -> bool | None:
        """Whether the roll that is being called is a drill; None: none is called."""
        kept = self.kept(ROLL)
        return None if kept is None else kept == b"drill"

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[str, ...]]:
        try:
            return list(self._connection.execute(statement, values))
        except sqlite3.Error as fault:
            raise failed(fault) from fault


def _visit(row: tuple[str, ...]) -> OpenVisit:
    visit, name, host, seeing, lanyard, badge, since, due, briefed, dated = row
    reference = None if badge is None else BadgeReference(badge)
    return OpenVisit(visit, name, host, seeing, lanyard, reference, _utc(since), _utc(due), bool(briefed), bool(dated))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def failed(fault: sqlite3.Error) -> StorageFailed:
    """Say in one sentence that `reception.db` does not work."""
    return StorageFailed(
        f"reception.db cannot be written or read ({fault}): make room on the disk, "
        "or replace the SD card if it is read-only"
    )
