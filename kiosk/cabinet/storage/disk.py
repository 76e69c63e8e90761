"""The room that `cabinet.db` has: a reserve file is kept for the day the disk is full (event-log: On the device)."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class Disk:
    """The directory of `cabinet.db`; no method raises, since a full or read-only disk is what it is for."""

    def __init__(self, directory: Path, reserve_kb: int, low_kb: int) -> None:
        self._directory = directory
        self._reserve = directory / "reserve"
        self._reserve_bytes = reserve_kb * 1024
        self._low_kb = low_kb

    def free_kb(self) -> int:
        """Free kB that this user may write; 0 when the disk cannot even be asked."""
        try:
            room = os.statvfs(self._directory)
        except OSError:
            return 0
        return room.f_bavail * room.f_frsize // 1024

    @property
    def is_low(self) -> bool:
        """Whether the office should be told."""
        return self.free_kb() < self._low_kb

    def keep_reserve(self) -> bool:
        """Write the reserve file if it is not there and there is room for it twice; True when it is there."""
        try:
            if self._reserve.exists() and self._reserve.stat().st_size == self._reserve_bytes:
                return True
            if self.free_kb() * 1024 < 2 * self._reserve_bytes:
                return False
            # Zeros that are written, not a hole: a sparse file would keep no room.
            with self._reserve.open("wb") as file:
                file.write(bytes(self._reserve_bytes))
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            log.warning("disk: no reserve file could be written: %s", fault)
            self.release_reserve()
            return False
        return True

    def release_reserve(self) -> bool:
        """Give the reserve's room back; True when there was any."""
        try:
            self._reserve.unlink()
        except OSError:
            return False
        return True
