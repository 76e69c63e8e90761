"""The first events of a run of the reception, and what is taken up from the run before."""

import logging

from broker.messages.device import DeviceStarted
from kiosk.cabinet.storage.store import RULES, RUNNING
from kiosk.clock import DeviceClock
from kiosk.errors import RulesRefused
from kiosk.reception.central import ReceptionCentral, VerifiedContent
from kiosk.reception.store import ReceptionStore
from kiosk.version import phonekeep_version

log = logging.getLogger(__name__)


def begin(store: ReceptionStore, clock: DeviceClock, central: ReceptionCentral) -> VerifiedContent | None:
    """Take up the run before and write this one's first events; return the edition applied last.

    Raises StorageFailed with nothing written.
    """
    store.create_schema()
    clock.restore(store.kept_floor())
    verified = _kept_content(store, central)
    unclean = store.kept(RUNNING) == b"1"
    if verified is not None:
        store.outbox.rules = verified.rules.revision
    now = clock.now()
    with store.transaction() as run:
        store.outbox.open_epoch(now)
        run.append(DeviceStarted(unclean=unclean, version=phonekeep_version()), None, now)
        store.keep(RUNNING, b"1")
    store.sign_head()
    return verified


def _kept_content(store: ReceptionStore, central: ReceptionCentral) -> VerifiedContent | None:
    """The edition applied last, checked again: the card may have been in other hands."""
    payload = store.kept(RULES)
    if payload is None:
        return None
    try:
        return central.rules(payload)
    except RulesRefused as refusal:
        log.error("the rules kept in reception.db are not used: %s", refusal)
        return None
