"""The outbox: a device's events from the tap's transaction to central's signed acknowledgement, then the archive.

Flow 1, steps 5, 7 and 9. It lives in the caller's SQLite connection, so that events and declared state are one
transaction. The tables are the truth: where the log ends is remembered only from one commit to the next append.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from broker.envelope import NO_COMMITMENT, ZERO_LEAF, Origin, commitment, leaf_of
from broker.errors import EpochNotOpen, MessageTooLarge
from broker.heads import Head, sign_head
from broker.instants import read_instant
from broker.messages.device import EpochStarted
from broker.messages.draft import Draft
from broker.messages.message import PRIVATE_BYTES, Message, PrivatePart
from broker.messages.wire import Ack, Need
from broker.outbox_tables import (
    INSERT_EVENT,
    INSERT_HEAD,
    EventRow,
    HeadRow,
    Newest,
    create_tables,
    end_of,
    epoch_at,
    first_unacknowledged,
    newest,
    position_of,
    prune,
    transaction,
    unacknowledged,
)
from broker.packing import FRAME_BYTES, FRAME_EVENTS, HEAD_BYTES, FrameEvent, encode_frame, weigh
from broker.sealing import SALT_BYTES, Sealer
from policy.clock import ClockQuality, Moment
from policy.rules import Revision

RUN_BYTES: Final = FRAME_BYTES - HEAD_BYTES
"""The most that events between two heads may weigh, so that a frame can always end at a head."""
ARCHIVED_AT_ONCE: Final = 100
"""Rows sealed per transaction: a tap never waits longer than one of these for its turn."""
PRUNED_AT_ONCE: Final = 1000
SALTS_AHEAD: Final = 4
"""As many as a tap and its rehearsal take; each is used once."""

_NOT_OPEN: Final = "no epoch is open: call open_epoch once at the start of the program"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The newest acknowledgement that was obeyed; `signed` is the message as it came."""

    epoch: str
    upto: int
    leaf: bytes
    time: datetime
    signed: str


