"""Any order of taps, heads, frames, acknowledgements, restarts and storage put back loses and doubles nothing.

A RuleBasedStateMachine with a central that commits what it checks; the device's card may be put back to a copy, after
which the branch that was lost is central's alone and the new one continues under its own epoch.
"""

import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from broker.envelope import EventId, commitment, decode_event, leaf_of
from broker.errors import BadFrame, FrameFault
from broker.frames import check_frame, decode_frame
from broker.keys import new_recovery_key, new_signing_key
from broker.messages.device import DeviceStopping
from broker.messages.tap import TapRefused, TapRefusedPrivate
from broker.messages.wire import Ack, Need
from broker.outbox import Outbox
from broker.outbox_tables import transaction
from broker.sealing import unseal
from policy.clock import ClockQuality, Moment

KEY, RECOVERY = new_signing_key(), new_recovery_key()
NOW = Moment(datetime(2026, 11, 24, 9, tzinfo=UTC), ClockQuality.SYNCED, 7)


class OutboxAndCentral(RuleBasedStateMachine):
    """One device, one central, and everything that may happen between them."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.connection = sqlite3.connect(Path(self.directory.name) / "cabinet.db", isolation_level=None)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.central: dict[EventId, bytes] = {}
        self.positions: dict[str, tuple[int, bytes]] = {}
        self.acks: list[Ack] = []
        self.device: dict[EventId, bytes] = {}
        self.copies: list[tuple[sqlite3.Connection, dict[EventId, bytes]]] = []
        self.cursor: tuple[str, int] | None = None
        self.start()

    def start(self) -> None:
        self.outbox = Outbox(self.connection, "hillside", "robins", KEY, 1, recovery=RECOVERY.public_key())
        self.outbox.create_schema()
        self.outbox.open_epoch(NOW)
        self.note()

    def note(self) -> None:
        """Remember what the device has committed: nothing of it may ever be missing or other."""
        for (event,) in self.connection.execute("SELECT event FROM outbox_event"):
            self.device.setdefault(decode_event(event).event_id, event)

    def teardown(self) -> None:
        self.deliver_everything()
        assert set(self.device) <= set(self.central)
        self.connection.close()
        for copy, _ in self.copies:
            copy.close()
        self.directory.cleanup()

    @rule(count=st.integers(1, 60))
    def append(self, count: int) -> None:
        with transaction(self.connection):
            for n in range(count):
                if n % 3:
                    self.outbox.append(DeviceStopping(), None, NOW)
                else:
                    private = TapRefusedPrivate(badge=None, person=None, reason="badge_random", clause="5", intent=None)
                    self.outbox.append(TapRefused(point="robins"), private, NOW)
        self.note()

    @rule(count=st.integers(1, 5))
    def roll_back(self, count: int) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        for _ in range(count):
            self.outbox.append(DeviceStopping(), None, NOW)
        self.connection.execute("ROLLBACK")

    @rule(count=st.integers(1, 60), commit=st.booleans())
    def run(self, count: int, commit: bool) -> None:
        """A transaction as the cabinet's taps are: it knows where the log ends from the one before."""
        self.connection.execute("BEGIN IMMEDIATE")
        run = self.outbox.run()
        for _ in range(count):
            run.append(DeviceStopping(), None, NOW)
        run.write()
        self.connection.execute("COMMIT" if commit else "ROLLBACK")
        if commit:
            run.committed()
        self.note()

    @rule()
    def sign_head(self) -> None:
        self.outbox.sign_head()

    @rule()
    def sign_head_and_roll_back(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.outbox.sign_head()
        self.connection.execute("ROLLBACK")

    @rule()
    def send(self) -> None:
        payload = self.outbox.next_frame(self.cursor)
        if payload is not None:
            self.take(payload)

    @rule()
    def send_from_the_acknowledged(self) -> None:
        self.cursor = None
        self.send()

    @rule(count=st.integers(1, 8))
    def a_usual_minute(self, count: int) -> None:
        """Taps, a head, a frame, and the newest acknowledgement: what happens all day."""
        self.append(count)
        self.outbox.sign_head()
        while payload := self.outbox.next_frame(self.cursor):
            self.take(payload)
        if self.acks:
            self.outbox.acknowledge(self.acks[-1])

    def take(self, payload: bytes) -> None:
        """What `ingest` does: check, store once, acknowledge; ask for what a gap leaves out."""
        frame = decode_frame(payload)
        held = self.positions.get(frame.head.epoch)
        try:
            checked = check_frame(
                frame, site="hillside", device="robins", public_key=KEY.public_key(),
                after=None if held is None else (frame.head.epoch, *held),
            )  # fmt: skip
        except BadFrame as error:
            if error.fault is not FrameFault.GAP or error.missing is None:
                raise
            epoch, first, last = error.missing
            for refill in self.outbox.refill(self.need(epoch, first, last)):
                self.take(refill)
            return
        for event in checked.held:
            assert self.central[event.id] == event.event
        for event in checked.events:
            assert event.id not in self.central
            self.central[event.id] = event.event
            if event.sealed is not None:
                private, salt = unseal(RECOVERY, event.sealed, event.leaf)
                assert event.commitment == commitment(private, salt)
        if held is None or frame.head.sequence > held[0]:
            self.positions[frame.head.epoch] = (frame.head.sequence, frame.head.leaf)
        self.cursor = (frame.head.epoch, frame.head.sequence)
        upto, leaf = self.positions[frame.head.epoch]
        self.acks.append(
            Ack(
                site="hillside",
                device="robins",
                epoch=frame.head.epoch,
                upto=str(upto),
                leaf=leaf.hex(),
                time="2026-11-24T09:00:01.000Z",
            )  # fmt: skip
        )

    def need(self, epoch: str, first: int, last: int) -> Need:
        return Need(site="hillside", device="robins", epoch=epoch, first=str(first), last=str(last))

    @precondition(lambda self: self.acks)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        """Any acknowledgement central ever made: late, twice, or of a branch this card does not hold."""
        self.outbox.acknowledge(data.draw(st.sampled_from(self.acks)))

    @rule()
    def restart(self) -> None:
        self.cursor = None
        self.start()

    @rule()
    def copy_the_card(self) -> None:
        copy = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.backup(copy)
        self.copies.append((copy, dict(self.device)))

    @precondition(lambda self: self.copies)
    @rule(data=st.data())
    def put_the_card_back(self, data: st.DataObject) -> None:
        copy, held = data.draw(st.sampled_from(self.copies))
        copy.backup(self.connection)
        self.device = dict(held)
        self.restart()

    @precondition(lambda self: self.central)
    @rule(keep=st.integers(0, 40))
    def put_central_back(self, keep: int) -> None:
        """Yesterday's database: some epochs shorter, some not known; old acknowledgements are still about."""
        self.central = dict(list(self.central.items())[:keep])
        self.positions = {}
        for event_id, event in self.central.items():
            self.positions[event_id.epoch] = (event_id.sequence, leaf_of(event))

    def deliver_everything(self) -> None:
        self.outbox.sign_head()
        for epoch, last in self.connection.execute(
            "SELECT epoch, coalesce(lead(base) OVER (ORDER BY base), (SELECT max(position) FROM outbox_event)) - base "
            "FROM outbox_epoch ORDER BY base"
        ).fetchall():
            for payload in self.outbox.refill(self.need(epoch, 1, last)):
                self.take(payload)

    @invariant()
    def nothing_of_the_device_is_lost_or_altered(self) -> None:
        stored = {
            decode_event(event).event_id: event
            for (event,) in self.connection.execute("SELECT event FROM outbox_event")
        }
        assert stored == self.device
        for event_id, event in self.central.items():
            assert self.device.get(event_id, event) == event

    @invariant()
    def what_is_not_acknowledged_is_counted(self) -> None:
        waiting = self.connection.execute("SELECT count(*) FROM outbox_event WHERE archived_at IS NULL").fetchone()[0]
        assert self.outbox.depth() == waiting

    @invariant()
    def what_is_archived_was_committed_by_central_once(self) -> None:
        acknowledged = {(ack.epoch, sequence) for ack in self.acks for sequence in [int(ack.upto)]}
        for epoch, upto in self.connection.execute(
            "SELECT epoch, acknowledged FROM outbox_epoch WHERE acknowledged > 0"
        ):
            assert (epoch, upto) in acknowledged


OutboxAndCentral.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestAnyOrderOfThings: Any = OutboxAndCentral.TestCase
