"""A device's events by the thousand: taps, written by the product's own outbox with the device's keys."""

import json
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from broker.keys import badge_reference, load_signing_key, load_site_key, recovery_public_key
from broker.messages.door import DoorClosed, DoorOpened, LockEnergised
from broker.messages.tap import PhoneDeclared, PhonePrivate, TapGranted, TapGrantedPrivate
from broker.outbox import Outbox
from policy.clock import ClockQuality, Moment
from policy.gesture import Intent
from policy.ids import PersonId
from policy.state import Declared

EVENTS_A_TAP = 5
"""Granted, declared, lock, door opened, door closed."""


def open_outbox(database: Path, keys: Path) -> Outbox:
    """The outbox of a device in a database of its own."""
    central = json.loads((keys / "central.json").read_text())
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    outbox = Outbox(
        connection,
        central["site"],
        central["device"],
        load_signing_key(keys / "event.key"),
        1,
        recovery=recovery_public_key(bytes.fromhex(central["recovery_public"])),
    )
    outbox.create_schema()
    return outbox


def write_taps(outbox: Outbox, keys: Path, people: list[str], taps: int, random: Random) -> int:
    """Write taps of these people, one transaction a tap as the cabinet does; the number of events written."""
    central = json.loads((keys / "central.json").read_text())
    site_key = load_site_key(keys / "site.key")
    point = central["point"]
    badges = {one: badge_reference(site_key, central["key_epoch"], one.encode()[:7]) for one in people}
    begun = datetime.now(UTC) - timedelta(seconds=taps * 2)
    boottime = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    connection = outbox._connection
    written = 0
    for number in range(taps):
        person = random.choice(people)
        intent, state, reason = random.choice(
            [(Intent.PUT_IN, Declared.IN, "put_in"), (Intent.TAKE_OUT, Declared.OUT, "outside_formal_time")]
        )
        now = Moment(begun + timedelta(seconds=number * 2), ClockQuality.SYNCED, boottime + number * 2_000_000_000)
        connection.execute("BEGIN")
        granted = TapGrantedPrivate(
            badge=badges[person],
            person=PersonId(person),
            slot=1,
            reason=reason,
            clause="7" if state is Declared.IN else "12",
        )
        tap = str(outbox.append(TapGranted(point=point, intent=intent, opens=True), granted, now))
        beside = PhonePrivate(badge=badges[person], person=PersonId(person), slot=1)
        outbox.append(PhoneDeclared(point=point, tap=tap, intent=intent, state=state), beside, now)
        outbox.append(LockEnergised(point=point, tap=tap, slot=1, ms=500), None, now)
        outbox.append(DoorOpened(point=point, slot=1, tap=tap), None, now)
        outbox.append(DoorClosed(point=point, slot=1, tap=None), None, now)
        connection.execute("COMMIT")
        written += EVENTS_A_TAP
    outbox.sign_head()
    return written


def frames_of(outbox: Outbox) -> list[bytes]:
    """Every frame the outbox holds, in order."""
    frames: list[bytes] = []
    place: tuple[str, int] | None = None
    while (frame := outbox.next_frame(place)) is not None:
        frames.append(frame)
        head = json.loads(frame)["head"]
        place = (head["epoch"], int(head["sequence"]))
    return frames
