"""Reviews of exceptions: acts of central."""

from broker.messages.central import ActPrivate
from broker.messages.message import Code, Decimal, Message


class ExceptionReviewed(Message):
    """Somebody looked at an exception and said by a code what it was; a second review stands beside the first."""

    type = "exception.reviewed.v1"
    Private = ActPrivate
    exception: Decimal
    """Its number at central."""
    kind: Code
