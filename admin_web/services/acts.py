"""Turns a change into an event of the device `central`: names and persons only in the private part."""

from sqlalchemy.orm import Session

from admin_web.events.central import record_act
from admin_web.services.occasion import Occasion
from broker.messages.central import ActPrivate
from broker.messages.message import Message


def record(
    session: Session,
    message: Message,
    occasion: Occasion,
    *,
    person: str | None = None,
    badge: str | None = None,
    account: int | None = None,
    token: int | None = None,
    what: str | None = None,
) -> None:
    """Append a message to central's log in the transaction of the change; the private part says who and what."""
    private = ActPrivate(
        actor=occasion.actor.id,
        person=person,
        badge=badge,
        account=None if account is None else str(account),
        token=None if token is None else str(token),
        what=what,
    )
    record_act(session, message, private, occasion.now)
