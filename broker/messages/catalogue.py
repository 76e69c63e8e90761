"""The catalogue: every event there is, by type. Types may be added, none is ever renamed (docs/events.md)."""

from typing import Final

from broker.messages import approval, central, device, door, order, part, tap
from broker.messages.message import Message

_ALL: tuple[type[Message], ...] = (
    device.DeviceStarted,
    device.DeviceStopping,
    device.EpochStarted,
    device.LogForked,
    device.ClockAnchored,
    tap.TapGranted,
    tap.TapRefused,
    tap.PhoneDeclared,
    tap.PutInRepeated,
    tap.PhoneOverdue,
    approval.ApprovalAsked,
    approval.ApprovalGiven,
    approval.ApprovalExpired,
    door.LockEnergised,
    door.LockFailed,
    door.DoorOpened,
    door.DoorClosed,
    door.DoorHeldOpen,
    door.DoorNotOpened,
    door.DoorOpenedUnreleased,
    part.ReaderFailed,
    part.ReaderRecovered,
    part.StorageLow,
    part.StorageFull,
    part.StorageRecovered,
    order.RulesApplied,
    order.RulesRefused,
    order.CommandObeyed,
    order.CommandRefused,
    central.PersonSaved,
    central.BadgeAssigned,
    central.BadgeEnded,
    central.BadgeLost,
    central.BadgeFound,
    central.BadgePooled,
    central.PointAdded,
    central.DeviceAdded,
    central.RestrictedSaved,
    central.RulesPublished,
    central.AccountCreated,
    central.AccountChanged,
    central.AccountEnded,
    central.TokenCreated,
    central.TokenEnded,
    central.SchoolImported,
    central.ExceptionRaised,
)

MESSAGES: Final[dict[str, type[Message]]] = {message.type: message for message in _ALL}