class Outbox:
    """The events of one device; every method may raise `sqlite3.Error`, and then has changed nothing."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        site: str,
        device: str,
        event_key: Ed25519PrivateKey,
        boot: int,
        *,
        recovery: X25519PublicKey,
    ) -> None:
        self._connection = connection
        self._site = site
        self._device = device
        self._event_key = event_key
        self._boot = boot
        self._recovery = recovery
        self._epoch: str | None = None
        self._origin: Origin | None = None
        self._known: Newest | None = None
        """Where the log ends, once it has been committed; None: the tables are asked."""
        self._salts: list[bytes] = []
        """Drawn after the last tap for the next."""
        self.base = 0
        """Position of the last event before this run's epoch."""
        self.rules = Revision(0, 0)
        """The revision in force, which every event names; the owner of the rules sets it."""

    @property
    def epoch(self) -> str:
        """The epoch of this run, 16 hex digits. Raises `EpochNotOpen`."""
        if self._epoch is None:
            raise EpochNotOpen(_NOT_OPEN)
        return self._epoch

    def create_schema(self) -> None:
        """Make the tables if they are missing; an older database keeps its rows."""
        create_tables(self._connection)

    def open_epoch(self, now: Moment) -> None:
        """Begin this run's epoch: head what a kill left unheaded, then write `log.epoch_started` as its first event.

        A new epoch at every start means that a restored or cloned card never uses an (epoch, sequence) twice.
        """
        try:
            with transaction(self._connection):
                self._begin(now)
        except BaseException:
            self._epoch = self._origin = None
            raise

    def _begin(self, now: Moment) -> None:
        self.sign_head()
        tail = newest(self._connection)
        if tail is None:
            base, started = 0, EpochStarted(previous=None, sequence=None, leaf=None, reason="new")
        else:
            base, before = tail.position, epoch_at(self._connection, tail.position)
            started = EpochStarted(
                previous=before.epoch, sequence=str(base - before.base), leaf=tail.leaf.hex(), reason="restart"
            )
        self._epoch, self.base = secrets.token_hex(8), base
        self._origin = Origin(self._site, self._device, self._epoch, self._boot)
        self._connection.execute("INSERT INTO outbox_epoch (base, epoch) VALUES (?, ?)", (base, self._epoch))
        self.append(started, None, now)

    def append(self, message: Message, private: PrivatePart | None, now: Moment) -> int:
        """Write one event in the caller's transaction: its sequence in this epoch, as of `Run.append`."""
        run = self.run()
        sequence = run.append(message, private, now)
        run.write()
        return sequence

    def run(self) -> "Run":
        """Begin the events of one transaction of the caller's, with which it ends."""
        return Run(self)

    def rehearse(self, drafts: Sequence[Draft], now: Moment) -> None:
        """Make events of what might be said next and let them go: nothing is written, the log ends where it ended."""
        end = self._known
        if end is None or end.position > end.headed:
            return  # the tables would have to be asked: for the end of the log, or for a head where a frame ends
        for draft in drafts:
            _, end = self.follow(end, draft.kind.type, draft.data, draft.private.encode(), now, [])

    def take_end(self) -> Newest:
        """Tell where the log ends to somebody who is about to lengthen it; from now on the tables are asked."""
        end, self._known = self._known, None
        return end or newest(self._connection) or Newest(0, ZERO_LEAF, 0, 0)

    def lengthened(self, end: Newest) -> None:
        """Hear where the log ends by what has been committed, which saves the next run from asking."""
        self._known = end

    def follow(
        self, end: Newest, kind: str, data: str, beside: bytes | None, now: Moment, heads: list[HeadRow]
    ) -> tuple[EventRow, Newest]:
        """Make the event that follows the end of the log: its row, and where the log ends with it.

        Where a frame would grow too long, the head it has to end at is added to `heads`.
        """
        if self._origin is None:
            raise EpochNotOpen(_NOT_OPEN)
        salt, bound = None, NO_COMMITMENT
        if beside is not None:
            if len(beside) > PRIVATE_BYTES:
                raise MessageTooLarge(f"{len(beside)} bytes of private beside {kind}: {PRIVATE_BYTES} is the most")
            salt = self._salts.pop() if self._salts else os.urandom(SALT_BYTES)
            bound = commitment(beside, salt)
        position, leaf, headed, unheaded = end
        sequence = position - self.base + 1
        prev = ZERO_LEAF if sequence == 1 else leaf
        event = self._origin.encode(
            kind, data, sequence=sequence, now=now, rules=self.rules, prev=prev, commitment=bound
        )
        weight = weigh(event, beside)
        is_long = position - headed >= FRAME_EVENTS or unheaded + weight > RUN_BYTES
        if is_long and position > max(headed, self.base):
            heads.append(self._head_at(position, leaf))
            headed, unheaded = position, 0
        leaf = leaf_of(event)
        private = (None, None) if beside is None or salt is None else (bytearray(beside), bytearray(salt))
        row = (position + 1, bytearray(event), bytearray(leaf), *private, weight)
        return row, Newest(position + 1, leaf, headed, unheaded + weight)

    def write(self, rows: list[EventRow], heads: list[HeadRow]) -> None:
        """Write events that were made in this order, and the heads between them, in the caller's transaction."""
        self._connection.executemany(INSERT_EVENT, rows)
        if heads:
            self._connection.executemany(INSERT_HEAD, heads)

    def sign_head(self) -> None:
        """Store a signed head over the newest event, if none covers it; its own small transaction."""
        end = self.take_end()
        if end.position > end.headed:
            with transaction(self._connection):
                self._connection.execute(INSERT_HEAD, self._head_at(end.position, end.leaf))
        if not self._connection.in_transaction:  # a caller's transaction may still be rolled back
            self.lengthened(end._replace(headed=end.position, unheaded=0))
        self._salts += [os.urandom(SALT_BYTES) for _ in range(SALTS_AHEAD - len(self._salts))]

    def _head_at(self, position: int, leaf: bytes) -> HeadRow:
        base, epoch, _ = epoch_at(self._connection, position)
        return position, sign_head(self._event_key, self._site, self._device, epoch, position - base, leaf).signature

    def next_frame(self, after: tuple[str, int] | None) -> bytes | None:
        """The next frame after (epoch, sequence), or None when no headed event follows.

        `after` None, or an epoch that is not held (the storage was put back): from the first event that central has
        not acknowledged. At the end of an epoch the next one follows.
        """
        start = None if after is None else position_of(self._connection, *after)
        if start is None:
            start = first_unacknowledged(self._connection) - 1
        end = self._end_of_frame(start)
        return None if end is None else self._pack(start, end)

    def refill(self, need: Need) -> Iterator[bytes]:
        """The frames that hold the events central lacks, from the archive (sealed) or still here; as far as held."""
        first = position_of(self._connection, need.epoch, int(need.first))
        last = position_of(self._connection, need.epoch, int(need.last))
        if first is None or last is None:
            return
        held = self._connection.execute("SELECT min(position) FROM outbox_event WHERE position >= ?", (first,))
        position = (held.fetchone()[0] or first) - 1
        while position < last:
            end = self._end_of_frame(position)
            if end is None:
                return
            yield self._pack(position, end)
            position = end

    def acknowledge(self, ack: Ack, signed: bytes = b"") -> bool:
        """Move what central has committed to the archive, private parts sealed; True when something moved.

        Ignored (False) when the acknowledgement is old, names events that are not held, or another leaf than ours.
        The caller has checked its signature, site and device. Rows move a hundred at a time, so that taps get between.
        """
        upto, leaf = int(ack.upto), bytes.fromhex(ack.leaf)
        row = self._connection.execute(
            "SELECT base, acknowledged FROM outbox_epoch WHERE epoch = ?", (ack.epoch,)
        ).fetchone()
        if row is None or upto <= row[1]:
            return False
        base, done = row
        held = self._connection.execute("SELECT leaf FROM outbox_event WHERE position = ?", (base + upto,)).fetchone()
        if held is None or held[0] != leaf or position_of(self._connection, ack.epoch, upto) is None:
            return False
        sealer = Sealer(self._recovery)
        at = int(read_instant(ack.time).timestamp() * 1000)
        while done < upto:
            step = min(done + ARCHIVED_AT_ONCE, upto)
            rows = self._sealed_rows(sealer, base + done, base + step)
            with transaction(self._connection):
                self._connection.executemany(
                    "UPDATE outbox_event SET archived_at = ?, sealed = ?, private = NULL, salt = NULL "
                    "WHERE position = ?",
                    [(at, *row) for row in rows],
                )
                self._connection.execute("UPDATE outbox_epoch SET acknowledged = ? WHERE base = ?", (step, base))
                if step == upto:
                    self._connection.execute(
                        "INSERT OR REPLACE INTO outbox_acknowledgement VALUES (1, ?, ?, ?, ?, ?)",
                        (ack.epoch, upto, leaf, ack.time, signed.decode()),
                    )
            done = step
        return True

    def _sealed_rows(self, sealer: Sealer, after: int, upto: int) -> list[tuple[bytes | None, int]]:
        rows = self._connection.execute(
            "SELECT private, salt, leaf, position FROM outbox_event WHERE position > ? AND position <= ?", (after, upto)
        )
        return [
            (None if private is None else sealer.seal(private, salt, leaf), position)
            for private, salt, leaf, position in rows
        ]

    def last_acknowledged(self) -> Acknowledged | None:
        """The newest acknowledgement that moved something."""
        row = self._connection.execute("SELECT epoch, upto, leaf, time, signed FROM outbox_acknowledgement").fetchone()
        return None if row is None else Acknowledged(row[0], row[1], row[2], read_instant(row[3]), row[4])

    def position(self) -> tuple[str, int]:
        """Epoch and sequence of the newest event, also from a connection that opened no epoch.

        Raises `EpochNotOpen` on a device that has never written anything.
        """
        tail = newest(self._connection)
        if tail is None:
            raise EpochNotOpen("this device has written nothing yet: start phonekeep-cabinet")
        base, epoch, _ = epoch_at(self._connection, tail[0])
        return epoch, tail[0] - base

    def depth(self) -> int:
        """How many events central has not acknowledged."""
        return sum(end - done for done, end in unacknowledged(self._connection))

    def prune_archive(self, now: Moment, days: int) -> int:
        """Delete events that were acknowledged more than `days` ago: how many.

        A clock that stepped years ahead must not empty the archive: it is asked only while trusted, only as far as
        central's last signed time agrees, and at most a thousand go at once. The newest event stays: the chain goes on
        from it.
        """
        signed = self._connection.execute("SELECT max(archived_at) FROM outbox_event").fetchone()[0]
        if now.quality is not ClockQuality.SYNCED or signed is None:
            return 0
        cutoff = min(int(now.utc.timestamp() * 1000), signed) - timedelta(days=days) // timedelta(milliseconds=1)
        return prune(self._connection, cutoff, PRUNED_AT_ONCE)

    def _end_of_frame(self, start: int) -> int | None:
        """The last headed position that a frame from `start` (not included) may end at."""
        tail = newest(self._connection)
        if tail is None or start >= tail.position:
            return None
        last = end_of(self._connection, epoch_at(self._connection, start + 1).base)
        weights = self._connection.execute(
            "SELECT e.position, e.weight, h.position IS NOT NULL FROM outbox_event e "
            "LEFT JOIN outbox_head h ON h.position = e.position WHERE e.position > ? AND e.position <= ? "
            "ORDER BY e.position LIMIT ?",
            (start, last, FRAME_EVENTS),
        )
        total, end, expected = 0, None, start
        for position, weight, headed in weights:
            total, expected = total + weight, expected + 1
            if total > RUN_BYTES or position != expected:
                break
            end = position if headed else end
        return end

    def _pack(self, start: int, end: int) -> bytes:
        rows = self._connection.execute(
            "SELECT event, private, salt, sealed, leaf FROM outbox_event WHERE position > ? AND position <= ? "
            "ORDER BY position",
            (start, end),
        ).fetchall()
        base, epoch, _ = epoch_at(self._connection, end)
        row = self._connection.execute("SELECT signature FROM outbox_head WHERE position = ?", (end,)).fetchone()
        head = Head(self._device, epoch, end - base, rows[-1][4], row[0])
        return encode_frame([FrameEvent(*row[:4]) for row in rows], head)


