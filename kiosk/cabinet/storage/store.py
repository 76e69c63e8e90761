"""`cabinet.db`: declared states, the outbox, the rules in force, and what must survive a power cut (flow 1, step 5).

One connection writes, in the thread that decides. A failed transaction leaves nothing behind, in the file or in memory.
"""

import json
import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from broker.instants import write_date, write_exact
from broker.messages.draft import Draft
from broker.outbox import Outbox, Run
from kiosk.cabinet.doors import Undo
from kiosk.clock import Floor
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.ids import BadgeReference, HolderId
from policy.rules import RoomState
from policy.state import Declaration, Declared

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS declaration (
    holder TEXT PRIMARY KEY, badge TEXT NOT NULL, state TEXT NOT NULL, slot INTEGER NOT NULL,
    at TEXT NOT NULL, day TEXT NOT NULL, timely INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused_in_block (
    badge TEXT PRIMARY KEY, boot INTEGER NOT NULL, boottime INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS overdue (
    holder TEXT NOT NULL, due TEXT NOT NULL, PRIMARY KEY (holder, due)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS going_home (holder TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""

_ADDED_LATER = "ALTER TABLE declaration ADD COLUMN timely INTEGER NOT NULL DEFAULT 1"
_DECLARE = (
    "INSERT OR REPLACE INTO declaration (holder, badge, state, slot, at, day, timely) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_DECLARED_TAP = """
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW IF NOT EXISTS declared_tap AS
    SELECT 0 AS position, 0 AS event, 0 AS leaf, 0 AS private, 0 AS salt, 0 AS weight,
        0 AS then_position, 0 AS then_event, 0 AS then_leaf, 0 AS then_private, 0 AS then_salt, 0 AS then_weight,
        0 AS holder, 0 AS badge, 0 AS state, 0 AS slot, 0 AS at, 0 AS day, 0 AS timely;
CREATE TEMP TRIGGER IF NOT EXISTS write_declared_tap INSTEAD OF INSERT ON declared_tap BEGIN
    INSERT INTO outbox_event (position, event, leaf, private, salt, weight)
        VALUES (NEW.position, NEW.event, NEW.leaf, NEW.private, NEW.salt, NEW.weight);
    INSERT INTO outbox_event (position, event, leaf, private, salt, weight)
        VALUES (NEW.then_position, NEW.then_event, NEW.then_leaf, NEW.then_private, NEW.then_salt, NEW.then_weight);
    INSERT OR REPLACE INTO declaration (holder, badge, state, slot, at, day, timely)
        VALUES (NEW.holder, NEW.badge, NEW.state, NEW.slot, NEW.at, NEW.day, NEW.timely);
END;
"""
"""What most taps write, as one statement, which to SQLite is a whole transaction: a third of the way to the lock's
release that is not the disk's. The view holds nothing; it belongs to this connection and to no file."""
_COMMIT_DECLARED_TAP = f"INSERT INTO declared_tap VALUES ({', '.join('?' * 19)})"
_KEEP = "INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)"

RULES, FLOOR, RUNNING, ROOM_STATE = "rules", "floor", "running", "room_state"
VISITS, BRIEFED = "visits", "briefed"


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was known of declarations, and said here by badge, when the program ended."""

    declarations: dict[HolderId, Declaration]
    refused_in_block: dict[BadgeReference, int]
    overdue: set[tuple[HolderId, datetime]]
    going_home: dict[HolderId, datetime]
    room_state: RoomState | None


def open_connection(file: Path) -> sqlite3.Connection:
    """Open the one writing connection; raise sqlite3.Error when the disk does not let it."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=5, cached_statements=256)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -4000")
    return connection


def open_reader(file: Path) -> sqlite3.Connection:
    """Open a connection for the socket's thread: it reads, and never waits for a tap nor makes one wait."""
    connection = sqlite3.connect(
        f"file:{file}?mode=ro", uri=True, isolation_level=None, timeout=0.2, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -1000")
    return connection


class Store:
    """The writing end of `cabinet.db`."""

    def __init__(self, connection: sqlite3.Connection, outbox: Outbox, boot: int) -> None:
        self._connection = connection
        self.outbox = outbox
        self._boot = boot
        self._execute = connection.execute
        self._write = connection.cursor().execute
        """For what gives no rows back, between a badge and a lock: one cursor, made once."""

    def create_schema(self) -> None:
        """Make the tables that are not there yet; raise StorageFailed when that cannot be committed."""
        try:
            self._connection.executescript(_SCHEMA)
            columns = {row[1] for row in self._execute("PRAGMA table_info(declaration)")}
            if "timely" not in columns:
                self._execute(_ADDED_LATER)
            self.outbox.create_schema()
            self._connection.executescript(_DECLARED_TAP)
        except sqlite3.Error as fault:
            raise _failed(fault) from fault

    def transaction(self) -> "Transaction":
        """One transaction, committed to the disk when the block ends; raise StorageFailed with nothing changed."""
        return Transaction(self._write, self.outbox.run(), self._roll_back)

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
        except sqlite3.Error as fault:
            # The disk is gone: SQLite has rolled back by itself, or does so when the file is opened again.
            log.warning("the device's database could not roll back: %s", fault)

    def sign_head(self) -> None:
        """Store the signed head of the newest event; raise StorageFailed when it must wait."""
        try:
            self.outbox.sign_head()
        except sqlite3.Error as fault:
            self._roll_back()
            raise _failed(fault) from fault

    def commit_declared(
        self, tap: Draft, declared: Callable[[int], Draft], declaration: Declaration, now: Moment
    ) -> int:
        """Commit a tap and what it declares, and nothing else: the tap's sequence; StorageFailed with nothing changed.

        `declared` words what the tap of a sequence has declared.
        """
        run = self.outbox.run()
        try:
            sequence = run.append_draft(tap, now)
            run.append_draft(declared(sequence), now)
            pair = run.pair
            if pair is not None:
                self._write(_COMMIT_DECLARED_TAP, (*pair[0], *pair[1], *_row(declaration)))
        except sqlite3.Error as fault:
            self._roll_back()
            raise _failed(fault) from fault
        if pair is not None:
            run.committed()
        else:  # a frame ends here, with a head
            with Transaction(self._write, run, self._roll_back):
                self.declare(declaration)
        return sequence

    def rehearse(self, tap: Draft, declared: Draft, declaration: Declaration, now: Moment) -> None:
        """Do all that `commit_declared` does before it asks the disk, and let it go."""
        self.outbox.rehearse((tap, declared), now)
        _row(declaration)

    def declare(self, declaration: Declaration) -> None:
        """Replace what a holder declared last; inside a transaction."""
        self._write(_DECLARE, _row(declaration))

    def take_back(self, undo: Undo) -> None:
        """Put a holder's declaration back to what it was before; inside a transaction."""
        if undo.before is not None:
            self.declare(undo.before)
        else:
            self._execute("DELETE FROM declaration WHERE holder = ?", (undo.holder,))

    def note_refused_in_block(self, badge: BadgeReference, boottime: int) -> None:
        """Remember when an inferred TAKE OUT was refused, so that a restart does not lengthen the way to PUT IN."""
        self._execute(
            "INSERT OR REPLACE INTO refused_in_block (badge, boot, boottime) VALUES (?, ?, ?)",
            (badge, self._boot, boottime),
        )

    def note_overdue(self, holder: HolderId, due: datetime) -> None:
        """Remember that this break's overdue has been said; inside a transaction."""
        self._execute("INSERT OR IGNORE INTO overdue (holder, due) VALUES (?, ?)", (holder, due.isoformat()))

    def send_home(self, holder: HolderId, at: datetime) -> None:
        """Remember that *Going home* was said for a holder here; inside a transaction."""
        self._execute("INSERT OR REPLACE INTO going_home (holder, at) VALUES (?, ?)", (holder, at.isoformat()))

    def keep_room_state(self, state: RoomState) -> None:
        """Keep that children are staying in, as a badge said it here; inside a transaction."""
        self.keep(ROOM_STATE, json.dumps([state.starts.isoformat(), state.ends.isoformat()]).encode())

    def _kept_room_state(self) -> RoomState | None:
        value = self.kept(ROOM_STATE)
        return None if value is None else RoomState(*map(_utc, json.loads(value)))

    def remember(self) -> Remembered:
        """Read what was known at the end of the run before; raise StorageFailed when it cannot be read."""
        try:
            declarations = self._execute(
                "SELECT holder, badge, state, slot, at, day, timely FROM declaration"
            ).fetchall()
            refused = self._execute(
                "SELECT badge, boottime FROM refused_in_block WHERE boot = ?", (self._boot,)
            ).fetchall()
            overdue = self._execute("SELECT holder, due FROM overdue").fetchall()
            going_home = self._execute("SELECT holder, at FROM going_home").fetchall()
        except sqlite3.Error as fault:
            raise _failed(fault) from fault
        return Remembered(
            {row[0]: _declaration(*row) for row in declarations},
            dict(refused),
            _overdue(overdue),
            {HolderId(holder): _utc(at) for holder, at in going_home},
            self._kept_room_state(),
        )

    def keep(self, name: str, value: bytes) -> None:
        """Keep one named value; inside a transaction."""
        self._execute(_KEEP, (name, value))

    def kept(self, name: str) -> bytes | None:
        """Read a named value; raise StorageFailed when it cannot be read."""
        try:
            row = self._execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error as fault:
            raise _failed(fault) from fault
        return None if row is None else bytes(row[0])

    def keep_floor(self, floor: Floor) -> None:
        """Keep the clock's floor; inside a transaction."""
        self.keep(
            FLOOR,
            json.dumps([floor.at.isoformat(), floor.boot, floor.boottime, floor.signed.isoformat()]).encode(),
        )

    def kept_floor(self) -> Floor | None:
        """Read the clock's floor."""
        value = self.kept(FLOOR)
        if value is None:
            return None
        at, boot, boottime, signed = json.loads(value)
        return Floor(_utc(at), boot, boottime, _utc(signed))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Transaction:
    """A writing transaction as a `with` block, which gives the run that events are appended to.

    A class and no generator: it is entered and left between a badge and a lock.
    """

    __slots__ = ("_execute", "_roll_back", "_run")

    def __init__(self, execute: Callable[[str], object], run: Run, roll_back: Callable[[], None]) -> None:
        self._execute = execute
        self._run = run
        self._roll_back = roll_back

    def __enter__(self) -> Run:
        try:
            self._execute("BEGIN IMMEDIATE")  # the outbox sees that a transaction is open and joins it
        except sqlite3.Error as fault:
            self._roll_back()
            raise _failed(fault) from fault
        return self._run

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        if fault is None:
            self._commit()
            return
        self._roll_back()
        if isinstance(fault, sqlite3.Error):
            raise _failed(fault) from fault

    def _commit(self) -> None:
        try:
            self._run.write()
            self._execute("COMMIT")
        except sqlite3.Error as fault:
            self._roll_back()
            raise _failed(fault) from fault
        except BaseException:
            self._roll_back()
            raise
        self._run.committed()


def _row(declaration: Declaration) -> tuple[str, str, str, int, str, str, int]:
    """A declaration as its table takes it."""
    holder, badge, state, slot, at, day, timely = declaration
    return holder, badge, str(state), slot, write_exact(at), write_date(day), int(timely)


def _declaration(holder: str, badge: str, state: str, slot: int, at: str, day: str, timely: int) -> Declaration:
    when = _utc(at), date.fromisoformat(day), bool(timely)
    return Declaration(HolderId(holder), BadgeReference(badge), Declared(state), slot, *when)


def _overdue(rows: list[tuple[str, str]]) -> set[tuple[HolderId, datetime]]:
    return {(HolderId(holder), _utc(due)) for holder, due in rows}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _failed(fault: sqlite3.Error) -> StorageFailed:
    return StorageFailed(
        f"the device's database cannot be written or read ({fault}): make room on the disk, "
        "or replace the SD card if it is read-only"
    )
