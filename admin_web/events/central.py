"""Central's own acts: it is a device too, with epochs, a chain and the same tables (flow 2, steps 1 and 2).

`ingest` and `web` each begin an epoch at their start; whoever writes takes the newest, in the transaction of the act.
"""

import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Site
from admin_web.database.publishing import CurrentRevision
from admin_web.errors import DatabaseNotReady
from admin_web.events.positions import Position, newest_position, place_epoch, save_positions
from admin_web.events.store import lock_events, store_events
from broker.envelope import NO_COMMITMENT, ZERO_LEAF, EventId, commitment, encode_event, leaf_of
from broker.frames import CheckedEvent
from broker.messages.device import EpochStarted
from broker.messages.message import Message, PrivatePart
from broker.sealing import SALT_BYTES
from broker.topics import CENTRAL
from policy.clock import Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def begin_epoch(session: Session, now: Moment) -> EventId:
    """Begin an epoch of central's own log, citing where the one before ended; returns its first event's id."""
    lock_events(session)
    before = newest_position(session, CENTRAL)
    epoch = secrets.token_hex(8)
    started = EpochStarted(
        previous=None if before is None else before.epoch,
        sequence=None if before is None else str(before.upto),
        leaf=None if before is None else before.leaf.hex(),
        reason="new" if before is None else "restart",
    )
    position = Position(
        device=CENTRAL,
        epoch=epoch,
        ordinal=place_epoch(session, CENTRAL, epoch),
        upto=0,
        leaf=ZERO_LEAF,
        previous=None if before is None else before.epoch,
        previous_sequence=None if before is None else before.upto,
        begun_at=now.utc,
    )
    return _append(session, position, started, None, now)


def record_act(
    session: Session, message: Message, private: PrivatePart | Mapping[str, Any] | None, now: Moment
) -> EventId:
    """Append an act to central's log in the caller's transaction, and draw its row; returns the event's id.

    `private` may be the fields of the message's private part. Raises DatabaseNotReady before `phonekeep-admin init`,
    ValueError where the private part is not the message's.
    """
    private = _private_of(message, private)
    lock_events(session)
    position = newest_position(session, CENTRAL)
    if position is None:
        begin_epoch(session, now)
        position = newest_position(session, CENTRAL)
    assert position is not None
    return _append(session, position, message, private, now)


def _private_of(message: Message, private: PrivatePart | Mapping[str, Any] | None) -> PrivatePart | None:
    kind = message.Private
    if private is None:
        if kind is not None and not message.private_optional:
            raise ValueError(f"{message.type} needs its private part, a {kind.__name__}")
        return None
    if kind is None:
        raise ValueError(f"{message.type} has no private part")
    return kind.model_validate(private)


def _append(
    session: Session, position: Position, message: Message, private: PrivatePart | None, now: Moment
) -> EventId:
    site = session.scalar(select(Site.id))
    if site is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    private_bytes = None if private is None else private.to_bytes()
    salt = None if private is None else secrets.token_bytes(SALT_BYTES)
    bound = NO_COMMITMENT if private_bytes is None or salt is None else commitment(private_bytes, salt)
    sequence = position.upto + 1
    boot, rules = boot_number(), _revision(session)
    body = encode_event(
        message,
        site=site,
        device=CENTRAL,
        epoch=position.epoch,
        sequence=sequence,
        now=now,
        boot=boot,
        rules=rules,
        prev=position.leaf,
        commitment=bound,
    )
    event = CheckedEvent(
        device=CENTRAL,
        epoch=position.epoch,
        sequence=sequence,
        type=message.type,
        time=now.utc,
        clock=now.quality,
        monotonic=now.boottime_ns,
        boot=boot,
        rules=rules,
        data=vars(message),
        commitment=bound,
        message=message,
        details=private,
        event=body,
        leaf=leaf_of(body),
        private=private_bytes,
        salt=salt,
        sealed=None,
    )
    store_events(session, [event], now.utc, {(CENTRAL, position.epoch): position.ordinal})
    position.upto = sequence
    position.leaf = event.leaf
    save_positions(session, [position])
    return EventId(CENTRAL, position.epoch, sequence)


def _revision(session: Session) -> str:
    row = session.execute(select(CurrentRevision.generation, CurrentRevision.number)).first()
    return "0.0" if row is None else f"{row.generation}.{row.number}"


@cache
def boot_number() -> int:
    """Number this boot of the machine: 60 bits of the kernel's boot id (random(4)).

    A sandbox with `ProcSubset=pid` hides the kernel's file; its unit says `Environment=PHONEKEEP_BOOT=%b` instead.
    """
    boot = os.environ.get("PHONEKEEP_BOOT") or _BOOT_ID.read_text(encoding="ascii")
    return int(boot.replace("-", "")[:15], 16)
