"""What a badge says at a cabinet beside a phone: children staying in (clause 6), somebody going home (promise 2)."""

from broker.instants import Instant
from broker.messages.message import Badge, Decimal, Id, Message, Person, PrivatePart


class ChildrenInPrivate(PrivatePart):
    """Whose badge said it, and until when."""

    badge: Badge
    until: Instant


class ChildrenIn(Message):
    """Children are staying in: a senior leader's badge was held for 3 s; it ends by itself."""

    type = "room.children_in.v1"
    Private = ChildrenInPrivate
    point: Id


class GoingHomePrivate(PrivatePart):
    """Who goes home, and by whose badge."""

    badge: Badge
    person: Person | None
    by: Badge


class GoingHome(Message):
    """A senior leader's or the office's badge said *Going home* for somebody, for the rest of the day."""

    type = "person.going_home.v1"
    Private = GoingHomePrivate
    point: Id
    tap: Decimal
