"""Signs how far central's own log goes, as a device does: only ingest has the key, and does it within 2 s."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin_web.database.events import DeviceEpoch, Head
from admin_web.events.inserting import dialect_of, insert_into
from broker.heads import sign_head
from broker.keys import SigningKey
from broker.topics import CENTRAL


def unheaded_epochs(session: Session) -> list[tuple[str, int, bytes]]:
    """List the epochs of central whose last event no head names yet: epoch, sequence, leaf; oldest first."""
    headed = (
        select(func.max(Head.sequence))
        .where(Head.device == DeviceEpoch.device, Head.epoch == DeviceEpoch.epoch)
        .correlate(DeviceEpoch)
        .scalar_subquery()
    )
    rows = session.execute(
        select(DeviceEpoch.epoch, DeviceEpoch.upto, DeviceEpoch.leaf)
        .where(DeviceEpoch.device == CENTRAL, DeviceEpoch.upto > func.coalesce(headed, 0))
        .order_by(DeviceEpoch.ordinal)
    )
    return [(epoch, upto, leaf) for epoch, upto, leaf in rows]


def sign_heads(session: Session, key: SigningKey, site: str) -> int:
    """Head everything of central that a stop or a kill left unheaded, of older epochs too; says how many it signed."""
    unheaded = unheaded_epochs(session)
    for epoch, upto, leaf in unheaded:
        head = sign_head(key, site, CENTRAL, epoch, upto, leaf)
        session.execute(
            insert_into(dialect_of(session), Head)
            .values(device=CENTRAL, epoch=epoch, sequence=upto, leaf=leaf, signature=head.signature)
            .on_conflict_do_nothing()
        )
    return len(unheaded)
