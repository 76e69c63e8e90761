"""Somebody at the reception screen asks: for the office (clause 22: never a dead end), or for the own record."""

from enum import StrEnum

from broker.messages.message import Badge, Message, Nonce, Person, PrivatePart
from broker.messages.visit import VisitId

HELP_ANSWERED = "help_answered"
"""The signed command by which the office answers: it names the nonce of `help.asked`."""


class HelpKind(StrEnum):
    """What it is about."""

    OFFICE = "office"
    """*Ask at the office*."""
    NEED_PHONE = "need_phone"
    SIGN_OUT = "sign_out"
    DELIVERY = "delivery"
    SENIOR = "senior"
    """Nobody had answered for 60 s: senior leaders are rung too, under the same nonce."""


class HelpAskedPrivate(PrivatePart):
    """Whose visit it is about, once there is one."""

    visit: VisitId | None


class HelpAsked(Message):
    """The office is rung from the reception screen."""

    type = "help.asked.v1"
    Private = HelpAskedPrivate
    kind: HelpKind
    nonce: Nonce
    """What the command `help_answered` has to answer, within 5 minutes."""


SHOW_RECORD = "show_record"
"""The signed command by which central answers `record.asked`: its `record` is shown to whoever holds the badge."""


class RecordAskedPrivate(PrivatePart):
    """Whose own record, and by which badge."""

    person: Person
    badge: Badge


class RecordAsked(Message):
    """Somebody of the staff asks by badge for the last 10 events of their own record."""

    type = "record.asked.v1"
    Private = RecordAskedPrivate
    nonce: Nonce
