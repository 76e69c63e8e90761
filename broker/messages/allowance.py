"""What the office allows, takes away and says of a day, and what it orders a cabinet to do: acts of central."""

from broker.instants import Instant
from broker.messages.central import ActPrivate
from broker.messages.message import Code, Id, Message, Text


class _Act(Message):
    Private = ActPrivate


class _PermissionAct(_Act):
    permission: Id
    kind: Code
    ends: Instant


class PermissionGranted(_PermissionAct):
    """The headteacher gave a permission; one event for each person, `what` is the purpose."""

    type = "permission.granted.v1"


class PermissionWithdrawn(_PermissionAct):
    """The headteacher took a permission back before its end."""

    type = "permission.withdrawn.v1"


class PermissionExpired(_PermissionAct):
    """A permission ended by itself."""

    type = "permission.expired.v1"


class _RestrictionAct(_Act):
    restriction: Code
    """`withdraw` where everything was taken away, else `restrict`."""
    scope: Code
    """`person`, `group` or `everyone`."""
    ends: Instant | None = None


class RestrictionMade(_RestrictionAct):
    """The headteacher took breaks, permissions or approvals away; `what` is the reason, and the group."""

    type = "restriction.made.v1"


class RestrictionEnded(_RestrictionAct):
    """What was taken away was given back, or the time was over."""

    type = "restriction.ended.v1"


class RoomStateSet(_Act):
    """Children are staying in, in an area or at a point, from one time until another."""

    type = "room_state.set.v1"
    area: Text | None = None
    point: Id | None = None
    starts: Instant
    ends: Instant


class RoomStateEnded(_Act):
    """Children staying in is over: ended by somebody, or by itself."""

    type = "room_state.ended.v1"
    area: Text | None = None
    point: Id | None = None


class GoingHomeSaid(_Act):
    """Somebody's day is over: the phone comes out from now on."""

    type = "going_home.said.v1"


class NoPhoneSaid(_Act):
    """Somebody has no phone with them, today or until they say otherwise; or has one again."""

    type = "no_phone.said.v1"


class StorageConfirmed(_Act):
    """Somebody whose group taps at no cabinet confirmed where the phone lies."""

    type = "storage.confirmed.v1"


class GroupChanged(_Act):
    """Where a staff group's phones lie, or by when they are expected, was changed."""

    type = "group.changed.v1"


class CommandOrdered(_Act):
    """The office ordered a cabinet to do something at once; the cabinet answers with an event of its own."""

    type = "command.ordered.v1"
    device: Id
    command: Code
