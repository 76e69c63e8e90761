"""What the office has just ordered cabinets to do, and what they answered: in words, for the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.orders import CommandOrder
from admin_web.database.people import Person
from admin_web.database.places import Device, Point
from admin_web.queries.names import actor_names
from admin_web.services.orders import LAPSED, OBEYED, REFUSED, WAITING

LATELY = timedelta(minutes=30)
_WHY: Mapping[str, str] = {
    "late": "it came too late",
    "used": "it had been used already",
    "unknown_nonce": "it does not know the question it answers",
    "not_here": "nothing of theirs is kept there",
    "bad_signature": "it was not signed by this school’s central",
    "not_sent": "it could not be sent in time",
    "not_answered": "the cabinet did not answer in time",
    "answered": "it had been answered already",
    "over": "nobody waits there any more",
}


@dataclass(frozen=True, slots=True)
class OrderKept:
    """An order with its answer."""

    id: int
    command: str
    place: str
    person: str | None
    orderer: str
    at: datetime
    state: str
    why: str | None

    @property
    def is_open(self) -> bool:
        """Whether the cabinet’s answer is still to come."""
        return self.state not in (OBEYED, REFUSED, LAPSED)

    @property
    def words(self) -> str:
        """What became of it."""
        return answer_words(self.state, self.why)


def answer_words(state: str, why: str | None) -> str:
    """Say what became of an order."""
    if state == OBEYED:
        return "The cabinet has opened."
    if state in (REFUSED, LAPSED):
        because = _WHY.get(why or "", (why or "no reason was told").replace("_", " "))
        return f"Nothing opened: {because}. Use the key from the office if it is urgent."
    return "On its way to the cabinet." if state == WAITING else "Sent. The cabinet has not answered yet."


def read_orders(session: Session, now: datetime, *, command: str | None = None) -> list[OrderKept]:
    """Read the orders of the last half hour, the newest first; `now` is school time."""
    question = (
        select(CommandOrder, Point.name, Person.name)
        .join(Device, Device.id == CommandOrder.device)
        .join(Point, Point.id == Device.point_id, isouter=True)
        .join(Person, Person.id == CommandOrder.person_id, isouter=True)
        .where(CommandOrder.ordered_at > now - LATELY)
        .order_by(CommandOrder.id.desc())
        .limit(20)
    )
    if command is not None:
        question = question.where(CommandOrder.command == command)
    rows = session.execute(question).all()
    names = actor_names(session, {order.ordered_by for order, _, _ in rows})
    return [
        OrderKept(
            id=order.id,
            command=order.command,
            place=place or order.device,
            person=person,
            orderer=names.get(order.ordered_by, "Somebody"),
            at=order.ordered_at,
            state=order.state,
            why=order.why,
        )
        for order, place, person in rows
    ]
