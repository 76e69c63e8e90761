"""Where everything of one demo lies: the kept school, and the short directory for its sockets."""

import fcntl
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from demo.errors import SetUpFailed


def command(name: str) -> str:
    """The path of one of our programs: beside the Python that runs the demo."""
    return str(Path(sys.executable).with_name(name))


@dataclass(frozen=True, slots=True)
class Kept:
    """What has to be the same when a kept school is started again."""

    cabinets: tuple[str, ...]
    broker_port: int
    web_port: int
    now: str | None = None
    """School time when the demo ended."""
    reception: bool = False
    """Whether the reception has been brought in."""


class Places:
    """The directories of one demo; made by `open`, which also sees to it that no two demos share them."""

    def __init__(self, data: Path) -> None:
        self.data = data.absolute()
        self.central = self.data / "central"
        self.devices = self.data / "devices"
        self.simulation = self.data / "simulation"
        self.snapshots = self.data / "snapshots"
        self.logs = self.data / "logs"
        self.sockets = Path("/")
        self._kept_file = self.data / "school.json"
        self._lock: IO[str] | None = None
        self._short: tempfile.TemporaryDirectory[str] | None = None

    def open(self) -> None:
        """Make the directories; raises SetUpFailed where that cannot be or another demo runs in them."""
        try:
            for directory in (self.devices, self.simulation, self.snapshots, self.logs):
                directory.mkdir(parents=True, exist_ok=True)
            self._lock = (self.data / "demo.lock").open("w")
        except OSError as problem:
            raise SetUpFailed(
                f"The school cannot be kept in {self.data}: {problem.strerror}. Give another --data."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetUpFailed(f"A demo is running in {self.data} already. End it, or give another --data.") from None
        # A socket path over 108 bytes cannot be bound, so sockets lie in a short directory of their own.
        self._short = tempfile.TemporaryDirectory(prefix="phonekeep-", dir="/tmp")
        self.sockets = Path(self._short.name)

    def close(self) -> None:
        """Take the sockets away and let another demo in."""
        if self._short is not None:
            self._short.cleanup()
        if self._lock is not None:
            self._lock.close()

    def device(self, device: str) -> Path:
        """The directory of one device: configuration, keys and the data of its two programs."""
        return self.devices / device

    def recall(self) -> Kept | None:
        """What was kept of an earlier run, None for a new school."""
        try:
            told = json.loads(self._kept_file.read_bytes())
            now, reception = told.get("now"), bool(told.get("reception"))
            return Kept(tuple(told["cabinets"]), told["broker_port"], told["web_port"], now, reception)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise SetUpFailed(
                f"{self._kept_file} cannot be read. Give another --data, or delete {self.data} to begin anew."
            ) from None

    def keep(self, kept: Kept) -> None:
        """Write down what the next run needs."""
        write_whole(self._kept_file, json.dumps(asdict(kept), indent=1) + "\n")


def write_whole(path: Path, text: str) -> None:
    """Replace a file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
