"""What the bench can ask wrongly."""

from hardware.errors import HardwareError


class UnknownPart(HardwareError):
    """There is no such reader, slot, button or fault; the message says what there is."""


class BadRequest(HardwareError):
    """A request that is not understood; the message says what may be asked."""
