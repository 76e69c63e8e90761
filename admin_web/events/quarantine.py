"""What could not be read, kept as it came, so much for each device and no more (flow 1, step 8)."""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import Quarantine

MOST_MESSAGES = 500
MOST_BYTES = 8 * 1024 * 1024
"""Of one device. The oldest are kept: they show how it began; what comes after says the same again."""

_log = logging.getLogger(__name__)


def keep(session: Session, messages: Iterable[Quarantine]) -> None:
    """Keep messages as they came, where their device's part is not full yet; what is not kept is logged."""
    held: dict[str, tuple[int, int]] = {}
    dropped: Counter[str] = Counter()
    for message in messages:
        if message.device not in held:
            held[message.device] = _held(session, message.device)
        count, size = held[message.device]
        if is_full(count, size):
            dropped[message.device] += 1
            continue
        session.add(message)
        held[message.device] = count + 1, size + len(message.payload)
    for device, number in dropped.items():
        _log.warning("%d more from %s could not be read, and are not kept: see the page Cabinets", number, device)


def is_full(count: int, size: int) -> bool:
    """Tell whether no more of a device is kept."""
    return count >= MOST_MESSAGES or size >= MOST_BYTES


def full_devices(session: Session) -> frozenset[str]:
    """Name the devices of which no more is kept."""
    rows = session.execute(
        select(Quarantine.device, func.count(), func.sum(func.length(Quarantine.payload))).group_by(Quarantine.device)
    )
    return frozenset(device for device, count, size in rows if is_full(count, size or 0))


def _held(session: Session, device: str) -> tuple[int, int]:
    count, size = session.execute(
        select(func.count(), func.sum(func.length(Quarantine.payload))).where(Quarantine.device == device)
    ).one()
    return count, size or 0


def kept_message(device: str, topic: str, why: str, payload: bytes, at: datetime) -> Quarantine:
    """Make the row of a message."""
    return Quarantine(device=device, topic=topic[:200], received_at=at, why=why, payload=payload)
