"""Central as processes: mosquitto with its generated configuration, ingest and web."""

import asyncio
import os
import shutil
from pathlib import Path

from demo.errors import SetUpFailed
from demo.places import Places, command
from demo.programs import Program
from demo.snapshots import Snapshots


class Central:
    """The computer in the office: three programs and one data directory."""

    def __init__(self, places: Places, web_port: int) -> None:
        data = ["--data", str(places.central), "--simulate", str(places.simulation)]
        broker_file = places.central / "broker" / "mosquitto.conf"
        self.mosquitto = self._program("mosquitto", [_find_mosquitto(), "-c", str(broker_file)], places)
        self.ingest = self._program("ingest", [command("phonekeep-ingest"), *data], places)
        web = [command("phonekeep-web"), *data, "--port", str(web_port)]
        self.web = self._program("web", web, places)
        self.programs = (self.mosquitto, self.ingest, self.web)
        self._snapshots = Snapshots(places.snapshots / "central", {"central": places.central})
        self._busy = asyncio.Lock()

    async def start(self) -> None:
        """Start the three programs."""
        await self._start(self.programs)

    async def set_up(self, program: Program, up: bool) -> None:
        """Kill one of the programs and leave it dead, or start it again."""
        async with self._busy:
            await (program.start() if up else program.kill())

    async def save(self, name: str) -> None:
        """Keep a copy of central's storage."""
        async with self._busy:
            stopped = await self._stop()
            try:
                await self._snapshots.save(name)
            finally:
                await self._start(stopped)

    async def restore(self, name: str) -> None:
        """Put central's storage back to an earlier copy."""
        self._snapshots.require(name)
        async with self._busy:
            stopped = await self._stop()
            try:
                await self._snapshots.restore(name)
            finally:
                await self._start(stopped)

    async def close(self) -> None:
        """Stop the three programs as systemd would."""
        await self._stop()

    async def _start(self, programs: tuple[Program, ...]) -> None:
        for program in programs:
            await program.start()

    async def _stop(self) -> tuple[Program, ...]:
        """Stop what is meant to run, and say what that was."""
        wanted = tuple(program for program in self.programs if program.wanted)
        await asyncio.gather(*(program.stop() for program in wanted))
        return wanted

    def _program(self, name: str, words: list[str], places: Places) -> Program:
        return Program(name, None, words, log_file=places.logs / f"{name}.log")


def _find_mosquitto() -> str:
    """Debian keeps the broker in /usr/sbin, which is not on everybody's path."""
    found = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")
    if found is None:
        raise SetUpFailed("mosquitto is not installed. Run `make demo`, which installs it.")
    return str(Path(found))
