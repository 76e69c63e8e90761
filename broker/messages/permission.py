"""Permissions of the headteacher's at a cabinet (clauses 15 and 20)."""

from broker.messages.message import Badge, Decimal, Id, Message, PermissionId, Person, PrivatePart


class PermissionPrivate(PrivatePart):
    """Who used which."""

    badge: Badge
    person: Person | None
    permission: PermissionId


class PermissionUsed(Message):
    """A phone was taken out by a permission."""

    type = "permission.used.v1"
    Private = PermissionPrivate
    point: Id
    tap: Decimal
