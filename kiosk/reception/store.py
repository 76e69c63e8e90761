"""`reception.db`: the outbox, today's visits and the roll, in one transaction each (event-log: On the device).

A sign-in is here before the screen says so; one that was not finished is nowhere on the disk.
"""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kiosk.cabinet.storage.store import Store
from kiosk.errors import StorageFailed
from kiosk.reception.visit_tables import VISIT_SCHEMA
from policy.ids import BadgeReference
from policy.roll_call import RollFact, Said

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


@dataclass(frozen=True, slots=True)
class SaidHere:
    """Something that was said here of a roll-call."""

    fact: RollFact
    boottime_ns: int | None
    """CLOCK_BOOTTIME when it was said; None: since then the device was started anew."""


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

    def add_said(self, said: SaidHere) -> None:
        """Write what was said here of a roll-call; inside a transaction."""
        fact = said.fact
        self._execute(
            "INSERT INTO roll_said (event, kind, drill, at, visit, roll, boot, boottime) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fact.event,
                fact.kind.value,
                int(fact.drill),
                fact.at.isoformat(),
                fact.visit,
                fact.roll,
                self._boot,
                said.boottime_ns,
            ),
        )

    def said(self) -> tuple[SaidHere, ...]:
        """What was said here of roll-calls lately; raise StorageFailed when it cannot be read."""
        rows = self._rows(
            "SELECT event, kind, drill, at, visit, roll, boot = ?, boottime FROM roll_said", (self._boot,)
        )
        return tuple(
            SaidHere(
                RollFact(event, Said(kind), bool(drill), _utc(at), visit=visit, roll=roll),
                boottime if same_boot else None,
            )
            for event, kind, drill, at, visit, roll, same_boot, boottime in rows
        )

    def forget_said(self, before: datetime, boottime: int) -> None:
        """Let go of what was said of roll-calls before a moment, by both clocks; inside a transaction."""
        self._execute(
            "DELETE FROM roll_said WHERE at < ? AND (boot <> ? OR boottime < ?)",
            (before.isoformat(), self._boot, boottime),
        )

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
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
