"""Life of a program on a device: starts, epochs of the log, the clock becoming trusted."""

from typing import Literal

from broker.instants import Instant
from broker.messages.message import Decimal, Epoch, Flag, Hash, Message, Text
from policy.clock import ClockQuality


class DeviceStarted(Message):
    """The program runs; `unclean` when the run before did not end with `device.stopping`."""

    type = "device.started.v1"
    unclean: Flag
    version: Text


class DeviceStopping(Message):
    """The program was asked to end and ends in order."""

    type = "device.stopping.v1"


class EpochStarted(Message):
    """The first event of an epoch: cites where the epoch before ended on this device (all null: there was none)."""

    type = "log.epoch_started.v1"
    previous: Epoch | None
    sequence: Decimal | None
    leaf: Hash | None
    reason: Literal["new", "restart"]


class LogForked(Message):
    """Central showed two histories that cannot both be true; nobody sends it yet."""

    type = "log.forked.v1"
    epoch: Epoch
    sequence: Decimal
    leaf: Hash


class ClockAnchored(Message):
    """The clock became trusted: wall and monotonic time read together, which correct this boot's earlier events."""

    type = "clock.anchored.v1"
    from_quality: ClockQuality
    utc: Instant
    monotonic: Decimal
