"""One device of the school: its simulated hardware, its two real programs, its cable, and what a hand can do to it."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from demo.clock import SchoolClock
from demo.disk import Disk
from demo.fittings import Fitting
from demo.places import Places, command, write_whole
from demo.programs import Program
from demo.relay import Relay
from demo.simulator import SimulatorLine
from demo.snapshots import Snapshots


class Device:
    """A cabinet or the reception with everything around it; built once, then started and stopped with the school."""

    def __init__(
        self,
        fitting: Fitting,
        site: str,
        places: Places,
        clock: SchoolClock,
        broker_port: int,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.fitting = fitting
        self.id = fitting.id
        self._site = site
        self._clock = clock
        self._home = places.device(fitting.id)
        self._socket = places.sockets / f"{fitting.id}.sock"
        self._device_socket = places.sockets / f"{fitting.id}.device"
        self._link_name = places.simulation / f"{fitting.id}.sock"
        self.relay = Relay(broker_port)
        self.line = SimulatorLine(fitting.id, self._socket)
        self.simulator = self._program("simulator", self._simulator_command(), places)
        config = ["--config", str(self._home / "device.toml"), "--simulate", str(places.simulation)]
        own = [command(f"phonekeep-{fitting.program}"), *config, *fitting.arguments]
        self.program = self._program(fitting.program, own, places, environment)
        """The one that is no link."""
        self.programs = (self.program, self._program("link", [command("phonekeep-link"), *config], places))
        self.disk = Disk(self.programs)
        self._snapshots = Snapshots(
            places.snapshots / "devices" / fitting.id,
            {part: self._home / part for part in self._parts},
        )
        self.powered = False
        self.reader_fault: str | None = None
        self.jammed: dict[str, bool] = {}
        self._busy = asyncio.Lock()

    async def prepare(self) -> None:
        """Plug the cable in, write the configuration and start the simulated hardware, which answers later."""
        await self.relay.open()
        for part in self._parts:
            (self._home / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._home / "device.toml", self._configuration())
        self._link_name.unlink(missing_ok=True)
        self._link_name.symlink_to(self._socket)
        await self.simulator.start()

    async def set_power(self, on: bool) -> None:
        """Cut the power (SIGKILL, and every pin falls), or give it back and let the programs start."""
        async with self._busy:
            if on and not self.powered:
                await self.line.ask("power", on=True)
                if self.relay.up:
                    self._clock.add_synced([self.id])
                self.powered = True
                await self._start()
            elif not on and self.powered:
                self.powered = False
                await asyncio.gather(*(program.kill() for program in self.programs))
                await self.line.ask("power", on=False)
                self._clock.drop_synced(self.id)

    def set_network(self, up: bool) -> None:
        """Pull the cable or plug it in; with the network a powered device gets the right time."""
        self.relay.set_up(up)
        if up and self.powered:
            self._clock.add_synced([self.id])

    async def set_reader_fault(self, fault: str | None) -> None:
        """Break the reader (`unplugged`, `stuck`, `noise`), or mend it with None."""
        await self.line.ask("reader", fault=fault)
        self.reader_fault = fault

    async def set_relay_fault(self, slot: int, fault: str | None) -> None:
        """Jam the lock of a slot, or free it with None."""
        await self.line.ask("relay", slot=slot, fault=fault)
        self.jammed.pop(str(slot), None)
        if fault is not None:
            self.jammed[str(slot)] = True

    async def save(self, name: str) -> None:
        """Keep a copy of the device's storage."""
        async with self._busy:
            await self._stop()
            try:
                await self._snapshots.save(name)
            finally:
                await self._start()

    async def restore(self, name: str) -> None:
        """Put the device's storage back to an earlier copy."""
        self._snapshots.require(name)
        async with self._busy:
            await self._stop()
            try:
                await self._snapshots.restore(name)
            finally:
                await self._start()

    async def state(self) -> dict[str, Any]:
        """What the bench shows of the device, without what only its office knows."""
        seen = await self.line.ask("state")
        return {
            "id": self.id,
            "kind": self.fitting.kind,
            "point": self.id,
            "powered": self.powered,
            "network": self.relay.up,
            "lamps": seen["lamps"],
            "beeps": seen["beeps"],
            "slots": seen["slots"],
            "releases": seen["releases"],
        }

    async def close(self) -> None:
        """Stop everything of the device: its programs as systemd would, then the hardware and the cable."""
        await self._stop()
        self.line.close()
        await self.simulator.kill()
        await self.relay.close()
        self._link_name.unlink(missing_ok=True)

    async def _start(self) -> None:
        if self.powered:
            for program in self.programs:
                await program.start()

    async def _stop(self) -> None:
        await asyncio.gather(*(program.stop() for program in self.programs))

    @property
    def _parts(self) -> tuple[str, str]:
        """The data directories of the two programs."""
        return (self.fitting.program, "link")

    def _program(
        self, name: str, words: list[str], places: Places, environment: Mapping[str, str] | None = None
    ) -> Program:
        log = places.logs / f"{self.id}-{name}.log"
        return Program(name, self.id, words, log_file=log, environment=environment)

    def _simulator_command(self) -> list[str]:
        words = [sys.executable, "-m", "hardware.simulator", "--socket", str(self._socket), "--real-time"]
        return [*words, *self.fitting.hardware]

    def _configuration(self) -> str:
        """Write device.toml; what it leaves out is as the example file has it."""
        return "\n".join(
            [
                "# Written by phonekeep-demo at every start.",
                "[device]",
                f'site = "{self._site}"',
                f'id = "{self.id}"',
                f'point = "{self.id}"',
                self.fitting.tables,
                "[paths]",
                f'data = "{self.fitting.program}"',
                'link_data = "link"',
                'keys = "keys"',
                f'socket = "{self._device_socket}"',
                "[socket]",
                "allowed_users = []",
                "[broker]",
                'host = "127.0.0.1"',
                f"port = {self.relay.port}",
                self.fitting.board,
                "",
            ]
        )
