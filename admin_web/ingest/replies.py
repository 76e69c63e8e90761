"""What ingest says to devices: signed acknowledgements and needs, and its own announcement (flow 1, step 8)."""

from admin_web.ingest.plan import Held, Missing
from broker.instants import write_instant
from broker.keys import SigningKey
from broker.messages.wire import Ack, IngestAnnouncement, Need
from broker.signed import Purpose, sign
from policy.clock import Moment


def acknowledgement(key: SigningKey, site: str, device: str, epoch: str, held: Held, now: Moment) -> bytes:
    """Sign that everything of an epoch up to a mark is committed: only this lets a cabinet archive its events."""
    upto, leaf = held
    ack = Ack(site=site, device=device, epoch=epoch, upto=str(upto), leaf=leaf.hex(), time=write_instant(now.utc))
    return sign(key, Purpose.ACK, ack.to_bytes())


def need(key: SigningKey, site: str, missing: Missing) -> bytes:
    """Sign that events are lacking, so that the device sends them from its archive."""
    asked = Need(
        site=site, device=missing.device, epoch=missing.epoch, first=str(missing.first), last=str(missing.last)
    )
    return sign(key, Purpose.NEED, asked.to_bytes())


def announcement(start_id: str, devices: int, now: Moment) -> bytes:
    """Say that ingest has started: devices resume at once, spread over 20 ms times their number."""
    return IngestAnnouncement(start_id=start_id, devices=devices, time=write_instant(now.utc)).to_bytes()
