"""The outbox: a device's events from the tap's transaction to central's signed acknowledgement, then the archive.

Flow 1, steps 5, 7 and 9. It lives in the caller's SQLite connection, so that events and declared state are one
transaction. All it knows is in the tables: after a rollback, and from a second connection, it is right.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from broker.envelope import NO_COMMITMENT, ZERO_LEAF, commitment, encode_event, leaf_of
from broker.errors import EpochNotOpen, MessageTooLarge
from broker.heads import Head, sign_head
from broker.instants import read_instant
from broker.messages.device import EpochStarted
from broker.messages.message import PRIVATE_BYTES, Message, PrivatePart
from broker.messages.wire import Ack, Need
from broker.outbox_tables import (
    Newest,
    create_tables,
    end_of,
    epoch_at,
    first_unacknowledged,
    newest,
    position_of,
    transaction,
    unacknowledged,
)
from broker.packing import FRAME_BYTES, FRAME_EVENTS, HEAD_BYTES, FrameEvent, encode_frame, weigh
from broker.sealing import SALT_BYTES, Sealer, sealed_length
from policy.clock import ClockQuality, Moment
from policy.rules import Revision

RUN_BYTES: Final = FRAME_BYTES - HEAD_BYTES
"""The most that events between two heads may weigh, so that a frame can always end at a head."""
ARCHIVED_AT_ONCE: Final = 100
"""Rows sealed per transaction: a tap never waits longer than one of these for its turn."""
PRUNED_AT_ONCE: Final = 1000

_INSERT: Final = """
INSERT INTO outbox_event (position, event, leaf, private, salt, weight) VALUES (?, ?, ?, ?, ?, ?)
"""


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
        self.base = 0
        """Position of the last event before this run's epoch."""
        self.rules = Revision(0, 0)
        """The revision in force, which every event names; the owner of the rules sets it."""

    @property
    def epoch(self) -> str:
        """The epoch of this run, 16 hex digits. Raises `EpochNotOpen`."""
        if self._epoch is None:
            raise EpochNotOpen("no epoch is open: call open_epoch once at the start of the program")
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
            self._epoch = None
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
        self._connection.execute("INSERT INTO outbox_epoch (base, epoch) VALUES (?, ?)", (base, self._epoch))
        self.append(started, None, now)

    def append(self, message: Message, private: PrivatePart | None, now: Moment) -> int:
        """Write one event in the caller's transaction, as `Run.append` does: its sequence in this epoch."""
        return self.run().append(message, private, now)

    def write_after(self, tail: Newest | None, message: Message, private: PrivatePart | None, now: Moment) -> Newest:
        """Write an event after `tail`, the newest there is (None: look it up): the newest there is then."""
        epoch = self.epoch
        beside, salt, bound = _private_of(message, private)
        position, leaf, headed = tail or newest(self._connection) or Newest(0, ZERO_LEAF, 0)
        sequence = position - self.base + 1
        event = encode_event(
            message,
            site=self._site,
            device=self._device,
            epoch=epoch,
            sequence=sequence,
            now=now,
            boot=self._boot,
            rules=str(self.rules),
            prev=ZERO_LEAF if sequence == 1 else leaf,
            commitment=bound,
        )
        weight = weigh(event, 0 if beside is None else _weigh_beside(beside))
        if position > max(headed, self.base) and self._run_is_long(position, headed, weight):
            self._sign_at(position, leaf)
            headed = position
        leaf = leaf_of(event)
        self._connection.execute(_INSERT, (position + 1, event, leaf, beside, salt, weight))
        return Newest(position + 1, leaf, headed)

    def _run_is_long(self, position: int, headed: int, weight: int) -> bool:
        """Whether the run of events without a head would grow over a frame."""
        run: int = self._connection.execute(
            "SELECT sum(weight) FROM outbox_event WHERE position > ?", (headed,)
        ).fetchone()[0]
        return position - headed >= FRAME_EVENTS or run + weight > RUN_BYTES

    def run(self) -> "Run":
        """Begin the events of one transaction of the caller's, with which it ends."""
        return Run(self)

    def sign_head(self) -> None:
        """Store a signed head over the newest event, if none covers it; its own small transaction."""
        tail = newest(self._connection)
        if tail is not None and tail[0] > tail[2]:
            with transaction(self._connection):
                self._sign_at(tail[0], tail[1])

    def _sign_at(self, position: int, leaf: bytes) -> None:
        base, epoch, _ = epoch_at(self._connection, position)
        head = sign_head(self._event_key, self._site, self._device, epoch, position - base, leaf)
        self._connection.execute(
            "INSERT INTO outbox_head (position, signature) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (position, head.signature),
        )

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
        with transaction(self._connection):
            gone = self._connection.execute(
                "DELETE FROM outbox_event WHERE position IN (SELECT position FROM outbox_event WHERE archived_at < ? "
                "AND position < (SELECT max(position) FROM outbox_event) ORDER BY position LIMIT ?)",
                (cutoff, PRUNED_AT_ONCE),
            ).rowcount
            if gone:
                self._drop_what_is_empty()
        return gone

    def _drop_what_is_empty(self) -> None:
        """Drop heads without events, and epochs all of whose events are gone."""
        self._connection.execute("DELETE FROM outbox_head WHERE position NOT IN (SELECT position FROM outbox_event)")
        self._connection.execute(
            "DELETE FROM outbox_epoch WHERE base < (SELECT max(base) FROM outbox_epoch WHERE base < "
            "(SELECT min(position) FROM outbox_event))"
        )

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
    """The events of one transaction: where the log ends is read once, and then known from what was written.

    Of use until the transaction ends, and while nothing else writes events into it.
    """

    __slots__ = ("_outbox", "_tail")

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._tail: Newest | None = None

    def append(self, message: Message, private: PrivatePart | None, now: Moment) -> int:
        """Write an event: its sequence in this epoch.

        Raises `EpochNotOpen`, `MessageTooLarge`, and `ValueError` when the private part is not the message's.
        """
        self._tail = self._outbox.write_after(self._tail, message, private, now)
        return self._tail.position - self._outbox.base


def _private_of(message: Message, private: PrivatePart | None) -> tuple[bytes | None, bytes | None, str]:
    """The bytes beside an event, their salt, and the commitment that binds them."""
    kind = message.Private
    if private is None:
        if kind is not None and not message.private_optional:
            raise ValueError(f"{message.type} needs its private part, a {kind.__name__}")
        return None, None, NO_COMMITMENT
    if kind is None or type(private) is not kind:
        raise ValueError(f"{message.type} has no private part {type(private).__name__}")
    beside, salt = private.to_bytes(), os.urandom(SALT_BYTES)
    if len(beside) > PRIVATE_BYTES:
        raise MessageTooLarge(f"{len(beside)} bytes of private beside {message.type}: {PRIVATE_BYTES} is the most")
    return beside, salt, commitment(beside, salt)


def _weigh_beside(private: bytes) -> int:
    """What a private part takes in a frame: as text in the outbox, as base64 once sealed, whichever is more."""
    as_text = len(private) + private.count(b'"') + private.count(b"\\") + 2 * SALT_BYTES
    as_sealed = (sealed_length(len(private)) + 2) // 3 * 4
    return max(as_text, as_sealed)
