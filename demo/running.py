"""The running school: everything the demo started, brought up in order and taken down again."""

import asyncio
import contextlib
import time
from datetime import datetime
from typing import Any

from demo.central import Central
from demo.clock import SchoolClock
from demo.devices import Device
from demo.errors import NotHere, NotReady, PartSilent
from demo.kiosk.kiosk import Kiosk, no_kiosk
from demo.office import OfficeView
from demo.programs import Program
from demo.school import School

READY_WITHIN_S = 90.0
LOOK_EVERY_S = 0.1
LISTENS_SOON_S = 0.02
"""Between two looks whether a device's simulated hardware listens."""
STARTS_AT_MOST = 5
"""A program that was started this often without the school becoming ready will not mend itself."""


class RunningSchool:
    """The school as the bench drives it."""

    def __init__(
        self,
        school: School,
        clock: SchoolClock,
        central: Central,
        devices: tuple[Device, ...],
        office: OfficeView,
        kiosk: Kiosk | None = None,
    ) -> None:
        self.school = school
        self.clock = clock
        self.central = central
        self.devices = {device.id: device for device in devices}
        self.office = office
        self._kiosk = kiosk
        self.without_screen: str | None = None
        """Why the school goes without the reception it was to have."""

    @property
    def kiosk(self) -> Kiosk:
        """The reception's screen; raises NotHere where the school has none."""
        if self._kiosk is None:
            raise no_kiosk()
        return self._kiosk

    @property
    def programs(self) -> tuple[Program, ...]:
        """Every program, central's first."""
        return (
            *self.central.programs,
            *(program for device in self.devices.values() for program in (device.simulator, *device.programs)),
        )

    def device(self, device: str) -> Device:
        """Find a device; raises NotHere."""
        try:
            return self.devices[device]
        except KeyError:
            raise NotHere(
                f'There is no device "{device}" in this school.',
                what_to_do=f"Choose one of {', '.join(self.devices)}.",
            ) from None

    async def start(self) -> None:
        """Start everything; returns when each device is heard and obeys the office's rules. Raises NotReady."""
        await self.central.start()
        await asyncio.gather(*(device.prepare() for device in self.devices.values()))
        await asyncio.gather(*(self._power_on(device) for device in self.devices.values()))
        end = time.monotonic() + READY_WITHIN_S
        while not (all(self.office.is_ready(device) for device in self.devices) and self._screen_is_ready):
            if self._kiosk is not None and self._kiosk.why_not is not None:
                await self._go_without_screen(self._kiosk.why_not)
            if time.monotonic() > end or any(program.starts > STARTS_AT_MOST for program in self.programs):
                raise NotReady(self._why_not_ready())
            await asyncio.sleep(LOOK_EVERY_S)
            await self.office.refresh()

    def set_clock(self, moment: datetime) -> None:
        """Put school time to a moment, for every program at once."""
        self.clock.set(moment)

    async def state(self) -> dict[str, Any]:
        """What `GET /api/bench` answers."""
        await self.office.refresh()
        devices = await asyncio.gather(*(device.state() for device in self.devices.values()))
        for device in devices:
            device["health"] = self.office.health(device["id"])
            if self._kiosk is not None and device["kind"] == "reception":
                device["screen"] = await self._kiosk.state()
        return {
            "now": self.clock.local().isoformat(timespec="milliseconds"),
            "devices": devices,
            "programs": [
                {"name": program.name, "device": program.device, "pid": program.pid} for program in self.programs
            ],
        }

    async def close(self) -> None:
        """Stop everything, devices before central, so that what they still have to say can be heard."""
        await asyncio.gather(*(device.close() for device in self.devices.values()), return_exceptions=True)
        with contextlib.suppress(OSError):
            await self.central.close()

    async def picture_serial(self) -> int | None:
        """A number that changes with the picture of the reception's screen; None while there is no picture."""
        return None if self._kiosk is None else await self._kiosk.serial()

    async def _power_on(self, device: Device) -> None:
        """Power a device whose simulated hardware may not listen yet, or was just started again. Raises NotReady."""
        end = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                return await device.set_power(True)
            except PartSilent as silent:
                if time.monotonic() > end or device.simulator.starts > STARTS_AT_MOST:
                    raise NotReady("\n".join([silent.error, *self._restless_words()])) from None
            await asyncio.sleep(LISTENS_SOON_S)

    @property
    def _screen_is_ready(self) -> bool:
        return self._kiosk is None or self._kiosk.is_ready

    async def _go_without_screen(self, why: str) -> None:
        self._kiosk, self.without_screen = None, why
        for device in [device for device in self.devices.values() if device.fitting.kind == "reception"]:
            del self.devices[device.id]
            await device.close()

    def _why_not_ready(self) -> str:
        silent = [device for device in self.devices if not self.office.is_ready(device)]
        silent += [] if self._screen_is_ready else ["the reception's screen"]
        office = "" if self.office.answers else " The office itself does not answer."
        return "\n".join(
            [
                f"The school did not become ready: the office does not hear {', '.join(silent)}.{office}",
                *self._restless_words(),
            ]
        )

    def _restless_words(self) -> list[str]:
        """The last words of each program that does not run, or had to be started again."""
        restless = [program for program in self.programs if program.starts > 1 or program.pid is None]
        return [f"{program.name} ({program.device or 'central'}) said:\n{program.last_lines}" for program in restless]
