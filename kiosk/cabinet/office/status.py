"""The retained `up/status`: what the device says of itself, built at most four times a second (event-log: Topics)."""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

from broker.errors import EpochNotOpen
from broker.instants import write_instant
from broker.messages.status import BundleHead, LampState, PartHealth, Status, Versions
from broker.outbox import Outbox
from hardware.lamps import Lamp, Rhythm
from kiosk.cabinet.office.central import VerifiedRules
from kiosk.cabinet.office.health import Health
from kiosk.version import phonekeep_version
from policy.clock import ClockQuality, Moment

log = logging.getLogger(__name__)

BETWEEN_NS = 250_000_000
REFRESH_NS = 10_000_000_000


class StatusBoard:
    """Builds the status when something has changed, and keeps the newest for the socket's thread to take."""

    def __init__(
        self,
        device: str,
        boot: int,
        outbox: Outbox,
        health: Health,
        lamps: Callable[[], Mapping[Lamp, Rhythm]],
        doors: Callable[[], Mapping[str, str]],
    ) -> None:
        self._device = device
        self._boot = boot
        self._outbox = outbox
        self._health = health
        self._lamps = lamps
        self._doors = doors
        self._versions = Versions(phonekeep=phonekeep_version())
        self._built_at = 0
        self._seen: object = None
        self._last = Status(
            device=device,
            at="1970-01-01T00:00:00.000Z",
            clock=ClockQuality.UNSET,
            boot=str(boot),
            versions=self._versions,
            epoch="0" * 16,
            sequence="0",
            outbox_depth=0,
            lamps=LampState(red="off", amber="off", green="off"),
        )
        self.bundle: VerifiedRules | None = None
        """The bundle in force, set by whoever puts it into force."""
        self.nonce: str | None = None
        """What the next command has to answer, set by whoever obeys it."""
        self.children_in_until: datetime | None = None
        """Until when children are staying in by what a badge said here, set by whoever heard it."""
        self.stale = True
        """Something of the log has changed since the last status."""
        self.newest = b""
        """The newest status, ready to be published; replaced as a whole, so any thread may take it."""

    def tick(self, now: Moment) -> bool:
        """Build the status if it is time; True when there is a new one for link."""
        if now.boottime_ns - self._built_at < BETWEEN_NS:
            return False
        lamps, doors = self._lamps(), self._doors()
        seen = (lamps, doors, self._health.parts(), now.quality, self.nonce, self.children_in_until)
        if not self.stale and seen == self._seen and now.boottime_ns - self._built_at < REFRESH_NS:
            return False
        self._built_at, self._seen, self.stale = now.boottime_ns, seen, False
        self._last = self._build(now, lamps, doors)
        self.newest = self._last.to_bytes()
        return True

    def _build(self, now: Moment, lamps: Mapping[Lamp, Rhythm], doors: Mapping[str, str]) -> Status:
        change = {
            "at": write_instant(now.utc),
            "clock": now.quality,
            "bundle": self._bundle(),
            "rules_applied": None if self.bundle is None else str(self.bundle.rules.revision),
            "health": [
                PartHealth(
                    part=part.part,
                    state=part.state.value,
                    since=write_instant(part.since),
                    what_to_do=part.what_to_do or None,
                )
                for part in self._health.parts()
            ],
            "lamps": LampState(**{lamp.value: rhythm.value for lamp, rhythm in lamps.items()}),
            "doors": dict(doors),
            "nonce": self.nonce,
            "children_in_until": None if self.children_in_until is None else write_instant(self.children_in_until),
        }
        return self._last.model_copy(update=change | self._log())

    def _log(self) -> dict[str, object]:
        """Where the log stands; as it was last known when the disk cannot be read."""
        try:
            epoch, sequence = self._outbox.position()
            acknowledged = self._outbox.last_acknowledged()
            return {
                "epoch": epoch,
                "sequence": str(sequence),
                "outbox_depth": self._outbox.depth(),
                "last_ack": None if acknowledged is None else acknowledged.signed,
            }
        except (sqlite3.Error, EpochNotOpen) as fault:
            log.warning("the status goes without the log's newest state: %s", fault)
            return {}

    def _bundle(self) -> BundleHead | None:
        if self.bundle is None:
            return None
        revision = self.bundle.rules.revision
        return BundleHead(
            device=self._device,
            generation=revision.generation,
            number=revision.number,
            signature=self.bundle.head_signature.hex(),
        )
