"""What can go wrong with parts; every message says what happened and what to do."""

from hardware.reader import ReaderFault


class HardwareError(Exception):
    """Base of every error of this package."""


class ConfigurationError(HardwareError, ValueError):
    """The [board] table cannot be wired as written; the message names the file's line."""


class BoardUnavailable(HardwareError, OSError):
    """Pins or SPI cannot be reached at all: not a Pi, not enabled, no right to use them, or no simulator."""


class ReaderTrouble(HardwareError):
    """A reader's chip did not do what it was told; caught by the reader's watchdog and never seen outside."""

    def __init__(self, fault: ReaderFault) -> None:
        super().__init__(f"the reader's chip: {fault}")
        self.fault = fault
