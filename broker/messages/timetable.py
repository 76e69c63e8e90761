"""What the office does with the timetable and the areas it is for: acts of central."""

from broker.messages.central import ActPrivate
from broker.messages.message import Count, Id, Message


class _Act(Message):
    Private = ActPrivate


class TimetableDrafted(_Act):
    """Somebody began a draft of the timetable; nothing changes for anybody before it is published."""

    type = "timetable.drafted.v1"
    version: Count


class TimetableDropped(_Act):
    """A draft was thrown away."""

    type = "timetable.dropped.v1"
    version: Count


class TimetablePublished(_Act):
    """An edition of the timetable is live: the cabinets are given it; `what` says how much changed."""

    type = "timetable.published.v1"
    version: Count


class TimetableRolledBack(_Act):
    """An older edition is live again, as a new one that says the same."""

    type = "timetable.rolled_back.v1"
    version: Count
    to: Count
    """The older edition's number."""


class AreaSaved(_Act):
    """An area of the school was made or changed: its name, and whether phones are never used there."""

    type = "area.saved.v1"
    area: Id
