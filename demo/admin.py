"""`phonekeep-admin` as the demo runs it: on the school's central data, in school time."""

import asyncio
import os
from collections.abc import Mapping, Sequence

from demo.errors import SetUpFailed
from demo.places import Places, command
from demo.programs import DIES_WITH_THE_DEMO

AT_ONCE = 2
"""Commands of phonekeep-admin that run side by side."""


class Admin:
    """Runs `phonekeep-admin` on the school's central data."""

    def __init__(self, places: Places, database: str | None = None) -> None:
        self.database = database
        """URL of another database than SQLite beside the rest of central's data."""
        self._places = places
        self._few = asyncio.Semaphore(AT_ONCE)
        self._references: dict[str, str] = {}

    async def run(self, *words: str, given: str = "") -> str:
        """Run one command and return what it printed; raises SetUpFailed with its own sentence."""
        environment = {
            **os.environ,
            "PHONEKEEP_DATA": str(self._places.central),
            "PHONEKEEP_SIMULATE": str(self._places.simulation),
        }
        async with self._few:
            try:
                process = await asyncio.create_subprocess_exec(
                    *DIES_WITH_THE_DEMO,
                    command("phonekeep-admin"),
                    "--data",
                    str(self._places.central),
                    *words,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    env=environment,
                )
            except OSError as problem:
                raise SetUpFailed(
                    f"phonekeep-admin cannot be started ({problem.strerror}). Run `make demo`, which installs it."
                ) from None
            output, complaint = await process.communicate(given.encode())
        if process.returncode != 0:
            raise SetUpFailed(
                f"`phonekeep-admin {' '.join(words)}` did not work:\n{complaint.decode('utf-8', 'replace').strip()}"
            )
        return output.decode("utf-8")

    async def references(self, uids: Sequence[str]) -> Mapping[str, str]:
        """The badge reference of each UID, by the school's own key; each is asked for once."""
        new = [uid for uid in uids if uid not in self._references]
        if new:
            answer = (await self.run("badge-reference", given="".join(f"{uid}\n" for uid in new))).split()
            if len(answer) != len(new):
                raise SetUpFailed(f"`phonekeep-admin badge-reference` gave {len(answer)} lines for {len(new)} badges.")
            self._references |= dict(zip(new, answer, strict=True))
        return self._references