class Run:
    """The events of one transaction, made one by one and written as one; of use while nobody else writes events."""

    __slots__ = ("_end", "_heads", "_outbox", "_rows")

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._end: Newest | None = None
        self._rows: list[EventRow] = []
        self._heads: list[HeadRow] = []

    def append(self, message: Message, private: PrivatePart | None, now: Moment) -> int:
        """Make an event: its sequence in this epoch.

        Raises `EpochNotOpen`, `MessageTooLarge`, and `ValueError` when the private part is not the message's.
        """
        return self._append(message.type, message.to_bytes().decode(), message.bytes_beside(private), now)

    def append_draft(self, draft: Draft, now: Moment) -> int:
        """Make an event as `append` does, of what needs no checking."""
        return self._append(draft.kind.type, draft.data, draft.private.encode(), now)

    def _append(self, kind: str, data: str, beside: bytes | None, now: Moment) -> int:
        row, self._end = self._outbox.follow(self._end or self._outbox.take_end(), kind, data, beside, now, self._heads)
        self._rows.append(row)
        return row[0] - self._outbox.base

    @property
    def pair(self) -> tuple[EventRow, EventRow] | None:
        """The events as they lie in the table, when they are two and nothing else is to be written with them."""
        return (self._rows[0], self._rows[1]) if len(self._rows) == 2 and not self._heads else None

    def write(self) -> None:
        """Write the events; to be called before the transaction's COMMIT."""
        if self._rows:
            self._outbox.write(self._rows, self._heads)

    def committed(self) -> None:
        """Hear that the transaction was committed: the next run begins where this one ends."""
        if self._end is not None:
            self._outbox.lengthened(self._end)
