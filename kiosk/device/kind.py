"""What kind of device a configuration is for: a cabinet or a reception, each with its wiring and its database."""

from pathlib import Path

from hardware.settings import BoardConfig
from kiosk.cabinet import wiring as cabinet
from kiosk.config import DeviceConfig
from kiosk.reception import wiring as reception


def program_of(config: DeviceConfig) -> str:
    """The program that owns the device: `phonekeep-cabinet` or `phonekeep-reception`."""
    return "phonekeep-cabinet" if config.screen is None else "phonekeep-reception"


def database_of(config: DeviceConfig) -> Path:
    """Where that program keeps its database."""
    return config.data / (cabinet.DATABASE if config.screen is None else reception.DATABASE)


def wiring_of(config: DeviceConfig) -> BoardConfig:
    """Read the [board] table as that program does; raise ConfigurationError naming the line."""
    return cabinet.parse_wiring(config) if config.screen is None else reception.parse_wiring(config)
