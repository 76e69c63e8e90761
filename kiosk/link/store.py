"""`link.db`: what came down from central and waits for the cabinet, and how far events were handed up.

Everything here can be had again from central or from the cabinet, so a disk that does not write stops nothing.
"""

import logging
import sqlite3
from pathlib import Path

from kiosk.socket.framing import Position

log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS waiting (name TEXT PRIMARY KEY, payload BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed_up (id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT, sequence INTEGER);
"""


RULES = "rules"
VISITS = "visits"
ACKNOWLEDGEMENT = "acknowledgement "
"""Followed by the epoch: of each epoch, of the rules and of who is waited for, only the newest matters."""


class LinkStore:
    """Remembers across restarts; in memory alone when the disk fails."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "link.db"
        self._connection: sqlite3.Connection | None = None
        self._waiting: dict[str, bytes] = {}

    def open(self) -> None:
        """Read what was kept; without a disk begin with nothing."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self._file, isolation_level=None, timeout=1)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
            rows = connection.execute("SELECT name, payload FROM waiting").fetchall()
        except (OSError, sqlite3.Error) as fault:
            log.error("link.db cannot be used, going on without it: %s", fault)
            return
        self._connection = connection
        self._waiting = {name: bytes(payload) for name, payload in rows}

    def wait_for_cabinet(self, name: str, payload: bytes) -> None:
        """Keep what came down until the cabinet has taken it."""
        self._waiting[name] = payload
        self._write("INSERT OR REPLACE INTO waiting (name, payload) VALUES (?, ?)", (name, payload))

    def waiting(self) -> dict[str, bytes]:
        """What the cabinet has not taken yet."""
        return dict(self._waiting)

    def taken(self, name: str) -> None:
        """The cabinet has taken it."""
        if self._waiting.pop(name, None) is not None:
            self._write("DELETE FROM waiting WHERE name = ?", (name,))

    def handed_up(self, position: Position) -> None:
        """Note how far events were handed to the broker."""
        self._write(
            "INSERT OR REPLACE INTO handed_up (id, epoch, sequence) VALUES (1, ?, ?)",
            (position.epoch, position.sequence),
        )

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        if self._connection is None:
            return
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as fault:
            log.warning("link.db was not written: %s", fault)
