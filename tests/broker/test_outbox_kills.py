"""A kill between any two statements of the outbox: the next start finds it whole, nothing lost and nothing doubled."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from broker.envelope import EventId, decode_event
from broker.errors import BadFrame
from broker.frames import check_frame, decode_frame
from broker.messages.wire import Ack
from broker.outbox import Outbox


class Killed(Exception):
    """Stands for the end of the process."""


def everything(database: sqlite3.Connection) -> dict[EventId, bytes]:
    rows = database.execute("SELECT event FROM outbox_event ORDER BY position")
    return {decode_event(row[0]).event_id: row[0] for row in rows}


def drained(outbox: Outbox, key: Any) -> list[EventId]:
    """Every event that frames give from the very first, checked as central does."""
    first = next(iter(everything(outbox._connection)))
    held, after, seen = None, (first.epoch, 0), []
    while payload := outbox.next_frame(after):
        frame = decode_frame(payload)
        checked = check_frame(frame, site="hillside", device="robins", after=held, public_key=key)
        seen += [event.id for event in checked.events]
        held = (frame.head.epoch, frame.head.sequence, frame.head.leaf)
        after = (frame.head.epoch, frame.head.sequence)
    return seen


def a_day(cabinet: Any, committed: list[EventId]) -> None:
    """Taps with pulses, heads, a backlog without heads, frames, an acknowledgement, and a restart in between."""
    for round_ in range(2):
        for _ in range(3):
            tap = cabinet.tap()
            committed.append(EventId("robins", cabinet.outbox.epoch, tap))
            committed.append(EventId("robins", cabinet.outbox.epoch, cabinet.pulse(tap)))
            cabinet.outbox.sign_head()
        head = decode_frame(cabinet.outbox.next_frame(None)).head
        cabinet.outbox.acknowledge(
            Ack(
                site="hillside",
                device="robins",
                epoch=head.epoch,
                upto=str(head.sequence),
                leaf=head.leaf.hex(),
                time="2026-11-24T10:00:00.000Z",
            )  # fmt: skip
        )
        committed.append(EventId("robins", cabinet.outbox.epoch, cabinet.tap()))
        if round_ == 0:
            cabinet.outbox.open_epoch(cabinet.clock.now())


def statements_of_a_day(cabinet: Any) -> int:
    immortal = kill_before_statement(cabinet, 1_000_000)
    a_day(cabinet, [])
    cabinet.connection.close()
    return 1_000_000 - immortal.left


def test_a_kill_between_any_two_statements_loses_and_doubles_nothing(another_cabinet: Any, tmp_path: Path) -> None:
    total = statements_of_a_day(another_cabinet("robins"))
    assert total > 100
    for kill_at in range(1, total + 1):
        (tmp_path / "robins.db").unlink()
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"robins.db{suffix}").unlink(missing_ok=True)
        cabinet = another_cabinet("robins")
        first = EventId("robins", cabinet.outbox.epoch, 1)
        committed: list[EventId] = [first]
        kill_before_statement(cabinet, kill_at)
        with pytest.raises(Killed):
            a_day(cabinet, committed)
        cabinet.connection.close()
        cabinet.start()
        cabinet.outbox.sign_head()
        held = list(everything(cabinet.connection))
        assert set(committed) <= set(held), f"killed before statement {kill_at}"
        assert drained(cabinet.outbox, cabinet.event_key.public_key()) == held, f"killed before statement {kill_at}"
        cabinet.connection.close()


def kill_before_statement(cabinet: Any, number: int) -> "DyingConnection":
    """From that statement on every one fails, also the ROLLBACK, as nothing runs in a dead process."""
    dying = DyingConnection(cabinet.connection, number)
    cabinet.connection = dying
    cabinet.outbox._connection = dying
    return dying


class DyingConnection:
    """A connection of a process that dies before a given statement; closing it is what the kernel does then."""

    def __init__(self, connection: sqlite3.Connection, statements: int) -> None:
        self._connection = connection
        self.left = statements

    def _count(self) -> None:
        self.left -= 1
        if self.left <= 0:
            raise Killed

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self._count()
        return self._connection.execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        self._count()
        return self._connection.executemany(*arguments)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction and self.left > 0

    def close(self) -> None:
        self._connection.close()


def test_a_cut_tail_of_a_frame_is_seen_by_whoever_receives_it(cabinet: Any) -> None:
    cabinet.tap()
    cabinet.outbox.sign_head()
    frame = decode_frame(cabinet.outbox.next_frame(None))
    cut = type(frame)(frame.events[:-1], frame.head)
    with pytest.raises(BadFrame):
        check_frame(cut, site="hillside", device="robins", after=None, public_key=cabinet.event_key.public_key())
