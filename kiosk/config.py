"""The device's configuration file: parsed once, over an example file as the default; unknown keys are errors.

A file with a table [screen] is a reception's, and `reception.example.toml` its default; else it is a cabinet's.
"""

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kiosk.errors import ConfigurationError
from policy.ids import DeviceId, PointId, SiteId
from policy.rules import PointKind

EXAMPLE = "kiosk.example.toml"
RECEPTION_EXAMPLE = "reception.example.toml"
WITHOUT_DEFAULT = ("device", "point", "board")
"""Tables every device must write itself: who it is and how it is wired is never assumed."""
RECEPTION_WITHOUT_DEFAULT = ("device", "board")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DeviceSettings(_Table):
    """Who this device is; central's files of the device must say the same."""

    site: Name
    id: Name
    point: Name


class PointSettings(_Table):
    """What stands here."""

    kind: Annotated[PointKind, Field(strict=False)]
    slots: Annotated[int, Field(ge=1, le=24)]

    @model_validator(mode="after")
    def _must_fit_together(self) -> "PointSettings":
        if self.kind is not PointKind.BANK and self.slots != 1:
            raise ValueError(f'a point of kind {self.kind} has one slot; write slots = 1, or kind = "bank"')
        return self


class PathSettings(_Table):
    """Where the two programs keep their own; relative paths are meant from the configuration file."""

    data: str
    link_data: str
    keys: str
    socket: str


class SocketSettings(_Table):
    """Who may come to the device socket."""

    group: str
    allowed_users: tuple[str | int, ...] = Field(strict=False)


class BrokerSettings(_Table):
    """Central's mosquitto."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    keepalive_s: Annotated[int, Field(ge=5, le=60)]


class StorageSettings(_Table):
    """How much room `cabinet.db` needs, and how long what central holds is kept."""

    reserve_kb: Annotated[int, Field(ge=64, le=65536)]
    low_kb: Annotated[int, Field(ge=128)]
    archive_days: Annotated[int, Field(ge=1, le=365)]


class ReaderSettings(_Table):
    """How often the readers are asked."""

    poll_ms: Annotated[int, Field(ge=20, le=200)]


class ScreenSettings(_Table):
    """A reception's touchscreen."""

    panel: Annotated[str, Field(pattern=r"^[0-9]{3,4}x[0-9]{3,4}$")]
    merge_ms: Annotated[int, Field(ge=0, le=1000)]


class Settings(_Table):
    """The whole file, after parsing."""

    device: DeviceSettings
    # A reception keeps no phones: what stands there is a box with nothing in it.
    point: PointSettings = PointSettings(kind=PointKind.BOX, slots=1)
    screen: ScreenSettings | None = None
    paths: PathSettings
    socket: SocketSettings
    broker: BrokerSettings
    storage: StorageSettings
    reader: ReaderSettings
    board: dict[str, Any]


class DeviceConfig:
    """The settings of one device, with paths resolved; what `wiring.py` builds from."""

    def __init__(self, settings: Settings, file: Path, text: str) -> None:
        self.file = file
        self.text = text
        """The file's own words, so that the board's errors can name their line."""
        self.site = SiteId(settings.device.site)
        self.device = DeviceId(settings.device.id)
        self.point = PointId(settings.device.point)
        self.kind = settings.point.kind
        self.slots = settings.point.slots
        self.socket = settings.socket
        self.broker = settings.broker
        self.storage = settings.storage
        self.screen = settings.screen
        """A reception's; None at a cabinet."""
        self.poll_s = settings.reader.poll_ms / 1000
        self.board = settings.board
        base = file.parent
        self.data = base / settings.paths.data
        self.link_data = base / settings.paths.link_data
        self.keys = base / settings.paths.keys
        self.socket_path = base / settings.paths.socket


def example_text() -> str:
    """The commented example file of a cabinet, which is also the default."""
    return files("kiosk").joinpath(EXAMPLE).read_text(encoding="utf-8")


def reception_example_text() -> str:
    """The commented example file of a reception, which is also the default."""
    return files("kiosk.reception").joinpath(RECEPTION_EXAMPLE).read_text(encoding="utf-8")


def load_config(file: Path) -> DeviceConfig:
    """Read a configuration file; raise ConfigurationError that names the line and says what to write."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no {file}. Copy kiosk.example.toml there and fill in [device], [point] and [board], "
            "or give the right file with --config."
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigurationError(
            f"{file} cannot be read ({fault}). It must be a UTF-8 text this user may read."
        ) from None
    return parse_config(text, file)


def parse_config(text: str, file: Path) -> DeviceConfig:
    """Parse a configuration's text over the defaults; raise ConfigurationError as `load_config` does."""
    try:
        own = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise ConfigurationError(f"{file}: this is not TOML: {fault}. {_example_of(text)} shows the form.") from None
    is_reception = "screen" in own
    without_default = RECEPTION_WITHOUT_DEFAULT if is_reception else WITHOUT_DEFAULT
    for table in without_default:
        if table not in own:
            raise ConfigurationError(
                f"{file}: the table [{table}] is missing and has no default. "
                f"Copy it from {RECEPTION_EXAMPLE if is_reception else EXAMPLE} and fill it in."
            )
    defaults = tomllib.loads(reception_example_text() if is_reception else example_text())
    for table in without_default:
        del defaults[table]
    merged: dict[str, Any] = dict(defaults)
    for key, value in own.items():
        default = defaults.get(key)
        merged[key] = {**default, **value} if isinstance(default, dict) and isinstance(value, dict) else value
    try:
        return DeviceConfig(Settings.model_validate(merged), file, text)
    except ValidationError as fault:
        raise ConfigurationError("\n".join(_sentence(error, file, text) for error in fault.errors())) from None


def _sentence(error: Any, file: Path, text: str) -> str:
    path = [str(part) for part in error["loc"]]
    name = ".".join(path)
    place, example = f"{file}, line {line_of(text, path)}", _example_of(text)
    if error["type"] == "extra_forbidden":
        return f"{place}: there is no setting {name}. Correct it or take it out; {example} has all there are."
    if error["type"] == "missing":
        return f"{place}: {name} is missing and has no default. Add it as {example} shows."
    said = error["msg"].removeprefix("Value error, ")
    return f"{place}: {name} = {error['input']!r} cannot be: {said}. {example} says what may stand here."


def _example_of(text: str) -> str:
    """The example that shows how a file of this kind is written."""
    return RECEPTION_EXAMPLE if re.search(r"^\s*\[screen\]", text, re.MULTILINE) else EXAMPLE


def line_of(text: str, path: list[str]) -> int:
    """Find the line (from 1) where a key stands, else the line of the nearest table around it, else 1."""
    best, best_depth, table = 1, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        here: list[str] | None = None
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            here = table = [part.strip().strip("\"'") for part in header[1].split(".")]
        elif key := re.match(r"\s*([A-Za-z0-9_.\"'-]+)\s*=", line):
            here = table + [part.strip().strip("\"'") for part in key[1].split(".")]
        if here and here == path[: len(here)] and len(here) > best_depth:
            best, best_depth = number, len(here)
    return best
