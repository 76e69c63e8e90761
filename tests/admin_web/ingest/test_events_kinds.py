"""Which events have a row: one a tap, door events without one, faults, changes; the rest stands in a tap's detail."""

from typing import Any

import pytest

from admin_web.events.kinds import LogKind, log_kind
from broker.messages.catalogue import MESSAGES

ROWS = {
    ("tap.granted.v1", "put_in"): LogKind.PUT_IN,
    ("tap.granted.v1", "take_out"): LogKind.TAKE_OUT,
    ("tap.granted.v1", "no_phone"): LogKind.NO_PHONE,
}


@pytest.mark.parametrize(("case", "kind"), ROWS.items())
def test_a_granted_tap_is_named_by_what_it_did(case: Any, kind: Any) -> None:
    type, intent = case
    assert log_kind(type, {"intent": intent}, None) is kind


@pytest.mark.parametrize("name", ["opened", "closed", "held_open", "not_opened", "opened_unreleased"])
def test_a_door_event_has_a_row_only_without_a_tap(name: Any) -> None:
    assert log_kind(f"door.{name}.v1", {"tap": None, "slot": 1}, None) is LogKind.DOOR
    assert log_kind(f"door.{name}.v1", {"tap": "12", "slot": 1}, None) is None


@pytest.mark.parametrize(
    "type", ["phone.declared.v1", "lock.energised.v1", "device.started.v1", "log.epoch_started.v1", "clock.anchored.v1"]
)
def test_what_belongs_to_a_tap_or_to_nobody_has_no_row(type: Any) -> None:
    assert log_kind(type, {"tap": "12"}, None) is None


def test_every_type_of_the_catalogue_has_a_kind_or_none_and_every_kind_a_type() -> None:
    found = {log_kind(type, {"intent": "put_in", "tap": None}, None) for type in MESSAGES}
    found |= {LogKind.TAKE_OUT, LogKind.NO_PHONE}
    assert set(LogKind) <= found
    assert log_kind("visit.began.v1", {}, None) is None
