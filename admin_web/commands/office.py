"""What every command works on: the data directory, its settings, the opened database, and the occasion."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin_web.clock import clock_for, machine_now
from admin_web.database.engine import Database, open_database
from admin_web.database.migrate import require_current
from admin_web.errors import SetUpFailed
from admin_web.services.actor import CONSOLE
from admin_web.services.occasion import Occasion
from admin_web.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Office:
    """Where central's data lies and whose clock counts."""

    data: Path
    simulate: Path | None = None

    def settings(self) -> Settings:
        """Read central.toml. Raises SettingsInvalid."""
        return load_settings(self.data)

    def occasion(self) -> Occasion:
        """Read both clocks once: whoever is at the console acts now."""
        return Occasion(CONSOLE, clock_for(self.simulate).now(), machine_now())

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Open the database of central.toml, check its edition, close it again. Raises AdminWebErrors."""
        database = open_database(self.settings().database_url)
        try:
            require_current(database)
            yield database
        finally:
            database.close()

    def require_owner(self) -> None:
        """Refuse to write keys as another user than the one whose directory it is. Raises SetUpFailed.

        A key written by root is a key that ingest cannot read at its next start.
        """
        owner = self.data.stat().st_uid
        if os.geteuid() == owner:
            return
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = f"#{owner}"
        raise SetUpFailed(
            f"{self.data} belongs to the user {name}, who has to read what this command writes. "
            f"Run it again as `sudo -u {name} phonekeep-admin ...`."
        )
