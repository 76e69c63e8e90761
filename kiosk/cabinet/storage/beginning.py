"""The first and the last events of a run, and what is taken up from the run before (event-log: Identity)."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from broker.messages.device import DeviceStarted, DeviceStopping
from kiosk.cabinet.office.central import Central, VerifiedRules, VerifiedVisits
from kiosk.cabinet.storage.store import BRIEFED, RULES, RUNNING, VISITS, Remembered, Store
from kiosk.clock import DeviceClock
from kiosk.errors import CommandRefused, RulesRefused, StorageFailed
from kiosk.version import phonekeep_version
from policy.clock import Moment
from policy.rules import Point, Revision, Rules

log = logging.getLogger(__name__)


def no_rules(point: Point) -> Rules:
    """What is decided by before any bundle has arrived: nobody is known, nothing is restricted."""
    return Rules(
        revision=Revision(0, 0),
        issued=datetime(1970, 1, 1, tzinfo=UTC),
        zone="UTC",
        first=date(1970, 1, 1),
        last=date(1970, 1, 1),
        point=point.id,
        kind=point.kind,
        slots=point.slots,
    )


@dataclass(frozen=True, slots=True)
class Begun:
    """A run whose first events are written, with what the run before left."""

    store: Store
    remembered: Remembered
    rules: VerifiedRules | None
    """The bundle applied last; None when there is none that central signed for this device."""
    visits: VerifiedVisits | None
    """For whom visitors wait, as central said it last."""
    briefed: Mapping[str, datetime]
    """What hosts have said here of visitors."""


def begin(store: Store, clock: DeviceClock, central: Central) -> Begun:
    """Take up the run before and write this one's first events; raise StorageFailed with nothing written."""
    store.create_schema()
    clock.restore(store.kept_floor())
    rules = _kept_rules(store, central)
    remembered, visits, briefed = store.remember(), _kept_visits(store, central), _kept_briefed(store)
    unclean = store.kept(RUNNING) == b"1"
    if rules is not None:
        store.outbox.rules = rules.rules.revision
    now = clock.now()
    with store.transaction() as run:
        store.outbox.open_epoch(now)
        run.append(DeviceStarted(unclean=unclean, version=phonekeep_version()), None, now)
        store.keep(RUNNING, b"1")
    store.sign_head()
    return Begun(store, remembered, rules, visits, briefed)


def end(store: Store, now: Moment) -> None:
    """Write this run's last event, and that it ended in order; a disk that does not take it makes it an unclean end."""
    try:
        with store.transaction() as run:
            run.append(DeviceStopping(), None, now)
            store.keep(RUNNING, b"0")
        store.sign_head()
    except StorageFailed as fault:
        log.error("device.stopping could not be written: %s", fault)


def _kept_rules(store: Store, central: Central) -> VerifiedRules | None:
    """The bundle applied last, checked again: the card may have been in other hands."""
    payload = store.kept(RULES)
    if payload is None:
        return None
    try:
        return central.rules(payload)
    except RulesRefused as refusal:
        log.error("the rules kept in cabinet.db are not used: %s", refusal)
        return None


def _kept_visits(store: Store, central: Central) -> VerifiedVisits | None:
    """For whom visitors wait, as central said it last, checked again for the same reason."""
    payload = store.kept(VISITS)
    if payload is None:
        return None
    try:
        return central.visits(payload)
    except CommandRefused as refusal:
        log.error("who is waited for, as kept in cabinet.db, is not used: %s", refusal)
        return None


def _kept_briefed(store: Store) -> dict[str, datetime]:
    value = store.kept(BRIEFED)
    return {} if value is None else {key: datetime.fromisoformat(since) for key, since in json.loads(value).items()}
