"""What devices say of themselves: online, health, bundle in force, last acknowledgement held (flow 2, step 4).

A central that was put back to an older day learns of it here: devices show what it has signed and does not hold.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Device
from admin_web.database.publishing import DeviceStatus, PublishedBundle
from admin_web.events.exceptions import ExceptionKind
from admin_web.events.positions import lacking, position_of
from admin_web.ingest.plan import Missing, Noticed, Plan
from admin_web.services.revision import current_revision
from broker.errors import BrokerError
from broker.keys import VerifyingKey
from broker.messages.status import BundleHead, Status
from broker.messages.wire import Ack, read_addressed
from broker.signed import Purpose, open_signed, verify_rules_head
from policy.clock import Moment
from policy.rules import Revision


class StatusReader:
    """Compares statuses with what the database holds, on one snapshot."""

    def __init__(self, session: Session, plan: Plan, *, site: str, public_key: VerifyingKey) -> None:
        self._session = session
        self._plan = plan
        self._site = site
        self._public_key = public_key

    def read(self, status: Status) -> None:
        """Plan one status: what it shows, and what it shows to be missing here."""
        device = status.device
        self._plan.statuses[device] = status
        if status.bundle is not None:
            self._compare_bundle(device, status.bundle)
        if status.last_ack is not None:
            self._compare_ack(device, status.last_ack)
        self._plan.missing.extend(Missing(device, *run) for run in lacking(self._session, device))

    def _compare_bundle(self, device: str, head: BundleHead) -> None:
        seen = Revision(head.generation, head.number)
        current = current_revision(self._session)
        published = self._session.execute(
            select(PublishedBundle.generation, PublishedBundle.number).where(PublishedBundle.device == device)
        ).first()
        newest = Revision(0, 0) if published is None else Revision(published.generation, published.number)
        if seen <= newest or seen.generation < current.generation or head.device != device:
            return
        if _is_ours(self._public_key, self._site, device, seen, head.signature):
            self._plan.bundle_seen = max(seen, self._plan.bundle_seen or seen)
            self._plan.noticed.append(Noticed(ExceptionKind.CENTRAL_WENT_BACK, device))

    def _compare_ack(self, device: str, signed: str) -> None:
        try:
            body = open_signed(self._public_key, Purpose.ACK, signed.encode())
            ack = read_addressed(Ack, body, site=self._site, device=device)
        except BrokerError:
            return  # not of our signature: it shows nothing about this database
        position = position_of(self._session, device, ack.epoch)
        held = 0 if position is None else position.upto
        if int(ack.upto) > held:
            self._plan.missing.append(Missing(device, ack.epoch, held + 1, int(ack.upto)))
            self._plan.noticed.append(Noticed(ExceptionKind.CENTRAL_WENT_BACK, device))


def save_statuses(session: Session, statuses: Mapping[str, Status], now: Moment) -> None:
    """Write the newest status of each device."""
    for row in _rows(session, statuses):
        status = statuses[row.device]
        applied = Revision(*map(int, status.rules_applied.split("."))) if status.rules_applied is not None else None
        row.heard_at = now.utc
        row.status = status.to_bytes().decode()
        row.applied_generation = None if applied is None else applied.generation
        row.applied_number = None if applied is None else applied.number


def save_online(session: Session, online: Mapping[str, bool], now: Moment) -> None:
    """Write which devices the broker has connected, and since when where that has changed."""
    for row in _rows(session, online):
        if row.online_since is None or row.online != online[row.device]:
            row.online = online[row.device]
            row.online_since = now.utc


def devices_online(session: Session) -> list[str]:
    """Name the devices that the database says are connected."""
    return list(session.scalars(select(DeviceStatus.device).where(DeviceStatus.online)))


def _rows(session: Session, devices: Iterable[str]) -> list[DeviceStatus]:
    """Find or make the rows of those devices that are registered."""
    rows = []
    for device in devices:
        row = session.get(DeviceStatus, device)
        if row is None and session.get(Device, device) is not None:
            row = DeviceStatus(device=device, online=False, status="{}")
            session.add(row)
        if row is not None:
            rows.append(row)
    return rows


def _is_ours(key: VerifyingKey, site: str, device: str, revision: Revision, signature: str) -> bool:
    try:
        return verify_rules_head(key, site, device, revision, bytes.fromhex(signature))
    except ValueError:
        return False
