"""Which events have a row of their own in the access log, and of what kind the row is (flow 1, step 8)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Part = Mapping[str, Any]
"""The public data or the private part of an event, as parsed JSON."""


class LogKind(StrEnum):
    """What a row of the access log is about; the log is filtered by it."""

    PUT_IN = "put_in"
    TAKE_OUT = "take_out"
    NO_PHONE = "no_phone"
    REFUSED = "refused"
    PUT_IN_REPEATED = "put_in_repeated"
    NOT_BACK = "not_back"
    """`phone.overdue`: the break is over and the phone is not declared in."""
    DOOR = "door"
    """A door event without a tap: opened by key or by force, or long after."""
    FAULT = "fault"
    CHANGE = "change"
    """Somebody changed who may do what, when and where."""
    VISITOR = "visitor"
    """A visit, a ring from the reception screen, a roll-call."""
    DEVICE = "device"
    """Something central noticed about a device: storage went back, cloned, altered, quarantined."""


_GRANTED = {"put_in": LogKind.PUT_IN, "take_out": LogKind.TAKE_OUT, "no_phone": LogKind.NO_PHONE}

_ALWAYS: Mapping[str, LogKind] = {
    "tap.refused.v1": LogKind.REFUSED,
    "put_in.repeated.v1": LogKind.PUT_IN_REPEATED,
    "phone.overdue.v1": LogKind.NOT_BACK,
    "lock.failed.v1": LogKind.FAULT,
    "reader.failed.v1": LogKind.FAULT,
    "reader.recovered.v1": LogKind.FAULT,
    "storage.low.v1": LogKind.FAULT,
    "storage.full.v1": LogKind.FAULT,
    "storage.recovered.v1": LogKind.FAULT,
    "rules.refused.v1": LogKind.FAULT,
    "command.refused.v1": LogKind.FAULT,
    "log.forked.v1": LogKind.FAULT,
    "person.saved.v1": LogKind.CHANGE,
    "badge.assigned.v1": LogKind.CHANGE,
    "badge.ended.v1": LogKind.CHANGE,
    "badge.lost.v1": LogKind.CHANGE,
    "badge.found.v1": LogKind.CHANGE,
    "badge.pooled.v1": LogKind.CHANGE,
    "point.added.v1": LogKind.CHANGE,
    "device.added.v1": LogKind.CHANGE,
    "restricted.saved.v1": LogKind.CHANGE,
    "room.children_in.v1": LogKind.CHANGE,
    "person.going_home.v1": LogKind.CHANGE,
    "school.imported.v1": LogKind.CHANGE,
    "exception.raised.v1": LogKind.DEVICE,
    "exception.reviewed.v1": LogKind.CHANGE,
    "permission.granted.v1": LogKind.CHANGE,
    "permission.withdrawn.v1": LogKind.CHANGE,
    "permission.expired.v1": LogKind.CHANGE,
    "restriction.made.v1": LogKind.CHANGE,
    "restriction.ended.v1": LogKind.CHANGE,
    "room_state.set.v1": LogKind.CHANGE,
    "room_state.ended.v1": LogKind.CHANGE,
    "going_home.said.v1": LogKind.CHANGE,
    "no_phone.said.v1": LogKind.NO_PHONE,
    "storage.confirmed.v1": LogKind.CHANGE,
    "group.changed.v1": LogKind.CHANGE,
    "settings.saved.v1": LogKind.CHANGE,
    "command.ordered.v1": LogKind.CHANGE,
    "school_phone.added.v1": LogKind.CHANGE,
    "school_phone.changed.v1": LogKind.CHANGE,
    "school_phone.taken.v1": LogKind.CHANGE,
    "school_phone.returned.v1": LogKind.CHANGE,
    "school_phone.ended.v1": LogKind.CHANGE,
    "confiscated.held.v1": LogKind.CHANGE,
    "confiscated.released.v1": LogKind.CHANGE,
    "policy_text.published.v1": LogKind.CHANGE,
    "policy_text.acknowledged.v1": LogKind.CHANGE,
    "timetable.published.v1": LogKind.CHANGE,
    "timetable.rolled_back.v1": LogKind.CHANGE,
    "area.saved.v1": LogKind.CHANGE,
    "visit.signed_in.v1": LogKind.VISITOR,
    "visit.checked.v1": LogKind.VISITOR,
    "visit.briefed.v1": LogKind.VISITOR,
    "visit.signed_out.v1": LogKind.VISITOR,
    "visit.delivery.v1": LogKind.VISITOR,
    "help.asked.v1": LogKind.VISITOR,
    "roll.begun.v1": LogKind.VISITOR,
    "roll.ended.v1": LogKind.VISITOR,
    "visitor.expected.v1": LogKind.CHANGE,
    "visitor.not_expected.v1": LogKind.CHANGE,
    "visitor_rules.published.v1": LogKind.CHANGE,
    "reception.changed.v1": LogKind.CHANGE,
}


def log_kind(type: str, data: Part, private: Part | None) -> LogKind | None:
    """Tell the kind of an event's row, or None where it stands only in the detail of its tap (or nowhere).

    `private` decides nothing today: an erased or sealed event keeps its row and its kind.
    """
    if type == "tap.granted.v1":
        return _GRANTED.get(str(data.get("intent")), LogKind.TAKE_OUT)
    if type.startswith("door."):
        return LogKind.DOOR if data.get("tap") is None else None
    return _ALWAYS.get(type)
