"""The [board] table of a device's configuration: read, and refused with its line where it would be dangerous."""

from hardware.config.table import parse_board
from hardware.errors import ConfigurationError
from hardware.settings import BoardConfig

__all__ = ["BoardConfig", "ConfigurationError", "parse_board"]
