"""What can go wrong in the device programs; every message says what happened and what to do."""

from policy.rules import Revision


class KioskError(Exception):
    """Anything a device program says to a person instead of a traceback."""


class ConfigurationError(KioskError):
    """The configuration file cannot be used; the message names the file, the line and what to write there."""


class KeysMissing(KioskError):
    """A key or certificate of this device is not there or cannot be read."""


class StorageFailed(KioskError):
    """Nothing can be committed to `cabinet.db`: the disk is full, read-only or broken."""


class SocketFailed(KioskError):
    """The device socket cannot be served or reached."""


class CabinetAway(SocketFailed):
    """`cabinet` does not answer at the device socket; `link` tries again at once."""


class RulesRefused(KioskError):
    """A rules bundle is not for this device, not newer, or not central's; the last good one stays."""

    def __init__(self, sentence: str, why: str, revision: Revision | None = None) -> None:
        super().__init__(sentence)
        self.why = why
        """The code that `rules.refused` carries."""
        self.revision = revision


class CommandRefused(KioskError):
    """A command, acknowledgement or need is not central's or not for this device; nothing is done."""

    def __init__(self, sentence: str, why: str, command: str) -> None:
        super().__init__(sentence)
        self.why = why
        """The code that `command.refused` carries."""
        self.command = command
