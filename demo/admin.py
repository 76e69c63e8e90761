"""`phonekeep-admin` as the demo runs it: on the school's central data, in school time."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from demo.errors import SetUpFailed
from demo.places import Places, command
from demo.programs import DIES_WITH_THE_DEMO

AT_ONCE = 2
"""Commands of phonekeep-admin that run side by side."""
LINE_LIMIT = 4 * 1024 * 1024


class Admin:
    """Runs `phonekeep-admin` on the school's central data."""

    def __init__(self, places: Places, database: str | None = None) -> None:
        self.database = database
        """URL of another database than SQLite beside the rest of central's data."""
        self._places = places
        self._few = asyncio.Semaphore(AT_ONCE)
        self._references: dict[str, str] = {}
        self._socket = Path("/")
        self._is_at_hand = False

    @asynccontextmanager
    async def at_hand(self) -> AsyncIterator[None]:
        """Load `phonekeep-admin` once for every command in the block; one outside loads it for itself."""
        self._socket = self._places.sockets / "admin.sock"
        loaded = await self._spawn([sys.executable, "-m", "demo.admin_at_hand", str(self._socket)])
        try:
            assert loaded.stdout is not None
            if not await loaded.stdout.readline():
                _, complaint = await loaded.communicate()
                raise SetUpFailed(
                    f"phonekeep-admin cannot be loaded. Run `make demo`, which installs it.\n{_text(complaint)}"
                )
            self._is_at_hand = True
            yield
        finally:
            self._is_at_hand = False
            if loaded.returncode is None:
                loaded.kill()
                await loaded.wait()

    async def run(self, *words: str, given: str = "") -> str:
        """Run one command and return what it printed; raises SetUpFailed with its own sentence."""
        told = ("--data", str(self._places.central), *words)
        async with self._few:
            code, output, complaint = await (self._ask if self._is_at_hand else self._run)(told, given)
        if code != 0:
            raise SetUpFailed(f"`phonekeep-admin {' '.join(words)}` did not work:\n{complaint.strip()}")
        return output

    async def _run(self, words: Sequence[str], given: str) -> tuple[int, str, str]:
        process = await self._spawn([command("phonekeep-admin"), *words])
        output, complaint = await process.communicate(given.encode())
        return await process.wait(), _text(output), _text(complaint)

    async def _ask(self, words: Sequence[str], given: str) -> tuple[int, str, str]:
        reader, writer = await asyncio.open_unix_connection(str(self._socket), limit=LINE_LIMIT)
        try:
            writer.write(json.dumps({"words": words, "given": given}).encode() + b"\n")
            told = json.loads(await reader.readline() or '{"code": 1, "output": "", "complaint": "It broke off."}')
        finally:
            writer.close()
        return told["code"], told["output"], told["complaint"]

    async def _spawn(self, words: Sequence[str]) -> asyncio.subprocess.Process:
        environment = {
            **os.environ,
            "PHONEKEEP_DATA": str(self._places.central),
            "PHONEKEEP_SIMULATE": str(self._places.simulation),
        }
        try:
            return await asyncio.create_subprocess_exec(
                *DIES_WITH_THE_DEMO,
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

    async def references(self, uids: Sequence[str]) -> Mapping[str, str]:
        """The badge reference of each UID, by the school's own key; each is asked for once."""
        new = [uid for uid in uids if uid not in self._references]
        if new:
            answer = (await self.run("badge-reference", given="".join(f"{uid}\n" for uid in new))).split()
            if len(answer) != len(new):
                raise SetUpFailed(f"`phonekeep-admin badge-reference` gave {len(answer)} lines for {len(new)} badges.")
            self._references |= dict(zip(new, answer, strict=True))
        return self._references


def _text(said: bytes) -> str:
    return said.decode("utf-8", "replace")
