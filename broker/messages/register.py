"""The registers of the office: school phones, pupils' phones, who read the rules, phone checks. All acts of central.

What a pupil or a phone is called stands in no event; a number leads to the row of the register.
"""

from broker.instants import Instant
from broker.messages.central import ActPrivate
from broker.messages.message import Code, Count, Decimal, Hash, Id, Message, Text


class _Act(Message):
    Private = ActPrivate


class _SchoolPhoneAct(_Act):
    phone: Id


class SchoolPhoneAdded(_SchoolPhoneAct):
    """A school phone came into the register; `what` is its asset number."""

    type = "school_phone.added.v1"


class SchoolPhoneChanged(_SchoolPhoneAct):
    """A school phone's asset number or tag was put right."""

    type = "school_phone.changed.v1"


class SchoolPhoneTaken(_SchoolPhoneAct):
    """Somebody took a school phone, for a purpose and until a time."""

    type = "school_phone.taken.v1"
    purpose: Code
    due: Instant


class SchoolPhoneReturned(_SchoolPhoneAct):
    """A school phone came back."""

    type = "school_phone.returned.v1"


class SchoolPhoneEnded(_SchoolPhoneAct):
    """A school phone is given out no more."""

    type = "school_phone.ended.v1"


class _ConfiscatedAct(_Act):
    number: Decimal
    """The row of the register."""


class ConfiscatedHeld(_ConfiscatedAct):
    """A member of staff brought a pupil's phone into the office, where it is held."""

    type = "confiscated.held.v1"


class ConfiscatedReleased(_ConfiscatedAct):
    """A member of staff handed a pupil's phone to a parent or carer."""

    type = "confiscated.released.v1"


class _PolicyTextAct(_Act):
    version: Count
    hash: Hash
    """SHA-256 of the words in UTF-8."""


class PolicyTextPublished(_PolicyTextAct):
    """The headteacher published a version of the text; everybody is asked to confirm it."""

    type = "policy_text.published.v1"


class PolicyTextAcknowledged(_PolicyTextAct):
    """Somebody confirmed to have read and understood a version, in the web view or by a badge."""

    type = "policy_text.acknowledged.v1"
    how: Code
    """`web` or `badge`."""
    point: Id | None = None
    event: Text | None = None
    """Of a badge: the tap, `device/epoch/sequence`."""


class PolicyTextBadgeAsked(_PolicyTextAct):
    """Somebody in the office lets a person confirm a version by the next tap at a point."""

    type = "policy_text.badge_asked.v1"
    point: Id


class PhoneCheckRecorded(_Act):
    """The headteacher recorded a phone check; whose, why and with what outcome stands in the register alone."""

    type = "phone_check.recorded.v1"
    number: Decimal
