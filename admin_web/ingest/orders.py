"""Signs and sends what the office ordered, and writes what cabinets answered (flow 2, at once instead of by rules).

Level-triggered from the table `command_order`: it may be stopped anywhere and started again. A command is never
retained, and its nonce is good once: one that is sent twice opens once.
"""

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.clock import machine_now
from admin_web.database.engine import Database
from admin_web.database.orders import CommandOrder
from admin_web.database.publishing import DeviceStatus
from admin_web.ingest.records import record_of
from admin_web.services.orders import OPEN, SENT, WAITING, settle_order
from broker.frames import CheckedEvent
from broker.keys import SigningKey
from broker.messages.help import SHOW_RECORD
from broker.messages.order import CommandObeyed, CommandRefused
from broker.messages.wire import Command
from broker.signed import Purpose, sign
from policy.clock import Clock

_log = logging.getLogger(__name__)

ANSWERS = frozenset({CommandObeyed.type, CommandRefused.type})
"""Types by which a cabinet answers."""
Send = Callable[[str, bytes], None]
"""Publish a device's signed command, not retained."""


@dataclass(frozen=True, slots=True)
class _Ready:
    order: int
    device: str
    nonce: str
    payload: bytes


class OrderSender:
    """Sends every order that waits and can be sent."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        site: str,
        signing_key: SigningKey,
        send: Send,
        machine_clock: Callable[[], datetime] = machine_now,
    ) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._signing_key = signing_key
        self._send = send
        self._machine_now = machine_clock

    def send_due(self) -> int:
        """Send what waits; tells how many commands went out."""
        return self._send_in((WAITING,))

    def send_again(self) -> int:
        """Send what waits and what was not answered, as after a connect: a broker that was killed has lost it."""
        return self._send_in(OPEN)

    def _send_in(self, states: Iterable[str]) -> int:
        with self._database.read() as session:
            ready = [self._sign(session, order, nonce) for order, nonce in self._due(session, states)]
        if not ready:
            return 0
        with self._database.write() as session:
            # Written before it goes out: an answer then always finds the order it answers.
            ready = [one for one in ready if self._mark(session, one)]
        for one in ready:
            self._send(one.device, one.payload)
            _log.info("order %d sent to %s", one.order, one.device)
        return len(ready)

    def _due(self, session: Session, states: Iterable[str]) -> list[tuple[CommandOrder, str]]:
        orders = session.scalars(
            select(CommandOrder)
            .where(CommandOrder.state.in_(tuple(states)), CommandOrder.good_until > self._machine_now())
            .order_by(CommandOrder.id)
        ).all()
        due: list[tuple[CommandOrder, str]] = []
        for order in orders:
            nonce = order.nonce or _free_nonce(session, order.device)
            if nonce is not None and all(nonce != used for _, used in due):
                due.append((order, nonce))
        return due

    def _sign(self, session: Session, order: CommandOrder, nonce: str) -> _Ready:
        record = None
        if order.command == SHOW_RECORD and order.person_id is not None:
            record = record_of(session, order.person_id, self._clock.now())  # written nowhere but into the answer
        command = Command(
            site=self._site,
            device=order.device,
            command=order.command,
            nonce=nonce,
            holder=order.holder,
            record=record,
        )
        return _Ready(order.id, order.device, nonce, sign(self._signing_key, Purpose.COMMAND, command.to_bytes()))

    def _mark(self, session: Session, one: _Ready) -> bool:
        """Write that an order goes out; not if it was answered or given up since it was read."""
        order = session.get(CommandOrder, one.order)
        if order is None or order.state not in OPEN:
            return False
        order.state, order.nonce, order.sent_at = SENT, one.nonce, self._clock.now().utc
        return True


def settle_orders(session: Session, events: Iterable[CheckedEvent], at: datetime) -> None:
    """Write cabinets' answers among these events on the orders they answer."""
    for event in events:
        match event.message:
            case CommandObeyed(command=command, nonce=nonce, why=why):
                settle_order(session, event.device, command, nonce, obeyed=True, why=why, at=at)
            case CommandRefused(command=command, nonce=nonce, why=why):
                settle_order(session, event.device, command, nonce, obeyed=False, why=why, at=at)


def _free_nonce(session: Session, device: str) -> str | None:
    """Read the nonce a device last told, unless an order has had it: each is good once, and a new one follows."""
    status = session.get(DeviceStatus, device)
    said = {} if status is None else json.loads(status.status)
    nonce = said.get("nonce") if isinstance(said, dict) else None
    if not isinstance(nonce, str):
        return None
    used = select(CommandOrder.id).where(CommandOrder.device == device, CommandOrder.nonce == nonce)
    return None if session.scalars(used.limit(1)).first() is not None else nonce
