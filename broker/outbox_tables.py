"""The outbox's tables, and where things lie in them: every event has a position, gapless over all epochs.

An epoch begins after its `base`, so an event's position is base + sequence, and one integer key serves for the order,
the sequence and the epoch: the tap's transaction touches no second index.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS outbox_epoch (
    base INTEGER PRIMARY KEY,          -- position of the last event before the epoch
    epoch TEXT NOT NULL UNIQUE,
    acknowledged INTEGER NOT NULL DEFAULT 0  -- sequence up to which central has committed
) STRICT;
CREATE TABLE IF NOT EXISTS outbox_event (
    position INTEGER PRIMARY KEY,      -- base of the epoch + sequence: gapless over all epochs
    event BLOB NOT NULL,
    leaf BLOB NOT NULL,
    private BLOB,
    salt BLOB,
    sealed BLOB,
    weight INTEGER NOT NULL,           -- bytes it may take in a frame
    archived_at INTEGER                -- central's time of the acknowledgement, ms since 1970
) STRICT;
CREATE TABLE IF NOT EXISTS outbox_head (
    position INTEGER PRIMARY KEY,
    signature BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outbox_acknowledgement (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch TEXT NOT NULL,
    upto INTEGER NOT NULL,
    leaf BLOB NOT NULL,
    time TEXT NOT NULL,
    signed TEXT NOT NULL
) STRICT;
"""


INSERT_EVENT: Final = """
INSERT INTO outbox_event (position, event, leaf, private, salt, weight) VALUES (?, ?, ?, ?, ?, ?)
"""
INSERT_HEAD: Final = "INSERT INTO outbox_head (position, signature) VALUES (?, ?) ON CONFLICT DO NOTHING"

EventRow = tuple[int, bytearray, bytearray, bytearray | None, bytearray | None, int]
"""An event as `INSERT_EVENT` takes it. Of `bytes` the module sqlite3 asks whether an adapter is registered, which takes
longer than the copy into a `bytearray`, of which it does not ask."""
HeadRow = tuple[int, bytes]
"""A head as `INSERT_HEAD` takes it."""


class Newest(NamedTuple):
    """The newest event, how far heads cover, and what the events after the last head weigh."""

    position: int
    leaf: bytes
    headed: int
    unheaded: int


class EpochAt(NamedTuple):
    """An epoch as its row says."""

    base: int
    epoch: str
    acknowledged: int


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One writing transaction, begun IMMEDIATE; joins the one that is open. The connection is in autocommit mode."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        # A full disk fails the COMMIT and may leave the transaction open; nothing of it may be committed later.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables if they are missing; an older database keeps its rows."""
    with transaction(connection):
        for statement in SCHEMA.split(";\n"):
            connection.execute(statement)


def newest(connection: sqlite3.Connection) -> Newest | None:
    """The newest event; None on a device that has never written one."""
    row = connection.execute(
        "SELECT e.position, e.leaf, h.position, "
        "(SELECT coalesce(sum(weight), 0) FROM outbox_event WHERE position > h.position) "
        "FROM outbox_event e, (SELECT coalesce(max(position), 0) AS position FROM outbox_head) h "
        "ORDER BY e.position DESC LIMIT 1"
    ).fetchone()
    return None if row is None else Newest(*row)


def epoch_at(connection: sqlite3.Connection, position: int) -> EpochAt:
    """The epoch that the event at a position belongs to."""
    row = connection.execute(
        "SELECT base, epoch, acknowledged FROM outbox_epoch WHERE base < ? ORDER BY base DESC LIMIT 1", (position,)
    ).fetchone()
    return EpochAt(*row)


def end_of(connection: sqlite3.Connection, base: int) -> int:
    """The last position of the epoch that begins after `base`."""
    row = connection.execute(
        "SELECT coalesce((SELECT min(base) FROM outbox_epoch WHERE base > ?), "
        "(SELECT max(position) FROM outbox_event), 0)",
        (base,),
    ).fetchone()
    return int(row[0])


def position_of(connection: sqlite3.Connection, epoch: str, sequence: int) -> int | None:
    """Where an event lies; None when this device does not hold the epoch or has not got that far in it."""
    row = connection.execute("SELECT base FROM outbox_epoch WHERE epoch = ?", (epoch,)).fetchone()
    if row is None or not 0 <= sequence <= end_of(connection, row[0]) - row[0]:
        return None
    return int(row[0]) + sequence


def unacknowledged(connection: sqlite3.Connection) -> list[tuple[int, int]]:
    """Per epoch, in order: the last position that central has acknowledged, and the last there is."""
    rows = connection.execute("SELECT base, acknowledged FROM outbox_epoch ORDER BY base").fetchall()
    last = connection.execute("SELECT coalesce(max(position), 0) FROM outbox_event").fetchone()[0]
    ends = [base for base, _ in rows[1:]] + [last]
    return [(base + done, end) for (base, done), end in zip(rows, ends, strict=True)]


def first_unacknowledged(connection: sqlite3.Connection) -> int:
    """The first position that central has not acknowledged; one past the newest when there is none."""
    spans = unacknowledged(connection)
    return next((done + 1 for done, end in spans if done < end), spans[-1][1] + 1 if spans else 1)


def prune(connection: sqlite3.Connection, cutoff: int, at_most: int) -> int:
    """Delete the oldest events archived before `cutoff` (ms since 1970), never the newest of all: how many.

    With them go heads without events, and epochs all of whose events are gone.
    """
    with transaction(connection):
        gone = connection.execute(
            "DELETE FROM outbox_event WHERE position IN (SELECT position FROM outbox_event WHERE archived_at < ? "
            "AND position < (SELECT max(position) FROM outbox_event) ORDER BY position LIMIT ?)",
            (cutoff, at_most),
        ).rowcount
        if gone:
            connection.execute("DELETE FROM outbox_head WHERE position NOT IN (SELECT position FROM outbox_event)")
            connection.execute(
                "DELETE FROM outbox_epoch WHERE base < (SELECT max(base) FROM outbox_epoch WHERE base < "
                "(SELECT min(position) FROM outbox_event))"
            )
    return gone
